// What the routes do; each is named in the table of routes.cpp. They reply through the call, now or later.
#pragma once

#include "admin/routes.hpp"

namespace failover::admin {

// groups.cpp
void list_groups(Control& control, Call call);
void create_group(Control& control, Call call);
void show_group(Control& control, Call call);
void set_group(Control& control, Call call);
void delete_group(Control& control, Call call);
void flip_group(Control& control, Call call);

// stacks.cpp
void list_stacks(Control& control, Call call);
void show_stack(Control& control, Call call);
void put_stack(Control& control, Call call);
void set_stack(Control& control, Call call);
void delete_stack(Control& control, Call call);
void put_server(Control& control, Call call);
void rename_server(Control& control, Call call);
void delete_server(Control& control, Call call);
void show_failover_status(Control& control, Call call);

// zones.cpp
void list_zones(Control& control, Call call);
void show_zone(Control& control, Call call);
void put_zone(Control& control, Call call);
void delete_zone(Control& control, Call call);

// token_routes.cpp
void list_tokens(Control& control, Call call);
void create_token(Control& control, Call call);
void revoke_token(Control& control, Call call);
void who_am_i(Control& control, Call call);

// changes.cpp
void list_changes(Control& control, Call call);

// events.cpp
void watch_events(EventHub& hub, Call call);

// import.cpp, export.cpp
void import_lines(Control& control, Call call);
void export_lines(Control& control, Call call);

// health.cpp
void show_alive(Health& health, Call call);
void show_ready(Health& health, Call call);
void show_metrics(Health& health, Call call);
void examine(Health& health, Call call);

// dashboard.cpp, description.cpp
void show_dashboard(Call call);
void show_description(Call call);

}  // namespace failover::admin
