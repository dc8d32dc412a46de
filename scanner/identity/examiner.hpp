// examiner.hpp - one blob in, findings out: decode, match, read definitions, fuse, fingerprint.
//
// Each worker owns one Examiner. Secrets never leave a call except as fingerprint and redaction
// (and as SecretText when the caller asks for values, for --reveal).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/line_index.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/base/text_change.hpp"
#include "scanner/decode/decode_trace.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/identity/types.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {

/// What is known of a whole target or root, put on every finding in it.
struct PlaceContext {
  std::string target;  // estate target; empty for scan
  std::string host;
  std::string system;
  Environment environment = Environment::kUnknown;
  PlaceKind place = PlaceKind::kUnknown;  // kUnknown: judged file by file
  std::string owner_name;
  std::string owner_source;
};

/// A blob, or one segment of a large one.
struct BlobInput {
  Bytes bytes;
  std::uint64_t offset = 0;  // of bytes[0] in the blob
  std::uint64_t fresh = 0;   // a match that starts at or behind this belongs to the next segment
  Position base;             // of bytes[0]
  bool whole = true;         // false: no definition is read
  Provenance place;
  bool wants_end = true;  // false: nobody asks for Examined::end
  /// Findings below it are of no use to the caller: of a whole blob that holds no other, none is
  /// made. Where one of this level or above stands, all are: ids and groups rest on them.
  Level least = Level::kLow;
};

struct Examined {
  std::vector<Finding> findings;   // without id and ordinal: see seal()
  std::vector<SecretText> values;  // one a finding, only with keep_values
  Coverage coverage;               // decode limits reached, engine failures, faulty definitions
  Position end;                    // of a segment, behind its fresh bytes: base of the next one
  bool far = false;            // a definition, or rules that ask for others nearby, had their say
  bool more_in_tests = false;  // of a whole blob without a path: as in LookedOver
  /// Adds what `other` holds behind this.
  void append(Examined other);
};

/// What a look over one version of a blob leaves for the next.
struct BlobTrace {
  bool sound = false;              // else the next one has to be looked over as if it were all new
  bool more_in_tests = false;      // as in LookedOver
  bool may_be_definition = false;  // its mark stands in it, or did
  MatchTrace matches;
  DecodeTrace encoded;
  [[nodiscard]] std::size_t bytes() const;  // of memory, about
};

struct LookedOver {
  Held held = Held::kUnsure;  // kNothing: examine() would find nothing
  Coverage coverage;          // of a blob that holds nothing
  /// What examine() finds at a path is what it finds there in the old blob, but for lines and
  /// offsets; unless Examined::far or looks_far() says that more than a neighbourhood counts.
  bool alike = false;
  /// At a path of tests examine() may find more: UUIDs stand in it, or did. It is not alike there.
  bool more_in_tests = false;
};

struct ExamineOptions {
  bool honour_inline_ignores = true;  // scan; a sweep reports them
  bool keep_values = false;
};

// Thread-compatible: one a worker. Rules and key must outlive it.
class Examiner {
 public:
  Examiner(const RuleSet& rules, const FingerprintKey& key, ExamineOptions options);
  ~Examiner();
  Examiner(Examiner&&) noexcept;

  /// Never fails as a whole: what could not be judged is in `coverage`.
  [[nodiscard]] Examined examine(const BlobInput& input, const PlaceContext& context);
  /// Would examine() find anything? Looks only at what `change` may have touched.
  /// Shapes: a whole blob without a path. `before` is a sound trace of the blob that it came of,
  ///         looked over without a path, too; or empty, for TextChange::all_new().
  [[nodiscard]] LookedOver look_over(const BlobInput& input, const TextChange& change,
                                     const BlobTrace& before, BlobTrace& after);
  /// May what is found at this path depend on more than what stands around it?
  [[nodiscard]] bool looks_far(const std::string& path) const;

  [[nodiscard]] const MatchStats& stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nhi
