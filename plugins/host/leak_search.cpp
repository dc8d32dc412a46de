#include "plugins/host/leak_search.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/hash.hpp"
#include "scanner/base/secret_forms.hpp"

namespace nhi {
namespace {

constexpr std::size_t kSearchedBytesMin = 4;
constexpr std::size_t kFormedBytesMin = 8;

std::string utf16(std::string_view text, bool big_endian) {
  std::string wide;
  wide.reserve(2 * text.size());
  for (const char c : text) {
    if (big_endian) wide.push_back('\0');
    wide.push_back(c);
    if (!big_endian) wide.push_back('\0');
  }
  return wide;
}

// What base64 makes of the value when `before` bytes of other text precede it: the characters that
// depend on the value alone.
std::string base64_at(std::string_view text, std::size_t before) {
  std::string padded(before, '\0');
  padded.append(text);
  std::string encoded = to_base64(padded);
  wipe(padded);
  const std::size_t skipped = before == 0 ? 0 : before + 1;
  const std::size_t whole = (before + text.size()) * 8 / 6;  // characters with no bit of another
  return encoded.substr(skipped, whole - skipped);
}

std::string url_alphabet(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace

void LeakSearch::add_form(std::string bytes, std::string_view name, const char* form) {
  const bool known = std::any_of(forms_.begin(), forms_.end(),
                                 [&](const Form& one) { return one.bytes.reveal() == bytes; });
  if (!known && bytes.size() >= kSearchedBytesMin) {
    forms_.push_back({SecretText(bytes), std::string(name), form});
  }
  wipe(bytes);
}

void LeakSearch::add(const SecretText& secret, std::string_view name) {
  const std::string_view value = secret.reveal();
  if (value.size() < kFormedBytesMin) return add_form(std::string(value), name, "plain");
  each_written_form(
      value, [&](std::string form, const char* what) { add_form(std::move(form), name, what); });
  // What nobody writes by accident.
  add_form(std::string(value.rbegin(), value.rend()), name, "backwards");
  const std::size_t half = value.size() / 2;
  if (half >= kFormedBytesMin) {
    add_form(std::string(value.substr(0, half)), name, "first half");
    add_form(std::string(value.substr(half)), name, "second half");
  }
  for (const std::size_t before : {0U, 1U, 2U}) {
    std::string encoded = base64_at(value, before);
    add_form(encoded, name, "base64");
    add_form(url_alphabet(std::move(encoded)), name, "base64url");
  }
  add_form(utf16(value, false), name, "utf-16le");
  add_form(utf16(value, true), name, "utf-16be");
}

std::optional<LeakSearch::Leak> LeakSearch::find(std::string_view text) const {
  for (const Form& form : forms_) {
    if (text.find(form.bytes.reveal()) != std::string_view::npos) return Leak{form.name, form.form};
  }
  return std::nullopt;
}

std::string LeakSearch::without_leaks(std::string_view text) const {
  if (!find(text)) return std::string(text);
  std::string kept;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (const std::optional<Leak> leak = find(line)) {
      kept.append(fmt::format("[line withheld: it held {} ({})]", leak->name, leak->form));
    } else {
      kept.append(line);
    }
    if (end < text.size()) kept.push_back('\n');
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // A value that spans lines, such as a PEM, is in none of them whole.
  if (const std::optional<Leak> leak = find(kept)) {
    return fmt::format("[text withheld: it held {} ({})]", leak->name, leak->form);
  }
  return kept;
}

}  // namespace nhi
