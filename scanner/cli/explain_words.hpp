// explain_words.hpp - the sentences of `rules explain --finding`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/identity/types.hpp"
#include "scanner/match/value_story.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

/// `why` of a finding, as a sentence.
[[nodiscard]] std::string why_sentence(const Finding& finding);
/// What the rule asks of every value; `rule` is null for a site of a definition.
[[nodiscard]] std::vector<std::string> checked_sentences(const Rule* rule);
/// Where the confidence comes from. `story` only of named values that were read again.
[[nodiscard]] std::vector<std::string> confidence_sentences(const Finding& finding,
                                                            const Rule* rule,
                                                            const std::optional<ValueStory>& story);
/// The rules of thumb and the model, about one named value.
[[nodiscard]] std::vector<std::string> story_sentences(const ValueStory& story);
/// What would have made it no finding.
[[nodiscard]] std::vector<std::string> dropped_sentences(const Rule* rule,
                                                         const std::optional<ValueStory>& story);

}  // namespace nhi
