#include "scanner/cli/commands.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace nhi {

Result<RuleSet> load_rule_set(const Options& options, const std::vector<std::string>& more) {
  std::vector<Rule> rules;
  const bool named = std::find(more.begin(), more.end(), "builtin") != more.end();
  if (!options.no_default_rules && (more.empty() || named)) {
    NHI_TRY(rules, builtin_rules());
  }
  std::vector<std::string> paths = options.rules;
  for (const std::string& path : more) {
    if (path != "builtin") paths.push_back(path);
  }
  for (const std::string& path : paths) {
    NHI_TRY(std::vector<Rule> loaded, load_rules(path, {options.gitleaks_default}));
    std::move(loaded.begin(), loaded.end(), std::back_inserter(rules));
  }
  if (rules.empty()) {
    return fail(ErrorCode::kBadUse, "no rules are left", "--no-default-rules",
                "give some with --rules FILE");
  }
  return RuleSet::create(std::move(rules));
}

Result<Instant> clock_of(const Options& options) {
  if (options.as_of.empty()) return system_now();
  auto parsed = parse_instant(options.as_of);
  if (!parsed) parsed.error().subject = "--as-of " + options.as_of;
  return parsed;
}

Result<FingerprintKey> estate_key() {
  NHI_TRY(const std::string path, fingerprint_key_path());
  return load_or_create_fingerprint_key(path);
}

Result<FingerprintKey> key_in_place() {
  NHI_TRY(const std::string path, fingerprint_key_path());
  auto key = load_fingerprint_key(path);
  if (key) return key;
  Error& error = key.error();
  if (error.code == ErrorCode::kNotFound) {
    return fail(
        ErrorCode::kBadUse, "there is no fingerprint key", path,
        "bring the estate's: nhisweep key export FILE on a machine that has it, nhisweep key "
        "import FILE here; nhisweep key create makes the first one of an estate; "
        "NHISWEEP_KEY_FILE names another place");
  }
  if (error.hint.empty()) {
    error.hint = "run this as the user the key belongs to; NHISWEEP_KEY_FILE names another place";
  }
  return key;
}

std::string key_words(const FingerprintKey& key) { return key_words(key.id, key_check(key)); }

std::map<std::string, std::string> rule_names(const RuleSet& rules) {
  std::map<std::string, std::string> names;
  for (const Rule& rule : rules.rules()) names[rule.id] = rule.name;
  return names;
}

Level min_confidence_of(const Options& options) {
  return parse_level(options.min_confidence).value_or(Level::kMedium);
}

Level fail_on_of(const Options& options) {
  return parse_level(options.fail_on).value_or(Level::kLow);
}

std::string actor_of(const Options& options) {
  const passwd* const account = ::getpwuid(::getuid());
  std::string who = account != nullptr ? account->pw_name : fmt::format("uid {}", ::getuid());
  if (!options.on_behalf.empty()) who += " on behalf of " + options.on_behalf;
  return who;
}

Result<Inventory> open_to_decide(const Options& options) {
  // Reading first: the write mode would make a store where a name was only mistyped.
  NHI_CHECK_OK(Inventory::open(options.inventory, Inventory::Mode::kRead));
  return Inventory::open(options.inventory, Inventory::Mode::kWrite);
}

Result<void> check_sheet_alone(const Options& options) {
  if (options.csv.empty()) return {};
  const bool alone = options.paths.empty() && options.decide_as.empty() &&
                     options.decision_owner.empty() && options.ticket.empty() &&
                     options.reason.empty() && options.until_date.empty() &&
                     options.evidence.empty() && !names_a_filter(options);
  if (alone) return {};
  return fail(ErrorCode::kBadUse,
              "the file says what is decided: no ids, words or filters beside it", options.csv);
}

bool names_a_filter(const Options& options) {
  return !options.severity.empty() || !options.confidence.empty() || !options.rule.empty() ||
         !options.system.empty() || !options.owner.empty() || !options.state.empty() ||
         !options.principal.empty() || options.in_head || !options.since_sweep.empty() ||
         !options.decision.empty() || options.ignored_inline;
}

Result<std::string> whole_id(const std::set<std::string>& known, const std::string& prefix) {
  const auto first = known.lower_bound(prefix);
  if (first == known.end() || !first->starts_with(prefix)) {
    return fail(ErrorCode::kBadUse, "nothing has this id", prefix, "the list verbs show ids");
  }
  const auto next = std::next(first);
  if (*first != prefix && next != known.end() && next->starts_with(prefix)) {
    return fail(ErrorCode::kBadUse, "this beginning stands for more than one id", prefix,
                "give more of it: " + *first + " or " + *next);
  }
  return *first;
}

}  // namespace nhi
