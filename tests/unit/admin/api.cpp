#include "admin/api.hpp"

#include <rapidjson/pointer.h>

namespace failover::admin {

std::string Answer::at(const char* pointer) const {
  const auto* value = rapidjson::Pointer(pointer).Get(json);
  if (!value) return "";
  if (value->IsString()) return value->GetString();
  if (value->IsInt64()) return std::to_string(value->GetInt64());
  if (value->IsBool()) return value->GetBool() ? "true" : "false";
  if (value->IsNull()) return "null";
  if (value->IsArray()) return "[" + std::to_string(value->Size()) + "]";
  return "{}";
}

}  // namespace failover::admin
