#include <iostream>

#include "ctl/program.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return failover::ctl::run(argc, argv, std::cout, std::cerr);
}
