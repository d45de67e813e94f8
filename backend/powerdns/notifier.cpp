#include "powerdns/notifier.hpp"

#include <spdlog/spdlog.h>

namespace failover::powerdns {

void Notifier::changed(const std::vector<std::string>& zones, Notices::Moment now) {
  for (const auto& zone : zones) notices_.changed(zone, now);
  arm();
}

void Notifier::arm() {
  const auto due = notices_.next_due();
  if (!due || under_way_ == at_once_) return;
  timer_.expires_at(*due);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    for (const auto& zone : notices_.take(std::chrono::steady_clock::now(), at_once_ - under_way_))
      notify(zone);
    arm();
  });
}

// A server that lacks the zone says 404, one that is no primary may say 422: nothing to report.
void Notifier::notify(const std::string& zone) {
  ++under_way_;
  ask(io_, url_,
      {"PUT", "/api/v1/servers/localhost/zones/" + percent_encoded(zone + ".") + "/notify", key_, limit_},
      [this, zone](const ApiReply& reply) {
        --under_way_;
        arm();
        const auto trouble = complaint(reply);
        if (trouble.empty()) return notified_();
        spdlog::debug("{}: notifying of {}: {}", url_.text, zone, trouble);
      });
}

}  // namespace failover::powerdns
