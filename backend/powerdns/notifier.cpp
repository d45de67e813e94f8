#include "powerdns/notifier.hpp"

#include <spdlog/spdlog.h>

namespace failover::powerdns {

void Notifier::changed(const std::vector<std::string>& zones, Notices::Moment now) {
  for (const auto& zone : zones) notices_.changed(zone, now);
  arm();
}

void Notifier::arm() {
  const auto next = notices_.next_due();
  if (!next || !due_.empty()) return;
  timer_.expires_at(*next);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || !due_.empty()) return;
    for (auto& zone : notices_.take(std::chrono::steady_clock::now())) due_.push_back(std::move(zone));
    go_on();
  });
}

// A server that lacks the zone says 404, one that is no primary may say 422: nothing to report.
void Notifier::go_on() {
  while (!due_.empty() && under_way_ < at_once_) {
    const std::string zone = std::move(due_.front());
    due_.pop_front();
    ++under_way_;
    ask(io_, url_,
        {"PUT", "/api/v1/servers/localhost/zones/" + percent_encoded(zone + ".") + "/notify", key_, limit_},
        [this, zone](const ApiReply& reply) {
          --under_way_;
          const auto trouble = complaint(reply);
          if (trouble.empty())
            notified_();
          else
            spdlog::debug("{}: notifying of {}: {}", url_.text, zone, trouble);
          go_on();
        });
  }
  arm();
}

}  // namespace failover::powerdns
