// From a request's body to a write, and from its outcome to a reply: what all changing routes share.
#pragma once

#include <functional>
#include <string>

#include "admin/json.hpp"
#include "admin/routes.hpp"
#include "control/control.hpp"

namespace failover::admin {

// Who asks and from where; control fills in the rest.
Context context_of(const Call& call);

// Makes a command of the body's fields.
using Read = std::function<Command(Fields& body, Context& by)>;
// Makes a reply of the outcome of an accepted write.
using Shape = std::function<net::HttpReply(const Outcome& outcome)>;

// Reads the body, submits the command, replies. An empty body is {} where the method is POST. Mistakes of
// form and what core finds wrong with the rest are told together.
void change(Control& control, Call call, Null null, const Read& read, Shape shape);

// The same without a body.
void change(Control& control, Call call, Command command, Shape shape);

// 200, or 201 with `location` where it is new, with the resource and its ETag; 204 where it is gone.
net::HttpReply shape_resource(const Outcome& outcome, const std::string& location);

// What core finds wrong with a command, besides the mistakes of form that are known already. For a body with
// `mistakes`.
Refusal with_all_mistakes(const Control& control, const Command& command, std::vector<Mistake> mistakes);

// A resource that is read, with its ETag.
net::HttpReply show(std::string body, Revision revision);

// {"items":[...],"next":...}; `items` are JSON. An empty `next` is null.
net::HttpReply show_list(const std::vector<std::string>& items, const std::string& next);

// A path's segment, percent-encoded.
std::string encode(std::string_view segment);

}  // namespace failover::admin
