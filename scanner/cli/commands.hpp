// commands.hpp - one function a command; each returns the exit status of contracts section 3.
#pragma once

#include <set>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/identity/derive.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/report/report.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

[[nodiscard]] Result<int> cmd_scan(const Options& options);
[[nodiscard]] Result<int> cmd_sweep(const Options& options);
[[nodiscard]] Result<int> cmd_collect(const Options& options);
[[nodiscard]] Result<int> cmd_import(const Options& options);
[[nodiscard]] Result<int> cmd_listing(const Options& options);  // findings, identities, …, report
[[nodiscard]] Result<int> cmd_decide(const Options& options);
[[nodiscard]] Result<int> cmd_exceptions(const Options& options);
[[nodiscard]] Result<int> cmd_attest(const Options& options);
[[nodiscard]] Result<int> cmd_dependency_decision(const Options& options);
[[nodiscard]] Result<int> cmd_dependencies_export(const Options& options);
[[nodiscard]] Result<int> cmd_dependencies_import(const Options& options);
[[nodiscard]] Result<int> cmd_rules(const Options& options);
[[nodiscard]] Result<int> cmd_key(const Options& options);
[[nodiscard]] Result<int> cmd_prune(const Options& options);
[[nodiscard]] Result<int> cmd_audit(const Options& options);           // verify, export, head
[[nodiscard]] Result<int> cmd_rotators(const Options& options);        // list, check
[[nodiscard]] Result<int> cmd_rotate(const Options& options);          // each of those below
[[nodiscard]] Result<int> cmd_rotate_plan(const Options& options);     // plan, show
[[nodiscard]] Result<int> cmd_rotate_approve(const Options& options);  // approve, reject
[[nodiscard]] Result<int> cmd_rotate_run(const Options& options);  // run, resume, confirm, rollback
[[nodiscard]] Result<int> cmd_rotate_status(const Options& options);  // status, reconcile
[[nodiscard]] Result<int> cmd_doctor(const Options& options);
[[nodiscard]] Result<int> cmd_init(const Options& options);
[[nodiscard]] Result<int> cmd_hook(const Options& options);    // install, uninstall
[[nodiscard]] Result<int> cmd_manual(const Options& options);  // man, completion

/// Built-in rules unless told otherwise, then those of --rules and of the estate; compiled.
[[nodiscard]] Result<RuleSet> load_rule_set(const Options& options,
                                            const std::vector<std::string>& more);
/// --as-of, or the system clock: asked once a command.
[[nodiscard]] Result<Instant> clock_of(const Options& options);
/// What the filter flags of a list verb or a decision ask for. `last`: the newest finished sweep.
[[nodiscard]] Result<FindingFilter> filter_of(const Options& options, SweepId last);
/// True if a flag asks for some findings and not for others.
[[nodiscard]] bool names_a_filter(const Options& options);
/// Who decides: the account that ran the command, which is a fact, and --by, which is a claim.
[[nodiscard]] std::string actor_of(const Options& options);
/// The inventory, to store decisions in: it must be there already.
[[nodiscard]] Result<Inventory> open_to_decide(const Options& options);
/// Errors: kBadUse where --csv comes with ids, words or filters that its file replaces.
[[nodiscard]] Result<void> check_sheet_alone(const Options& options);
/// The one of `known` that begins with `prefix`. Errors: kBadUse if none or several do.
[[nodiscard]] Result<std::string> whole_id(const std::set<std::string>& known,
                                           const std::string& prefix);
/// The estate key, made if missing.
[[nodiscard]] Result<FingerprintKey> estate_key();
/// The key, for commands that must not make one: what another key gives would belong to no estate.
/// Errors: kBadUse if there is none, with where it is looked for and how it comes there.
[[nodiscard]] Result<FingerprintKey> key_in_place();
/// "k1 (check 5c9a01f2)".
[[nodiscard]] std::string key_words(const FingerprintKey& key);
[[nodiscard]] std::map<std::string, std::string> rule_names(const RuleSet& rules);
[[nodiscard]] Level min_confidence_of(const Options& options);
/// The least severity that makes exit status 1.
[[nodiscard]] Level fail_on_of(const Options& options);

}  // namespace nhi
