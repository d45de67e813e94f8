// Requests recorded from a real pdns_server 4.7.3, each kind once, one a line: over unix the line itself,
// over HTTP "VERB TARGET" and the body, where there is one.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace failover::powerdns {

inline std::vector<std::string> recorded(const std::string& dialect) {
  std::ifstream file(std::string(RECORDED) + '/' + dialect + ".txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error("nothing recorded of " + dialect);
  return lines;
}

struct RecordedHttp {
  std::string verb, target, body;
};

inline RecordedHttp recorded_http(const std::string& line) {
  const auto first = line.find(' '), second = std::min(line.find(' ', first + 1), line.size());
  return {line.substr(0, first), line.substr(first + 1, second - first - 1),
          line.substr(std::min(second + 1, line.size()))};
}

}  // namespace failover::powerdns
