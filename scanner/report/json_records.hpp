// json_records.hpp - the objects of a JSON text that a stranger wrote, one after another, with
// their plain fields. Nothing else is held: a report of any size needs the memory of one object.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

/// Objects and arrays within each other; ours have seven. Over it: kTooLarge.
inline constexpr std::size_t kJsonRecordDepthMax = 64;

/// One object. `path` holds the keys above it, each followed by '/' and escaped as in a JSON
/// pointer; an element of an array has the empty key: "runs//results//".
struct JsonRecord {
  std::string path;
  std::vector<std::string> keys;  // those of `path`, as written
  std::vector<std::pair<std::string, std::string>> fields;

  /// The text of a string, number, true or false; null and what is not there are empty.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;
};
using JsonRecordSink = std::function<Result<void>(JsonRecord)>;

/// Hands over each object when it ends, inner ones first, with those of its fields that `wanted`
/// names. Errors: kMalformed with line and column; kTooLarge; those of `sink`.
[[nodiscard]] Result<void> read_json_records(std::string_view text,
                                             const std::vector<std::string_view>& wanted,
                                             const JsonRecordSink& sink);

}  // namespace nhi
