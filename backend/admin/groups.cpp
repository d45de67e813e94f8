#include <algorithm>
#include <optional>

#include "admin/bodies.hpp"
#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "admin/writing.hpp"
#include "control/render.hpp"
#include "core/name.hpp"

namespace failover::admin {
namespace {

// What one hold of the lock may cost: a flip waits for it.
constexpr std::size_t looked_at_once = 4096, rendered_at_once = 100;

std::string location_of(const Outcome& outcome) { return "/v1/groups/" + encode(outcome.id); }

net::HttpReply shape(const Outcome& outcome) { return shape_resource(outcome, location_of(outcome)); }

net::HttpReply shape_flip(const Outcome& outcome) {
  std::string body = std::string("{\"changed\":") + (outcome.changed ? "true" : "false") +
                     ",\"group\":" + outcome.body + ",\"previous\":" + render(outcome.previous) +
                     ",\"flushed\":[";
  for (const auto& server : outcome.flushed) {
    if (body.back() != '[') body += ',';
    body += "{\"server\":" + quoted(server.server) + ",\"ok\":" + (server.ok ? "true" : "false");
    if (!server.ok) body += ",\"detail\":" + quoted(server.detail);
    body += '}';
  }
  body += "],\"all_clear_at\":" + quoted(render(outcome.all_clear_at)) + '}';
  return show(std::move(body), outcome.revision);
}

// Which groups a list is asked for.
struct Filter {
  std::optional<ZoneNo> zone;
  std::optional<StackNo> stack;
  std::string q;

  bool accepts(const Group& group) const {
    if (zone && group.zone != *zone) return false;
    if (stack && group.primary != *stack && group.backup != *stack) return false;
    return q.empty() || group.label.find(q) != q.npos || lower(group.name).find(q) != q.npos;
  }
};

// One hold of the lock: goes on after `after`, which it moves; false when the list is complete.
bool collect(const State& state, const Filter& filter, std::size_t limit, std::string& after,
             std::vector<std::string>& items, std::string& next) {
  std::size_t looked_at = 0, rendered = 0;
  bool more = false;
  std::string last = after;
  state.each_group_after(after, [&](const Group& group) {
    if (filter.accepts(group)) {
      if (items.size() == limit) {
        next = after;
        return false;
      }
      items.push_back(render(state, group));
      after = address(state, group);
      ++rendered;
    }
    if (++looked_at < looked_at_once && rendered < rendered_at_once) return true;
    last = address(state, group);
    more = true;
    return false;
  });
  if (more) after = last;
  return more;
}

// A stack that is in few groups need not be looked for among all of them.
constexpr std::size_t few_groups = 10'000;

// The page of a stack's groups, in order of address; nothing where it is in too many.
struct Page {
  std::vector<std::string> items;
  std::string next;
};
std::optional<Page> page_of_stack(const State& state, const Filter& filter, std::size_t limit,
                                  const std::string& after) {
  std::vector<std::pair<std::string, const Group*>> found;
  std::size_t looked_at = 0;
  state.each_group_of(*filter.stack, [&](const Group& group) {
    if (filter.accepts(group))
      if (auto place = address(state, group); place > after) found.emplace_back(std::move(place), &group);
    return ++looked_at < few_groups;
  });
  if (looked_at == few_groups) return {};
  const auto shown = std::min(limit, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(shown));
  Page page;
  for (std::size_t i = 0; i < shown; ++i) page.items.push_back(render(state, *found[i].second));
  if (shown < found.size() && shown > 0) page.next = found[shown - 1].first;
  return page;
}

}  // namespace

void list_groups(Control& control, Call call) {
  const auto limit = limit_of(call.target);
  const std::string zone = kept_form(call.target.parameter("zone")),
                    stack = lower(call.target.parameter("stack"));
  std::string after = lower(call.target.parameter("after"));
  Filter filter;
  filter.q = lower(call.target.parameter("q"));
  auto page = control.read([&](const State& state) -> std::optional<Page> {
    // A filter that names nothing fits nothing.
    if (!zone.empty()) {
      const auto* known = state.zone(zone);
      if (!known) return Page{};
      filter.zone = known->no;
    }
    if (stack.empty()) return {};
    const auto* known = state.stack(stack);
    if (!known) return Page{};
    filter.stack = known->no;
    return page_of_stack(state, filter, limit, after);
  });
  if (!page) {
    page.emplace();
    while (control.read(
        [&](const State& state) { return collect(state, filter, limit, after, page->items, page->next); })) {
    }
  }
  call.reply(show_list(page->items, page->next));
}

void show_group(Control& control, Call call) {
  call.reply(control.read([&](const State& state) {
    const auto group = find_group(state, call.path[0]);
    return group ? show(render(state, **group), (*group)->revision) : problem(group.error());
  }));
}

void create_group(Control& control, Call call) {
  change(
      control, std::move(call), Null::is_absent, [](Fields& body, Context&) { return read_new_group(body); },
      shape);
}

void set_group(Control& control, Call call) {
  const auto group = call.path[0];
  change(
      control, std::move(call), Null::is_a_mistake,
      [&](Fields& body, Context&) { return read_group_changes(body, group); }, shape);
}

void delete_group(Control& control, Call call) {
  auto command = DeleteGroup{call.path[0]};
  change(control, std::move(call), std::move(command), shape);
}

void flip_group(Control& control, Call call) {
  const auto group = call.path[0];
  change(
      control, std::move(call), Null::is_absent,
      [&](Fields& body, Context& by) { return read_flip(body, group, by.reason); }, shape_flip);
}

}  // namespace failover::admin
