// What PowerDNS asks, from the bytes it sends: JSON lines (unix, pipe), and the three HTTP dialects (REST,
// post, post_json). The shapes are those of PowerDNS 4.7.3,
// modules/remotebackend/{remotebackend,httpconnector}.cc; real ones are kept in
// tests/unit/powerdns/recorded/.
//
// What comes out depends on the bytes alone. Nothing is allocated for a lookup once a decoder has seen a few.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/model.hpp"

namespace failover::powerdns {

enum class Method : std::uint8_t {
  refused,  // it cannot be answered
  initialize,
  lookup,  // and APILookup
  list,
  get_all_domains,
  get_domain_info,
  get_all_domain_metadata,
  get_domain_metadata,
  search_records,
  get_updated_masters,
  set_notified,
  direct_backend_cmd,
};

// One question. A method's parameters are all there and well-formed; those it has not are empty or 0.
struct Question {
  Method method = Method::refused;
  std::string_view name;  // the qname, name or zonename as asked, all of it printable ASCII
  std::string_view key;   // the same in lower case without the last dot: how the table has it
  Type type{};            // 0: one that no record here has
  std::string_view text;  // the pattern or the query; of a refused one: why, for PowerDNS's log
  std::uint32_t zone_id = 0;
  std::uint32_t serial = 0;
  std::uint32_t most = 0;  // records to find
};

// One thread's.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;

  // The question is good until the next call, and does not look into the arguments.
  const Question& line(std::string_view json);
  const Question& http(std::string_view target, std::string_view body);

  // A question that something other than its content speaks against.
  const Question& refused(std::string_view why);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace failover::powerdns
