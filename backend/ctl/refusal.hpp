// What failoverd's refusals say, in the words of the command line.
#pragma once

#include <rapidjson/document.h>

#include <string>

namespace failover::ctl {

// The problem's detail, which speaks of requests, with this program's options in place of theirs; below it
// the mistakes where there are several.
std::string refusal_text(const rapidjson::Value& problem, bool token_given);

}  // namespace failover::ctl
