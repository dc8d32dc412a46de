// blob_pass.hpp - what the matches and the definition of one blob add up to. For examiner.cpp.
#pragma once

#include <optional>
#include <vector>

#include "scanner/decode/views.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/candidate.hpp"
#include "scanner/identity/examiner.hpp"

namespace nhi {

// What has to be added up over the views of one blob.
struct BlobPass {
  const RuleSet& rules;
  const BlobInput& input;
  std::vector<Candidate> candidates = {};
  std::size_t dropped = 0;  // beyond kCandidatesMax
  bool engine_failed = false;
  std::optional<Definition> definition = std::nullopt;
  Encoding charset = Encoding::kNone;  // once a view was seen
  bool far = false;                    // as in Examined
  bool more_in_tests = false;          // too
};

// Makes candidates of the matches of one view.
class ViewSink : public MatchSink {
 public:
  ViewSink(BlobPass& pass, const View& view) : pass_(pass), view_(view) {}
  void on_match(const Match& match) override;

 private:
  void unwrap(Span secret, Candidate& candidate) const;
  [[nodiscard]] bool was_found_in_parent(Span whole) const;

  BlobPass& pass_;
  const View& view_;
};

/// The sites of a definition become candidates at the places that hold them.
void add_sites(BlobPass& pass, const View& text);

/// Of hits of one rule on the same bytes, seen through several views, the least decoded stays.
void drop_repeats(std::vector<Candidate>& candidates);

}  // namespace nhi
