// Free text that people write and read on one line: names of groups and tokens.
#pragma once

#include <string_view>

namespace failover {

// True where UTF-8 text holds a control character (C0, DEL, C1): in a log or on a terminal the text could
// then pass for something else.
inline bool has_control(std::string_view text) {
  unsigned char before = 0;
  for (const unsigned char byte : text) {
    if (byte < 0x20 || byte == 0x7f || (before == 0xc2 && byte < 0xa0)) return true;
    before = byte;
  }
  return false;
}

}  // namespace failover
