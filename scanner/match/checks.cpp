#include "scanner/match/checks.hpp"

#include <algorithm>

#include "scanner/base/chars.hpp"
#include "scanner/match/generic.hpp"
#include "scanner/match/structure.hpp"
#include "scanner/match/uuid.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

bool stands_after_forbidden(const Rule& rule, Bytes view, const Match& match) {
  const Bytes before = view.substr(0, static_cast<std::size_t>(match.whole.start));
  return std::any_of(rule.not_after.begin(), rule.not_after.end(),
                     [&](const std::string& text) { return before.ends_with(text); });
}

constexpr bool is_encoded(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '/'; }

// Base64 characters that run on beyond `at` in one direction, through the line ends of wrapped
// text (lines of 60 to 80), at most `limit`.
class EncodedRun {
 public:
  explicit EncodedRun(Bytes view) : view_(view) {}

  std::size_t forwards(std::size_t at) const { return walk(at, 1); }
  std::size_t backwards(std::size_t at) const { return walk(at, -1); }

 private:
  static constexpr std::size_t kLimit = 1024;
  static constexpr std::size_t kWrappedMin = 60;

  bool valid(std::size_t at) const { return at < view_.size(); }

  std::size_t line_run(std::size_t at, int step) const {
    std::size_t count = 0;
    while (valid(at) && is_encoded(view_[at]) && count < kLimit) {
      ++count;
      at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at) + step);
    }
    return count;
  }

  std::size_t walk(std::size_t at, int step) const {
    std::size_t total = 0;
    while (total < kLimit) {
      const std::size_t run = line_run(at, step);
      total += run;
      at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at) +
                                    step * static_cast<std::ptrdiff_t>(run));
      std::size_t breaks = 0;
      while (valid(at) && (view_[at] == '\n' || view_[at] == '\r') && breaks < 2) {
        at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at) + step);
        ++breaks;
      }
      if (breaks == 0) return total;
      if (line_run(at, step) < kWrappedMin) return total;
    }
    return total;
  }

  Bytes view_;
};

// A hit inside a long encoded run is chance: an image, a font, an archive.
bool lies_in_encoded_run(Bytes view, Span secret) {
  constexpr std::size_t kRunMin = 256;
  const EncodedRun run(view);
  const Bytes value = slice(view, secret);
  if (!all_are(value, [](char c) { return is_encoded(c) || c == '='; })) return false;
  std::size_t around = run.forwards(static_cast<std::size_t>(secret.end));
  if (secret.start > 0) around += run.backwards(static_cast<std::size_t>(secret.start) - 1);
  return around >= kRunMin && around >= 2 * value.size();
}

bool is_private_key(Structure structure) { return structure == Structure::kPrivateKeyPem; }

bool holds_stop_word(const Rule& rule, Bytes text) {
  return std::any_of(rule.stop_words.begin(), rule.stop_words.end(),
                     [&](const std::string& word) { return contains_folded(text, word); });
}

// Structure, randomness and words of rules that know what they look for.
std::string_view check_value(const Rule& rule, Bytes view, Match& match) {
  const Bytes secret = slice(view, match.secret);
  switch (check_structure(rule.structure, secret)) {
    case Proof::kBroken:
      return "structure";
    case Proof::kProven:
      if (is_private_key(rule.structure) && secret.substr(0, 512).find("ENCRYPTED") != kNone) {
        match.confidence = std::min(match.confidence, Level::kMedium);
        match.why = "encrypted private key";
        break;
      }
      match.verified = true;
      match.confidence = std::max(match.confidence, Level::kHigh);
      match.why = "structure correct";
      break;
    case Proof::kPlausible:
      break;
  }
  if (rule.entropy > 0 && shannon_bits_per_byte(secret) < rule.entropy) return "entropy";
  if (holds_stop_word(rule, secret)) return "stop-word";
  if (!match.verified && !is_private_key(rule.structure) && !rule.generic &&
      lies_in_encoded_run(view, match.secret)) {
    return "inside-encoded-data";
  }
  return {};
}

// Java's `changeit` opens key stores. Anywhere else it asks to be changed.
bool is_filler_here(Bytes view, const Match& match, const Assignment* assignment) {
  return assignment != nullptr && equals_folded(slice(view, match.secret), "changeit") &&
         !contains_folded(slice(view, assignment->key), "store");
}

}  // namespace

std::string_view judge_form(Bytes view, Match& match, Form& form_found) {
  for (int depth = 0; depth < 4; ++depth) {
    const ValueForm form = classify_value(slice(view, match.secret));
    if (!form.literal.empty()) {
      match.secret = {match.secret.start + form.literal.start,
                      match.secret.start + form.literal.end};
      match.why = "default inside a reference";
      continue;
    }
    if (!holds_secret(form.form)) return form.reason.empty() ? "no-literal" : form.reason;
    form_found = form.form;
    return {};
  }
  return "nested-reference";
}

Span looked_to_check(const Rule& rule, Bytes view, const Match& match) {
  std::size_t beside = 128;  // look_around() completes the name at the start of a match
  for (const std::string& text : rule.not_after) beside = std::max(beside, text.size());
  const auto whole = static_cast<std::size_t>(match.whole.start);
  Span look{whole > beside ? whole - beside : 0, match.whole.end};
  const auto start = static_cast<std::size_t>(match.secret.start);
  const auto end = static_cast<std::size_t>(match.secret.end);
  const std::size_t low = start > kLookAround ? start - kLookAround : 0;
  const std::size_t high = std::min(view.size(), end + kLookAround);
  const auto reach = [&](auto stands_in) {
    std::size_t from = start;
    while (from > low && stands_in(view[from - 1])) --from;
    std::size_t to = end;
    while (to < high && stands_in(view[to])) ++to;
    look = {std::min<std::uint64_t>(look.start, from > 0 ? from - 1 : 0),
            std::max<std::uint64_t>(look.end, to + 1)};
  };
  reach([](char c) { return !kLineEnds(c); });
  if (!rule.generic) reach([](char c) { return is_encoded(c) || kLineEnds(c); });
  return look;
}

std::string_view check_match(const Rule& rule, Bytes view, const ViewContext& context, Match& match,
                             const Assignment* assignment) {
  if (!rule.not_after.empty() && stands_after_forbidden(rule, view, match)) return "not-after";
  match.confidence = rule.confidence;
  match.why = "pattern";
  if (rule.kind == RuleKind::kIndicator) {
    return holds_stop_word(rule, slice(view, match.secret)) ? "stop-word" : "";
  }
  if (rule.checksum) {
    if (!checksum_holds(*rule.checksum, slice(view, match.secret))) return "checksum";
    match.verified = true;
    match.confidence = Level::kHigh;
    match.why = "checksum correct";
    return {};
  }
  Form form = Form::kPlaintext;
  const auto is_plain = [&] { return form != Form::kEncrypted && form != Form::kHashed; };
  if (!is_private_key(rule.structure)) {
    if (const auto reason = judge_form(view, match, form); !reason.empty()) return reason;
    if (is_plain()) {
      if (const auto reason = refuse_name(rule, view, context, assignment); !reason.empty()) {
        return reason;
      }
    }
    const Bytes secret = slice(view, match.secret);
    if (const auto reason = dummy_reason(secret); !reason.empty()) return reason;
  }
  if (const auto reason = check_value(rule, view, match); !reason.empty()) return reason;
  if (rule.tests_only && context.test_path) {
    // What is looked for in tests alone is not lowered for standing there.
    return is_random_uuid(slice(view, match.secret)) ? "" : "made-up";
  }
  const bool plain = is_plain();
  if (plain && (rule.generic || rule.structure == Structure::kUrlUserInfo)) {
    if (const auto reason = judge_generic(rule, view, context, match, assignment);
        !reason.empty()) {
      return reason;
    }
  }
  if (!plain && rule.generic) {
    match.confidence = Level::kLow;
    match.why = form == Form::kEncrypted ? "encrypted value" : "verifier of a password";
  }
  if (is_published_default(slice(view, match.secret)) && !is_filler_here(view, match, assignment)) {
    // Everybody knows it: urgent where something runs with it, information in tests.
    match.why = "published default";
    match.confidence = std::max(match.confidence, Level::kMedium);
  }
  // The model of named values has weighed the path already.
  const bool weighed = rule.names != NameFamily::kNone;
  if (context.test_path && !weighed) match.confidence = lowered(match.confidence);
  return {};
}

}  // namespace nhi
