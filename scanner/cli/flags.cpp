#include "scanner/cli/flags.hpp"

#include <CLI/CLI.hpp>

#include "scanner/decode/containers.hpp"

namespace nhi {
namespace {

const std::vector<std::string> kLevels = {"low", "medium", "high", "critical"};

// "text, json or jsonl"
std::string one_of(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace

void add_rule_flags(CLI::App& app, Options& o) {
  app.add_option("--rules", o.rules,
                 "Rule file or folder; also those of Gitleaks, Betterleaks, Kingfisher")
      ->type_name("FILE|DIR");
  app.add_flag("--no-default-rules", o.no_default_rules, "Leave the built-in rules out");
  add_rule_sources(app, o);
}

void add_rule_sources(CLI::App& app, Options& o) {
  app.add_option("--gitleaks-default", o.gitleaks_default,
                 "Gitleaks' (or Betterleaks') own rules, for files that extend them")
      ->type_name("FILE");
}

void add_reading_flags(CLI::App& app, Options& o) {
  add_rule_flags(app, o);
  app.add_option("--jobs,-j", o.jobs, "Worker threads (default: the cores)")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
  app.add_option("--memory", o.memory_mib, "Peak resident memory in MiB (default 512)")
      ->check(CLI::Range(kMemoryMibMin, std::size_t{1} << 20))
      ->type_name("MIB");
  app.add_option("--exclude", o.exclude, "Leave out places that match (repeatable)")
      ->type_name("GLOB");
  app.add_option("--max-file-size", o.max_file_size, "Leave out larger files, counted")
      ->type_name("SIZE");
  std::vector<std::string> kinds(container_kinds().begin(), container_kinds().end());
  kinds.emplace_back("all");
  app.add_option("--accept-closed", o.accept_closed,
                 "Leave containers of this kind closed (zip, gzip, pdf, ..., all):\n"
                 "counted as left out, no longer as unread (repeatable)")
      ->delimiter(',')
      ->check(CLI::IsMember(kinds))
      ->type_name("KIND");
  app.add_flag("--no-git-history", o.no_git_history, "Read work trees only");
  app.add_flag("--one-file-system", o.one_file_system, "Do not cross mount points");
  app.add_option("--until", o.until,
                 "Begin nothing after this local time; the next sweep goes on there")
      ->type_name("HH:MM");
  app.add_option("--max-read-rate", o.max_read_rate, "Bytes a second over all workers, 10MiB")
      ->type_name("SIZE");
  add_io_timeout(app, o);
  app.add_flag("--background", o.background,
               "Give way on CPU, disk and page cache; half the cores unless --jobs says");
  app.add_flag("--stats", o.stats, "Print what each stage did, to standard error");
  app.add_option("--progress", o.progress, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_io_timeout(CLI::App& app, Options& o) {
  app.add_option("--io-timeout", o.io_timeout,
                 "Give up on a network mount that is silent so long (30s)")
      ->type_name("TIME");
}

void add_output_flags(CLI::App& app, Options& o, const std::vector<std::string>& formats) {
  app.add_option("--format", o.format, one_of(formats))
      ->check(CLI::IsMember(formats))
      ->type_name("F");
  app.add_option("--output,-o", o.output, "Write there (mode 0600), not to standard output")
      ->type_name("FILE");
  app.add_option("--as-of", o.as_of, "The clock: 2026-11-25 or 2026-11-25T14:00:00Z")
      ->type_name("DATE");
  app.add_option("--color", o.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--quiet,-q", o.quiet, "Results only, no notes on standard error");
}

void add_confidence(CLI::App& app, Options& o) {
  app.add_option("--min-confidence", o.min_confidence, "low, medium or high (default medium)")
      ->check(CLI::IsMember({"low", "medium", "high"}))
      ->type_name("LEVEL");
}

void add_fail_on(CLI::App& app, Options& o) {
  app.add_option("--fail-on", o.fail_on, "Status 1 only from this severity on (default low)")
      ->check(CLI::IsMember(kLevels))
      ->type_name("SEVERITY");
}

void add_filters(CLI::App& app, Options& o) {
  app.add_option("--severity", o.severity, "At least this severity")->check(CLI::IsMember(kLevels));
  app.add_option("--confidence", o.confidence, "At least this confidence")
      ->check(CLI::IsMember(kLevels));
  app.add_option("--rule", o.rule, "Only this rule")->type_name("ID");
  app.add_option("--system", o.system, "Only this system");
  app.add_option("--owner", o.owner, "Only what this team owns");
  app.add_option("--state", o.state, "new, open, gone or unverified")
      ->check(CLI::IsMember({"new", "open", "gone", "unverified"}));
  app.add_option("--principal", o.principal,
                 "machine, application, session, emergency, human or unknown")
      ->check(
          CLI::IsMember({"machine", "application", "session", "emergency", "human", "unknown"}));
  app.add_option("--decision", o.decision, "What people decided: one of these, or none")
      ->check(
          CLI::IsMember({"confirmed", "false-positive", "assigned", "ticket", "accepted", "none"}));
  app.add_flag("--ignored-inline", o.ignored_inline, "Only what a comment on its line ignores");
  app.add_flag("--in-head", o.in_head, "Only what a file or HEAD holds now");
  app.add_option("--since-sweep", o.since_sweep,
                 "Changed after this sweep: a number, or last;\n"
                 "findings list --format jsonl gives one event a line")
      ->type_name("N|last");
  app.add_option("--limit", o.limit, "At most so many rows")->type_name("N");
}

void add_ordering(CLI::App& app, Options& o, bool groups) {
  app.add_option("--measure", o.measure,
                 "Only what this headline number counts: new, outstanding,\n"
                 "cis1-stale, will-stop, unread and so on")
      ->type_name("NAME");
  app.add_option("--sort", o.sort, "place or priority (default: credentials by priority)")
      ->check(CLI::IsMember({"place", "priority"}));
  if (!groups) return;
  app.add_option("--group-by", o.group_by, "Sum up by credential, system or owner")
      ->check(CLI::IsMember({"credential", "system", "owner"}));
}

void add_inventory(CLI::App& app, Options& o) {
  app.add_option("--inventory", o.inventory, "The store (default ./nhisweep.db)")
      ->type_name("FILE");
}

void add_journal(CLI::App& app, Options& o) {
  app.add_option("--journal", o.journal,
                 "Where what is done is recorded (default: one for all that this\nuser does here; "
                 "doctor says which)")
      ->type_name("FILE");
}

void add_recording(CLI::App& app, Options& o) {
  add_journal(app, o);
  app.add_flag("--audit-syslog", o.audit_syslog, "Send the head of the audit to syslog too");
}

void add_person(CLI::App& app, Options& o) {
  add_recording(app, o);
  app.add_option("--by", o.on_behalf, "On behalf of this person; who ran it is recorded too")
      ->type_name("NAME");
  app.add_option("--as-of", o.as_of, "The clock: 2026-11-25 or 2026-11-25T14:00:00Z")
      ->type_name("DATE");
  app.add_flag("--quiet,-q", o.quiet, "Results only, no notes on standard error");
}

void add_decision_flags(CLI::App& app, Options& o) {
  add_inventory(app, o);
  app.add_option("--evidence", o.evidence, "What it rests on: a ticket, a mail; never a secret");
  add_person(app, o);
}

}  // namespace nhi
