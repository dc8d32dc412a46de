// merge.hpp - one finding for each root, path, member and value, however many versions hold it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/base/secret_text.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// Puts what git says of `place` on findings of a blob and lets its dates feed staleness.
void put_git_facts(Finding& finding, const GitFacts& facts);

/// Does a finding with these facts win over an equal one with those, when they are merged?
[[nodiscard]] bool wins(const GitFacts& a, const GitFacts& b);

/// Findings as they come, those of equal id folded into one: the work tree's place wins, else
/// HEAD's, else that of the version that was seen last.
/// Git facts are joined: versions counted, first introduction, refs.
/// The same comes of any order of adding, as long as each has an `order` of its own.
/// Not thread-safe.
class EqualIds {
 public:
  /// `values` is parallel, or empty. Orders are counted up from `order`.
  void add(std::vector<Finding> findings, std::vector<SecretText> values, std::uint64_t order);
  /// Of a finding that was added, the same in another version, which does not win over it.
  void add_version(const std::string& id, const GitFacts& facts);
  struct Merged {
    std::vector<Finding> findings;   // by the `order` of the first of each id
    std::vector<SecretText> values;  // parallel, or empty
  };
  [[nodiscard]] Merged take();

 private:
  struct Chosen {
    Finding finding;
    std::optional<SecretText> value;
    Instant introduced;       // its own, which is compared: joining may make it older
    std::uint64_t order = 0;  // its own
    std::uint64_t first = 0;  // of all that were folded into it
  };
  // A plain file's and a history's, apart until all are there: which version of the history stands
  // for it does not depend on when the file's came.
  struct Group {
    std::optional<std::size_t> plain;
    std::optional<std::size_t> git;
  };
  void put(Finding finding, std::optional<SecretText> value, std::uint64_t order);
  [[nodiscard]] static bool wins(const Chosen& a, const Chosen& b);

  std::unordered_map<std::string, Group> groups_;  // by id
  std::vector<Chosen> chosen_;
};

/// Folds findings of equal id into one, as above, in their order. `values`, when not empty, is
/// parallel.
void merge_equal_ids(std::vector<Finding>& findings, std::vector<SecretText>& values);

}  // namespace nhi
