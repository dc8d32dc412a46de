// Carries out one rotation of a test's folder, and can end itself with SIGKILL at the n-th boundary
// of the journal. Prints where the rotation stands when it ends by itself.
//
//   run_driver FOLDER RUN [--kill N] [--back] [--old-is-unknown]
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "rotators/engine/registration.hpp"
#include "rotators/engine/run.hpp"
#include "tests/rotation/setting.hpp"

namespace nhi {
namespace {

struct Wanted {
  std::string folder;
  std::string run;
  int kill_at = 0;
  bool back = false;
};

int report(const Error& error) {
  std::fprintf(stderr, "error: %s\n%s\n", error.message().c_str(), error.hint.c_str());
  return 2;
}

Result<RunReport> drive(const Wanted& wanted) {
  const test::Setting setting(wanted.folder);
  NHI_TRY(const RotationConfig config, read_rotation_config(setting.file("rotation.yaml")));
  NHI_TRY(const std::vector<PluginPin> pins, read_registrations(setting.file("rotation.yaml")));
  NHI_TRY(Journal journal, setting.journal());
  NHI_TRY(const WrappingKey wrapping, setting.wrapping_key());
  NHI_TRY(const FingerprintKey key, setting.fingerprint_key());
  int boundaries = 0;
  RunParts parts;
  parts.journal = &journal;
  parts.wrapping_key = &wrapping;
  parts.fingerprint_key = &key;
  parts.config = &config;
  parts.pins = pins;
  parts.session.core = "test";
  parts.runner = "robin";
  parts.now = [] { return system_now(); };
  // Pauses are for real systems; the ring answers at once.
  parts.wait = [](std::chrono::milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  parts.wait_at_most = std::chrono::seconds(5);
  parts.at_boundary = [&](std::string_view) {
    if (++boundaries == wanted.kill_at) ::raise(SIGKILL);
  };
  auto report = wanted.back ? roll_back(parts, wanted.run, "a test") : run_plan(parts, wanted.run);
  std::ofstream(setting.file("boundaries")) << boundaries;
  return report;
}

}  // namespace
}  // namespace nhi

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  nhi::Wanted wanted{argv[1], argv[2], 0, false};
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--kill" && i + 1 < argc) wanted.kill_at = std::stoi(argv[++i]);
    if (word == "--back") wanted.back = true;
  }
  // Of a parent that died nobody waits for the end.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto done = nhi::drive(wanted);
  if (!done) return nhi::report(done.error());
  std::printf("%s\n%s\n%s\n", std::string(to_string(done->state)).c_str(), done->what.c_str(),
              done->hint.c_str());
  return done->end == nhi::RunEnd::kDone || done->end == nhi::RunEnd::kRolledBack ? 0 : 4;
}
