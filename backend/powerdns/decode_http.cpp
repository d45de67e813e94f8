#include <algorithm>
#include <span>
#include <vector>

#include "powerdns/fields.hpp"

namespace failover::powerdns {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986, 2.1; in forms a plus is a space.
std::string percent_decode(std::string_view text, bool form) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      plain += form && text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

template <class Visit>
void split(std::string_view text, char by, Visit visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find(by), text.size());
    if (end != 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// What a method's parts of the path are, in the order of restful_requestbuilder() in httpconnector.cc.
std::span<const Field> path_fields(Method method) {
  static constexpr Field lookup[] = {Field::qname, Field::qtype},
                         list[] = {Field::domain_id, Field::zonename}, name[] = {Field::name},
                         metadata[] = {Field::name, Field::kind}, notified[] = {Field::id};
  switch (method) {
    case Method::lookup:
      return lookup;
    case Method::list:
      return list;
    case Method::get_domain_info:
    case Method::get_all_domain_metadata:
      return name;
    case Method::get_domain_metadata:
      return metadata;
    case Method::set_notified:
      return notified;
    default:
      return {};
  }
}

bool set(Fields& fields, Field field, std::string_view text, std::string& trouble) {
  if (Fields::is_text(field)) {
    fields.set(field, text);
  } else if (Fields::is_number(field)) {
    const auto number = whole_number(text);
    if (!number) {
      trouble = std::string(to_string(field)) + " is no whole number";
      return false;
    }
    fields.set(field, *number);
  }
  return true;
}

}  // namespace

bool read_http(std::string_view target, std::string_view body, Fields& fields, std::string& json,
               std::string& trouble) {
  const auto question_mark = std::min(target.find('?'), target.size());
  std::vector<std::string> path;
  split(target.substr(0, question_mark), '/',
        [&](std::string_view part) { path.push_back(percent_decode(part, false)); });

  json.clear();
  bool good = true;
  const auto pairs = [&](std::string_view form) {
    split(form, '&', [&](std::string_view pair) {
      const auto equals = std::min(pair.find('='), pair.size());
      const Field field = field_from(percent_decode(pair.substr(0, equals), true));
      const std::string value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
      if (field == Field::parameters)
        json = value;
      else if (!set(fields, field, value, trouble))
        good = false;
    });
  };
  pairs(target.substr(std::min(question_mark + 1, target.size())));
  pairs(body);
  if (!good) return false;

  if (!json.empty()) {  // post: the method comes last
    fields.set(Field::method, path.empty() ? std::string_view() : std::string_view(path.back()));
    return true;
  }
  // REST, under any prefix: the last part that is a method and has as many parts after it as that one takes.
  for (std::size_t at = path.size(); at-- > 0;) {
    const auto method = method_from(path[at]);
    if (!method) continue;
    const auto takes = path_fields(*method);
    if (path.size() - at - 1 != takes.size()) continue;
    fields.set(Field::method, path[at]);
    for (std::size_t i = 0; i < takes.size(); ++i)
      if (!set(fields, takes[i], path[at + 1 + i], trouble)) return false;
    return true;
  }
  trouble = "no method with these parameters: " + std::string(target.substr(0, 300));
  return false;
}

}  // namespace failover::powerdns
