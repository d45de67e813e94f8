# Writes OUTPUT.hpp and OUTPUT.cpp, which hold FILES as byte arrays; see embed.cmake.
file(WRITE ${OUTPUT}.hpp "#pragma once
#include \"embedded.hpp\"
namespace failover::embedded {
extern const std::span<const File> ${NAME};
}
")
set(arrays "")
set(entries "")
set(index 0)
foreach(file ${FILES})
  get_filename_component(base ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "const char file_${index}[] = {${bytes}'\\0'};\n")
  string(APPEND entries "  {\"${base}\", {file_${index}, sizeof file_${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT}.cpp "#include \"${NAME}.hpp\"
namespace failover::embedded {
namespace {
${arrays}const File files[] = {
${entries}};
}
const std::span<const File> ${NAME}{files};
}
")
