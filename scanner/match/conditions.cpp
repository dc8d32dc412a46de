#include "scanner/match/conditions.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace nhi {
namespace {

bool matches(const LazyRegex& regex, Bytes text) {
  return regex.get().Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                           re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace

Bytes lines_of(Bytes view, Span whole) {
  const auto start = static_cast<std::size_t>(whole.start);
  const auto end = static_cast<std::size_t>(whole.end);
  const std::size_t lowest = start > kAllowLineBytes ? start - kAllowLineBytes : 0;
  const std::size_t before = view.substr(lowest, start - lowest).rfind('\n');
  const std::size_t first = before == Bytes::npos ? lowest : lowest + before;
  const std::size_t behind = view.substr(end, kAllowLineBytes).find('\n');
  const std::size_t last =
      behind == Bytes::npos ? std::min(view.size(), end + kAllowLineBytes) : end + behind;
  return view.substr(first, last - first);
}

Conditions::Conditions(const RuleSet& rules)
    : rules_(&rules),
      wanted_(rules.size(), Verdict::kUnknown),
      listed_(rules.allowlists().size(), Verdict::kUnknown),
      passed_(rules.filters().size(), Verdict::kUnknown) {}

void Conditions::set_place(const ViewContext& context) {
  const bool same = context.path == path_;
  if (!same || context.commit != commit_) {
    std::fill(passed_.begin(), passed_.end(), Verdict::kUnknown);
  }
  commit_ = context.commit;
  if (same) return;
  path_.reset();
  if (context.path) path_ = std::string(*context.path);
  std::fill(wanted_.begin(), wanted_.end(), Verdict::kUnknown);
  std::fill(listed_.begin(), listed_.end(), Verdict::kUnknown);
}

bool Conditions::path_wanted(std::uint32_t rule) {
  const CompiledRule& compiled = rules_->compiled(RuleIndex{rule});
  if (compiled.path == nullptr || !path_) return true;
  Verdict& verdict = wanted_[rule];
  if (verdict == Verdict::kUnknown) {
    verdict = matches(*compiled.path, *path_) ? Verdict::kYes : Verdict::kNo;
  }
  return verdict == Verdict::kYes;
}

bool Conditions::path_listed(std::uint32_t allowlist) {
  const CompiledAllowlist& compiled = rules_->allowlists()[allowlist];
  // Gitleaks lets no allowlist speak of an empty path.
  if (compiled.paths == nullptr || !path_ || path_->empty()) return false;
  Verdict& verdict = listed_[allowlist];
  if (verdict == Verdict::kUnknown) {
    verdict = matches(*compiled.paths, *path_) ? Verdict::kYes : Verdict::kNo;
  }
  return verdict == Verdict::kYes;
}

bool Conditions::commit_listed(const Allowlist& allowlist) const {
  return !commit_.empty() && std::find(allowlist.commits.begin(), allowlist.commits.end(),
                                       commit_) != allowlist.commits.end();
}

bool Conditions::allows_place(std::uint32_t allowlist) {
  const Allowlist& source = *rules_->allowlists()[allowlist].source;
  const bool path = path_listed(allowlist);
  const bool commit = commit_listed(source);
  if (!source.all) return path || commit;
  if (!source.regexes.empty() || !source.stop_words.empty()) return false;
  return (source.paths.empty() || path) && (source.commits.empty() || commit);
}

bool Conditions::admits(RuleIndex rule) {
  const auto position = static_cast<std::uint32_t>(rule);
  if (!path_wanted(position)) return false;
  const auto& allowlists = rules_->compiled(rule).allowlists;
  const auto& filters = rules_->compiled(rule).filters;
  return std::none_of(allowlists.begin(), allowlists.end(),
                      [this](std::uint32_t allowlist) { return allows_place(allowlist); }) &&
         std::none_of(filters.begin(), filters.end(),
                      [this](std::uint32_t filter) { return filters_place(filter); });
}

FilterFacts Conditions::place_facts() const {
  FilterFacts facts;
  if (path_) facts.path = *path_;
  facts.commit = commit_;
  return facts;
}

bool Conditions::filters_place(std::uint32_t filter) {
  Verdict& verdict = passed_[filter];
  if (verdict == Verdict::kUnknown) {
    const FilterFacts facts = place_facts();
    // What hangs on the match, or on a path that nobody knows, lets nothing pass.
    const auto found = filter_judge_.judge(rules_->filters()[filter], facts);
    verdict = found == FilterVerdict::kYes ? Verdict::kYes : Verdict::kNo;
  }
  return verdict == Verdict::kYes;
}

bool Conditions::filtered(RuleIndex rule, Bytes view, Span whole, Bytes secret, Level& confidence) {
  FilterFacts facts = place_facts();
  facts.matched = true;
  facts.view = view;
  facts.whole = whole;
  facts.secret = secret;
  const auto& filters = rules_->compiled(rule).filters;
  const bool any = std::any_of(filters.begin(), filters.end(), [&](std::uint32_t position) {
    return filter_judge_.judge(rules_->filters()[position], facts) == FilterVerdict::kYes;
  });
  if (any) return true;
  for (const std::uint32_t position : filters) {
    const auto level = filter_judge_.confidence(rules_->filters()[position], facts);
    if (level) confidence = *level;
  }
  return false;
}

bool Conditions::allows(std::uint32_t allowlist, Bytes view, Span whole, Bytes secret) {
  const CompiledAllowlist& compiled = rules_->allowlists()[allowlist];
  const Allowlist& source = *compiled.source;
  const auto regex = [&] {
    if (compiled.regexes == nullptr) return false;
    Bytes text = secret;
    if (source.target == AllowTarget::kMatch) text = slice(view, whole);
    if (source.target == AllowTarget::kLine) text = lines_of(view, whole);
    return !text.empty() && matches(*compiled.regexes, text);
  };
  const auto word = [&] { return compiled.stop_words.any_in(secret); };
  if (!source.all) return allows_place(allowlist) || word() || regex();
  return (source.paths.empty() || path_listed(allowlist)) &&
         (source.commits.empty() || commit_listed(source)) &&
         (source.stop_words.empty() || word()) && (source.regexes.empty() || regex());
}

bool Conditions::allowed(RuleIndex rule, Bytes view, Span whole, Bytes secret) {
  const auto& allowlists = rules_->compiled(rule).allowlists;
  return std::any_of(allowlists.begin(), allowlists.end(), [&](std::uint32_t allowlist) {
    return allows(allowlist, view, whole, secret);
  });
}

}  // namespace nhi
