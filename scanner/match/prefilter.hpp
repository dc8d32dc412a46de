// prefilter.hpp - where does any of many literals stand, whatever its case?
//
// A filter of three-byte groups: each literal is represented by its rarest three adjacent bytes.
// Every position of the view is looked up in a bitmap of all groups (bytes that differ in case, or
// in their highest bit, are one class of 64; what text touches of the bitmap stays in the
// first-level cache). Where its bit is set, the bytes before and after the group must be such as
// one of its literals has there; only then are the literals behind it compared. Lookups do not
// depend on each other, so the processor overlaps them; an automaton would wait for each byte.
// Gathering eight lookups at once (AVX2) is half as fast again where gathers are fast, and slower
// on the many servers where a fix against a leak made them slow; so it is not done. Nor are buckets
// of nibbles in registers (Teddy): with 700 groups a fifth to four fifths of all positions pass.
// With tables of whole bytes (group_buckets.hpp) few do: where the processor has them only those
// positions are looked up.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/processor.hpp"
#include "scanner/match/group_buckets.hpp"

namespace nhi {

/// Duties: must not throw; is called in ascending order of the group, which is not quite the order
/// of the starts.
class LiteralSink {
 public:
  virtual ~LiteralSink() = default;
  /// `literal` counts the literals handed to the constructor; [start, end) is where it stands.
  virtual void on_literal(std::uint32_t literal, std::uint64_t start, std::uint64_t end) = 0;
};

// Immutable once made, so it may be shared; find() allocates nothing.
class Prefilter {
 public:
  /// Shapes: at least one byte each; duplicates are allowed and reported one by one. `chosen` has
  ///         a place for each literal and says whether it is looked for; empty: all are.
  explicit Prefilter(const std::vector<std::string>& literals,
                     const std::vector<bool>& chosen = {});

  /// Reports every occurrence of every literal in `view`, overlapping ones included.
  /// Letters are compared under Latin-1 case folding, a superset of what RE2 folds in bytes.
  /// Shapes: what of the processor may be used, at most what it has; the answer is the same.
  void find(Bytes view, LiteralSink& sink, Instructions most = best_instructions()) const;

 private:
  static constexpr unsigned kHeadBits = 12;
  struct Entry {
    std::uint32_t group = 0;  // three bytes, coarsely folded
    std::uint32_t literal = 0;
    std::uint32_t offset = 0;  // of the group in the literal
    std::uint64_t head = 0;    // first eight bytes of the literal, coarsely folded
    std::uint64_t head_mask = 0;
  };

  // Which bytes stand beside the groups of a head, one bit a class of bytes.
  struct Neighbours {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
  };
  struct Chunk;

  void add_group(std::uint32_t group, std::uint32_t literal, std::uint32_t offset);
  void add_literal(std::uint32_t literal);
  [[nodiscard]] GroupBuckets::Group window_of(const Entry& entry) const;
  void build_table();
  [[nodiscard]] GroupBuckets buckets() const;
  void look_in(const Chunk& chunk, std::size_t word, Bytes view, LiteralSink& sink) const;
  void look(Bytes view, std::size_t at, std::uint32_t group, LiteralSink& sink) const;
  void find_in(const char* text, Bytes view, std::size_t start, LiteralSink& sink) const;
  void find_widest(Bytes view, LiteralSink& sink) const;

  std::vector<std::string> literals_;   // folded
  std::vector<Entry> entries_;          // sorted by the head of their hash
  std::vector<std::uint32_t> heads_;    // hash >> (kHashBits - kHeadBits) -> first entry
  std::vector<Neighbours> neighbours_;  // by head
  std::vector<std::uint64_t> bitmap_;   // by the classes of two bytes, one bit a class of the third
  std::unique_ptr<const GroupBuckets> buckets_;  // where the processor can use them
};

/// One byte under Latin-1 case folding.
[[nodiscard]] unsigned char fold_byte(unsigned char byte);

}  // namespace nhi
