// What the files of the rules share. Nobody else includes this.
#pragma once

#include <string>
#include <vector>

#include "core/rules.hpp"

namespace failover::rules {

// Collects every mistake of a request before it is refused.
class Mistakes {
 public:
  void add(std::string pointer, std::string detail) {
    list_.push_back({std::move(pointer), std::move(detail)});
  }
  bool any() const { return !list_.empty(); }
  Refusal refusal() &&;

 private:
  std::vector<Mistake> list_;
};

Refusal conflict(Code code, std::string detail);

// 412 where the caller has seen another revision than the one that stands (0: there is nothing yet).
std::optional<Refusal> check_revision(std::optional<Revision> if_match, Revision standing);

// A change with its number and who asked for it, and nothing else yet.
Change begin(const View& view, const Context& context, std::string verb);

// The zone's answers were altered: gives it its next serial. Each zone once.
void alter(Change& change, const View& view, const Zone& zone);

// The name's answer was altered: it is to be dropped from PowerDNS's caches, and so are the zones' own
// records that lead to it, since PowerDNS adds what they lead to and caches the whole under their name. Each
// name once.
void drop(Change& change, const View& view, std::string name);

// max(last + 1, now in seconds): it rises, and goes on rising where a store was lost and filled again by an
// import.
std::uint32_t next_serial(std::uint32_t last, Time now);

// How long a resolver may keep the answer of a group: its TTL, or the negative TTL where it has no data.
std::uint32_t kept_for(const View& view, const Group& group);

// Draws from the context's seed, one after the other: splitmix64.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::string label();                      // "414-262-781"
  std::string id(std::string_view prefix);  // prefix and 13 letters or digits

 private:
  std::uint64_t state_;
};

// 5 to 300 (rule 9); a mistake at `pointer` otherwise.
void check_ttl(Mistakes& mistakes, const std::string& pointer, std::optional<std::int64_t> ttl);

// Free text such as a group's name: at most 255 bytes, no control characters.
void check_text(Mistakes& mistakes, const std::string& pointer, const std::optional<std::string>& text);

// A record's content in the form PowerDNS gets it, names in lower case without a trailing dot; what is wrong
// with it as a refusal's detail. RFC 1035 (A, CNAME, MX, TXT), 3596 (AAAA), 2782 (SRV), 8659 (CAA).
Result<std::string> record_content(Type type, std::string_view content);

// True where the zone's own records or nameservers have that name.
bool is_own_name(const Zone& zone, std::string_view name);

Result<Decision> decide(const View&, const CreateGroup&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const SetGroup&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const FlipGroup&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const DeleteGroup&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const PutStack&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const SetStack&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const DeleteStack&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const PutServer&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const RenameServer&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const DeleteServer&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const PutZone&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const DeleteZone&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const RetireAddress&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const CreateToken&, const Context&, std::optional<Revision>);
Result<Decision> decide(const View&, const RevokeToken&, const Context&, std::optional<Revision>);

}  // namespace failover::rules
