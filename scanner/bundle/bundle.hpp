// bundle.hpp - what a sweep of one host stored, as one file without secrets: nhisweep.bundle/1.
//
// Lines of JSON, each an object with one member that names its kind: the header, the rules that
// were asked, units with their findings, clean units, what proves absence, coverage, counts, and a
// seal. The seal is an HMAC with the estate key over everything above it: a changed byte, a cut
// file and a bundle of another estate are told apart. What is read back is checked all the same:
// an older or foreign program may have written it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

inline constexpr std::string_view kBundleFormat = "nhisweep.bundle/1";

/// Limits of a bundle that is read; over one of them it is refused, kTooLarge.
inline constexpr std::uint64_t kBundleBytesMax = std::uint64_t{8} << 30;
inline constexpr std::size_t kBundleLineBytesMax = 4 * kMiB;
inline constexpr std::uint64_t kBundleUnitsMax = 20'000'000;    // clean ones too
inline constexpr std::uint64_t kUnitFindingsMax = 100'000;      // of one unit, held in memory
inline constexpr std::size_t kBundleTargetsMax = 10'000;        // and their roots
inline constexpr std::size_t kBundleRulesMax = 100'000;         // ids
inline constexpr std::size_t kBundleTextBytesMax = 256 * kKiB;  // one string
inline constexpr std::size_t kBundleListMax = 100'000;          // items of one list
inline constexpr std::size_t kAbsencePlacesMax = 1'000'000;     // of each kind
inline constexpr std::size_t kBundleDepthMax = 8;               // brackets within each other

/// A folder on the host and the name findings print for it.
struct BundleRoot {
  std::string path;
  std::string root;
};
struct BundleTarget {
  std::string name;     // "app01/etc": the host, a slash, the name on the host
  std::string profile;  // that its units were read under
  std::vector<BundleRoot> roots;
};

struct BundleHeader {
  std::string host;
  std::string estate;   // name; may be empty
  std::string version;  // of the program
  std::string ruleset;  // digest
  std::string profile;  // of the sweep
  std::string key_id;
  Instant as_of;  // of the sweep
  std::vector<BundleTarget> targets;
  std::vector<std::string> rules;  // as SweepEnd::rules; a line of its own
  std::string key_check = {};      // of the key that seals it: tells it from any other
  // Of the key that was rotated, if the host still knows it: then every finding with a value says
  // what that one makes of it.
  std::string former_id = {};
  std::string former_check = {};
};

struct BundleCounts {
  std::uint64_t units = 0;     // with findings, or not read whole
  std::uint64_t findings = 0;  // of them
  std::uint64_t clean = 0;     // other units
};

/// Who owns the findings of a unit that stand at this path.
struct PlaceOwner {
  std::string path;  // empty: of an unreachable git object
  FindingOwner owner;
};

/// Places in the printed name space, root and path joined; see absence.hpp of the sweep.
struct AbsenceEvidence {
  std::vector<std::string> listed;  // to their end; of each tree of such folders its top
  std::vector<std::pair<std::string, std::string>> empty;  // listed, nothing in it; folder mark
  std::vector<std::string> refused;                        // not read, for whatever reason
  std::vector<std::string> distrusted;                     // roots and targets that prove nothing
};

/// True for a name of a host that a bundle may carry: lower-case letters, digits, dots, hyphens and
/// underscores, at most 253, no dot or hyphen at its beginning.
[[nodiscard]] bool is_host_name(std::string_view name);
/// "app01/etc" -> "app01".
[[nodiscard]] std::string_view host_of_target(std::string_view target);

}  // namespace nhi
