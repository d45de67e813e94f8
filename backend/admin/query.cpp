#include "admin/query.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "core/name.hpp"

namespace failover::admin {
namespace {

constexpr std::size_t default_limit = 100, greatest_limit = 1000;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < 0) return {};
  return value;
}

bool is_listed(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

std::string_view Target::parameter(std::string_view name) const {
  const auto found =
      std::ranges::find(query, name, [](const auto& pair) { return std::string_view(pair.first); });
  return found == query.end() ? std::string_view{} : std::string_view(found->second);
}

Result<Target> parse_target(std::string_view text) {
  const auto parsed = boost::urls::parse_origin_form(text);
  if (!parsed)
    return Refusal{Code::not_found, "This path cannot be read: percent-encode what is no letter or digit."};
  Target target;
  for (const auto& segment : parsed->segments()) target.segments.emplace_back(segment);
  if (target.segments.size() == 1 && target.segments[0].empty()) target.segments.clear();
  for (const auto& parameter : parsed->params()) target.query.emplace_back(parameter.key, parameter.value);
  return target;
}

Result<void> check_query(const Target& target, std::string_view known) {
  std::vector<Mistake> mistakes;
  for (auto given = target.query.begin(); given != target.query.end(); ++given) {
    const auto& [name, value] = *given;
    if (!is_listed(known, name)) {
      mistakes.push_back({'/' + name, known.empty()
                                          ? "This path takes no parameters: leave it out."
                                          : "Leave it out: this path takes " + std::string(known) + '.'});
    } else if (std::any_of(target.query.begin(), given,
                           [&](const auto& other) { return other.first == name; })) {
      mistakes.push_back({'/' + name, "Give it once."});
    } else if (name == "limit") {
      const auto limit = number(value);
      if (!limit || *limit < 1 || *limit > std::int64_t{greatest_limit})
        mistakes.push_back(
            {"/limit", "Give a whole number from 1 to " + std::to_string(greatest_limit) + '.'});
    }
  }
  if (mistakes.empty()) return {};
  return Refusal{
      Code::invalid,
      "Put the query's parameters right: " + mistakes[0].pointer.substr(1) + ": " + mistakes[0].detail,
      mistakes};
}

std::size_t limit_of(const Target& target) {
  const auto given = target.parameter("limit");
  return given.empty() ? default_limit : static_cast<std::size_t>(*number(given));
}

Result<Revision> revision_from(std::string_view name, std::string_view text) {
  if (text.empty()) return Revision{0};
  const auto revision = number(text);
  if (!revision) return invalid('/' + std::string(name), "Give a revision, a whole number from 0.");
  return *revision;
}

Result<std::optional<Revision>> if_match_from(std::string_view header) {
  if (header.empty() || header == "*") return std::optional<Revision>{};
  if (header.size() > 2 && header.front() == '"' && header.back() == '"')
    if (const auto revision = number(header.substr(1, header.size() - 2)))
      return std::optional<Revision>{revision};
  return Refusal{Code::stale,
                 "This If-Match matches no revision: send one ETag just as it was read, with its quotes."};
}

namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// Takes off what stands before `mark`, or the whole text.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(taken);
}

// What Accept gives a media type, by the most specific range that fits it.
struct Weight {
  int specificity = -1;
  double q = 0;
  int place = 0;
};

Weight weight_of(std::string_view accept, std::string_view type) {
  const std::string any_subtype = std::string(type.substr(0, type.find('/'))) + "/*";
  Weight best;
  for (int place = 1; !accept.empty(); ++place) {
    std::string_view parameters = take_until(accept, ',');
    const std::string range = lower(take_until(parameters, ';'));
    const int specificity = range == type ? 2 : range == any_subtype ? 1 : range == "*/*" ? 0 : -1;
    double q = 1;
    while (!parameters.empty()) {
      const std::string parameter = lower(take_until(parameters, ';'));
      if (parameter.starts_with("q="))
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), q);
    }
    if (specificity > best.specificity) best = {specificity, q, place};
  }
  return best;
}

}  // namespace

bool prefers_text(std::string_view accept) {
  const Weight text = weight_of(accept, "text/plain"), json = weight_of(accept, "application/json");
  return text.q > json.q || (text.q > 0 && text.q == json.q && text.place < json.place);
}

}  // namespace failover::admin
