// What the store's tests share: a directory of their own, changes that fit each other, and child processes.
#pragma once

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace failover::test {

class Directory {
 public:
  Directory() : path_((std::filesystem::temp_directory_path() / "store-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name = "failover.db") const { return path_ + '/' + name; }
  std::unique_ptr<Store> open() const { return open_store("sqlite:" + file()); }

 private:
  std::string path_;
};

inline Time at(std::int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

// Makes changes with revisions one after the other.
struct Changes {
  Revision revision = 0;
  Time now = at(1'700'000'000'000);

  Change change(std::string verb, Subject subject) {
    Change change;
    change.revision = ++revision;
    change.by = {now, "admin", "127.0.0.1", "because", 0};
    change.verb = std::move(verb);
    change.subject = std::move(subject);
    return change;
  }

  Zone zone(ZoneNo no = 1, std::string name = "failover.example") const {
    Zone zone;
    zone.no = no;
    zone.name = std::move(name);
    zone.nameservers = {{"ns1." + zone.name, {"192.0.2.53", "2001:db8::53"}}, {"ns.elsewhere.example", {}}};
    zone.hostmaster = "hostmaster." + zone.name;
    zone.ttl = 30;
    zone.negative_ttl = 0;
    zone.records = {{"www." + zone.name, {Type::TXT, "\"a \\\" b\"", 300}},
                    {zone.name, {Type::MX, "10 mail.example", 60}}};
    zone.revision = revision + 1;
    zone.created_at = zone.updated_at = now;
    return zone;
  }
  Change create(Zone zone, std::uint32_t serial = 100) {
    Change made = change("zone_put", Touched<Zone>{{}, zone});
    made.zone = zone.name;
    made.serials = {{zone.name, serial}};
    made.altered = {zone.name};
    return made;
  }

  Stack stack(StackNo no, std::string name) const {
    std::string id = std::to_string(no);
    id.insert(0, 13 - id.size(), '0');
    return {no,
            "stk_" + id,
            std::move(name),
            {{"web-1", Role::web, {"192.0.2.1", "2001:db8::1"}, ""},
             {"lb", Role::load_balancer, {}, "lb.elsewhere.example"},
             {"db", Role::other, {}, ""}},
            revision + 1,
            now,
            now};
  }
  Change create(Stack stack) {
    Change made = change("stack_put", Touched<Stack>{{}, stack});
    made.stack = stack.name;
    made.stack_id = stack.id;
    return made;
  }

  Group group(std::string label, StackNo primary = 0, StackNo backup = 0) const {
    Group group;
    group.label = std::move(label);
    group.name = "shop";
    group.zone = 1;
    group.primary = primary;
    group.backup = backup;
    group.live = primary != 0 ? Side::primary : backup != 0 ? Side::backup : Side::none;
    group.revision = revision + 1;
    group.created_at = group.updated_at = group.live_since = now;
    return group;
  }
  Change touch(std::string verb, std::optional<Group> before, std::optional<Group> after) {
    Change made = change(std::move(verb), Touched<Group>{before, after});
    if (auto& group = std::get<Touched<Group>>(made.subject).after) group->revision = made.revision;
    made.zone = "failover.example";
    made.group = after ? after->label : before->label;
    made.altered = {made.group + ".failover.example"};
    return made;
  }
  Change create(Group group) { return touch("group_create", {}, std::move(group)); }

  Token token(std::string id, TokenRole role = TokenRole::admin, StackNo stack = 0) const {
    Token token;
    token.id = std::move(id);
    token.name = "token";
    token.role = role;
    token.stack = stack;
    token.hash.fill(static_cast<unsigned char>(revision));
    token.revision = revision + 1;
    token.created_at = now;
    return token;
  }
  Change create(Token token) { return change("token_create", Touched<Token>{{}, token}); }

  // A zone, the stacks 1 to 3 and a group on two of them: what most tests begin with.
  std::vector<Change> start() {
    std::vector<Change> list;
    list.push_back(create(zone()));
    list.push_back(create(stack(1, "shop-eu")));
    list.push_back(create(stack(2, "shop-us")));
    list.push_back(create(stack(3, "idle")));
    list.push_back(create(group("414-262-781", 1, 2)));
    return list;
  }
};

// Runs `body` in a process of its own and returns what it returned, or 128 and the signal that ended it.
inline int exit_status(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
inline pid_t in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int status = 99;
  try {
    status = body();
  } catch (const std::exception& error) {
    ::dprintf(2, "child: %s\n", error.what());
  }
  ::_exit(status);
}

}  // namespace failover::test
