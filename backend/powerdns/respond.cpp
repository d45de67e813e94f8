#include "powerdns/respond.hpp"

#include <algorithm>
#include <vector>

#include "core/name.hpp"
#include "powerdns/json_text.hpp"

namespace failover::powerdns {
namespace {

// Short, so that no cache keeps an old serial; PowerDNS cannot be told to drop an apex without dropping all
// below it.
constexpr std::uint32_t soa_ttl = 2;
// For secondaries that miss a NOTIFY: they look every minute, and go on for a week without us.
constexpr std::string_view soa_timers = " 60 30 604800 ";

Outcome refuse(std::string_view why, std::string& reply) {
  reply += R"({"result":false,"log":["failoverd: )";
  append_escaped(reply, why);
  reply += "\"]}\n";
  return Outcome::error;
}

void append_soa(std::string& out, const ZoneAnswers& zone, std::uint32_t serial) {
  append_escaped(out, zone.soa_mname);
  out += ' ';
  append_escaped(out, zone.soa_rname);
  out += ' ';
  append_number(out, serial);
  out += soa_timers;
  append_number(out, zone.negative_ttl);
}

// The records of a reply, one after the other.
class Records {
 public:
  // `dot` goes behind every name: "." where they come without.
  Records(std::string& out, std::string_view dot) : out_(out), dot_(dot) { out_ += R"({"result":[)"; }

  void soa(std::string_view name, const Found& found) {
    begin(name, "SOA");
    append_soa(out_, *found.zone, found.serial);
    end(soa_ttl, found);
  }
  void record(std::string_view name, const Record& record, const Found& found) {
    begin(name, to_string(record.type));
    append_escaped(out_, record.content);
    end(found.ttl != 0 ? found.ttl : record.ttl, found);
  }
  void no_data(std::string_view name, const Found& found) {
    begin(name, "ENT");
    end(found.ttl != 0 ? found.ttl : found.zone->ttl, found);
  }
  void close() { out_ += "]}\n"; }

  std::uint32_t count() const { return count_; }

 private:
  void begin(std::string_view name, std::string_view type) {
    if (count_++ != 0) out_ += ',';
    out_ += R"({"qtype":")";
    out_ += type;
    out_ += R"(","qname":")";
    append_escaped(out_, name);
    out_ += dot_;
    out_ += R"(","content":")";
  }
  void end(std::uint32_t ttl, const Found& found) {
    out_ += R"(","ttl":)";
    append_number(out_, ttl);
    out_ += R"(,"auth":1,"domain_id":)";
    append_number(out_, found.zone->no);
    out_ += '}';
  }

  std::string& out_;
  const std::string_view dot_;
  std::uint32_t count_ = 0;
};

Outcome lookup(const Question& question, Table::Reader& table, std::string& reply) {
  const Found found = table.find(question.key);
  Records records(reply, question.name.ends_with('.') ? "" : ".");
  const bool any = question.type == Type::ANY;
  if (found.is_apex && (any || question.type == Type::SOA)) records.soa(question.name, found);
  for (const Record& record : found.records)
    if (any || record.type == question.type) records.record(question.name, record, found);
  if (any && found.exists && records.count() == 0) records.no_data(question.name, found);
  records.close();
  if (found.zone == nullptr) return Outcome::refused;
  if (!found.exists) return Outcome::nxdomain;
  return found.records.empty() && !found.is_apex ? Outcome::nodata : Outcome::noerror;
}

// Names with no data are left out: a transfer has no way to say that they exist.
Outcome list(const Question& question, Table::Reader& table, std::string& reply) {
  const std::size_t start = reply.size();
  Records records(reply, ".");
  const bool here = table.each_name(question.key, [&](std::string_view name, const Found& found) {
    if (found.is_apex) records.soa(name, found);
    for (const Record& record : found.records) records.record(name, record, found);
  });
  if (!here) {
    reply.resize(start);
    return refuse("list: no such zone here", reply);
  }
  records.close();
  return Outcome::done;
}

void append_zone(std::string& out, const ZoneAnswers& zone, std::uint32_t serial, std::uint32_t notified) {
  out += R"({"id":)";
  append_number(out, zone.no);
  out += R"(,"zone":")";
  append_escaped(out, zone.name);
  out += R"(.","kind":"master","masters":[],"serial":)";
  append_number(out, serial);
  out += R"(,"notified_serial":)";
  append_number(out, notified);
  out += R"(,"last_check":0})";
}

Outcome zones(const Sources& sources, bool only_updated, std::string& reply) {
  reply += R"({"result":[)";
  bool first = true;
  sources.table.each_zone([&](const ZoneAnswers& zone, std::uint32_t serial) {
    const std::uint32_t notified = sources.notified.serial(zone.no);
    if (only_updated && notified == serial) return;
    if (!std::exchange(first, false)) reply += ',';
    append_zone(reply, zone, serial, notified);
  });
  reply += "]}\n";
  return Outcome::done;
}

Outcome zone_info(const Question& question, const Sources& sources, std::string& reply) {
  const Found found = sources.table.find(question.key);
  if (!found.is_apex) {  // asked for every name that is flushed, so not worth a line in the log
    reply += "{\"result\":false}\n";
    return Outcome::done;
  }
  reply += R"({"result":)";
  append_zone(reply, *found.zone, found.serial, sources.notified.serial(found.zone->no));
  reply += "}\n";
  return Outcome::done;
}

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// `*` is any bytes, `?` any one; in any case. On a mismatch the last star takes one byte more.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, held = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      held = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || fold(pattern[p]) == fold(text[t]))) {
      ++p;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++held;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

Outcome search(const Question& question, Table::Reader& table, std::string& reply) {
  std::vector<std::string> names;
  table.each_zone([&](const ZoneAnswers& zone, std::uint32_t) { names.push_back(zone.name); });
  std::ranges::sort(names);
  Records records(reply, ".");
  const std::string_view pattern = question.text;
  for (const std::string& zone : names) {
    if (records.count() >= question.most) break;
    table.each_name(zone, [&](std::string_view name, const Found& found) {
      if (records.count() >= question.most) return;
      const bool named = matches(pattern, name) ||
                         (pattern.ends_with('.') && matches(pattern.substr(0, pattern.size() - 1), name));
      for (const Record& record : found.records)
        if (records.count() < question.most && (named || matches(pattern, record.content)))
          records.record(name, record, found);
    });
  }
  records.close();
  return Outcome::done;
}

void describe(std::string_view asked, Table::Reader& table, std::string& reply) {
  std::string name = lower(asked);
  if (name.ends_with('.')) name.pop_back();
  const Found found = table.find(name);
  const auto line = [&](std::uint32_t ttl, std::string_view type, std::string_view content) {
    append_escaped(reply, name + ". " + std::to_string(ttl) + " IN " + std::string(type) + ' ');
    append_escaped(reply, content);
    append_escaped(reply, "\n");
  };
  if (found.is_apex) {
    std::string soa;
    append_soa(soa, *found.zone, found.serial);
    line(soa_ttl, "SOA", soa);
  }
  for (const Record& record : found.records)
    line(found.ttl != 0 ? found.ttl : record.ttl, to_string(record.type), record.content);
  if (found.is_apex || !found.records.empty()) return;
  append_escaped(reply, name);
  reply += found.zone == nullptr ? ". in no zone here" : found.exists ? ". no data" : ". no such name";
}

Outcome command(const Question& question, const Sources& sources, std::string& reply) {
  const std::string_view query = question.text;
  constexpr std::string_view lookup_word = "lookup ";
  const std::size_t start = reply.size();
  reply += R"({"result":")";
  if (query == "ping") {
    reply += "pong";
  } else if (query == "revision") {
    append_number(reply, sources.revision());
  } else if (query.size() > lookup_word.size() && query.starts_with(lookup_word)) {
    describe(query.substr(lookup_word.size()), sources.table, reply);
  } else {
    reply.resize(start);
    return refuse("unknown command, use one of: ping, revision, lookup NAME", reply);
  }
  reply += "\"}\n";
  return Outcome::done;
}

Outcome set_notified(const Question& question, const Sources& sources, std::string& reply) {
  bool here = false;
  sources.table.each_zone(
      [&](const ZoneAnswers& zone, std::uint32_t) { here = here || zone.no == question.zone_id; });
  if (!here) return refuse("setNotified: no zone has this id", reply);
  sources.notified.set(question.zone_id, question.serial);
  reply += "{\"result\":true}\n";
  return Outcome::done;
}

Outcome constant(std::string_view result, std::string& reply) {
  reply += result;
  return Outcome::done;
}

Outcome answer(const Question& question, const Sources& sources, std::string& reply) {
  switch (question.method) {
    case Method::lookup:
      return lookup(question, sources.table, reply);
    case Method::initialize:
      return constant("{\"result\":true}\n", reply);
    case Method::list:
      return list(question, sources.table, reply);
    case Method::get_all_domains:
      return zones(sources, false, reply);
    case Method::get_updated_masters:
      return zones(sources, true, reply);
    case Method::get_domain_info:
      return zone_info(question, sources, reply);
    case Method::get_all_domain_metadata:
      return constant("{\"result\":{}}\n", reply);
    case Method::get_domain_metadata:
      return constant("{\"result\":[]}\n", reply);
    case Method::search_records:
      return search(question, sources.table, reply);
    case Method::set_notified:
      return set_notified(question, sources, reply);
    case Method::direct_backend_cmd:
      return command(question, sources, reply);
    case Method::refused:
      break;
  }
  return refuse(question.text, reply);
}

}  // namespace

Outcome respond(const Question& question, const Sources& sources, std::string& reply) {
  const Outcome outcome = answer(question, sources, reply);
  sources.table.leave();
  return outcome;
}

}  // namespace failover::powerdns
