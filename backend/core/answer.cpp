#include "core/answer.hpp"

#include <algorithm>

#include "core/name.hpp"

namespace failover {

std::vector<std::size_t> web_head(const std::vector<Server>& servers) {
  for (const Role role : {Role::load_balancer, Role::web}) {
    std::vector<std::size_t> head;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      const Server& server = servers[i];
      if (server.role == role && (!server.addresses.empty() || !server.hostname.empty())) head.push_back(i);
    }
    if (!head.empty()) return head;
  }
  return {};
}

std::vector<Record> answer(const std::vector<Server>& servers) {
  const auto head = web_head(servers);
  std::vector<Record> records;
  for (const std::size_t i : head) {
    for (const std::string& address : servers[i].addresses) {
      records.push_back({is_ipv6(address) ? Type::AAAA : Type::A, address, 0});
    }
  }
  if (records.empty() && !head.empty()) records.push_back({Type::CNAME, servers[head.front()].hostname, 0});
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return records;
}

}  // namespace failover
