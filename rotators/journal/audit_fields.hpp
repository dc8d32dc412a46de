// audit_fields.hpp - what an entry of the audit says, as names and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

inline constexpr std::size_t kAuditFieldsDepthMax = 8;

// Names with texts, whole numbers, flags, lists of texts, or further fields. No floating point: one
// value has one form. Texts are made valid UTF-8 and lose what looks like a password in a URL
// (scrub_url) as they come in; there is no way in for a SecretText.
class AuditFields {
 public:
  using Value =
      std::variant<bool, std::int64_t, std::string, std::vector<std::string>, AuditFields>;

  AuditFields& text(const std::string& name, std::string_view value);
  /// A text of our own about public bytes: a signature, a public key. Base64 of one in a thousand
  /// looks like a password in a URL, and would be no signature any more.
  AuditFields& verbatim(const std::string& name, std::string_view value);
  AuditFields& verbatim(const std::string& name, const std::vector<std::string>& values);
  AuditFields& number(const std::string& name, std::int64_t value);
  AuditFields& count(const std::string& name, std::uint64_t value);
  AuditFields& flag(const std::string& name, bool value);
  AuditFields& list(const std::string& name, const std::vector<std::string>& values);
  AuditFields& fields(const std::string& name, AuditFields value);

  /// Empty where there is no such field, or one of another kind.
  [[nodiscard]] std::string text_of(const std::string& name) const;
  [[nodiscard]] std::optional<std::int64_t> number_of(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> list_of(const std::string& name) const;
  [[nodiscard]] AuditFields fields_of(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, Value>& all() const { return values_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }

  /// JSON with sorted names and no space: the same fields give the same bytes. Names are ASCII, so
  /// this is what RFC 8785 makes of them too.
  [[nodiscard]] std::string to_json() const;
  /// Reads what to_json() wrote, and nothing else: kMalformed for any other form of the same.
  [[nodiscard]] static Result<AuditFields> from_json(std::string_view text);

 private:
  // `json`: one of the library's values, which stays out of this header.
  [[nodiscard]] bool take(const std::string& name, const void* json, std::size_t depth);

  std::map<std::string, Value> values_;
};

}  // namespace nhi
