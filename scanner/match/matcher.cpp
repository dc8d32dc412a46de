#include "scanner/match/matcher.hpp"

#include <algorithm>

#include "scanner/match/checks.hpp"
#include "scanner/match/foreign.hpp"
#include "scanner/match/matcher_state.hpp"
#include "scanner/match/sql_rows.hpp"
#include "scanner/match/table.hpp"
#include "scanner/match/uuid.hpp"

namespace nhi {
namespace {

std::vector<RuleGuard> make_guards(const RuleSet& rules) {
  std::vector<RuleGuard> guards;
  guards.reserve(rules.size());
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    guards.emplace_back(rules.compiled(RuleIndex{i}));
  }
  return guards;
}

// Hits that are put in order at once.
constexpr std::size_t kHitsHeld = 1024;

// The judge's own look for declared keywords, without the prefilter.
bool holds_any_literal(Bytes view, const std::vector<std::string>& literals) {
  return std::any_of(literals.begin(), literals.end(), [&](const std::string& literal) {
    return std::search(view.begin(), view.end(), literal.begin(), literal.end(),
                       [](char a, char b) {
                         return fold_byte(static_cast<unsigned char>(a)) ==
                                fold_byte(static_cast<unsigned char>(b));
                       }) != view.end();
  });
}

bool holds_xml(Bytes view) {
  const std::size_t first = view.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != Bytes::npos && view[first] == '<';
}

int groups_wanted(const CompiledRule& rule) {
  return std::max({rule.secret_group, rule.account_group, rule.target_group}) + 1;
}

}  // namespace

void MatchStats::merge(const MatchStats& other) {
  views += other.views;
  bytes += other.bytes;
  windows += other.windows;
  searched_bytes += other.searched_bytes;
  matches += other.matches;
  engine_failures += other.engine_failures;
  for (const auto& [reason, count] : other.rejected) rejected[reason] += count;
}

Matcher::State::State(const RuleSet& set)
    : rules(&set),
      table(set),
      guards(make_guards(set)),
      windows(set.size()),
      in_company(rules_in_company(set)),
      conditions(set),
      judged(set.size()),
      looks(set.size()) {
  for (std::uint32_t i = 0; i < set.size(); ++i) {
    if (set.rule(RuleIndex{i}).unfiltered) unfiltered.push_back(RuleIndex{i});
    if (set.compiled(RuleIndex{i}).every_uuid) uuid_rules.push_back(RuleIndex{i});
  }
}

void Matcher::State::begin(Bytes bytes, const ViewContext& about, RuleShare wanted) {
  view = bytes;
  context = about;
  may_have_columns = may_hold_table(about.path.value_or(""));
  share = wanted;
  is_traced = false;
  conditions.set_place(about);
  failed = nullptr;
  found.clear();
  ++stats.views;
  stats.bytes += bytes.size();
}

bool Matcher::State::wants(RuleIndex index) const {
  return share == RuleShare::kAll || in_company[at_rule(index)] == (share == RuleShare::kInCompany);
}

// A literal that no rule of the share asks for would only be found to be passed over.
const Prefilter& Matcher::State::prefilter() {
  std::optional<Prefilter>& made = prefilters[static_cast<std::size_t>(share)];
  if (!made) made.emplace(table.literals(), table.wanted_by(share));
  return *made;
}

// Hits arrive nearly in order: a later one starts up to the longest literal earlier.
void Matcher::State::on_literal(std::uint32_t literal, std::uint64_t start, std::uint64_t end) {
  NHI_ASSERT(end - start == table.size_of(literal));
  (void)read_names(literal, {start, end});
  if (table.rules(literal, share).empty() || !table.may_go_on(literal, share, view, end)) return;
  hits.push_back({start, literal});
  latest_hit = std::max(latest_hit, start);
  if (hits.size() < kHitsHeld || latest_hit < table.longest()) return;
  take_hits_before(latest_hit - table.longest());
}

void Matcher::State::take_hits_before(std::uint64_t start) {
  std::sort(hits.begin(), hits.end(), [](const LiteralHit& a, const LiteralHit& b) {
    return a.start != b.start ? a.start < b.start : a.literal < b.literal;
  });
  std::size_t taken = 0;
  for (; taken < hits.size() && hits[taken].start < start; ++taken) {
    const LiteralHit hit = hits[taken];
    const Span span{hit.start, hit.start + table.size_of(hit.literal)};
    for (const RuleIndex index : table.rules(hit.literal, share)) widen(index, span);
  }
  hits.erase(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(taken));
}

void Matcher::State::widen(RuleIndex index, Span hit) {
  Window& window = windows[at_rule(index)];
  const RuleGuard& guard = guards[at_rule(index)];
  Span wanted{0, view.size()};
  if (guard.in_windows()) {
    if (!guard.may_hold(view, hit)) return;
    if (window.open && hit.start <= window.span.end) {
      window.span.end = guard.window_end(view, hit, window.span.end);
      return;
    }
    wanted = guard.window(view, hit);
    if (wanted.empty()) return;
    if (window.open && wanted.start <= window.span.end) {
      window.span.end = wanted.end;
      return;
    }
    if (window.open) search_window(index, window.span);
  }
  window.span = wanted;
  window.open = true;
  if (window.active) return;
  window.active = true;
  active.push_back(index);
}

void Matcher::State::search_window(RuleIndex index, Span range) {
  if (guards[at_rule(index)].may_match(slice(view, range))) search(index, range);
}

void Matcher::State::reject(std::string_view reason) {
  std::uint64_t*& counter = reject_counters[reason.data()];
  if (counter == nullptr) counter = &stats.rejected[std::string(reason)];
  ++*counter;
}

// The word for why the match is none, or nothing.
std::string_view Matcher::State::judge(Match& match, const Assignment* assignment) {
  const Rule& rule = rules->rule(match.rule);
  if (rule.semantics != Semantics::kOwn) return judge_foreign(*rules, view, conditions, match);
  const auto reason = check_match(rule, view, context, match, assignment);
  if (!reason.empty()) return reason;
  return conditions.allowed(match.rule, view, match.whole, slice(view, match.secret)) ? "allowlist"
                                                                                      : "";
}

void Matcher::State::search(RuleIndex index, Span range) {
  if (!conditions.admits(index)) return reject("path");
  const CompiledRule& rule = rules->compiled(index);
  regex.start(rule.regex(), view, range, rule.max_match, groups_wanted(rule));
  while (regex.next()) {
    Match match;
    match.rule = index;
    match.whole = regex.group(0);
    match.secret = regex.group(rule.secret_group);
    if (match.secret.empty()) match.secret = match.whole;
    if (rule.account_group != 0) match.account = regex.group(rule.account_group);
    if (rule.target_group != 0) match.target = regex.group(rule.target_group);
    if (is_traced) note_judged(match);
    keep_or_reject(match, nullptr);
  }
  ++stats.windows;
  stats.searched_bytes += regex.cost();
  if (regex.gave_up()) {
    ++stats.engine_failures;
    if (failed == nullptr) failed = &rules->rule(index);
  }
}

void Matcher::State::keep_or_reject(Match match, const Assignment* assignment) {
  const auto reason = judge(match, assignment);
  if (reason.empty())
    found.push_back(match);
  else
    reject(reason);
}

Look Matcher::State::read_names(std::uint32_t literal, Span stem) {
  Look look;
  for (const RuleIndex index : table.name_rules(literal)) {
    if (wants(index)) look.add(read_name(index, stem));
  }
  return look;
}

// Nobody says how far what rules of others ask for looks.
Look Matcher::State::looked_to_judge(const Match& match) const {
  const Rule& rule = rules->rule(match.rule);
  const bool own =
      rule.semantics == Semantics::kOwn && rules->compiled(match.rule).allowlists.empty();
  return own ? Look{looked_to_check(rule, view, match)} : Look{{}, true};
}

Look Matcher::State::read_name(RuleIndex index, Span stem) {
  Look look;
  const auto keep = [&](const Assignment& assignment) {
    Match match;
    match.rule = index;
    match.whole = assignment.whole;
    match.secret = assignment.value;
    match.account = assignment.account;
    keep_or_reject(match, &assignment);
    if (is_traced) look.add(looked_to_judge(match));
  };
  if (const auto key = key_around(view, stem)) {
    Span* const looked = is_traced ? &look.span : nullptr;
    if (const auto assignment = read_assignment(view, stem, *key, looked)) keep(*assignment);
  }
  look.add(read_sql_rows(view, stem, keep));
  if (may_have_columns) look.add(read_column(view, stem, keep));
  return look;
}

// Both ways of matching share this: dashes are rare enough to look at each.
void Matcher::State::find_uuids() {
  for (const RuleIndex index : uuid_rules) {
    if (!wants(index)) continue;
    if (rules->rule(index).tests_only && !context.test_path) continue;
    // In XML a UUID is the id of a part: of a channel, a connector, a supported system.
    if (holds_xml(view)) continue;
    for (std::size_t dash = view.find('-'); dash != Bytes::npos; dash = view.find('-', dash + 1)) {
      const auto span = uuid_around(view, dash);
      if (!span) continue;
      Match match;
      match.rule = index;
      match.whole = *span;
      match.secret = *span;
      keep_or_reject(match, nullptr);
    }
  }
}

// The judge's own look for stems, without the prefilter.
void Matcher::State::read_every_name(RuleIndex index) {
  for (const std::string& stem : rules->compiled(index).literals) {
    for (std::size_t at = 0; at + stem.size() <= view.size(); ++at) {
      const Bytes text = view.substr(at, stem.size());
      const bool same = std::equal(text.begin(), text.end(), stem.begin(), [](char a, char b) {
        return fold_byte(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
      });
      if (same) read_name(index, {at, at + stem.size()});
    }
  }
}

void Matcher::State::finish_windows() {
  take_hits_before(view.size() + 1);
  latest_hit = 0;
  for (const RuleIndex index : active) {
    Window& window = windows[at_rule(index)];
    if (window.open) search_window(index, window.span);
    window = {};
  }
  active.clear();
}

Result<void> Matcher::State::hand_over(MatchSink& sink) {
  std::stable_sort(found.begin(), found.end(), [](const Match& a, const Match& b) {
    return a.whole.start != b.whole.start ? a.whole.start < b.whole.start : a.rule < b.rule;
  });
  stats.matches += found.size();
  for (const Match& match : found) {
    NHI_ASSERT(match.whole.end <= view.size() && !match.secret.empty() &&
               match.whole.contains(match.secret));
    sink.on_match(match);
  }
  found.clear();
  view = {};
  if (failed == nullptr) return {};
  return fail(ErrorCode::kEngineMemory, "the search gave up before the end of the view", failed->id,
              "declare a smaller max_match or a narrower pattern");
}

Matcher::Matcher(const RuleSet& rules) : state_(std::make_unique<State>(rules)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

Result<void> Matcher::scan(Bytes view, const ViewContext& context, MatchSink& sink,
                           RuleShare share) {
  State& state = *state_;
  state.begin(view, context, share);
  state.regex.set_chunked(true);
  for (const RuleIndex index : state.unfiltered) {
    if (state.wants(index)) state.widen(index, {0, view.size()});
  }
  state.prefilter().find(view, state);
  state.finish_windows();
  state.find_uuids();
  return state.hand_over(sink);
}

Result<void> Matcher::scan_plainly(Bytes view, const ViewContext& context, MatchSink& sink,
                                   RuleShare share) {
  State& state = *state_;
  state.begin(view, context, share);
  state.regex.set_chunked(false);
  for (std::uint32_t i = 0; i < state.rules->size(); ++i) {
    const RuleIndex index{i};
    const CompiledRule& rule = state.rules->compiled(index);
    if (rule.every_uuid || !state.wants(index)) continue;
    if (state.rules->rule(index).names != NameFamily::kNone) {
      state.read_every_name(index);
      continue;
    }
    // Declared keywords that the pattern does not hold are a condition of their own.
    const bool open = rule.anchored || state.rules->rule(index).unfiltered;
    if (!open && !holds_any_literal(view, rule.literals)) continue;
    state.search(index, {0, view.size()});
  }
  state.find_uuids();
  return state.hand_over(sink);
}

Held Matcher::look_over(Bytes view, const ViewContext& context, RuleShare share,
                        const TextChange& change, const MatchTrace& before, MatchTrace& after) {
  return state_->look_over(view, context, share, change, before, after);
}

const MatchStats& Matcher::stats() const { return state_->stats; }

}  // namespace nhi
