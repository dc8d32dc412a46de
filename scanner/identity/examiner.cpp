#include "scanner/identity/examiner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>

#include "scanner/base/chars.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/decode/views.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/beside.hpp"
#include "scanner/identity/blob_pass.hpp"
#include "scanner/identity/candidate.hpp"
#include "scanner/identity/companions.hpp"
#include "scanner/identity/findings.hpp"
#include "scanner/identity/inline_ignore.hpp"
#include "scanner/identity/parts.hpp"
#include "scanner/identity/place.hpp"
#include "scanner/identity/value.hpp"
#include "scanner/match/uuid.hpp"

namespace nhi {
namespace {

// Secrets from this length on are masked wherever they stand in what is emitted.
constexpr std::size_t kMaskBytesMin = 8;

// Whether findings from `least` on may come of them. Neighbours and native readers lift confidence,
// places that of an indicator: these have a say later.
bool may_reach(Level least, const std::vector<Candidate>& candidates) {
  return std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
    return candidate.rule == nullptr || candidate.is_indicator() || candidate.confidence >= least ||
           !candidate.rule->raised_by.empty();
  });
}

struct CountingSink final : MatchSink {
  void on_match(const Match& /*match*/) override { ++count; }
  std::size_t count = 0;
};

Masker masker_of(const std::vector<Candidate>& candidates) {
  Masker masker;
  for (const Candidate& candidate : candidates) {
    // Shorter ones are words that stand in host and channel names too (mirth, admin, postgres).
    if (!candidate.is_indicator() && candidate.value.size() >= kMaskBytesMin) {
      masker.add(candidate.value);
    }
  }
  return masker;
}

// `place` must outlive the context.
ViewContext context_of(const Provenance& place) {
  const std::string path = place.path.value_or("");
  ViewContext context{syntax_of(path), is_test_path(path)};
  if (place.path) {
    context.path = *place.path;
  } else if (!place.member.empty()) {
    context.path = "";  // a commit message: known to have none
  }
  if (place.git) context.commit = place.git->introduced.commit;
  return context;
}

// True if the first bytes hold a zero byte and no known character set explains it.
bool is_binary(const View& text) {
  constexpr std::size_t kProbeBytes = 8192;
  return text.encoding == Encoding::kNone &&
         text.bytes.substr(0, kProbeBytes).find('\0') != Bytes::npos;
}

// How far two matches are from each other changes with what stands between them.
bool asks_for_others(const Candidate& candidate) {
  const Rule* const rule = candidate.rule;
  if (rule == nullptr) return false;
  const bool asks_near = std::any_of(rule->raised_by.begin(), rule->raised_by.end(),
                                     [](const Near& near) { return near.lines.has_value(); });
  return asks_near || !rule->needs.empty() || !rule->required.empty();
}

void add_decode_coverage(const DecodeStats& stats, Coverage& coverage) {
  if (stats.dropped_by_depth != 0) coverage.add_policy("decode-depth", stats.dropped_by_depth, 0);
  if (stats.dropped_by_expansion != 0) {
    coverage.add_policy("decode-expansion", stats.dropped_by_expansion, 0);
  }
}

}  // namespace

struct Examiner::State {
  State(const RuleSet& rule_set, const FingerprintKey& estate_key, ExamineOptions wanted)
      : rules(rule_set), key(estate_key), options(wanted), matcher(rule_set), conditions(rule_set) {
    std::vector<const Near*> needed;
    for (const Rule& rule : rule_set.rules()) {
      has_file_rules |= is_path_alone(rule);
      has_tests_rules |= rule.tests_only;
      for (const Near& near : rule.needs) needed.push_back(&near);
    }
    for (const Rule& rule : rule_set.rules()) {
      const bool calls = std::any_of(needed.begin(), needed.end(), [&](const Near* near) {
        return rule.id.starts_with(near->prefix);
      });
      if (calls) company.insert(&rule);
    }
  }
  const RuleSet& rules;
  const FingerprintKey& key;
  ExamineOptions options;
  Matcher matcher;
  Conditions conditions;  // of rules that are a path alone
  bool has_file_rules = false;
  bool has_tests_rules = false;             // of UUIDs, which without a path nobody looks for
  std::unordered_set<const Rule*> company;  // rules beside whose matches those with `needs` count

  void collect_files(BlobPass& pass, const ViewContext& view_context, Coverage& coverage) {
    // Of a file in segments the first one stands for it.
    if (!has_file_rules || pass.input.offset != 0) return;
    FileRuleHits hits = judge_file_rules(rules, conditions, view_context, pass.input.bytes);
    std::move(hits.candidates.begin(), hits.candidates.end(), std::back_inserter(pass.candidates));
    if (hits.unjudged != 0) coverage.add_policy("path-rule-without-path", 1, 0);
  }

  // Runs the matcher over every view; the first view is the text view. Few blobs hold a match
  // beside which the rules in company count: those are gone through a second time.
  void collect(BlobPass& pass, const ViewContext& view_context, Coverage& coverage) {
    bool first = true;
    const DecodeStats stats =
        for_each_view(pass.input.bytes, DecodeLimits{}, [&](const View& view) {
          if (first) {
            pass.charset = view.encoding;
            if (pass.input.whole && !is_binary(view)) read_definitions(pass, view, coverage);
          }
          first = false;
          pass.more_in_tests = pass.more_in_tests || holds_more_in_tests(view.bytes, view_context);
          match(pass, view, view_context, RuleShare::kAlone);
          return true;
        });
    add_decode_coverage(stats, coverage);
    collect_files(pass, view_context, coverage);
    const bool in_company =
        std::any_of(pass.candidates.begin(), pass.candidates.end(),
                    [&](const Candidate& candidate) { return company.count(candidate.rule) != 0; });
    pass.far = in_company || pass.definition ||
               std::any_of(pass.candidates.begin(), pass.candidates.end(), asks_for_others);
    if (!in_company) return;
    (void)for_each_view(pass.input.bytes, DecodeLimits{}, [&](const View& view) {
      match(pass, view, view_context, RuleShare::kInCompany);
      return true;
    });
  }

  [[nodiscard]] bool holds_more_in_tests(Bytes text, const ViewContext& context) const {
    return has_tests_rules && !context.path && holds_random_uuid(text);
  }

  void match(BlobPass& pass, const View& view, const ViewContext& view_context, RuleShare share) {
    ViewSink sink(pass, view);
    if (!matcher.scan(view.bytes, view_context, sink, share)) pass.engine_failed = true;
  }

  // Returns the setting of each finding, where one is known.
  std::vector<const DocumentSetting*> make_findings(const FindingMaker& maker,
                                                    const std::vector<Candidate>& kept, Bytes text,
                                                    const std::optional<SettingTree>& settings,
                                                    Examined& out) const {
    const Masker masker = masker_of(kept);
    std::vector<const DocumentSetting*> setting_of;
    IgnoredLines ignored_lines(text);
    for (const Candidate& candidate : kept) {
      const bool ignored = ignored_lines.holds(candidate.text.start);
      if (ignored && options.honour_inline_ignores) {
        out.coverage.add_policy("inline-ignore", 1, 0);
        continue;
      }
      Finding finding = maker.make(candidate, masker);
      finding.ignored_inline = ignored;
      out.findings.push_back(std::move(finding));
      setting_of.push_back(settings ? settings->find(candidate.text) : nullptr);
      if (options.keep_values) out.values.push_back(candidate.value.clone());
    }
    return setting_of;
  }

  // Whether nothing that was found is of use, and nothing of it is to be counted.
  [[nodiscard]] bool is_idle(const BlobPass& pass, Encoding charset) const {
    const Level least = pass.input.least;
    if (least == Level::kLow || !pass.input.whole || may_reach(least, pass.candidates)) {
      return false;
    }
    if (!options.honour_inline_ignores) return true;
    // What is ignored is counted, whatever its confidence. Wide characters are not decoded for it.
    IgnoredLines ignored(pass.input.bytes);
    return charset == Encoding::kNone &&
           std::none_of(pass.candidates.begin(), pass.candidates.end(),
                        [&](const Candidate& one) { return ignored.holds(one.text.start); });
  }

  void read_definitions(BlobPass& pass, const View& text, Coverage& coverage) {
    if (text.bytes.size() > kDefinitionBytesMax) return note_large(pass, text.bytes, coverage);
    pass.definition = read_definition(text.bytes, pass.input.place.path.value_or(""));
    if (!pass.definition) return;
    add_sites(pass, text);
    if (pass.definition->fault) {
      coverage.add_unread(
          {pass.input.place.root, pass.input.place.path.value_or(""),
           fmt::format("definition-damaged: from {} on", pass.definition->fault->subject),
           pass.input.bytes.size()});
    }
  }

  // A definition that is too large for its reader is only gone through with the rules.
  static void note_large(const BlobPass& pass, Bytes text, Coverage& coverage) {
    constexpr std::size_t kHeadBytes = 256 * kKiB;
    Bytes head = text.substr(0, kHeadBytes);
    Decoded decoded;
    if (const Encoding charset = detect_charset(head); charset != Encoding::kNone) {
      decoded = decode_charset(head, charset);
      head = decoded.bytes;
    }
    if (!begins_definition(head)) return;
    coverage.add_unread({pass.input.place.root, pass.input.place.path.value_or(""),
                         "definition-too-large", pass.input.bytes.size()});
  }
};

Examiner::Examiner(const RuleSet& rules, const FingerprintKey& key, ExamineOptions options)
    : state_(std::make_unique<State>(rules, key, options)) {}
Examiner::~Examiner() = default;
Examiner::Examiner(Examiner&&) noexcept = default;

const MatchStats& Examiner::stats() const { return state_->matcher.stats(); }

std::size_t BlobTrace::bytes() const {
  std::size_t sum = matches.hits.size() * sizeof(TracedHit);
  for (const auto& kind : encoded.sequences) sum += kind.size() * sizeof(TracedSequence);
  for (const auto& kind : encoded.regions) sum += kind.size() * sizeof(TracedPart);
  return sum + encoded.texts.size() * sizeof(TracedPart);
}

LookedOver Examiner::look_over(const BlobInput& input, const TextChange& change,
                               const BlobTrace& before, BlobTrace& after) {
  LookedOver out;
  after = {};
  NHI_ASSERT(input.whole && !input.place.path);
  // The definition as a whole says what stands in it.
  after.may_be_definition = before.may_be_definition ||
                            change.any_gap(input.bytes, kDefinitionMark.size(), [](Bytes text) {
                              return chars::holds(text, kDefinitionMark);
                            });
  const bool may_be_definition = after.may_be_definition || begins_definition(input.bytes);
  if (may_be_definition && read_definition(input.bytes, "")) return out;
  const ViewContext context = context_of(input.place);
  const RuleShare share = RuleShare::kAlone;
  BlobPass pass{state_->rules, input};
  state_->collect_files(pass, context, out.coverage);
  if (!pass.candidates.empty()) return out;

  Held held =
      state_->matcher.look_over(input.bytes, context, share, change, before.matches, after.matches);
  if (held == Held::kUnsure) return out;
  after.more_in_tests =
      before.more_in_tests || change.any_gap(input.bytes, kUuidReach, [&](Bytes text) {
        return state_->holds_more_in_tests(text, context);
      });
  bool failed = false;
  const NewViews views = for_each_new_view(
      input.bytes, change, before.encoded, after.encoded, DecodeLimits{}, [&](const View& view) {
        CountingSink sink;
        after.more_in_tests =
            after.more_in_tests || state_->holds_more_in_tests(view.bytes, context);
        failed = !state_->matcher.scan(view.bytes, context, sink, share) || failed;
        return sink.count != 0;
      });
  after.sound = views.plain && !failed;
  if (!after.sound) return out;
  if (views.as_kept) held = std::max(held, Held::kAsKept);
  if (views.found) held = Held::kFound;
  out.held = held;
  out.more_in_tests = after.more_in_tests;
  out.alike =
      held == Held::kAsKept && views.alike && lives_alike(before.matches, after.matches, change);
  return out;
}

bool Examiner::looks_far(const std::string& path) const {
  const auto& rules = state_->rules.rules();
  return state_->has_file_rules || is_definition_name(path) ||
         std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
           return std::any_of(rule.allowlists.begin(), rule.allowlists.end(),
                              [](const auto& list) { return !list->commits.empty(); });
         });
}

Examined Examiner::examine(const BlobInput& input, const PlaceContext& context) {
  Examined out;
  BlobPass pass{state_->rules, input};
  const std::string path = input.place.path.value_or("");
  const ViewContext view_context = context_of(input.place);
  if (!input.whole && input.offset == 0) State::note_large(pass, input.bytes, out.coverage);
  state_->collect(pass, view_context, out.coverage);
  out.far = pass.far;
  out.more_in_tests = pass.more_in_tests;
  const auto unread = [&](const char* reason) {
    out.coverage.add_unread({input.place.root, path, reason, input.bytes.size()});
  };
  if (pass.engine_failed) unread("pattern-out-of-memory");
  if (pass.dropped != 0) unread("too-many-candidates");

  // Lines cost a pass over the text: only where something was found or a segment must go on.
  const bool goes_on = !input.whole && input.wants_end;
  if (pass.candidates.empty() && !goes_on) return out;
  const Encoding charset = pass.charset;
  if (!goes_on && state_->is_idle(pass, charset)) return out;
  Decoded decoded;
  Bytes text = input.bytes;
  if (charset != Encoding::kNone) {
    decoded = decode_charset(input.bytes, charset);
    text = decoded.bytes;
  }
  const LineIndex lines(text, input.base);
  if (goes_on) {
    std::uint64_t fresh_text = input.fresh;
    if (charset != Encoding::kNone) {
      fresh_text = decoded_offset(decoded.map, text.size(), input.fresh);
    }
    out.end = lines.at(fresh_text);
  }
  for (Candidate& candidate : pass.candidates) {
    candidate.line = lines.line_of(candidate.text.start);
  }
  drop_repeats(pass.candidates);
  apply_required(pass.candidates, text);
  apply_neighbours(pass.candidates);
  std::vector<Candidate> kept = fuse(std::move(pass.candidates));
  // A native reader has said what belongs to what; of a segment nobody knows where it is cut.
  std::optional<SettingTree> settings;
  if (input.whole && !pass.definition) settings = settings_around(kept, path, text);
  drop_false_accounts(kept);
  if (settings) {
    put_beside(kept, *settings, lines, charset != Encoding::kNone ? &decoded.map : nullptr);
  }

  const FindingMaker maker(state_->key, input, context, lines, text, pass.definition);
  const auto setting_of = state_->make_findings(maker, kept, text, settings, out);
  // Of a file in segments all are looked at together, when the last one was read.
  if (input.whole) {
    group_parts(state_->rules, state_->key, out.findings, settings ? &*settings : nullptr,
                setting_of);
  }
  return out;
}

void Examined::append(Examined other) {
  std::move(other.findings.begin(), other.findings.end(), std::back_inserter(findings));
  std::move(other.values.begin(), other.values.end(), std::back_inserter(values));
  coverage.merge(other.coverage);
  end = other.end;
  far = far || other.far;
}

}  // namespace nhi
