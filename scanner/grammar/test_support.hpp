// test_support.hpp - what the tests of this room share.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "scanner/grammar/path.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi::test {

using PathText = std::pair<std::string, std::string>;

struct Reading {
  std::vector<PathText> values;    // attributes and values, in order
  std::vector<std::string> opens;  // paths of containers
  Result<void> result;
  bool maps_hold = true;  // every scalar's map stays inside its raw span
  bool nested = true;     // opens and closes match
};

inline Reading read_all(Format format, Bytes document) {
  Reading reading;
  PathTracker path(format);
  std::vector<std::string> open;
  reading.result = tokenize(format, document, [&](const Token& token) {
    path.on(token);
    if (token.kind == TokenKind::kOpen) {
      reading.opens.emplace_back(path.path());
      if (token.depth != open.size()) reading.nested = false;
      open.emplace_back(token.name);
    } else if (token.kind == TokenKind::kClose) {
      if (open.empty() || open.back() != token.name) reading.nested = false;
      if (!open.empty()) open.pop_back();
      if (token.depth != open.size()) reading.nested = false;
    } else {
      reading.values.emplace_back(path.path(), token.value.text);
      const Scalar& value = token.value;
      if (value.map.view_length() != value.text.size()) reading.maps_hold = false;
      if (value.raw.end > document.size() || value.raw.start > value.raw.end) {
        reading.maps_hold = false;
      }
      for (std::size_t i = 0; i < value.text.size() && reading.maps_hold; ++i) {
        const Span one = value.to_document({i, i + 1});
        if (!value.raw.contains(one) || one.empty()) reading.maps_hold = false;
        if (value.map.is_copy({i, i + 1}) && document[one.start] != value.text[i]) {
          reading.maps_hold = false;
        }
      }
    }
    return true;
  });
  if (reading.result.has_value() && !open.empty()) reading.nested = false;
  return reading;
}

// Small and the same everywhere: tests must not depend on a library's generator.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint32_t below(std::uint32_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>(state_ >> 33) % limit;
  }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(static_cast<std::uint32_t>(list.size()))];
  }

 private:
  std::uint64_t state_;
};

inline std::filesystem::path corpus_root() {
  if (const char* root = std::getenv("NHISWEEP_CORPUS")) return root;
  return std::filesystem::path(NHI_SOURCE_DIR) / ".." / "shared" / "corpus";
}

inline std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace nhi::test
