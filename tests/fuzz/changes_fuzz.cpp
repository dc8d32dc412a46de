// A text and what becomes of it: looked over as a change of the old one, the new one must be told
// as it is when all of it is new. The input is cut into pieces at zero bytes; the first piece says
// how they are put together, before and after.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "scanner/identity/examiner.hpp"
#include "scanner/rules/rule_set.hpp"

namespace {

using nhi::Bytes;

void require(bool condition) {
  if (!condition) std::abort();
}

const nhi::RuleSet& rules() {
  static const nhi::RuleSet set = [] {
    auto made = nhi::RuleSet::create(*nhi::builtin_rules());
    require(made.has_value());
    return std::move(*made);
  }();
  return set;
}

// Longer than the least that is kept, with and without line ends.
std::string filling(unsigned char kind) {
  static const std::string kLine = "nothing of note stands here (or there), it seems\n";
  std::string text;
  while (text.size() < 300U + 60U * (kind % 16U)) text += kLine;
  if (kind % 3 == 1) std::replace(text.begin(), text.end(), '\n', ';');
  if (kind % 3 == 2) std::replace(text.begin(), text.end(), '(', '\n');
  return text;
}

std::vector<Bytes> pieces_of(Bytes input) {
  std::vector<Bytes> pieces;
  while (pieces.size() < 16) {
    const std::size_t end = std::min(input.find('\0'), input.size());
    pieces.push_back(input.substr(0, end));
    if (end == input.size()) return pieces;
    input.remove_prefix(end + 1);
  }
  return pieces;
}

bool covers(const nhi::MatchTrace& wide, const nhi::MatchTrace& exact) {
  return std::equal(wide.hits.begin(), wide.hits.end(), exact.hits.begin(), exact.hits.end(),
                    [](const nhi::TracedHit& a, const nhi::TracedHit& b) {
                      return a.start == b.start && a.literal == b.literal && a.before >= b.before &&
                             a.behind >= b.behind && (a.live || !b.live);
                    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const nhi::FingerprintKey kKey{"k1", nhi::SecretText(std::string(32, 'k')), ""};
  static nhi::Examiner examiner(rules(), kKey, {});
  const auto pieces = pieces_of({reinterpret_cast<const char*>(data), size});
  if (pieces.size() < 2) return 0;
  std::string old_text;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    old_text += filling(static_cast<unsigned char>(pieces[i].size()));
    old_text += pieces[i];
  }
  // Each two bytes of the plan: keep a stretch from somewhere, or add a piece.
  nhi::TextChange change(old_text.size());
  std::string text;
  for (std::size_t i = 0; i + 1 < pieces[0].size() && text.size() < 64U * 1024U; i += 2) {
    const auto what = static_cast<unsigned char>(pieces[0][i]);
    const auto where = static_cast<unsigned char>(pieces[0][i + 1]);
    if (what % 4 == 0) {
      const Bytes fresh = pieces[1 + where % (pieces.size() - 1)];
      text += fresh;
      change.add(fresh.size());
      continue;
    }
    const std::size_t from = old_text.size() * where / 256;
    const std::size_t kept = std::min<std::size_t>(old_text.size() - from, what * 16U);
    text += old_text.substr(from, kept);
    change.keep(from, kept);
  }
  change.finish();

  const nhi::Provenance nowhere{"", std::nullopt, {}, std::nullopt, std::nullopt};
  const nhi::BlobInput before{old_text, 0, old_text.size(), {}, true, nowhere};
  const nhi::BlobInput after{text, 0, text.size(), {}, true, nowhere};
  nhi::BlobTrace trace;
  static_cast<void>(
      examiner.look_over(before, nhi::TextChange::all_new(old_text.size()), {}, trace));
  if (!trace.sound) return 0;
  nhi::BlobTrace changed;
  nhi::BlobTrace fresh;
  const auto as_change = examiner.look_over(after, change, trace, changed);
  const auto as_new = examiner.look_over(after, nhi::TextChange::all_new(text.size()), {}, fresh);
  require(changed.sound == fresh.sound);
  require((as_change.held == nhi::Held::kNothing) == (as_new.held == nhi::Held::kNothing));
  if (!fresh.sound) return 0;
  require(covers(changed.matches, fresh.matches));
  require(changed.encoded == fresh.encoded);
  return 0;
}
