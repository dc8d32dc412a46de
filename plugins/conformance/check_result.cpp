#include "plugins/conformance/check_result.hpp"

#include "plugins/protocol/words.hpp"

namespace nhi {
namespace {

constexpr Words<12> kGroups = {"handshake",    "secrets",   "killed",        "repeats",
                               "lost replies", "revoking",  "probing",       "slots and clocks",
                               "cancelling",   "authority", "hostile names", "dry run"};
constexpr Words<3> kVerdicts = {"passed", "failed", "not tried"};

}  // namespace

std::string_view to_string(CheckGroup group) { return kGroups.at(static_cast<std::size_t>(group)); }
std::string_view to_string(CheckVerdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}

}  // namespace nhi
