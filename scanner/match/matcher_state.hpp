// matcher_state.hpp - what a Matcher works with. For matcher.cpp and matcher_change.cpp.
#pragma once

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "scanner/base/text_change.hpp"
#include "scanner/match/assignment.hpp"
#include "scanner/match/conditions.hpp"
#include "scanner/match/literal_table.hpp"
#include "scanner/match/looked.hpp"
#include "scanner/match/match_trace.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/match/prefilter.hpp"
#include "scanner/match/regex_search.hpp"
#include "scanner/match/rule_guard.hpp"

namespace nhi {

[[nodiscard]] inline std::size_t at_rule(RuleIndex rule) { return static_cast<std::size_t>(rule); }

// Invariants: (1) between views every entry of `windows` is closed and `active` is empty;
// (2) windows of one rule never touch and are searched in ascending order.
struct Matcher::State final : LiteralSink {
  struct Window {
    Span span;
    bool open = false;    // has bytes that were not searched yet
    bool active = false;  // is in the list of rules to look after at the end
  };

  struct LiteralHit {
    std::uint64_t start;
    std::uint32_t literal;
  };

  struct ChangedHit {
    TracedHit hit;
    bool marked = false;  // is to be looked at
  };

  explicit State(const RuleSet& set);

  void on_literal(std::uint32_t literal, std::uint64_t start, std::uint64_t end) override;
  void take_hits_before(std::uint64_t start);
  void widen(RuleIndex index, Span hit);
  void search_window(RuleIndex index, Span range);
  void search(RuleIndex index, Span range);
  Look read_name(RuleIndex index, Span stem);
  [[nodiscard]] Look looked_to_judge(const Match& match) const;
  // What all rules of names that the share wants had to look at, if the view is traced.
  Look read_names(std::uint32_t literal, Span stem);
  void read_every_name(RuleIndex index);
  void find_uuids();
  std::string_view judge(Match& match, const Assignment* assignment);
  void keep_or_reject(Match match, const Assignment* assignment);
  void reject(std::string_view reason);
  void finish_windows();
  Result<void> hand_over(MatchSink& sink);
  void begin(Bytes bytes, const ViewContext& about, RuleShare wanted);
  [[nodiscard]] bool wants(RuleIndex index) const;
  [[nodiscard]] const Prefilter& prefilter();

  // matcher_change.cpp
  [[nodiscard]] Held look_over(Bytes bytes, const ViewContext& about, RuleShare wanted,
                               const TextChange& change, const MatchTrace& before,
                               MatchTrace& after);
  [[nodiscard]] bool may_be_traced() const;
  [[nodiscard]] bool goes_on(std::uint32_t literal, Span hit) const;
  [[nodiscard]] bool is_stem(std::uint32_t literal) const;
  [[nodiscard]] bool became_header(const KeptRange& range, Span hit) const;
  void take_kept(const TextChange& change, const MatchTrace& before);
  void find_new(const TextChange& change);
  bool look_at_names();
  [[nodiscard]] bool any_looks(std::uint32_t literal) const;
  void look_at_patterns();
  void note_judged(const Match& match);
  void widen_reach(ChangedHit& hit) const;
  [[nodiscard]] bool holds_match(RuleIndex index, Span span) const;
  [[nodiscard]] Span span_of(const TracedHit& hit) const {
    return {hit.start, hit.start + table.size_of(hit.literal)};
  }

  const RuleSet* rules;
  LiteralTable table;
  std::array<std::optional<Prefilter>, 3> prefilters;  // by share, made when asked for
  std::vector<RuleGuard> guards;
  std::vector<LiteralHit> hits;  // not taken yet
  std::uint64_t latest_hit = 0;
  std::vector<Window> windows;  // by rule
  std::vector<RuleIndex> active;
  std::vector<RuleIndex> unfiltered;  // rules that no literal can open
  std::vector<bool> in_company;       // by rule
  Conditions conditions;
  std::vector<RuleIndex> uuid_rules;
  std::vector<Match> found;
  RegexSearch regex;
  MatchStats stats;
  // Into stats.rejected, by the place of the word: reasons are static texts.
  std::unordered_map<const char*, std::uint64_t*> reject_counters;
  Bytes view;
  ViewContext context;
  bool may_have_columns = false;  // for its path
  RuleShare share = RuleShare::kAll;
  const Rule* failed = nullptr;  // the first rule whose search gave up in this view

  // Of a traced text.
  bool is_traced = false;
  std::vector<std::uint16_t> judged;     // by rule: what was looked at beside its matches
  std::vector<bool> looks;               // by rule: has a marked hit
  std::vector<ChangedHit> changed_hits;  // by start, then literal
};

}  // namespace nhi
