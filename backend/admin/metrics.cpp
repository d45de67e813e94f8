#include "admin/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>

namespace failover::admin {
namespace {

const std::vector<double> seconds_up_to{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,  0.5,    1,     2.5,  5,     10};

prometheus::ClientMetric labelled(const Labels& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

prometheus::ClientMetric convert(const Histogram& histogram) {
  auto metric = labelled(histogram.labels);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < histogram.up_to.size(); ++i) {
    total += histogram.counts[i];
    metric.histogram.bucket.push_back({total, histogram.up_to[i]});
  }
  metric.histogram.sample_count = total + histogram.beyond;
  metric.histogram.sample_sum = histogram.sum;
  return metric;
}

}  // namespace

std::string to_text(const std::vector<Family>& families) {
  std::vector<prometheus::MetricFamily> converted;
  for (const auto& family : families) {
    auto& to = converted.emplace_back();
    to.name = family.name;
    to.help = family.help;
    switch (family.kind) {
      case Family::Kind::counter:
        to.type = prometheus::MetricType::Counter;
        break;
      case Family::Kind::gauge:
        to.type = prometheus::MetricType::Gauge;
        break;
      case Family::Kind::histogram:
        to.type = prometheus::MetricType::Histogram;
        break;
    }
    for (const auto& sample : family.samples) {
      auto metric = labelled(sample.labels);
      metric.counter.value = metric.gauge.value = sample.value;
      to.metric.push_back(std::move(metric));
    }
    for (const auto& histogram : family.histograms) to.metric.push_back(convert(histogram));
  }
  return prometheus::TextSerializer().Serialize(converted);
}

void RequestCounts::count(std::string_view method, std::string_view route, int status,
                          std::chrono::duration<double> took) {
  std::lock_guard lock(mutex_);
  ++requests_[{std::string(method), std::string(route), status}];
  auto& histogram = seconds_[std::string(route)];
  if (histogram.up_to.empty()) {
    histogram.labels = {{"route", std::string(route)}};
    histogram.up_to = seconds_up_to;
    histogram.counts.resize(seconds_up_to.size());
  }
  const auto place = std::ranges::lower_bound(seconds_up_to, took.count()) - seconds_up_to.begin();
  if (place == static_cast<std::ptrdiff_t>(seconds_up_to.size()))
    ++histogram.beyond;
  else
    ++histogram.counts[static_cast<std::size_t>(place)];
  histogram.sum += took.count();
}

std::vector<Family> RequestCounts::families() const {
  std::lock_guard lock(mutex_);
  Family requests{"failover_http_requests_total",
                  "Requests to the admin API, by route and status.",
                  Family::Kind::counter,
                  {},
                  {}};
  for (const auto& [key, count] : requests_)
    requests.samples.push_back(
        {{{"method", key.method}, {"route", key.route}, {"status", std::to_string(key.status)}},
         static_cast<double>(count)});
  Family seconds{"failover_http_request_seconds",
                 "Time from a request's body to its reply, by route.",
                 Family::Kind::histogram,
                 {},
                 {}};
  for (const auto& [route, histogram] : seconds_) seconds.histograms.push_back(histogram);
  return {std::move(requests), std::move(seconds)};
}

}  // namespace failover::admin
