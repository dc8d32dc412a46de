#include "rotators/sinks/value_steps.hpp"

#include <algorithm>
#include <utility>

#include "rotators/sinks/percent.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/base/secret_buffer.hpp"

namespace nhi::sinks {
namespace {

// Shorter texts are not taken for base64 by themselves: every word would be.
constexpr std::size_t kBase64Min = 8;

SecretText base64_like(Bytes text, Bytes inner) {
  const bool url = text.find_first_of("-_") != Bytes::npos;
  const bool padded = text.ends_with("=") || from_base64(text)->size() % 3 == 0;
  std::string out = to_base64(inner);
  if (url) {
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
  }
  Bytes shown = out;
  while (!padded && shown.ends_with("=")) shown.remove_suffix(1);
  SecretText wrapped(shown);
  wipe(out);
  return wrapped;
}

bool is_basic(Bytes text) { return text.size() > 6 && chars::starts_folded(text, "basic "); }

Result<SecretText> decoded(std::string_view step, Bytes text) {
  if (step == "percent") return percent_decoded(text);
  auto inner = from_base64(text);
  if (!inner) return fail(ErrorCode::kMalformed, "value is not base64");
  SecretText secret(*inner);
  wipe(*inner);
  return secret;
}

Result<SecretText> encoded(std::string_view step, Bytes text, Bytes inner) {
  return step == "percent" ? percent_encoded(inner) : base64_like(text, inner);
}

Result<void> check_name(std::string_view step) {
  for (const std::string_view known : kStepNames) {
    if (step == known) return {};
  }
  return fail(ErrorCode::kBadUse, "no such encoding of a value", std::string(step));
}

}  // namespace

bool is_frame(std::string_view step) { return step == "trim" || step == "basic"; }

Span inside_of(std::string_view step, Bytes text) {
  if (step == "trim") return span_of(text, chars::trim(text));
  const std::size_t word = is_basic(text) ? 6 : 0;
  return span_of(text, chars::trim(text.substr(word)));
}

Result<SecretText> unwrapped(std::string_view step, Bytes text) {
  NHI_CHECK_OK(check_name(step));
  if (step == "basic" && !is_basic(text)) {
    return fail(ErrorCode::kMalformed, "value is no basic authorization");
  }
  if (is_frame(step)) return SecretText(slice(text, inside_of(step, text)));
  NHI_TRY(SecretText inner, decoded(step, text));
  if (step == "base64") {
    // Stray bits or a mixed alphabet: what is written would not look like what was there.
    const SecretText again = base64_like(text, inner.reveal());
    if (again.reveal() != text) return fail(ErrorCode::kMalformed, "value is not sound base64");
  }
  return inner;
}

Result<SecretText> wrapped_like(std::string_view step, Bytes text, Bytes inner) {
  NHI_CHECK_OK(check_name(step));
  if (is_frame(step)) {
    const Span inside = inside_of(step, text);
    const auto start = static_cast<std::size_t>(inside.start);
    const auto end = static_cast<std::size_t>(inside.end);
    SecretBuffer out(text.size() + inner.size());
    out.add(text.substr(0, start)).add(inner).add(text.substr(end));
    SecretText whole = out.secret();
    NHI_TRY(const SecretText back, unwrapped(step, whole.reveal()));
    if (back.reveal() != inner) {
      return fail(ErrorCode::kBadUse, "value begins or ends with white space, which is trimmed");
    }
    return whole;
  }
  NHI_TRY(const SecretText before, unwrapped(step, text));
  NHI_TRY(SecretText whole, encoded(step, text, inner));
  NHI_TRY(const SecretText back, decoded(step, whole.reveal()));
  if (back.reveal() != inner) return fail(ErrorCode::kBadUse, "value cannot be encoded so");
  return whole;
}

std::vector<std::vector<std::string>> likely_steps(Bytes text) {
  std::vector<std::vector<std::string>> all = {{}};
  const Bytes trimmed = chars::trim(text);
  std::vector<std::string> base;
  if (trimmed.size() != text.size()) {
    base.emplace_back("trim");
    all.push_back(base);
  }
  Bytes inner = trimmed;
  if (is_basic(inner)) {
    inner = slice(inner, inside_of("basic", inner));
    base.emplace_back("basic");
  }
  if (inner.size() >= kBase64Min && chars::all_are(inner, chars::is_base64)) {
    if (auto plain = from_base64(inner)) {
      const bool is_text = is_utf8(*plain);
      wipe(*plain);
      if (is_text && unwrapped("base64", inner)) {
        all.push_back(base);
        all.back().emplace_back("base64");
      }
    }
  } else if (inner.find('%') != Bytes::npos) {
    all.push_back(base);
    all.back().emplace_back("percent");
  }
  return all;
}

}  // namespace nhi::sinks
