// record.hpp - one line of a bundle to write or to read: named fields of a JSON object.
//
// RecordWriter and RecordReader have the same calls, so that one list of fields serves both ways
// and the two cannot disagree (finding_record.cpp). A field that is zero, empty or none is left
// out. The reader refuses unknown fields, wrong types, and numbers and strings over their limits.
// A string that is not UTF-8 is {"base64": "..."}.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

[[nodiscard]] nlohmann::json text_to_json(const std::string& text);
/// None for another type, a string over kBundleTextBytesMax, or UTF-8 in base64.
[[nodiscard]] std::optional<std::string> text_of_json(const nlohmann::json& value);

class RecordWriter {
 public:
  void text(const char* key, const std::string& value) {
    if (!value.empty()) out_[key] = text_to_json(value);
  }
  void optional_text(const char* key, const std::optional<std::string>& value) {
    if (value) out_[key] = text_to_json(*value);
  }
  void count(const char* key, std::uint64_t value) {
    if (value != 0) out_[key] = value;
  }
  void instant(const char* key, Instant value) {
    if (value.seconds != 0) out_[key] = value.seconds;
  }
  void optional_instant(const char* key, const std::optional<Instant>& value) {
    if (value) out_[key] = value->seconds;
  }
  void flag(const char* key, bool value) {
    if (value) out_[key] = true;
  }
  void optional_flag(const char* key, const std::optional<bool>& value) {
    if (value) out_[key] = *value;
  }
  void list(const char* key, const std::vector<std::string>& items);
  template <class Enum>
  void code(const char* key, Enum value, Enum /*last*/) {
    count(key, static_cast<std::uint64_t>(value));
  }
  template <class Part, class Body>
  void part(const char* key, const std::optional<Part>& value, Body body) {
    if (!value) return;
    RecordWriter inner;
    body(inner, *value);
    out_[key] = std::move(inner.out_);
  }
  [[nodiscard]] nlohmann::json take() { return std::move(out_); }

 private:
  nlohmann::json out_ = nlohmann::json::object();
};

// The first fault is kept; what was read until then is not to be used.
class RecordReader {
 public:
  explicit RecordReader(const nlohmann::json& object);
  void text(const char* key, std::string& value);
  void optional_text(const char* key, std::optional<std::string>& value);
  void count(const char* key, std::uint64_t& value);
  void instant(const char* key, Instant& value);
  void optional_instant(const char* key, std::optional<Instant>& value);
  void flag(const char* key, bool& value);
  void optional_flag(const char* key, std::optional<bool>& value);
  void list(const char* key, std::vector<std::string>& items);
  /// `last` is the greatest enumerator; the rest lies between 0 and it.
  template <class Enum>
  void code(const char* key, Enum& value, Enum last) {
    std::uint64_t number = 0;
    count(key, number);
    if (number > static_cast<std::uint64_t>(last)) return fault(key, "no code of ours");
    value = static_cast<Enum>(number);
  }
  template <class Part, class Body>
  void part(const char* key, std::optional<Part>& value, Body body) {
    const nlohmann::json* const found = take(key);
    if (found == nullptr) return;
    RecordReader inner(*found);
    body(inner, value.emplace());
    if (auto done = inner.done(); !done) fault(key, done.error().what);
  }
  /// The member, which counts as read; null if there is none.
  const nlohmann::json* take(const char* key);
  void fault(std::string_view key, std::string_view what);
  /// kMalformed with the first fault, or if there is a member that nobody asked for.
  [[nodiscard]] Result<void> done() const;

 private:
  const nlohmann::json& object_;
  std::size_t used_ = 0;
  std::string fault_;
};

}  // namespace nhi
