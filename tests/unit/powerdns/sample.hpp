// A small table that the tests of this folder ask.
#pragma once

#include "core/state.hpp"
#include "core/table.hpp"

namespace failover::powerdns {

inline Zone sample_zone() {
  Zone zone;
  zone.no = 1;
  zone.name = "failover.example";
  zone.nameservers = {{"ns1.failover.example", {"192.0.2.1", "2001:db8::1"}}, {"ns2.example.net", {}}};
  zone.hostmaster = "hostmaster.failover.example";
  zone.ttl = 60;
  zone.negative_ttl = 30;
  zone.records = {
      {"failover.example", {Type::MX, "10 mx.example.net", 300}},
      {"_sip._tcp.failover.example", {Type::SRV, "0 5 5060 sip.example.net", 120}},
      {"note.failover.example", {Type::TXT, R"("say \"hi\"" "two")", 60}},
  };
  zone.serial = 7;
  return zone;
}

inline Stack sample_stack(StackNo no, std::string name, std::vector<Server> servers) {
  Stack stack;
  stack.no = no;
  stack.id = "stk_" + name;
  stack.name = std::move(name);
  stack.servers = std::move(servers);
  return stack;
}

inline Group sample_group(std::string label, StackNo primary, std::uint16_t ttl = 0) {
  Group group;
  group.label = std::move(label);
  group.zone = 1;
  group.primary = primary;
  group.ttl = ttl;
  group.live = primary != 0 ? Side::primary : Side::none;
  return group;
}

// two: A and AAAA. host: a CNAME. wait: a stack whose web head is not there yet. held: no stack.
inline void load_sample(State& state) {
  state.load(sample_zone());
  state.load(sample_stack(1, "two", {{"a", Role::web, {"192.0.2.10", "2001:db8::10"}, ""}}));
  state.load(sample_stack(2, "host", {{"a", Role::web, {}, "www.example.net"}}));
  state.load(sample_stack(3, "wait", {{"a", Role::web, {}, ""}}));
  state.load(sample_group("two", 1));
  state.load(sample_group("host", 2, 5));
  state.load(sample_group("wait", 3));
  state.load(sample_group("held", 0));
  state.load_serial("failover.example", 7);
  state.load_revision(12);
}

// A second zone, next to it.
inline Zone other_zone() {
  Zone zone;
  zone.no = 2;
  zone.name = "other.test";
  zone.nameservers = {{"ns.example.net", {}}};
  zone.hostmaster = "admin.other.test";
  zone.serial = 4294967295;
  return zone;
}

struct Sample {
  State state;
  Table table;
  Sample() {
    load_sample(state);
    state.load(other_zone());
    table.load(state);
  }
};

}  // namespace failover::powerdns
