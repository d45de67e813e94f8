// Server-sent events, read from pieces of any size (WHATWG HTML, 9.2.6). No socket.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace failover::ctl {

class EventStream {
 public:
  // Gets each event's data as it is complete; last_id() is then that event's.
  using Take = std::function<void(const std::string& data)>;

  // `last_id` is where an earlier stream ended, "" where there was none.
  explicit EventStream(const std::string& last_id = "") : id_(last_id), last_id_(last_id) {}
  void feed(std::string_view piece, const Take& take);
  // What to send as Last-Event-ID; "" as long as no event had an id.
  const std::string& last_id() const { return last_id_; }

 private:
  void line(const Take& take);

  std::string line_, data_, id_, last_id_;
  bool after_return_ = false;
};

}  // namespace failover::ctl
