#include "admin/bodies.hpp"
#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "admin/writing.hpp"
#include "control/render.hpp"
#include "core/name.hpp"

namespace failover::admin {
namespace {

net::HttpReply shape(const Outcome& outcome) {
  return shape_resource(outcome, "/v1/zones/" + encode(outcome.id));
}

}  // namespace

void list_zones(Control& control, Call call) {
  const auto limit = limit_of(call.target);
  const std::string after = lower(call.target.parameter("after"));
  call.reply(control.read([&](const State& state) {
    std::vector<std::string> items;
    std::string next, last;
    state.each_zone([&](const Zone& zone) {
      if (zone.name <= after) return true;
      if (items.size() == limit) {
        next = last;
        return false;
      }
      items.push_back(render(state, zone));
      last = zone.name;
      return true;
    });
    return show_list(items, next);
  }));
}

void show_zone(Control& control, Call call) {
  call.reply(control.read([&](const State& state) {
    const auto zone = find_zone(state, call.path[0]);
    return zone ? show(render(state, **zone), (*zone)->revision) : problem(zone.error());
  }));
}

void put_zone(Control& control, Call call) {
  const auto zone = call.path[0];
  change(
      control, std::move(call), Null::is_a_mistake,
      [&](Fields& body, Context&) { return read_zone(body, zone); }, shape);
}

void delete_zone(Control& control, Call call) {
  auto command = DeleteZone{call.path[0]};
  change(control, std::move(call), std::move(command), shape);
}

}  // namespace failover::admin
