// The command line as a whole: its declaration, and one run of it.
#pragma once

#include <iosfwd>

#include "ctl/describe.hpp"

namespace failover::ctl {

// Runs the command that `argv` names, and returns its exit status. Does not return where `exec` became its
// command.
int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

// All commands and options, as declared.
CommandText describe_program();

}  // namespace failover::ctl
