// setting_tree.hpp - the named values of a structured file, and which of them stand together.
//
// Read only where something was found, to say what belongs to it. All notations of a pair come out
// as one setting with a name: `name: value`, `"name": "value"`, `<name>value</name>`, attributes,
// `{name: DB_USER, value: svc}`, `<add key="DbUser" value="svc"/>`, `<entry
// key="DbUser">svc</entry>` and `- DB_USER=svc`. Two settings stand together if they have the same
// container: map, element, section, list of pairs, or the file itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/grammar/token.hpp"
#include "scanner/identity/setting_names.hpp"

namespace nhi {

/// Files over this size are not read: what was found in them stands alone.
inline constexpr std::size_t kSettingTreeBytesMax = 16 * 1024 * 1024;
/// Settings that name a part of a credential; a file with more is a data set.
inline constexpr std::size_t kSettingsMax = 100'000;
/// A longer value is a text: it is no account, and its bytes are not kept.
inline constexpr std::size_t kSettingValueBytesMax = 512;

struct DocumentSetting {
  std::uint32_t container = 0;
  std::vector<SettingReading> readings;
  std::string name;
  Span value;        // in the document, without quotes
  std::string text;  // decoded; empty if over kSettingValueBytesMax
};

// Immutable once read; share as const.
class SettingTree {
 public:
  /// The setting whose value is `span` give or take quotes, white space and base64 padding, or
  /// null.
  [[nodiscard]] const DocumentSetting* find(Span span) const;
  /// All settings of one container, in file order.
  [[nodiscard]] std::span<const DocumentSetting> of(std::uint32_t container) const;
  /// True for the file itself, where names alone say what belongs together.
  [[nodiscard]] bool is_file(std::uint32_t container) const;
  /// True if they stand in different items of a list, sections or documents.
  [[nodiscard]] bool apart(std::uint32_t a, std::uint32_t b) const;

 private:
  friend class SettingReader;
  enum class Kind : std::uint8_t { kFile, kMap, kSequence };
  struct Node {
    std::uint32_t parent = 0;
    std::uint32_t depth = 0;
    Kind kind = Kind::kFile;
    bool top = false;  // a map that is the whole document
  };
  std::vector<Node> nodes_;                // 0: the file
  std::vector<DocumentSetting> settings_;  // by container, then position
  std::vector<std::uint32_t> by_value_;    // positions in settings_, by start of the value
};

/// By the file's name; none for code, prose, and formats that are not read.
[[nodiscard]] std::optional<Format> settings_format(std::string_view path);

/// Keeps the settings that name a part of a credential, and those that hold one of `wanted` (in
/// order of position). Of a file that breaks off, what was closed before the fault.
/// Errors: none; a file that is too large, or holds too many, gives nothing.
[[nodiscard]] std::optional<SettingTree> read_settings(Format format, Bytes document,
                                                       std::span<const Span> wanted);

}  // namespace nhi
