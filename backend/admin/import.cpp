#include <map>
#include <memory>
#include <mutex>

#include "admin/handlers.hpp"
#include "admin/import_line.hpp"
#include "admin/problem.hpp"
#include "admin/tokens.hpp"
#include "admin/writing.hpp"
#include "control/render.hpp"

namespace failover::admin {
namespace {

// A commit of so many takes a tenth of a second, for which a flip may have to wait. Fewer would have the same
// pages written more often.
constexpr std::size_t lines_together = 2000, bytes_together = 4 * 1024 * 1024;
// An exported line may be longer than the body it came from, and a stack grows server by server.
constexpr std::size_t longest_line = 8 * 1024 * 1024;
// Beyond it failures are counted, not listed: memory stays bounded whatever is sent.
constexpr std::size_t most_listed = 10'000, longest_detail = 500;

// All that is wrong with a line, since an import's reply has one text for each.
std::string told(const Refusal& refusal) {
  std::string text;
  for (const auto& [pointer, detail] : refusal.mistakes)
    text += (text.empty() ? "" : " ") + (pointer.empty() ? "" : pointer + ": ") + detail;
  if (refusal.mistakes.empty()) text = refusal.detail;
  if (text.size() > longest_detail) text.replace(longest_detail, text.npos, "...");
  return valid_utf8(text);
}

// Reads piece by piece and submits batches of lines, one at a time. The next one is read meanwhile, and no
// more: a sender that is faster than the store is held back.
class Import final : public std::enable_shared_from_this<Import> {
 public:
  Import(Control& control, Call call) : control_(control), call_(std::move(call)) {}

  void start() { call_.http.stream ? read() : finish(); }

 private:
  void read() {
    is_reading_ = true;
    call_.http.stream->read([self = shared_from_this()](std::optional<std::string> piece) {
      self->call_.workers->post([self, piece = std::move(piece)] { self->take(piece); });
    });
  }

  void take(const std::optional<std::string>& piece) {
    const std::lock_guard lock(mutex_);
    is_reading_ = false;
    if (!piece) {
      // The sender broke off. The lines that came whole stand; nobody reads the answer.
      at_end_ = true;
      too_long_ = false;
      text_.clear();
      return go_on();
    }
    if (piece->empty()) {
      at_end_ = true;
      if (!text_.empty() || too_long_) text_ += '\n';
    }
    text_ += *piece;
    go_on();
  }

  void go_on() {
    if (refusal_) return refuse();
    parse();
    if (!is_submitted_ && (is_full() || (at_end_ && !batch_.empty()))) {
      submit();
      if (refusal_) return refuse();
      parse();
    }
    if (is_reading_ || is_full()) return;
    if (!at_end_) return read();
    if (!is_submitted_) finish();
  }

  // What has come, up to a full batch.
  void parse() {
    std::size_t done = 0;
    for (auto end = text_.find('\n'); end != text_.npos && !is_full(); end = text_.find('\n', done)) {
      add(std::string_view(text_).substr(done, end - done));
      done = end + 1;
    }
    text_.erase(0, done);
    if (is_full() || text_.size() <= longest_line) return;
    // What follows up to the line's end is dropped as it comes.
    text_.clear();
    too_long_ = true;
  }

  bool is_full() const { return batch_.size() == lines_together || batch_bytes_ >= bytes_together; }

  void add(std::string_view line) {
    ++line_;
    if (too_long_ || line.size() > longest_line) {
      too_long_ = false;
      return fail(line_, {Code::too_large, "The line is longer than 8 MiB: split what it holds."});
    }
    if (line.find_first_not_of(" \t\r") == line.npos) return;
    auto command = read_import_line(line);
    if (!command) return fail(line_, command.error());
    batch_.push_back({std::move(*command), context_of(call_), {}});
    lines_.push_back(line_);
    batch_bytes_ += line.size();
  }

  void submit() {
    // An import may last for hours, and its token be revoked meanwhile.
    if (!call_.still_allowed()) return break_off(no_good_token());
    is_submitted_ = true;
    batch_bytes_ = 0;
    submitted_lines_ = std::exchange(lines_, {});
    control_.submit_all(
        std::exchange(batch_, {}), [self = shared_from_this()](std::vector<Result<Outcome>> results) {
          self->call_.workers->post([self, results = std::move(results)] { self->count(results); });
        });
  }

  void count(const std::vector<Result<Outcome>>& results) {
    const std::lock_guard lock(mutex_);
    is_submitted_ = false;
    for (std::size_t i = 0; i < results.size() && !refusal_; ++i) {
      if (results[i])
        ++imported_;
      else if (results[i].error().code == Code::store_unavailable)
        break_off(results[i].error());
      else
        fail(submitted_lines_[i], results[i].error());
    }
    go_on();
  }

  void break_off(Refusal refusal) {
    refusal_ = std::move(refusal);
    refusal_->detail += " (" + std::to_string(imported_) + " lines are imported: run the import again.)";
  }

  // The piece that is being read comes first: the connection is the reader's meanwhile. A sender that is
  // silent for too long is cut, as ever, and not told.
  void refuse() {
    if (!is_reading_ && !is_submitted_) call_.reply(problem(*refusal_));
  }

  void fail(std::size_t line, const Refusal& refusal) {
    ++failed_;
    failures_[line] = "{\"line\":" + std::to_string(line) + ",\"code\":" + quoted(to_string(refusal.code)) +
                      ",\"detail\":" + quoted(told(refusal)) + '}';
    if (failures_.size() > most_listed) failures_.erase(std::prev(failures_.end()));
  }

  void finish() {
    std::string body = "{\"imported\":" + std::to_string(imported_) + ",\"failed\":[";
    for (bool is_first = true; const auto& [line, failure] : failures_)
      body += (std::exchange(is_first, false) ? "" : ",") + failure;
    body += ']';
    if (failed_ > most_listed) body += ",\"not_listed\":" + std::to_string(failed_ - most_listed);
    call_.reply(json(200, body + '}'));
  }

  Control& control_;
  Call call_;
  std::mutex mutex_;  // guards what follows: pieces and results come on several threads
  bool is_reading_ = false, is_submitted_ = false;
  std::optional<Refusal> refusal_;  // what broke it off
  std::string text_;                // what has come and is not yet read, from the start of a line
  bool at_end_ = false;
  bool too_long_ = false;  // in the middle of a line that is
  std::size_t line_ = 0;
  std::vector<Write> batch_;
  std::size_t batch_bytes_ = 0;                       // of its lines
  std::vector<std::size_t> lines_, submitted_lines_;  // of each in the batch, in the one that is submitted
  std::size_t imported_ = 0, failed_ = 0;
  std::map<std::size_t, std::string> failures_;  // by line
};

}  // namespace

void import_lines(Control& control, Call call) {
  std::make_shared<Import>(control, std::move(call))->start();
}

}  // namespace failover::admin
