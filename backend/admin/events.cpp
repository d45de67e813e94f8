#include "admin/events.hpp"

#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "admin/query.hpp"
#include "control/render.hpp"

namespace failover::admin {
namespace {

using Text = std::shared_ptr<const std::string>;
using namespace std::chrono_literals;

constexpr std::size_t page_entries = 200;
constexpr std::size_t round_bytes = 256 * 1024;
// For one watcher. An import's commit is 1.5 MB of news, and the text is shared.
constexpr std::size_t most_queued_bytes = 4 * 1024 * 1024;
constexpr auto heartbeat = 15s;
// 4,000 watchers a second, a few at a time: requests come through between them, and under many changes the
// news is gathered into fewer, longer rounds instead of taking the processor from flips.
constexpr std::size_t watchers_at_once = 8;
constexpr auto pause = 2ms;

std::size_t bytes_of(const std::vector<Change>& batch) {
  std::size_t bytes = 0;
  for (const Change& change : batch) bytes += change.before.size() + change.after.size();
  return bytes;
}

}  // namespace

std::string EventHub::to_event(Revision revision, std::string_view json) {
  return "id: " + std::to_string(revision) + "\nevent: change\ndata: " + std::string(json) + "\n\n";
}

// What is handed out to all live watchers together.
struct EventHub::Round {
  std::vector<Feed::Batch> news;
  Text text;
  Revision first = 0, last = 0;  // 0: a heartbeat

  Text news_after(Revision seen) const {
    std::string events;
    for (const auto& batch : news)
      for (const Change& change : *batch)
        if (change.revision > seen) events += to_event(change.revision, render(change));
    return std::make_shared<const std::string>(std::move(events));
  }
};

class EventHub::Watcher final : public net::HttpReplyStream, public std::enable_shared_from_this<Watcher> {
 public:
  Watcher(EventHub& hub, Revision seen, std::function<bool()> allowed)
      : hub_(hub), allowed_(std::move(allowed)), seen_(seen) {
    ++hub_.open_;
    // So that the client sees at once that it is connected.
    queue_.push_back(std::make_shared<const std::string>(": watching\n\n"));
  }
  ~Watcher() override { --hub_.open_; }

  void next(std::function<void(net::HttpPiece)> give) override {
    std::unique_lock lock(mutex_);
    give_ = std::move(give);
    const bool asks_trail = !live_ && !ended_ && queue_.empty();
    give_what_there_is(lock);
    if (asks_trail) hub_.workers_.post([self = shared_from_this()] { self->catch_up(); });
  }

  void push(const Round& round) {
    if (!allowed_()) return end(false);
    std::unique_lock lock(mutex_);
    if (ended_ || (round.last != 0 && round.last <= seen_) || (round.last == 0 && !queue_.empty())) return;
    Text text = round.last == 0 || seen_ < round.first ? round.text : round.news_after(seen_);
    seen_ = std::max(seen_, round.last);
    queued_bytes_ += text->size();
    if (queued_bytes_ > most_queued_bytes && !queue_.empty()) {
      ended_ = dropped_ = true;
      queue_.clear();
    } else {
      queue_.push_back(std::move(text));
    }
    give_what_there_is(lock);
  }

  void end(bool dropped) {
    std::unique_lock lock(mutex_);
    ended_ = true;
    dropped_ = dropped;
    give_what_there_is(lock);
  }

  void become_live() {
    std::lock_guard lock(mutex_);
    live_ = true;
  }

 private:
  // Releases the lock before giving.
  void give_what_there_is(std::unique_lock<std::mutex>& lock) {
    if (!give_ || (queue_.empty() && !ended_)) return;
    net::HttpPiece piece;
    if (queue_.empty()) {
      piece.broken = dropped_;
    } else {
      piece.data = std::move(queue_.front());
      queue_.pop_front();
      queued_bytes_ -= std::min(queued_bytes_, piece.data->size());
    }
    auto give = std::exchange(give_, nullptr);
    lock.unlock();
    give(std::move(piece));
  }

  // On a worker, while nothing is queued and the server waits: gives a page of the trail, or joins the live
  // ones.
  void catch_up() {
    while (true) {
      if (!allowed_()) return end(false);
      TrailQuery query;
      query.after = seen_;
      query.limit = page_entries;
      const auto page = hub_.control_.store().trail(query);
      if (!page) return end(true);
      if (!page->empty()) {
        std::string text;
        for (const auto& entry : *page) text += to_event(entry.revision, render(entry));
        std::unique_lock lock(mutex_);
        seen_ = page->back().revision;
        queued_bytes_ += text.size();
        queue_.push_back(std::make_shared<const std::string>(std::move(text)));
        return give_what_there_is(lock);
      }
      if (hub_.join(shared_from_this(), seen_)) return;
    }
  }

  EventHub& hub_;
  const std::function<bool()> allowed_;
  std::mutex mutex_;
  std::deque<Text> queue_;
  std::size_t queued_bytes_ = 0;
  std::function<void(net::HttpPiece)> give_;
  Revision seen_;
  bool live_ = false, ended_ = false, dropped_ = false;
};

EventHub::EventHub(Control& control, Workers& workers, std::size_t connections,
                   std::size_t most_waiting_bytes)
    : control_(control), workers_(workers), most_watchers_(connections - connections / 7) {
  subscription_ = control_.feed().subscribe([this, most_waiting_bytes](Feed::Batch batch) {
    {
      std::lock_guard lock(mutex_);
      waiting_bytes_ += bytes_of(*batch);
      waiting_.push_back(std::move(batch));
      if (waiting_bytes_ > most_waiting_bytes) leave_behind();
    }
    news_came_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

EventHub::~EventHub() { stop(); }

void EventHub::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  control_.feed().unsubscribe(subscription_);
  news_came_.notify_one();
  thread_.join();
  std::lock_guard lock(mutex_);
  for (const auto* watchers : {&live_, &left_behind_})
    for (const auto& held : *watchers)
      if (const auto watcher = held.lock()) watcher->end(false);
}

// Holds the lock.
void EventHub::leave_behind() {
  handed_out_ = waiting_.back()->back().revision;
  waiting_.clear();
  waiting_bytes_ = 0;
  left_behind_.insert(left_behind_.end(), live_.begin(), live_.end());
  live_.clear();
}

Result<std::shared_ptr<net::HttpReplyStream>> EventHub::watch(std::optional<Revision> after,
                                                              std::function<bool()> allowed) {
  if (open_ >= most_watchers_)
    return Refusal{Code::slow_down,
                   "Too many programs watch events here already: close some, or ask for "
                   "/v1/changes now and then."};
  const auto now = control_.read([](const State& state) { return state.revision(); });
  return std::make_shared<Watcher>(*this, std::min(after.value_or(now), now), std::move(allowed));
}

bool EventHub::join(const std::shared_ptr<Watcher>& watcher, Revision seen) {
  std::lock_guard lock(mutex_);
  if (stopping_) {
    watcher->end(false);
    return true;
  }
  if (seen < handed_out_) return false;
  watcher->become_live();
  live_.push_back(watcher);
  return true;
}

// Waits for news, or for the time of a heartbeat.
EventHub::Round EventHub::next_round() {
  Round round;
  {
    std::unique_lock lock(mutex_);
    news_came_.wait_for(lock, heartbeat,
                        [this] { return stopping_ || !waiting_.empty() || !left_behind_.empty(); });
    for (std::size_t bytes = 0; !waiting_.empty() && bytes < round_bytes; waiting_.pop_front()) {
      bytes += bytes_of(*waiting_.front());
      round.news.push_back(std::move(waiting_.front()));
      waiting_bytes_ -= bytes_of(*round.news.back());
    }
    if (!round.news.empty()) {
      round.first = round.news.front()->front().revision;
      handed_out_ = round.last = round.news.back()->back().revision;
    }
    // Who joins from now on has seen these.
    if (round.last != 0 && live_.empty()) return round;
  }
  // Not under the lock, for which control's thread would wait.
  round.text =
      round.last == 0 ? std::make_shared<const std::string>(": still here\n\n") : round.news_after(0);
  return round;
}

void EventHub::hand_out(const Round& round) {
  std::vector<std::weak_ptr<Watcher>> all;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(live_, [](const auto& watcher) { return watcher.expired(); });
    all = live_;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (const auto watcher = all[i].lock()) watcher->push(round);
    if (i % watchers_at_once == watchers_at_once - 1) std::this_thread::sleep_for(pause);
  }
}

void EventHub::run() {
  while (true) {
    const auto round = next_round();
    std::vector<std::weak_ptr<Watcher>> left_behind;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
      left_behind.swap(left_behind_);
    }
    for (const auto& held : left_behind)
      if (const auto watcher = held.lock()) watcher->end(true);
    hand_out(round);
  }
}

void watch_events(EventHub& hub, Call call) {
  const auto last_id = call.http.header("last-event-id");
  const auto after = revision_from("last-event-id", last_id);
  if (!after) return call.reply(problem(after.error()));
  auto stream = hub.watch(last_id.empty() ? std::optional<Revision>{} : *after, call.still_allowed);
  if (!stream) return call.reply(problem(stream.error()));
  net::HttpReply reply{200, {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}}, {}};
  reply.stream = *std::move(stream);
  call.reply(std::move(reply));
}

}  // namespace failover::admin
