#include <CLI/CLI.hpp>

#include "scanner/cli/command_table.hpp"
#include "scanner/cli/flags.hpp"

namespace nhi {

// What people decide about a dependency; the evidence only proposes.
void add_dependency_decisions(CLI::App& root, Options& o) {
  CLI::App* app = root.get_subcommand("dependencies");
  CLI::App* state = app->add_subcommand("set-state", "Decide where a dependency stands");
  state->add_option("ID", o.show_id, "Its id, or the beginning of it")->required();
  state
      ->add_option("STATE", o.argument,
                   "observed, cis1-only, cis2-configured, dual, …; none: take it back")
      ->required()
      ->check(CLI::IsMember({"observed", "cis1-only", "cis2-configured", "dual", "cis2-primary",
                             "cis2-only", "retired", "none"}));
  add_decision_flags(*state, o);
  state->get_option("--evidence")->required();
  state->final_callback([&o] { o.command = Command::kDependencySetState; });
  CLI::App* owner = app->add_subcommand("assign-owner", "Say who answers for a dependency");
  owner->add_option("ID", o.show_id, "Its id, or the beginning of it")->required();
  owner->add_option("OWNER", o.argument, "A team or person; \"\" takes it back")->required();
  add_decision_flags(*owner, o);
  owner->final_callback([&o] { o.command = Command::kDependencyAssignOwner; });
  CLI::App* bind = app->add_subcommand("bind", "Say what credentials are, towards a dependency");
  bind->add_option("ID", o.show_id, "Its id, or the beginning of it")->required();
  bind->add_option("CREDENTIAL", o.paths, "Credentials (c_…), or the beginning of their ids")
      ->required();
  bind->add_option("--as", o.decide_as,
                   "cis1-call: opens the CIS1 call and nothing else; cis2-client;\n"
                   "shared-spine: certificate, MESH, SDS; api-platform;\n"
                   "unrelated; none: take back")
      ->required()
      ->check(CLI::IsMember(
          {"cis1-call", "cis2-client", "shared-spine", "api-platform", "unrelated", "none"}))
      ->type_name("WORD");
  add_decision_flags(*bind, o);
  bind->get_option("--evidence")->required();
  bind->final_callback([&o] { o.command = Command::kDependencyBind; });
  CLI::App* give = app->add_subcommand("export", "All dependencies as CSV, for import");
  add_inventory(*give, o);
  add_output_flags(*give, o, {"csv"});
  give->final_callback([&o] { o.command = Command::kDependenciesExport; });
  CLI::App* take =
      app->add_subcommand("import", "What people say of dependencies, from a CSV file");
  take->add_option("FILE", o.csv,
                   "Columns id, or system and environment; state, owner, evidence,\n"
                   "criticality, side_states, exception_until, supplier,\n"
                   "supplier_date, review, blockers")
      ->required();
  take->add_option("--map", o.map, "A column by the name it has in the file: state=Status")
      ->type_name("OURS=THEIRS");
  take->add_flag("--dry-run", o.dry_run, "Say what would be stored, and store nothing");
  add_inventory(*take, o);
  add_person(*take, o);
  take->final_callback([&o] { o.command = Command::kDependenciesImport; });
}

namespace {

// The words of an acceptance, on the command line or in a file.
void add_acceptance(CLI::App& app, Options& o) {
  app.add_option("--for,--to", o.decision_owner, "Who answers for it, or acts on it")
      ->type_name("OWNER");
  app.add_option("--reason", o.reason, "Why");
  app.add_option("--until", o.until_date, "accepted: the day on which it comes back")
      ->configurable(false)  // in the file `until` is when a sweep ends
      ->type_name("DATE");
}

void add_sheet(CLI::App& app, Options& o, const char* columns) {
  app.add_option("--csv", o.csv, columns)->type_name("FILE");
  app.add_flag("--dry-run", o.dry_run, "Say what would be stored, and store nothing");
}

}  // namespace

// What people make of findings; presence and life are other facts.
void add_finding_decisions(CLI::App& root, Options& o) {
  CLI::App* app = root.get_subcommand("findings");
  CLI::App* decide = app->add_subcommand("decide", "Say what a finding is, and who acts on it");
  decide->add_option("ID", o.paths, "Findings (f_…) or credentials (c_…); none: the filter's");
  decide
      ->add_option("--as", o.decide_as,
                   "confirmed, false-positive (--reason), assigned (--to),\nticket (--ticket),"
                   " accepted (--for --reason --until),\nnone: take back")
      ->check(
          CLI::IsMember({"confirmed", "false-positive", "assigned", "ticket", "accepted", "none"}))
      ->type_name("WORD");
  add_acceptance(*decide, o);
  decide->add_option("--ticket", o.ticket, "Where it is worked on")->type_name("REF");
  add_sheet(*decide, o, "Decisions from a file, as findings import takes them");
  add_decision_flags(*decide, o);
  add_filters(*decide, o);
  decide->final_callback([&o] { o.command = Command::kFindingsDecide; });
  CLI::App* take = app->add_subcommand("import", "Decisions from a file");
  take->add_option("FILE", o.csv, "A report --format csv with its decision columns filled in")
      ->required();
  take->add_option("--from", o.from,
                   "csv (by id), or the list of another scanner (by place):\n"
                   "gitleaksignore, detect-secrets")
      ->check(CLI::IsMember({"csv", "gitleaksignore", "detect-secrets"}))
      ->type_name("KIND");
  take->add_option("--root", o.root,
                   "The root, as findings list prints it, in which the\n"
                   "paths of such a list begin");
  take->add_flag("--dry-run", o.dry_run, "Say what would be stored, and store nothing");
  add_decision_flags(*take, o);
  take->final_callback([&o] { o.command = Command::kFindingsImport; });
  CLI::App* give = app->add_subcommand("export", "All findings as CSV, for import");
  add_inventory(*give, o);
  add_filters(*give, o);
  add_output_flags(*give, o, {"csv"});
  give->final_callback([&o] { o.command = Command::kFindingsExport; });
}

// What people say of the life of a credential; that its bytes are gone does not kill it.
void add_attestation(CLI::App& root, Options& o) {
  for (const char* name : {"credentials", "identities"}) {
    CLI::App* attest = root.get_subcommand(name)->add_subcommand(
        "attest", "Say that credentials no longer open anything");
    attest->add_option("ID", o.paths,
                       "Credentials (c_…), or those of identities (i_…) and findings\n(f_…); none: "
                       "those of the findings that the filter finds");
    attest->add_option("--as", o.decide_as, "dead (--evidence), none: take back")
        ->check(CLI::IsMember({"dead", "none"}))
        ->type_name("WORD");
    add_sheet(*attest, o, "From a file: id, as, evidence");
    add_decision_flags(*attest, o);
    add_filters(*attest, o);
    attest->final_callback([&o] { o.command = Command::kCredentialsAttest; });
  }
}

void add_exceptions(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("exceptions", "What somebody answers for until a date");
  app->require_subcommand(1);
  CLI::App* list = app->add_subcommand("list", "Those in force");
  list->add_flag("--all", o.all, "Also those that ended or were withdrawn");
  add_inventory(*list, o);
  add_output_flags(*list, o, kListFormats);
  list->final_callback([&o] { o.command = Command::kExceptionsList; });
  CLI::App* add = app->add_subcommand("add", "Accept findings or credentials until a date");
  add->add_option("ID", o.paths,
                  "Findings (f_…) or credentials (c_…); none: what the filter finds");
  add_acceptance(*add, o);
  add_sheet(*add, o, "From a file: id, owner, reason, until, evidence");
  add_decision_flags(*add, o);
  add_filters(*add, o);
  add->final_callback([&o] { o.command = Command::kExceptionsAdd; });
  CLI::App* end = app->add_subcommand("end", "Withdraw exceptions now");
  end->add_option("ID", o.paths, "Exceptions (e_…)");
  end->add_option("--reason", o.reason, "Why");
  add_sheet(*end, o, "From a file: id, reason, evidence");
  add_decision_flags(*end, o);
  end->final_callback([&o] { o.command = Command::kExceptionsEnd; });
}

void add_audit(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("audit", "What was done, by whom and why; is it all there?");
  app->require_subcommand(1);
  const auto add_checks = [&o](CLI::App& sub) {
    add_journal(sub, o);
    sub.add_option("--anchor", o.anchors,
                   "A head that was noted elsewhere, as reports print it\n(repeatable)")
        ->type_name("HEAD");
    sub.add_option("--public-key", o.public_key,
                   "The key that must have signed, as audit head wrote it")
        ->type_name("FILE");
    sub.add_option("--inventory", o.inventory,
                   "Its sweeps are anchors too (default ./nhisweep.db, if it is there)")
        ->type_name("FILE");
  };
  CLI::App* verify =
      app->add_subcommand("verify", "Find what was changed, cut out, put in or moved");
  add_checks(*verify);
  verify->final_callback([&o] { o.command = Command::kAuditVerify; });
  CLI::App* give = app->add_subcommand("export", "Evidence for people who were not there");
  give->add_option("--output,-o", o.output, "The folder for audit.html and audit.jsonl")
      ->required()
      ->configurable(false)
      ->type_name("DIR");
  give->add_option("--from", o.from_date, "Records of this day and later")->type_name("DATE");
  give->add_option("--to", o.to_date, "Records before this day")->type_name("DATE");
  give->add_option("--run", o.run, "Records of one rotation")->type_name("ID");
  add_checks(*give);
  give->add_flag("--quiet,-q", o.quiet, "No notes on standard error");
  give->final_callback([&o] { o.command = Command::kAuditExport; });
  CLI::App* head =
      app->add_subcommand("head", "The last record's number and hash, to keep elsewhere");
  add_journal(*head, o);
  head->add_option("--public-key", o.public_key, "Write the key that signs there, for verify")
      ->type_name("FILE");
  head->final_callback([&o] { o.command = Command::kAuditHead; });
}

}  // namespace nhi
