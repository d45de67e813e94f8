#include "powerdns/service.hpp"

#include <optional>

#include "powerdns/decode.hpp"
#include "powerdns/respond.hpp"

namespace failover::powerdns {

// What one thread needs to answer.
class Service::Answerer {
 public:
  // A lookup whose answer has yet to be handed over.
  struct Pending {
    Recent::Ticket ticket;
    Recent::Clock::time_point since;
  };

  explicit Answerer(Service& service)
      : service_(service), reader_(service.table_), shard_(service.stats_.shard()) {}

  Decoder& decoder() { return decoder_; }

  std::optional<Pending> answer(const Question& question, Recent::Clock::time_point since,
                                std::string& reply) {
    std::optional<Pending> pending;
    if (question.method == Method::lookup)
      pending = Pending{service_.recent_.start(hash_key(question.key), since), since};
    shard_.count(respond(question, {reader_, service_.notified_, service_.revision_}, reply));
    return pending;
  }

  static void sent(const Pending& pending, Recent& recent, Stats::Shard& shard) {
    const auto now = Recent::Clock::now();
    recent.finish(pending.ticket, now);
    shard.lookup_took(now - pending.since);
  }

  Stats::Shard& shard() { return shard_; }

 private:
  Service& service_;
  Table::Reader reader_;
  Stats::Shard& shard_;
  Decoder decoder_;
};

class Service::OnLines final : public net::LineHandler {
 public:
  explicit OnLines(Service& service) : recent_(service.recent_), answerer_(service) {}

  void answer(std::string_view line, std::string& reply) override {
    const auto since = Recent::Clock::now();
    pending_ = answerer_.answer(answerer_.decoder().line(line), since, reply);
  }
  void too_long(std::string& reply) override {
    answerer_.answer(answerer_.decoder().refused("a request longer than 65536 bytes"), {}, reply);
  }
  void sent() override {
    if (pending_) Answerer::sent(*pending_, recent_, answerer_.shard());
    pending_.reset();
  }

 private:
  Recent& recent_;
  Answerer answerer_;
  std::optional<Answerer::Pending> pending_;
};

// What an HTTP reply holds on to.
class Service::UntilSent {
 public:
  UntilSent(const Answerer::Pending& pending, Recent& recent, Stats::Shard& shard)
      : pending_(pending), recent_(recent), shard_(shard) {}
  ~UntilSent() { Answerer::sent(pending_, recent_, shard_); }
  UntilSent(const UntilSent&) = delete;
  UntilSent& operator=(const UntilSent&) = delete;

 private:
  const Answerer::Pending pending_;
  Recent& recent_;
  Stats::Shard& shard_;
};

Service::Service(const Table& table, Recent& recent, std::function<Revision()> revision)
    : table_(table), recent_(recent), revision_(std::move(revision)) {}

Service::~Service() = default;

std::unique_ptr<net::LineHandler> Service::new_line_handler() { return std::make_unique<OnLines>(*this); }

net::HttpAnswer Service::answer(const net::HttpQuestion& asked) {
  const auto since = Recent::Clock::now();
  std::unique_ptr<Answerer> answerer;
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      answerer = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!answerer) answerer = std::make_unique<Answerer>(*this);

  // A refusal too is status 200: PowerDNS reads the log line only of what it takes for a success.
  net::HttpAnswer answer{"application/json", {}, {}};
  Decoder& decoder = answerer->decoder();
  const Question& question =
      asked.trouble.empty() ? decoder.http(asked.target, asked.body) : decoder.refused(asked.trouble);
  if (const auto pending = answerer->answer(question, since, answer.body))
    answer.until_sent = std::make_shared<UntilSent>(*pending, recent_, answerer->shard());

  const std::lock_guard lock(idle_mutex_);
  idle_.push_back(std::move(answerer));
  return answer;
}

}  // namespace failover::powerdns
