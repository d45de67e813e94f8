// Questions as text, for tables.
#pragma once

#include <rapidjson/document.h>

#include <string>

#include "powerdns/decode.hpp"

namespace failover::powerdns {

inline std::string show(const Question& q) {
  const std::string name(q.name), key(q.key), text(q.text);
  switch (q.method) {
    case Method::refused:
      return "refused: " + text;
    case Method::initialize:
      return "initialize";
    case Method::lookup:
      return "lookup " + name + " [" + key + "] " + std::to_string(static_cast<int>(q.type));
    case Method::list:
      return "list " + name + " [" + key + ']';
    case Method::get_all_domains:
      return "getAllDomains";
    case Method::get_domain_info:
      return "getDomainInfo [" + key + ']';
    case Method::get_all_domain_metadata:
      return "getAllDomainMetadata [" + key + ']';
    case Method::get_domain_metadata:
      return "getDomainMetadata [" + key + "] " + text;
    case Method::search_records:
      return "searchRecords " + text + ' ' + std::to_string(q.most);
    case Method::get_updated_masters:
      return "getUpdatedMasters";
    case Method::set_notified:
      return "setNotified " + std::to_string(q.zone_id) + ' ' + std::to_string(q.serial);
    case Method::direct_backend_cmd:
      return "directBackendCmd " + text;
  }
  return "?";
}

// True where `text` is one JSON object in valid UTF-8 with a `result`, and a newline.
inline bool is_reply(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  return !document.HasParseError() && document.IsObject() && document.HasMember("result") &&
         text.ends_with('\n') && text.find('\n') == text.size() - 1;
}

}  // namespace failover::powerdns
