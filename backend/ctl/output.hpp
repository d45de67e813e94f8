// What a command prints: for people or as JSON.
#pragma once

#include <rapidjson/document.h>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace failover::ctl {

enum class Colour { none, green, yellow, red, bold };

// Where a command prints. `json`: the API's own JSON instead of text for people.
struct Output {
  std::ostream& out;
  std::ostream& err;
  bool json = false;
  bool colour = false;
  std::size_t columns = 0;  // of the terminal; 0 where it is none, and then nothing is shortened
};

// The text with its colour's escape codes around it; the text alone where the output has no colour.
std::string painted(const Output& output, Colour colour, std::string_view text);

// The text with every control character replaced, those that turn the direction of writing included: a name
// that someone else chose must neither drive the terminal nor read as another.
std::string printable(std::string_view text);

// The text with every token in it cut short: one that was given in a wrong place must not end up in a job's
// mail.
std::string without_tokens(const std::string& text);

// How many columns a UTF-8 text takes, wide characters counted as one.
std::size_t width(std::string_view text);

// Rows under headings, each column as wide as its widest cell; cells are made printable. Where that is wider
// than the terminal, the widest columns are shortened, the first not: its cells are what is typed next.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  // A row has one cell a heading. `colour` is that of its cell in `coloured_column`.
  void add(std::vector<std::string> row, Colour colour = Colour::none);
  bool empty() const { return rows_.empty(); }
  void colour_column(std::size_t column) { coloured_column_ = column; }
  void print(const Output& output) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Colour colour;
  };
  std::vector<std::string> headings_;
  std::vector<Row> rows_;
  std::size_t coloured_column_ = 0;
};

// Names and values, one a line, the values under each other. A value with line breaks goes on below itself.
class Facts {
 public:
  void add(std::string name, std::string value) { facts_.emplace_back(std::move(name), std::move(value)); }
  void print(const Output& output) const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

// Members of a JSON object as text: "" where absent, null or of another kind. Numbers as written.
std::string text_of(const rapidjson::Value& object, const char* member);

// A member that is an array; an empty array where it is none.
const rapidjson::Value& list_of(const rapidjson::Value& object, const char* member);

// One JSON text on one line.
std::string to_text(const rapidjson::Value& value);

}  // namespace failover::ctl
