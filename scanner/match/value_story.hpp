// value_story.hpp - how a named value was judged, in words that tell nothing of the value itself.
//
// Asked for one value at a time, when somebody wants to know: the matcher keeps no such record. The
// judgement is made again over the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/match/matcher.hpp"

namespace nhi {

struct ValueReason {
  std::string_view what;  // "how random its characters are": static text
  double weight = 0;      // what it adds to the score, in log-odds; negative: speaks against
};

struct ValueStory {
  std::string_view thumb_refused;  // why the rules of thumb would drop it, one word, or empty
  std::string_view thumb_why;      // or why they keep it
  Level thumb_confidence = Level::kLow;
  bool living = false;      // settings outside of tests: there the rules of thumb weigh more
  bool people = false;      // under the name of a password: in living settings they decide alone
  bool settled = false;     // by the words: the model is not asked
  bool for_policy = false;  // made of all that a policy asks for: never less than medium
  double score = 0;         // of the model, in log-odds
  double middle = 0;        // the score that every value starts with
  std::vector<ValueReason> reasons;  // strongest first; with `middle` they make the score
};

/// Shapes: `match` is one that a rule of names gave for this view.
/// Errors: none where the view does not hold such a value at this place.
[[nodiscard]] std::optional<ValueStory> tell_named_value(const Rule& rule, Bytes view,
                                                         const ViewContext& context,
                                                         const Match& match);

}  // namespace nhi
