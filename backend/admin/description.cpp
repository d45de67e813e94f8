#include <algorithm>

#include "admin/handlers.hpp"
#include "embedded/description.hpp"

namespace failover::admin {

void show_description(Call call) {
  // The files have the names that their routes end in.
  const auto name = call.route->pattern.substr(call.route->pattern.rfind('/') + 1);
  const auto file = std::ranges::find(embedded::description, name, &embedded::File::name);
  call.reply({200, {{"Content-Type", "application/yaml"}}, std::string(file->content)});
}

}  // namespace failover::admin
