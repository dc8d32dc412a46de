// matcher_change.cpp - what a change of a text makes of its matches: Matcher::look_over().
//
// Every literal that a whole scan would find is known: those of kept stretches from the trace, the
// others from a look at the gaps. A literal is looked at again if a byte was changed that mattered
// to it before. Names are read one by one; the windows of a pattern may grow together, so all hits
// of a rule are looked at if one of them is.

#include <algorithm>
#include <utility>

#include "scanner/match/matcher_state.hpp"

namespace nhi {
namespace {

// Patterns look at a byte beside their window (`\b`, `$`).
constexpr std::size_t kBesideWindow = 4;

std::uint16_t short_of(std::uint64_t bytes) {
  return static_cast<std::uint16_t>(std::min<std::uint64_t>(bytes, TracedHit::kEverything));
}

void reach(TracedHit& hit, std::uint64_t before, std::uint64_t behind) {
  hit.before = std::max(hit.before, short_of(before));
  hit.behind = std::max(hit.behind, short_of(behind));
}

void reach(TracedHit& hit, Span literal, const Look& look) {
  if (look.far) return reach(hit, TracedHit::kEverything, TracedHit::kEverything);
  if (look.span.empty()) return;
  reach(hit, literal.start - std::min(literal.start, look.span.start),
        std::max(literal.end, look.span.end) - literal.end);
}

std::uint64_t line_start(Bytes view, std::uint64_t at) {
  const std::uint64_t low = at > kLookedBefore ? at - kLookedBefore : 0;
  const std::size_t end = slice(view, {low, at}).rfind('\n');
  return end == Bytes::npos ? low : low + end + 1;
}

bool is_kept(const KeptRange& range, Span span, const TracedHit& hit) {
  const auto wanted = [](std::uint16_t bytes) {
    return bytes == TracedHit::kEverything ? ~std::uint64_t{0} : bytes;
  };
  return range.holds(span, wanted(hit.before), wanted(hit.behind));
}

}  // namespace

// Rules that no literal opens look at everything.
bool Matcher::State::may_be_traced() const {
  const auto in_use = [&](RuleIndex index) { return wants(index); };
  const auto looks_for_uuids = [&](RuleIndex index) {
    return wants(index) && (!rules->rule(index).tests_only || context.test_path);
  };
  return std::none_of(unfiltered.begin(), unfiltered.end(), in_use) &&
         std::none_of(uuid_rules.begin(), uuid_rules.end(), looks_for_uuids) &&
         table.literals().size() <= 0xFFFF;
}

bool Matcher::State::goes_on(std::uint32_t literal, Span hit) const {
  return !table.rules(literal, share).empty() && table.may_go_on(literal, share, view, hit.end);
}

bool Matcher::State::is_stem(std::uint32_t literal) const {
  const auto named = table.name_rules(literal);
  return std::any_of(named.begin(), named.end(), [&](RuleIndex index) { return wants(index); });
}

// The first line of a list names its columns. Whatever is far from the start of both texts stands
// in no such line.
bool Matcher::State::became_header(const KeptRange& range, Span hit) const {
  return may_have_columns && range.start != range.from &&
         hit.start <= kHeaderStartMax + kLookedBefore &&
         line_start(view, hit.start) <= kHeaderStartMax;
}

void Matcher::State::take_kept(const TextChange& change, const MatchTrace& before) {
  for (const KeptRange& range : change.kept()) {
    const std::uint64_t old_end = range.to_old(range.end);
    auto old = std::lower_bound(
        before.hits.begin(), before.hits.end(), range.from,
        [](const TracedHit& hit, std::uint64_t offset) { return hit.start < offset; });
    for (; old != before.hits.end() && old->start < old_end; ++old) {
      ChangedHit kept{*old, false};
      kept.hit.start = static_cast<std::uint32_t>(range.to_new(old->start));
      const Span span = span_of(kept.hit);
      // With the byte behind it, which says whether a pattern may go on: find_new() asks the same.
      if (!range.holds(span, 0, 1)) continue;
      kept.marked = !is_kept(range, span, kept.hit) || became_header(range, span);
      changed_hits.push_back(kept);
    }
  }
}

void Matcher::State::find_new(const TextChange& change) {
  // Literals that touch the gap at hand.
  struct Sink final : LiteralSink {
    explicit Sink(State& owner, const TextChange& told) : state(owner), change(told) {}
    void on_literal(std::uint32_t literal, std::uint64_t start, std::uint64_t end) override {
      const Span hit{offset + start, offset + end};
      if (change.holding(hit, 0, 1) != nullptr) return;
      if (!state.is_stem(literal) && !state.goes_on(literal, hit)) return;
      ChangedHit fresh;
      fresh.hit.start = static_cast<std::uint32_t>(hit.start);
      fresh.hit.literal = static_cast<std::uint16_t>(literal);
      fresh.marked = true;
      state.changed_hits.push_back(fresh);
    }
    State& state;
    const TextChange& change;
    std::uint64_t offset = 0;
  };
  Sink sink(*this, change);
  const auto kept = static_cast<std::ptrdiff_t>(changed_hits.size());
  for (const Span gap : change.gaps()) {
    const std::uint64_t beside = table.longest() + 1;
    const std::uint64_t start = gap.start > beside ? gap.start - beside : 0;
    const std::uint64_t end = std::min<std::uint64_t>(view.size(), gap.end + beside);
    sink.offset = start;
    const Bytes window = slice(view, {start, end});
    stats.bytes += window.size();
    prefilter().find(window, sink);
  }
  const auto before = [](const ChangedHit& a, const ChangedHit& b) {
    return a.hit.start != b.hit.start ? a.hit.start < b.hit.start : a.hit.literal < b.hit.literal;
  };
  const auto same = [](const ChangedHit& a, const ChangedHit& b) {
    return a.hit.start == b.hit.start && a.hit.literal == b.hit.literal;
  };
  // What was kept is in order. Windows of two gaps may overlap.
  std::sort(changed_hits.begin() + kept, changed_hits.end(), before);
  std::inplace_merge(changed_hits.begin(), changed_hits.begin() + kept, changed_hits.end(), before);
  changed_hits.erase(std::unique(changed_hits.begin(), changed_hits.end(), same),
                     changed_hits.end());
}

// Returns whether a rule with a pattern has to look.
bool Matcher::State::look_at_names() {
  bool any = false;
  for (ChangedHit& changed : changed_hits) {
    if (!changed.marked) continue;
    TracedHit& hit = changed.hit;
    const Span span = span_of(hit);
    hit.before = hit.behind = 0;
    hit.live = false;
    if (is_stem(hit.literal)) {
      const std::size_t found_before = found.size();
      reach(hit, span, read_names(hit.literal, span));
      reach(hit, span.start - line_start(view, span.start) + 1, kLookedBehind + 1);
      hit.live = found.size() != found_before;
    }
    if (!goes_on(hit.literal, span)) continue;
    for (const RuleIndex index : table.rules(hit.literal, share))
      looks[at_rule(index)] = any = true;
  }
  return any;
}

bool Matcher::State::any_looks(std::uint32_t literal) const {
  const auto opened = table.rules(literal, share);
  return std::any_of(opened.begin(), opened.end(),
                     [&](RuleIndex index) { return looks[at_rule(index)]; });
}

void Matcher::State::look_at_patterns() {
  std::fill(judged.begin(), judged.end(), std::uint16_t{0});
  for (const ChangedHit& changed : changed_hits) {
    const Span span = span_of(changed.hit);
    if (!any_looks(changed.hit.literal) || !goes_on(changed.hit.literal, span)) continue;
    for (const RuleIndex index : table.rules(changed.hit.literal, share)) {
      if (looks[at_rule(index)]) widen(index, span);
    }
  }
  finish_windows();
  std::sort(found.begin(), found.end(), [](const Match& a, const Match& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.whole.start < b.whole.start;
  });
  for (ChangedHit& changed : changed_hits) widen_reach(changed);
  std::fill(looks.begin(), looks.end(), false);
}

void Matcher::State::note_judged(const Match& match) {
  const Look look = looked_to_judge(match);
  const std::uint64_t before = match.whole.start - std::min(match.whole.start, look.span.start);
  const std::uint64_t behind = std::max(match.whole.end, look.span.end) - match.whole.end;
  std::uint16_t& beside = judged[at_rule(match.rule)];
  beside = std::max(beside, look.far ? TracedHit::kEverything : short_of(std::max(before, behind)));
}

// By what its patterns had to look at. Of rules that were not looked at the old reach holds.
void Matcher::State::widen_reach(ChangedHit& changed) const {
  TracedHit& hit = changed.hit;
  if (!any_looks(hit.literal) || !goes_on(hit.literal, span_of(hit))) return;
  for (const RuleIndex index : table.rules(hit.literal, share)) {
    if (!looks[at_rule(index)]) continue;
    const RuleGuard& guard = guards[at_rule(index)];
    const std::uint16_t beside = judged[at_rule(index)];
    const bool everything = !guard.in_windows() || beside == TracedHit::kEverything;
    if (everything) {
      reach(hit, TracedHit::kEverything, TracedHit::kEverything);
    } else {
      const std::size_t around = kBesideWindow + beside;
      reach(hit, guard.before() + around, guard.longest() + around);
    }
    hit.live = hit.live || holds_match(index, everything ? Span{0, view.size()} : span_of(hit));
  }
}

// Matches of one rule never overlap; hand_over() would put them into another order.
bool Matcher::State::holds_match(RuleIndex index, Span span) const {
  const auto next = std::lower_bound(found.begin(), found.end(), std::make_pair(index, span.end),
                                     [](const Match& match, auto key) {
                                       return std::make_pair(match.rule, match.whole.start) < key;
                                     });
  return next != found.begin() && (next - 1)->rule == index && (next - 1)->whole.end > span.start;
}

Held Matcher::State::look_over(Bytes bytes, const ViewContext& about, RuleShare wanted,
                               const TextChange& change, const MatchTrace& before,
                               MatchTrace& after) {
  after.hits.clear();
  begin(bytes, about, wanted);
  if (!may_be_traced()) return Held::kUnsure;
  stats.bytes -= bytes.size();
  NHI_ASSERT(change.size() == bytes.size());
  is_traced = true;
  regex.set_chunked(true);
  changed_hits.clear();
  take_kept(change, before);
  find_new(change);
  if (look_at_names()) look_at_patterns();
  view = {};
  if (failed != nullptr) return Held::kUnsure;
  bool live = false;
  after.hits.reserve(changed_hits.size());
  for (const ChangedHit& changed : changed_hits) {
    after.hits.push_back(changed.hit);
    live = live || changed.hit.live;
  }
  if (!found.empty()) return Held::kFound;
  return live ? Held::kAsKept : Held::kNothing;
}

}  // namespace nhi
