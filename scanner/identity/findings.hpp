// findings.hpp - one fused candidate becomes one finding: words, place, identity, staleness.
#pragma once

#include <optional>
#include <vector>

#include "scanner/base/line_index.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/candidate.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

// Lives for one blob. All references must outlive it.
class FindingMaker {
 public:
  FindingMaker(const FingerprintKey& key, const BlobInput& input, const PlaceContext& context,
               const LineIndex& lines, Bytes text, const std::optional<Definition>& definition);
  [[nodiscard]] Finding make(const Candidate& candidate, const Masker& masker) const;

 private:
  void put_value(const Candidate& candidate, Finding& finding) const;
  void put_place(const Candidate& candidate, Finding& finding) const;
  void put_site(const Candidate& candidate, const Masker& masker, Finding& finding) const;
  void put_indicator(const Candidate& candidate, const Masker& masker, Finding& finding) const;
  [[nodiscard]] const Scope* scope_of(Span text) const;
  [[nodiscard]] std::string connection_around(const Candidate& candidate) const;

  const FingerprintKey& key_;
  const BlobInput& input_;
  const PlaceContext& context_;
  const LineIndex& lines_;
  const Bytes text_;
  const std::optional<Definition>& definition_;
  PlaceKind place_;
};

/// The view offset whose source range holds or follows `source`.
[[nodiscard]] std::uint64_t decoded_offset(const OffsetMap& map, std::uint64_t view_size,
                                           std::uint64_t source);

}  // namespace nhi
