// leak_search.hpp - finds a secret in text that must not hold it, whatever form it was brought
// into.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/secret_text.hpp"

namespace nhi {

// Looks for values as texts write them (secret_forms.hpp), and as nobody does by accident:
// backwards, in halves, in UTF-16, in base64 behind one or two other bytes. Values under 8 bytes
// are looked for as they are only, and under 4 not at all: they stand in ordinary words.
// Thread-compatible; searching is const.
class LeakSearch {
 public:
  void add(const SecretText& secret, std::string_view name);
  void clear() { forms_.clear(); }

  struct Leak {
    std::string name;  // of the value
    std::string form;  // "base64"
  };
  [[nodiscard]] std::optional<Leak> find(std::string_view text) const;
  /// `text` with each line that holds one replaced by a line which says so.
  [[nodiscard]] std::string without_leaks(std::string_view text) const;

 private:
  struct Form {
    SecretText bytes;
    std::string name;
    const char* form;
  };
  void add_form(std::string bytes, std::string_view name, const char* form);
  std::vector<Form> forms_;
};

}  // namespace nhi
