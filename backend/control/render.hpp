// The JSON of zones, stacks, groups, tokens and changes: what the API answers and the trail keeps.
#pragma once

#include <string>

#include "core/view.hpp"
#include "store/store.hpp"

namespace failover {

// Each returns one JSON object on one line, fields as README's API names them.
std::string render(const View& view, const Zone& zone);
std::string render(const View& view, const Stack& stack);
std::string render(const View& view, const Group& group);
std::string render(const View& view, const Token& token);  // without hash or secret
std::string render(const Server& server);

// A stack without what other things make of it: its status and its groups, of which there may be very many.
std::string render_settings(const Stack& stack);

// One line of the trail, as it was read back or as it happens.
std::string render(const TrailEntry& entry);
std::string render(const Change& change);

// [{"type":"A","content":"192.0.2.10"}, ...]
std::string render(const std::vector<Record>& records);

// "2026-11-22T06:50:00.123Z"
std::string render(Time time);

// A JSON string with its quotes.
std::string quoted(std::string_view text);

}  // namespace failover
