#include "ctl/event_stream.hpp"

#include <utility>

namespace failover::ctl {

void EventStream::feed(std::string_view piece, const Take& take) {
  for (const char c : piece) {
    // A line ends with CR, LF or both; the two may come in different pieces.
    const bool second = after_return_ && c == '\n';
    after_return_ = c == '\r';
    if (second) continue;
    if (c == '\n' || c == '\r')
      line(take);
    else
      line_ += c;
  }
}

void EventStream::line(const Take& take) {
  const std::string text = std::exchange(line_, {});
  if (text.empty()) {
    // An id alone moves the place to resume from, and is no event.
    last_id_ = id_;
    if (!data_.empty()) {
      data_.pop_back();
      take(data_);
    }
    data_.clear();
    return;
  }
  const auto colon = text.find(':');
  const std::string field = text.substr(0, colon);
  std::string value = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (value.starts_with(' ')) value.erase(0, 1);
  if (field == "data") {
    data_ += value + "\n";
  } else if (field == "id" && value.find('\0') == std::string::npos) {
    id_ = value;
  }
}

}  // namespace failover::ctl
