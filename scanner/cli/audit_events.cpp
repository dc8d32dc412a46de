#include "scanner/cli/audit_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/cli/audit_log.hpp"

namespace nhi {
namespace {

AuditFields about(const std::string& inventory, const std::string& who,
                  const std::string& evidence) {
  AuditFields body;
  body.text("inventory", inventory).text("decided_by", who).text("evidence", evidence);
  return body;
}

AuditEvent event_of(const FindingDecision& decision, const std::string& inventory) {
  AuditFields body = about(inventory, decision.who, decision.evidence);
  body.text("subject", decision.subject).text("verdict", to_string(decision.verdict));
  body.text("owner", decision.owner).text("ticket", decision.ticket);
  body.text("reason", decision.reason);
  return {"decision.finding", std::move(body)};
}

AuditEvent event_of(const CredentialDecision& decision, const std::string& inventory) {
  AuditFields body = about(inventory, decision.who, decision.evidence);
  body.text("credential_id", decision.credential_id).text("status", to_string(decision.status));
  return {"decision.credential", std::move(body)};
}

AuditEvent event_of(const DependencyDecision& decision, const std::string& inventory) {
  AuditFields body = about(inventory, decision.who, decision.evidence);
  body.text("dependency_id", decision.dependency_id).text("system", decision.system);
  body.text("environment", to_string(decision.environment));
  body.text("field", to_string(decision.field)).text("value", decision.value);
  body.text("source", to_string(decision.source)).text("on", to_iso8601(decision.when));
  return {"decision.dependency", std::move(body)};
}

AuditEvent event_of(const BindingDecision& decision, const std::string& inventory) {
  AuditFields body = about(inventory, decision.who, decision.evidence);
  body.text("dependency_id", decision.dependency_id);
  body.text("credential_id", decision.credential_id).text("kind", to_string(decision.kind));
  return {"decision.binding", std::move(body)};
}

AuditEvent event_of(const Exception& exception, const std::string& inventory) {
  AuditFields body = about(inventory, exception.who, exception.evidence);
  body.text("exception_id", exception.id).text("subject", exception.subject);
  body.text("owner", exception.owner).text("reason", exception.reason);
  body.text("until", to_iso8601(exception.until));
  return {exception.withdrawn ? "exception.ended" : "exception.added", std::move(body)};
}

std::vector<std::string> words_of(const std::vector<Coverage::Policy>& policies) {
  std::vector<std::string> words;
  words.reserve(policies.size());
  for (const Coverage::Policy& one : policies) {
    words.push_back(fmt::format("{}: {} ({} bytes)", one.reason, one.count, one.bytes));
  }
  return words;
}

// What stands in `these` and not in `those`; both sorted.
std::vector<std::string> beyond(const std::vector<std::string>& these,
                                const std::vector<std::string>& those) {
  std::vector<std::string> out;
  std::set_difference(these.begin(), these.end(), those.begin(), those.end(),
                      std::back_inserter(out));
  return out;
}

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace

std::vector<AuditEvent> events_of(const Decisions& decisions, const std::string& inventory) {
  std::vector<AuditEvent> events;
  const auto add = [&](const auto& list) {
    for (const auto& one : list) events.push_back(event_of(one, inventory));
  };
  add(decisions.findings);
  add(decisions.exceptions);
  add(decisions.dependencies);
  add(decisions.credentials);
  add(decisions.bindings);
  return events;
}

std::vector<std::string> left_out_by(const Options& options, const Estate& estate) {
  std::vector<std::string> words;
  for (const std::string& glob : options.exclude) words.push_back("exclude " + glob);
  for (const Target& target : estate.targets) {
    for (const std::string& glob : target.exclude) {
      words.push_back("exclude " + glob + " in " + target.name);
    }
    if (target.one_file_system && !options.one_file_system) {
      words.push_back("other file systems in " + target.name);
    }
    if (!target.network) words.push_back("network mounts in " + target.name);
  }
  if (!options.max_file_size.empty()) words.push_back("files over " + options.max_file_size);
  if (options.no_git_history) words.emplace_back("git history");
  if (options.one_file_system) words.emplace_back("other file systems");
  for (const std::string& kind : options.accept_closed) {
    words.push_back("what is in containers of kind " + kind);
  }
  for (const AcceptedPlace& place : estate.accepted) {
    words.push_back(fmt::format("{} until {}, by {}: {}", place.path, to_iso_date(place.expires),
                                place.owner, place.reason));
  }
  if (estate.honour_inline_ignores) words.emplace_back("what inline ignores name");
  if (options.no_default_rules) words.emplace_back("the built-in rules");
  return sorted(std::move(words));
}

Result<AuditEvent> sweep_started(const std::string& type, const Options& options,
                                 const Estate& estate, const std::string& ruleset,
                                 const std::string& key, Instant as_of) {
  std::vector<std::string> targets;
  std::vector<std::string> roots;
  for (const Target& target : estate.targets) {
    targets.push_back(target.name);
    for (const TargetRoot& root : target.roots) roots.push_back(absolute_path(root.path));
  }
  std::vector<std::string> hosts;
  for (const ExpectedHost& host : estate.hosts) hosts.push_back(host.name);
  const std::vector<std::string> left_out = left_out_by(options, estate);
  AuditFields flags;
  flags.list("left_out", left_out).list("paths", options.paths).list("rules", options.rules);
  flags.flag("full", options.full).flag("baseline", options.baseline);
  flags.text("until", options.until).text("min_confidence", options.min_confidence);
  AuditFields body;
  body.text("inventory", absolute_path(options.inventory)).text("estate", estate.name);
  if (!options.estate.empty()) {
    NHI_TRY(const std::string text, read_small_file(options.estate, kConfigFileBytesMax));
    body.text("estate_file", absolute_path(options.estate));
    body.text("estate_sha256", to_hex(sha256(text)));
  }
  body.text("ruleset", ruleset).text("key", key).text("as_of", to_iso8601(as_of));
  body.text("flags_sha256", to_hex(sha256(flags.to_json())));
  body.fields("flags", std::move(flags));
  body.list("targets", sorted(std::move(targets))).list("roots", sorted(std::move(roots)));
  if (!hosts.empty()) body.list("hosts", sorted(std::move(hosts)));
  if (type == "import") body.list("bundles", options.paths);
  return AuditEvent{type + ".started", std::move(body)};
}

AuditEvent sweep_ended(const std::string& type, const AuditEvent& started,
                       const SweepFactsForAudit& facts, const std::optional<AuditRecord>& before,
                       const std::optional<AuditRecord>& before_end) {
  const Coverage& read = facts.coverage;
  AuditFields coverage;
  coverage.count("files", read.files).count("bytes", read.bytes);
  coverage.count("git_objects", read.git_objects).count("archive_members", read.archive_members);
  coverage.count("carried_files", read.carried_files);
  coverage.count("carried_git_objects", read.carried_git_objects);
  coverage.count("unread", read.unread_total);
  coverage.list("by_policy", words_of(read.by_policy));
  AuditFields presence;
  presence.count("new", facts.outcome.fresh).count("open", facts.outcome.open);
  presence.count("gone", facts.outcome.gone).count("unverified", facts.outcome.unverified);
  presence.count("newly_gone", facts.outcome.newly_gone);
  presence.count("newly_unverified", facts.outcome.newly_unverified);
  AuditFields measures;
  for (const Measure& measure : facts.measures) {
    if (measure.value) {
      measures.number(measure.name, *measure.value);
    } else {
      measures.text(measure.name, "unknown");
    }
  }
  AuditFields body;
  body.text("inventory", started.body.text_of("inventory"));
  body.number("sweep", static_cast<std::int64_t>(facts.sweep)).number("status", facts.status);
  body.fields("coverage", std::move(coverage)).fields("presence", std::move(presence));
  body.fields("measures", std::move(measures));
  if (before) {
    const auto flags = [](const AuditFields& fields) { return fields.fields_of("flags"); };
    const auto now = flags(started.body).list_of("left_out");
    const auto then = flags(before->body).list_of("left_out");
    const auto targets = started.body.list_of("targets");
    const auto targets_then = before->body.list_of("targets");
    AuditFields changed;
    changed.list("left_out_now", beyond(now, then)).list("read_again", beyond(then, now));
    changed.list("targets_gone", beyond(targets_then, targets));
    changed.list("targets_new", beyond(targets, targets_then));
    if (started.body.text_of("ruleset") != before->body.text_of("ruleset")) {
      changed.text("ruleset_before", before->body.text_of("ruleset"));
    }
    if (before_end) {
      changed.list("by_policy_before", before_end->body.fields_of("coverage").list_of("by_policy"));
    }
    body.fields("since_last", std::move(changed));
  }
  return {type + ".ended", std::move(body)};
}

}  // namespace nhi
