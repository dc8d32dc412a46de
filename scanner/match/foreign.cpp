#include "scanner/match/foreign.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "scanner/base/chars.hpp"
#include "scanner/match/kingfisher.hpp"

namespace nhi {
namespace {

Span trimmed(Bytes view, Span span) {
  while (!span.empty() && view[static_cast<std::size_t>(span.start)] == '\n') ++span.start;
  while (!span.empty() && view[static_cast<std::size_t>(span.end) - 1] == '\n') --span.end;
  return span;
}

// The secret of a match: Gitleaks matches the pattern again, on the text of the match alone, and
// takes groups from there. None if the group that the rule names took no part.
std::optional<Span> secret_of(const Rule& rule, const re2::RE2& regex, Bytes view, Span whole) {
  const int groups = regex.NumberOfCapturingGroups();
  if (groups == 0) return whole;
  const Bytes text = slice(view, whole);
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups) + 1);
  if (!regex.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2::RE2::UNANCHORED,
                   found.data(), static_cast<int>(found.size()))) {
    return whole;
  }
  const auto span_of = [&](const re2::StringPiece& piece) {
    const auto start = whole.start + static_cast<std::uint64_t>(piece.data() - text.data());
    return Span{start, start + piece.size()};
  };
  const std::uint32_t wanted = rule.secret_group.value_or(0);
  if (wanted != 0) {
    if (wanted >= found.size() || found[wanted].empty()) return std::nullopt;
    return span_of(found[wanted]);
  }
  const auto first = std::find_if(found.begin() + 1, found.end(),
                                  [](const re2::StringPiece& piece) { return !piece.empty(); });
  return first == found.end() ? whole : span_of(*first);
}

double entropy_of(const Rule& rule, Bytes text) {
  const bool bytes = rule.semantics == Semantics::kBetterleaks;
  return bytes ? shannon_bits_per_byte(text) : gitleaks_entropy(text);
}

}  // namespace

std::size_t character_length(Bytes text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const bool known = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4);
  bool whole = known && length <= text.size() - at;
  for (std::size_t i = 1; whole && i < length; ++i) {
    whole = (static_cast<unsigned char>(text[at + i]) & 0xC0U) == 0x80U;
  }
  return whole ? length : 1;
}

double gitleaks_entropy(Bytes text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  if (text.empty()) return 0;
  std::map<std::string_view, std::size_t> counts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    // Go reads every byte that is no UTF-8 as one and the same character.
    const bool stray = length == 1 && chars::is_high(text[at]);
    ++counts[stray ? kReplacement : text.substr(at, length)];
    at += length;
  }
  double bits = 0;
  for (const auto& [character, count] : counts) {
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

std::string_view judge_foreign(const RuleSet& rules, Bytes view, Conditions& conditions,
                               Match& match) {
  const Rule& rule = rules.rule(match.rule);
  if (rule.semantics == Semantics::kKingfisher) {
    return judge_kingfisher(rules, view, conditions, match);
  }
  match.confidence = rule.confidence;
  match.why = "pattern";
  match.whole = trimmed(view, match.whole);
  if (match.whole.empty()) return "empty";
  const auto secret = secret_of(rule, rules.compiled(match.rule).regex(), view, match.whole);
  // A group that took no part leaves an empty secret to judge; what is shown is the match.
  const Bytes judged = secret ? slice(view, *secret) : Bytes();
  if (rule.entropy != 0 && entropy_of(rule, judged) <= rule.entropy) return "entropy";
  if (conditions.allowed(match.rule, view, match.whole, judged)) return "allowlist";
  if (conditions.filtered(match.rule, view, match.whole, judged, match.confidence)) {
    return "filter";
  }
  match.secret = secret.value_or(match.whole);
  return {};
}

}  // namespace nhi
