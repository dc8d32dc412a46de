#include "scanner/match/kingfisher.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

using Groups = std::vector<re2::StringPiece>;

Bytes bytes_of(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

// So often a match that is not confirmed is looked for again, cut shorter.
constexpr int kConfirmTries = 8;

// The groups of the match, found again where it stands. Kingfisher confirms what it found in the
// text up to the end of the match: `\b` and `$` see an end of text there. What is none then may be
// one that ends earlier. Empty if there is none.
Groups groups_of(const re2::RE2& regex, Bytes view, Span whole) {
  Groups groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
  const auto start = static_cast<std::size_t>(whole.start);
  auto end = static_cast<std::size_t>(whole.end);
  const auto match = [&](re2::RE2::Anchor anchor) {
    return regex.Match(re2::StringPiece(view.data(), end), start, end, anchor, groups.data(),
                       static_cast<int>(groups.size()));
  };
  for (int i = 0; i < kConfirmTries; ++i) {
    if (match(re2::RE2::ANCHOR_BOTH)) return groups;
    if (!match(re2::RE2::ANCHOR_START)) break;
    end = start + groups[0].size();
  }
  groups.clear();
  return groups;
}

bool took_part(const re2::StringPiece& group) { return group.data() != nullptr; }

// The group called TOKEN, else the first named one, else the first, of those that took part.
std::size_t usual_group(const re2::RE2& regex, const Groups& groups) {
  std::size_t first_named = 0;
  for (const auto& [number, name] : regex.CapturingGroupNames()) {
    const auto group = static_cast<std::size_t>(number);
    if (!took_part(groups[group])) continue;
    if (chars::equals_folded(name, "token")) return group;
    if (first_named == 0) first_named = group;
  }
  if (first_named != 0) return first_named;
  return groups.size() > 1 && took_part(groups[1]) ? 1 : 0;
}

// What a rule that came from Betterleaks asks for: that group, or the first that is not empty.
std::size_t asked_group(std::uint32_t asked, const Groups& groups) {
  if (asked != 0) return asked < groups.size() && took_part(groups[asked]) ? asked : 0;
  for (std::size_t i = 1; i < groups.size(); ++i) {
    if (!groups[i].empty()) return i;
  }
  return 0;
}

// What Kingfisher takes for a filler whatever the rule says: rows of digits or letters in order,
// and ids of AWS that call themselves none.
bool is_filler(Bytes secret) {
  if (chars::contains_folded(secret, "123456789") || chars::contains_folded(secret, "abcdefghij")) {
    return true;
  }
  if (!chars::contains_folded(secret, "akia")) return false;
  constexpr std::array<std::string_view, 3> kWords = {"example", "fake", "sample"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return chars::contains_folded(secret, word); });
}

template <class Test>
std::uint64_t count(Bytes text, Test test) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), test));
}

bool has_characters(const Requirements& asked, Bytes text) {
  const std::string_view special =
      asked.special_chars ? std::string_view(*asked.special_chars) : kSpecialChars;
  const auto is_special = [special](char c) { return special.find(c) != std::string_view::npos; };
  return count(text, chars::is_digit) >= asked.digits.value_or(0) &&
         count(text, chars::is_upper) >= asked.uppercase.value_or(0) &&
         count(text, chars::is_lower) >= asked.lowercase.value_or(0) &&
         (asked.special.value_or(0) == 0 || count(text, is_special) >= *asked.special);
}

bool holds_word(const Requirements& asked, Bytes text) {
  return std::any_of(asked.none_of.begin(), asked.none_of.end(), [text](const std::string& word) {
    return chars::contains_folded(text, word);
  });
}

std::string upper(std::string text) {
  for (char& c : text) c = chars::is_lower(c) ? static_cast<char>(c - 32) : c;
  return text;
}

enum class Sum : std::uint8_t { kRight, kWrong, kNotAsked };

Sum checksum_of(const CompiledRule& compiled, const TemplateChecksum& asked, const Groups& groups,
                Bytes judged) {
  const auto& names = compiled.regex().CapturingGroupNames();
  if (!asked.needs_group.empty()) {
    const bool there = std::any_of(names.begin(), names.end(), [&](const auto& name) {
      return name.second == asked.needs_group &&
             took_part(groups[static_cast<std::size_t>(name.first)]);
    });
    if (!there) return asked.skip_if_missing ? Sum::kNotAsked : Sum::kWrong;
  }
  TemplateVariables variables = {{"MATCH", lossy_utf8(judged)},
                                 {"FULL_MATCH", lossy_utf8(bytes_of(groups[0]))}};
  for (const auto& [number, name] : names) {
    const re2::StringPiece& group = groups[static_cast<std::size_t>(number)];
    if (!took_part(group)) continue;
    variables.emplace_back(name, lossy_utf8(bytes_of(group)));
    variables.emplace_back(upper(name), variables.back().second);
  }
  const auto actual = compiled.checksum->actual.render(variables);
  const auto expected = compiled.checksum->expected.render(variables);
  return actual && actual == expected ? Sum::kRight : Sum::kWrong;
}

// How many bytes a character at `at` has, or would have had as far as it goes right.
std::size_t character_length(Bytes text, std::size_t at, bool& whole) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  whole = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4);
  if (!whole) return 1;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (std::size_t i = 1; i < length; ++i) {
    whole = byte(i) >= low && byte(i) <= high;
    if (!whole) return i;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

}  // namespace

std::string lossy_utf8(Bytes text) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    bool whole = false;
    const std::size_t length = character_length(text, at, whole);
    if (whole)
      made.append(text.substr(at, length));
    else
      made += "\xEF\xBF\xBD";
    at += length;
  }
  return made;
}

float kingfisher_entropy(Bytes text) {
  std::array<std::uint32_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  const auto size = static_cast<float>(text.size());
  float bits = 0;
  for (const std::uint32_t number : counts) {
    if (number == 0) continue;
    const float share = static_cast<float>(number) / size;
    bits -= share * std::log2(share);
  }
  return bits;
}

std::string_view judge_kingfisher(const RuleSet& rules, Bytes view, Conditions& conditions,
                                  Match& match) {
  const Rule& rule = rules.rule(match.rule);
  const CompiledRule& compiled = rules.compiled(match.rule);
  match.confidence = rule.confidence;
  match.why = "pattern";
  const Groups groups = groups_of(compiled.regex(), view, match.whole);
  if (groups.empty()) return "end";
  match.whole.end = match.whole.start + groups[0].size();
  const std::size_t number = rule.secret_group ? asked_group(*rule.secret_group, groups)
                                               : usual_group(compiled.regex(), groups);
  const Bytes secret = bytes_of(groups[number]);
  if (secret.empty() || kingfisher_entropy(secret) <= static_cast<float>(rule.entropy)) {
    return "entropy";
  }
  if (is_filler(secret)) return "filler";
  const auto start = static_cast<std::uint64_t>(secret.data() - view.data());
  match.secret = {start, start + secret.size()};
  if (rule.requirements) {
    // A rule with one group and no names is asked about the secret, any other about all.
    const bool all = groups.size() > 2 || !compiled.regex().CapturingGroupNames().empty();
    const Bytes judged = all ? bytes_of(groups[0]) : secret;
    if (!has_characters(*rule.requirements, judged)) return "characters";
    if (holds_word(*rule.requirements, judged)) return "word";
    if (compiled.checksum) {
      const Sum sum = checksum_of(compiled, *rule.requirements->checksum, groups, judged);
      if (sum == Sum::kWrong) return "checksum";
      match.verified = sum == Sum::kRight;
      if (match.verified) match.why = "checksum correct";
    }
  }
  return conditions.allowed(match.rule, view, match.whole, secret) ? "allowlist" : "";
}

}  // namespace nhi
