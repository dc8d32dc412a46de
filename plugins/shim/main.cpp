// nhisweep-call-shim: speaks the protocol for a script that answers one call. It finds the script
// at descriptor 5 and the interpreter at 6; its arguments are the interpreter's path and arguments.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "plugins/shim/script_rotator.hpp"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("nhisweep-call-shim is started by nhisweep, not by hand\n", stderr);
    return 2;
  }
  nhi::ScriptStart start;
  start.program = "/proc/self/fd/6";
  start.script = "/proc/self/fd/5";
  start.name = argv[1];
  for (int i = 2; i < argc; ++i) start.arguments.emplace_back(argv[i]);
  auto rotator = nhi::ScriptRotator::create(std::move(start));
  if (!rotator) {
    std::fprintf(stderr, "%s\n", rotator.error().message().c_str());
    return 1;
  }
  return nhi::run_rotator(std::make_unique<nhi::ScriptRotator>(*std::move(rotator)));
}
