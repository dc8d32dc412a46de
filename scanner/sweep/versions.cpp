#include "scanner/sweep/versions.hpp"

#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/inline_ignore.hpp"

namespace nhi {

const Versions::Version* Versions::above(const GitFound& found) const {
  if (found.delta.empty() || found.depth == 0 || found.depth > versions_.size()) return nullptr;
  const Version& version = versions_[found.depth - 1];
  return version.node == found.above && version.trace.sound ? &version : nullptr;
}

void Versions::hold(std::size_t depth, Version version) {
  while (versions_.size() > depth) {
    held_bytes_ -= versions_.back().trace.bytes();
    versions_.pop_back();
  }
  versions_.resize(depth);  // what the walk has not shown has no trace
  held_bytes_ += version.trace.bytes();
  versions_.push_back(std::move(version));
  // The walk enters the largest tree below a blob last, so the oldest is needed least.
  for (std::size_t i = 0; i < depth && held_bytes_ > kTraceBytesMax; ++i) {
    held_bytes_ -= versions_[i].trace.bytes();
    versions_[i].trace = {};
  }
}

// Where the version before held something and so does this one, it does for sure once it is
// examined where it stood. Until then only what is counted has to be known; without a word that
// asks to ignore a line nothing is, and no blob of this size has too many candidates.
bool Versions::holds_too(const Version& old, Version& version, Bytes content,
                         const TextChange& change) {
  constexpr std::size_t kSurelyFew = kMiB;
  if (!old.holds || old.counts || content.size() > kSurelyFew) return false;
  constexpr std::uint64_t kWordMax = 32;
  version.ignores = old.ignores ? *old.ignores || change.any_gap(content, kWordMax, ignored_on)
                                : ignored_on(content);
  return !*version.ignores;
}

Versions::Seen Versions::look_at(Examiner& examiner, const GitFound& found, const Provenance& place,
                                 const PlaceContext& context) {
  const BlobInput input{found.content, 0, found.content.size(), {}, true, place};
  static const BlobTrace kNone;
  const Version* const old = above(found);
  const TextChange change =
      old != nullptr ? change_of(found) : TextChange::all_new(found.content.size());
  Version version;
  version.node = found.node;
  Seen seen;
  LookedOver looked;
  version.alike = numbers_++;
  if (found.content.size() <= kTracedBytesMax) {
    looked = examiner.look_over(input, change, old != nullptr ? old->trace : kNone, version.trace);
  }
  seen.more_in_tests = looked.more_in_tests;
  if (looked.held == Held::kNothing) {
    seen.coverage = std::move(looked.coverage);
  } else if (looked.held != Held::kUnsure && old != nullptr &&
             holds_too(*old, version, found.content, change)) {
    seen.holds = true;
    if (looked.alike) version.alike = old->alike;
  } else {
    Examined examined = examiner.examine(input, context);
    seen.holds = !examined.findings.empty();
    seen.more_in_tests = looked.more_in_tests || examined.more_in_tests;
    if (seen.holds && !version.ignores) version.ignores = ignored_on(found.content);
    seen.coverage = std::move(examined.coverage);
  }
  version.holds = seen.holds;
  const auto bears_mark = [](Bytes text) { return chars::holds(text, kScriptMark); };
  version.may_be_script = (old != nullptr && old->may_be_script) ||
                          change.any_gap(found.content, kScriptMark.size(), bears_mark);
  seen.holds = seen.holds || version.may_be_script;
  seen.alike = version.alike;
  version.counts = seen.coverage.unread_total != 0 || !seen.coverage.by_policy.empty();
  hold(found.depth, std::move(version));
  return seen;
}

}  // namespace nhi
