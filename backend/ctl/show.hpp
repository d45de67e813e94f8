// Resources as people read them, and the ways in which most commands end.
#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <string>
#include <vector>

#include "ctl/api.hpp"
#include "ctl/output.hpp"

namespace failover::ctl {

// One row of a list, in the order of its headings.
using Row = std::function<std::vector<std::string>(const rapidjson::Value&)>;

// Prints all pages of a list as one {"items":[...],"next":null}.
Result<void> print_json_list(const Api& api, const Output& output, const std::string& path,
                             const std::string& after = "");

// Prints all pages of a list as a table, or as print_json_list. The cells of `status_column` get the
// colour of what they say. With nothing to list, `empty` goes to standard error.
Result<void> print_list(const Api& api, const Output& output, const std::string& path,
                        std::vector<std::string> headings, std::size_t status_column, const Row& row,
                        const char* empty);

// Prints an answer's JSON, or has `people` print it.
Result<void> print_answer(const Result<Answer>& answer, const Output& output,
                          void (*people)(const Output&, const rapidjson::Value&));

// Says that something is deleted; as JSON it prints nothing, for the API answers nothing.
Result<void> print_deleted(const Result<Answer>& answer, const Output& output, const std::string& said);

std::vector<std::string> group_row(const rapidjson::Value& group);
void print_group(const Output& output, const rapidjson::Value& group);

// Yellow for what needs a look, green for what is as it should be.
Colour colour_of(std::string_view status);

// "A 192.0.2.10, A 192.0.2.11" of records; "nothing" of none.
std::string records_text(const rapidjson::Value& records);

// "a, b" of an array of strings.
std::string joined(const rapidjson::Value& texts);

// The member where there is one, else "-".
std::string or_dash(std::string text);

}  // namespace failover::ctl
