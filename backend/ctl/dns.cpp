#include "ctl/dns.hpp"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

namespace failover::ctl {
namespace {

const std::map<std::string, int> types{
    {"A", ns_t_a}, {"AAAA", ns_t_aaaa}, {"NS", ns_t_ns}, {"CNAME", ns_t_cname}};

const char* const rcodes[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};

// An OPT record (RFC 6891, 6.1.2) with room for 1232 bytes. glibc drops a referral whose additional section
// is empty (resolv/res_send.c); the server's own OPT fills it.
constexpr unsigned char opt[] = {0, 0, ns_t_opt, 0x04, 0xD0, 0, 0, 0, 0, 0, 0};

// The C library's state of one question, with one server of ours in place of the system's.
class Resolver {
 public:
  explicit Resolver(const std::optional<HostPort>& server) : usable_(res_ninit(&state_) == 0) {
    state_.retrans = 2;
    state_.retry = 2;
    if (usable_ && server) use(*server);
  }
  ~Resolver() {
    if (usable_) res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  int ask(const std::string& name, int type, bool recurse, unsigned char* reply, int size) {
    if (!usable_) return -1;
    state_.options &= ~static_cast<unsigned long>(RES_DEFNAMES | RES_DNSRCH);
    if (!recurse) state_.options &= ~static_cast<unsigned long>(RES_RECURSE);
    unsigned char query[NS_PACKETSZ + sizeof opt];
    const int length = res_nmkquery(&state_, ns_o_query, name.c_str(), ns_c_in, type, nullptr, 0, nullptr,
                                    query, NS_PACKETSZ);
    if (length < 0) return -1;
    std::memcpy(query + length, opt, sizeof opt);
    query[11] = 1;  // ARCOUNT
    return res_nsend(&state_, query, length + static_cast<int>(sizeof opt), reply, size);
  }

 private:
  // An IPv6 server stands in the extension, marked by family 0 in the list (resolv/res_init.c of glibc).
  void use(const HostPort& server) {
    state_.nscount = 1;
    sockaddr_in& four = state_.nsaddr_list[0];
    four = {};
    if (inet_pton(AF_INET, server.address.c_str(), &four.sin_addr) == 1) {
      four.sin_family = AF_INET;
      four.sin_port = htons(server.port);
      return;
    }
    auto* six = static_cast<sockaddr_in6*>(std::calloc(1, sizeof(sockaddr_in6)));  // res_nclose frees it
    if (six == nullptr) return;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(server.port);
    inet_pton(AF_INET6, server.address.c_str(), &six->sin6_addr);
    std::free(state_._u._ext.nsaddrs[0]);
    state_._u._ext.nsaddrs[0] = six;
    state_._u._ext.nscount = 1;
  }

  struct __res_state state_ {};
  bool usable_;
};

std::string name_text(const ns_msg& message, const unsigned char* name) {
  char text[NS_MAXDNAME];
  if (ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), name, text, sizeof text) < 0) return "";
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::string content_of(const ns_msg& message, const ns_rr& record) {
  char text[INET6_ADDRSTRLEN];
  const int type = ns_rr_type(record);
  if (type == ns_t_ns || type == ns_t_cname) return name_text(message, ns_rr_rdata(record));
  const int family = type == ns_t_a ? AF_INET : AF_INET6;
  if (ns_rr_rdlen(record) != (family == AF_INET ? 4 : 16)) return "";
  return inet_ntop(family, ns_rr_rdata(record), text, sizeof text);
}

std::vector<DnsRecord> section(ns_msg& message, ns_sect which) {
  std::vector<DnsRecord> records;
  for (int i = 0; i < ns_msg_count(message, which); ++i) {
    ns_rr record;
    if (ns_parserr(&message, which, i, &record) != 0) break;
    for (const auto& [word, number] : types) {
      if (ns_rr_type(record) != number) continue;
      std::string name = ns_rr_name(record);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      records.push_back({name, word, content_of(message, record)});
    }
  }
  return records;
}

}  // namespace

std::optional<DnsReply> ask_dns(const std::optional<HostPort>& server, const std::string& name,
                                const std::string& type, bool recurse) {
  std::vector<unsigned char> reply(NS_MAXMSG);
  const int size =
      Resolver(server).ask(name, types.at(type), recurse, reply.data(), static_cast<int>(reply.size()));
  ns_msg message;
  if (size <= 0 || ns_initparse(reply.data(), size, &message) != 0) return std::nullopt;
  const auto rcode = static_cast<unsigned>(ns_msg_getflag(message, ns_f_rcode));
  return DnsReply{rcode < std::size(rcodes) ? rcodes[rcode] : "rcode " + std::to_string(rcode),
                  section(message, ns_s_an), section(message, ns_s_ns)};
}

}  // namespace failover::ctl
