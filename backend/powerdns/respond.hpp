// The reply to a question, from the table. What PowerDNS makes of a reply stands in its
// modules/remotebackend/ remotebackend.cc; the rules that follow from it:
//  - every reply has `result`; `"result":false` is a refusal, and `log` beside it reaches PowerDNS's log;
//  - a name that exists with no data is one record of type ENT, an empty array is NXDOMAIN;
//  - a lookup of one type gets that type alone, as its own backends answer it (an apex asked for its SOA may
//  get
//    nothing else, and what an NS lookup brings is taken for a delegation);
//  - ttl, auth and serial are numbers; names in contents have no last dot.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/table.hpp"
#include "powerdns/decode.hpp"
#include "powerdns/notified.hpp"

namespace failover::powerdns {

// What became of a question. The first four are of lookups (refused: in no zone here), done is anything else
// that was answered, error what could not be.
enum class Outcome : std::uint8_t { noerror, nodata, nxdomain, refused, done, error };
constexpr std::size_t outcomes = 6;

constexpr std::string_view to_string(Outcome outcome) {
  constexpr std::array<std::string_view, outcomes> words{"noerror", "nodata", "nxdomain",
                                                         "refused", "done",   "error"};
  return words[static_cast<std::size_t>(outcome)];
}

// What replies are made from.
struct Sources {
  Table::Reader& table;
  Notified& notified;
  const std::function<Revision()>& revision;
};

// Appends one JSON object and a newline.
Outcome respond(const Question& question, const Sources& sources, std::string& reply);

}  // namespace failover::powerdns
