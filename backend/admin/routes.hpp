// The API as one table: what there is, who may use it, what it takes. Everything about a route that can be
// checked before its handler stands here; the dispatcher (api.cpp) does the checking.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "admin/query.hpp"
#include "admin/workers.hpp"
#include "core/model.hpp"
#include "net/http_server.hpp"

namespace failover {
class Control;
}

namespace failover::admin {

class EventHub;
class Health;

// Who may use a route. Those from viewer to admin include the ones after them.
enum class Need {
  anyone,
  any_token,
  viewer,
  operator_,
  admin,
  admin_or_own_stack,   // a stack's token, where the path's {stack} is that stack
  viewer_or_own_stack,  // likewise
};

enum class BodyKind { none, json, ndjson_stream };

// Where a handler runs. It must not wait on `server`.
enum class Runs { on_server, on_worker };

// Who asks.
struct Identity {
  std::string name;
  TokenRole role = TokenRole::viewer;
  StackNo stack = 0;
  TokenHash token{};  // by which it is looked up again
};

struct Route;

// One request that has passed all checks of its route.
struct Call {
  net::HttpRequest http;
  Target target;
  std::vector<std::string> path;  // what stands for the pattern's {...}, decoded, in order
  Identity who;                   // a default one where anyone may ask
  const Route* route = nullptr;
  Workers* workers = nullptr;
  std::function<bool()> still_allowed;        // the token is good yet: for what takes long. Any thread
  std::function<void(net::HttpReply)> reply;  // exactly once, from any thread
};

// What a handler is given is all it needs.
using Handler = std::variant<void (*)(Control&, Call), void (*)(EventHub&, Call), void (*)(Health&, Call),
                             void (*)(Call)>;

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/v1/groups/{group}"
  Need need;
  BodyKind body;
  Runs runs;
  std::string_view query;  // the parameters it knows, with spaces between; "*": any, all ignored
  Handler handler;
};

std::span<const Route> routes();

// The routes whose pattern is this path, for whichever method. `path` as in Call.
std::vector<const Route*> match(std::span<const std::string> segments, std::vector<std::string>& path);

// True where that role may use it. `own` : the path's {stack} is the token's.
bool may(TokenRole role, Need need, bool own);

}  // namespace failover::admin
