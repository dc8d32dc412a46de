#include "scanner/cli/explain_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "scanner/base/scrub.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {
namespace {

constexpr std::size_t kReasonsShown = 4;  // on each side
constexpr double kReasonWeightMin = 0.1;  // log-odds; less decides nothing
constexpr double kKeepScore = 0;          // value_model.hpp
constexpr double kHighScore = 2;

struct Why {
  std::string_view why;
  std::string_view sentence;
};
constexpr auto kWhys = std::to_array<Why>({
    {"pattern", "the pattern of the rule matched, and no check spoke against it"},
    {"checksum correct", "the checksum in the value is right"},
    {"structure correct", "the value decodes to the structure that the rule asks for"},
    {"published default", "the value is a published default of a product, which opens something"},
    {"equals its account", "the value is the same as the account beside it"},
    {"reads like chance where a secret is named",
     "the value reads like chance, and its name is that of a secret: the model overruled the rules "
     "of thumb"},
    {"default inside a reference", "the value is the default inside a reference"},
    {"path of the file", "the rule is about the path of the file"},
});

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string near_words(const std::vector<Near>& nears) {
  std::vector<std::string> words;
  words.reserve(nears.size());
  for (const Near& near : nears) {
    words.push_back(near.prefix + "*" +
                    (near.lines ? fmt::format(" within {} lines", *near.lines)
                                : std::string(" anywhere in the file")));
  }
  return joined(words);
}

bool is_own(const Rule& rule) { return rule.semantics == Semantics::kOwn; }
bool is_credential(const Rule& rule) { return rule.kind == RuleKind::kCredential; }

// "how random its characters are (+1.9)", the strongest on one side.
std::string side(const ValueStory& story, bool speaks_for) {
  std::vector<std::string> words;
  for (const ValueReason& reason : story.reasons) {
    const bool shown = std::fabs(reason.weight) >= kReasonWeightMin && words.size() < kReasonsShown;
    if (shown && (reason.weight > 0) == speaks_for) {
      words.push_back(fmt::format("{} ({:+.1f})", reason.what, reason.weight));
    }
  }
  return words.empty() ? "nothing that weighs" : joined(words);
}

}  // namespace

std::string why_sentence(const Finding& finding) {
  const auto known = std::find_if(kWhys.begin(), kWhys.end(),
                                  [&](const Why& row) { return row.why == finding.why; });
  return known == kWhys.end() ? printable(finding.why) : std::string(known->sentence);
}

std::vector<std::string> checked_sentences(const Rule* rule) {
  if (rule == nullptr) return {"the native reader of the format named the place"};
  std::vector<std::string> out;
  const auto put = [&](bool asked, std::string sentence) {
    if (asked) out.push_back(std::move(sentence));
  };
  put(!rule->pattern.empty(), "the pattern of the rule, at this place");
  put(rule->names != NameFamily::kNone, "the name of the value, and how the value is written");
  if (is_credential(*rule) && is_own(*rule)) {
    put(true, "that it is no reference, placeholder, filler or published sample");
  }
  put(rule->generic, "that it is a literal in the language of the file: no call, variable or type");
  put(rule->entropy > 0,
      fmt::format("that its characters are random: {} bits each or more", rule->entropy));
  put(rule->checksum.has_value(), "its checksum");
  put(rule->structure != Structure::kNone, "its structure, after decoding");
  put(!rule->stop_words.empty(), "that it holds none of the rule's stop words");
  put(!rule->not_after.empty(), "what stands right before it");
  put(!rule->allowlists.empty(), "the rule's allowlists");
  put(!rule->filters.empty(), "the rule's filters");
  put(!rule->path.empty(), "the path of the file");
  put(!rule->needs.empty(), "its neighbours: " + near_words(rule->needs));
  put(!rule->required.empty(), "that the rules which it requires matched nearby");
  return out;
}

std::vector<std::string> confidence_sentences(const Finding& finding, const Rule* rule,
                                              const std::optional<ValueStory>& story) {
  const std::string_view level = to_string(finding.confidence);
  if (rule == nullptr) {
    return {fmt::format("{}: a native reader knows what the place holds", level)};
  }
  std::vector<std::string> out;
  if (rule->names != NameFamily::kNone) {
    out.push_back(story ? fmt::format("{}: rules of thumb {}, model {:.1f}", level,
                                      story->thumb_refused.empty()
                                          ? to_string(story->thumb_confidence)
                                          : std::string_view("against it"),
                                      story->score)
                        : fmt::format("{}: by the rules of thumb and the model together", level));
  } else if (finding.confidence == rule->confidence) {
    out.push_back(fmt::format("{}: that of the rule", level));
  } else {
    const bool raised = finding.confidence > rule->confidence;
    out.push_back(fmt::format("{}: the rule says {}, {} here", level, to_string(rule->confidence),
                              raised ? "raised" : "lowered"));
    const bool test_path = is_test_path(finding.place.path.value_or(""));
    if (!raised && test_path) {
      out.push_back("lowered where tests, examples and documentation stand");
    }
    if (raised && !rule->raised_by.empty()) {
      out.push_back("raised by a neighbour: " + near_words(rule->raised_by));
    }
  }
  if (finding.principal == Principal::kHuman) {
    out.push_back("outside of every count: a person's, or a value to test with");
  }
  return out;
}

std::vector<std::string> story_sentences(const ValueStory& story) {
  std::vector<std::string> out;
  out.push_back(story.thumb_refused.empty()
                    ? fmt::format("rules of thumb: kept with confidence {} ({})",
                                  to_string(story.thumb_confidence), story.thumb_why)
                    : fmt::format("rules of thumb: against it ({})", story.thumb_refused));
  if (story.settled) {
    out.push_back("the words settle it: the model was not asked");
    return out;
  }
  out.push_back(
      fmt::format("model: {:.1f} in log-odds; from {} on a value is kept, from {} on with "
                  "high confidence",
                  story.score, kKeepScore, kHighScore));
  out.push_back("  for it: " + side(story, true));
  out.push_back("  against it: " + side(story, false));
  if (story.living && story.people && story.thumb_refused.empty()) {
    out.push_back("a password in living settings: the model may add, not take away");
  }
  if (story.for_policy) {
    out.push_back(
        "made of all that a policy asks for: never less than medium, whatever the model says");
  }
  return out;
}

std::vector<std::string> dropped_sentences(const Rule* rule,
                                           const std::optional<ValueStory>& story) {
  if (rule == nullptr) return {"the definition held a reference, a mask or nothing there"};
  std::vector<std::string> out;
  const auto put = [&](bool asked, std::string sentence) {
    if (asked) out.push_back(std::move(sentence));
  };
  if (is_credential(*rule) && is_own(*rule)) {
    put(true,
        "it were a reference (${X}, {{ x }}, vault:…), a placeholder, filler or a published "
        "sample");
  }
  put(rule->generic, "the language of the file said that no literal stands there");
  put(rule->entropy > 0, fmt::format("its characters carried less than {} bits", rule->entropy));
  put(rule->checksum.has_value(), "its checksum were wrong");
  put(rule->structure != Structure::kNone, "it did not decode to the structure of the rule");
  put(!rule->stop_words.empty(), "it held one of: " + joined(rule->stop_words));
  put(!rule->not_after.empty(), "one of these stood right before it: " + joined(rule->not_after));
  put(!rule->allowlists.empty(), "an allowlist of the rule let it pass");
  put(!rule->filters.empty(), "a filter of the rule was true of it");
  put(!rule->needs.empty(), "none of these matched: " + near_words(rule->needs));
  put(!rule->required.empty(), "a rule that it requires had no match nearby");
  if (rule->names != NameFamily::kNone) {
    const bool thumbs_alone = story && story->living;
    put(thumbs_alone,
        "the rules of thumb were against it: in living settings the model cannot "
        "keep what they refuse");
    put(!thumbs_alone, "the rules of thumb were against it and the model gave less than 0");
  }
  put(is_credential(*rule), "its line said nhisweep:allow (scan leaves such lines out)");
  return out;
}

}  // namespace nhi
