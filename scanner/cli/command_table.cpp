#include "scanner/cli/command_table.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "scanner/cli/flags.hpp"
#include "scanner/cli/version.hpp"

namespace nhi {
namespace {

void add_scan(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("scan", "Findings of these paths, now; nothing is stored");
  app->add_option("PATH", o.paths,
                  "File, folder, git repository, or - for standard input;\n"
                  "with --staged or --since a repository or a folder in one");
  CLI::Option* const staged =
      app->add_flag("--staged", o.staged, "Only what the next commit brings in, as it is staged")
          ->configurable(false);
  app->add_option("--since", o.since, "Only what the commits from REV to HEAD brought in")
      ->type_name("REV")
      ->configurable(false)
      ->excludes(staged);
  add_output_flags(*app, o, kFindingFormats);
  add_confidence(*app, o);
  add_fail_on(*app, o);
  app->add_option("--baseline", o.baseline_file,
                  "An earlier report of this scan (json, jsonl, sarif, csv): what\n"
                  "it holds is counted as known, not listed, and makes no status 1")
      ->configurable(false)  // in the file `baseline` is the flag of sweep
      ->type_name("FILE");
  add_reading_flags(*app, o);
  app->add_flag("--reveal", o.reveal,
                "Print secret values, and record that; refused where others can read");
  add_recording(*app, o);
  app->final_callback([&o] { o.command = Command::kScan; });
}

void add_sweep(CLI::App& root, Options& o) {
  CLI::App* app =
      root.add_subcommand("sweep", "Scan into the inventory; say what is new, gone, unverified");
  app->add_option("PATH", o.paths, "Files, folders, git repositories");
  app->add_option("--estate", o.estate, "Targets, systems and policy from this file")
      ->type_name("FILE");
  add_inventory(*app, o);
  app->add_option("--html", o.html, "Write the HTML report there too")->type_name("FILE");
  app->add_flag("--full", o.full, "Read everything again, also what is unchanged");
  app->add_flag("--baseline", o.baseline, "What is there tonight is known: counted, never new");
  add_recording(*app, o);
  add_output_flags(*app, o, kSweepFormats);
  add_confidence(*app, o);
  add_fail_on(*app, o);
  add_reading_flags(*app, o);
  app->final_callback([&o] { o.command = Command::kSweep; });
}

void add_collect(CLI::App& root, Options& o) {
  CLI::App* app =
      root.add_subcommand("collect", "What a sweep finds here, as one file without secrets");
  app->add_option("PATH", o.paths, "Files, folders, git repositories");
  app->add_option("--estate", o.estate, "Targets, systems and policy from this file")
      ->type_name("FILE");
  app->add_option("--output,-o", o.output, "The bundle (mode 0600), or - for standard output")
      ->required()
      ->configurable(false)  // the configuration's --output is for reports
      ->type_name("BUNDLE");
  app->add_option("--host", o.host, "This host's name (default: as the system has it)")
      ->type_name("NAME");
  app->add_option("--cache", o.cache, "Keep what was read there; the next collect reads changes")
      ->type_name("FILE");
  app->add_flag("--full", o.full, "Read everything again, also what is unchanged");
  app->add_option("--as-of", o.as_of, "The clock: 2026-11-25 or 2026-11-25T14:00:00Z")
      ->type_name("DATE");
  app->add_flag("--quiet,-q", o.quiet, "No notes on standard error");
  add_confidence(*app, o);
  add_fail_on(*app, o);
  add_reading_flags(*app, o);
  app->final_callback([&o] { o.command = Command::kCollect; });
}

void add_import(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("import", "Merge bundles of hosts into the inventory");
  app->add_option("BUNDLE", o.paths,
                  "What hosts collected, one file each; of a folder its *.bundle");
  app->add_option("--estate", o.estate, "Expected hosts, owners and policy from this file")
      ->type_name("FILE");
  add_inventory(*app, o);
  app->add_option("--html", o.html, "Write the HTML report there too")->type_name("FILE");
  app->add_flag("--baseline", o.baseline, "What is there tonight is known: counted, never new");
  app->add_option("--rules", o.rules, "Where the rules' names stand, beside the built-in ones")
      ->type_name("FILE|DIR");
  add_recording(*app, o);
  add_output_flags(*app, o, kSweepFormats);
  add_confidence(*app, o);
  add_fail_on(*app, o);
  app->final_callback([&o] { o.command = Command::kImport; });
}

// `findings list`, `findings show ID`, and so on: one shape for all four.
void add_listing(CLI::App& root, Options& o, const char* name, const char* what, Command command) {
  CLI::App* app = root.add_subcommand(name, what);
  app->require_subcommand(1);
  const auto& formats = command == Command::kFindings ? kFindingFormats : kListFormats;
  CLI::App* list = app->add_subcommand("list", "One row each");
  add_inventory(*list, o);
  add_filters(*list, o);
  add_ordering(*list, o, command == Command::kFindings || command == Command::kCredentials);
  add_output_flags(*list, o, formats);
  add_confidence(*list, o);
  list->final_callback([&o, command] {
    o.command = command;
    o.verb = Verb::kList;
  });
  CLI::App* show = app->add_subcommand("show", "Everything about one");
  show->add_option("ID", o.show_id, "Its id, or the beginning of it")->required();
  add_inventory(*show, o);
  add_output_flags(*show, o, formats);
  show->final_callback([&o, command] {
    o.command = command;
    o.verb = Verb::kShow;
  });
}

void add_report(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("report", "The last sweep in any format");
  add_inventory(*app, o);
  add_filters(*app, o);
  add_ordering(*app, o, true);
  add_output_flags(*app, o, kSweepFormats);
  add_confidence(*app, o);
  app->final_callback([&o] { o.command = Command::kReport; });
}

void add_explain(CLI::App& app, Options& o) {
  CLI::Option* const rule = app.add_option("RULE", o.argument, "Its id");
  CLI::Option* const finding =
      app.add_option("--finding", o.finding, "Why this finding was kept: its id, or the beginning")
          ->type_name("ID")
          ->excludes(rule);
  add_inventory(app, o);
  app.add_option("--report", o.report, "Where the finding stands: JSON or JSONL of scan or sweep")
      ->type_name("FILE")
      ->needs(finding);
  app.add_option("--at", o.at, "The folder that is the finding's root now, to read the file again")
      ->type_name("FOLDER")
      ->needs(finding);
}

void add_rules(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("rules", "List, test, explain and import rules");
  app->require_subcommand(1);
  const auto verb = [&](const char* name, const char* what, Command command) {
    CLI::App* sub = app->add_subcommand(name, what);
    add_rule_flags(*sub, o);
    sub->final_callback([&o, command] { o.command = command; });
    return sub;
  };
  verb("list", "One line each", Command::kRulesList);
  verb("test", "Prove every example of every rule", Command::kRulesTest);
  add_explain(*verb("explain", "What a rule needs and costs, or why a finding was kept",
                    Command::kRulesExplain),
              o);
  CLI::App* import = app->add_subcommand("import", "Rules of another program as a file of ours");
  import
      ->add_option("FILE", o.argument, "A Gitleaks or Betterleaks TOML, or a Kingfisher YAML file")
      ->required();
  import->add_option("--output,-o", o.output, "Write there, mode 0600")->type_name("FILE");
  add_rule_sources(*import, o);
  import->final_callback([&o] { o.command = Command::kRulesImport;
});
}  // namespace

void add_key(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("key", "The fingerprint key of the estate");
  app->require_subcommand(1);
  CLI::App* create = app->add_subcommand("create", "Make it where it is missing; say where it is");
  add_recording(*create, o);
  create->final_callback([&o] { o.command = Command::kKeyCreate; });
  CLI::App* give =
      app->add_subcommand("export", "Copy it to a file (mode 0600) for other hosts of the estate");
  give->add_option("FILE", o.argument)->required();
  add_recording(*give, o);
  give->final_callback([&o] { o.command = Command::kKeyExport; });
  CLI::App* take = app->add_subcommand("import", "Take it from such a file");
  take->add_option("FILE", o.argument)->required();
  add_recording(*take, o);
  take->final_callback([&o] { o.command = Command::kKeyImport; });
  CLI::App* rotate = app->add_subcommand("rotate", "A new key; ids and decisions are kept");
  rotate->add_flag("--finish", o.finish, "Forget the former key, once nothing needs it");
  rotate->add_flag("--force", o.force, "With --finish: say what still waits, and leave it behind")
      ->needs("--finish");
  add_inventory(*rotate, o);
  add_recording(*rotate, o);
  rotate->final_callback([&o] { o.command = Command::kKeyRotate; });
}

void add_prune(CLI::App& root, Options& o) {
  CLI::App* app =
      root.add_subcommand("prune", "Forget what is gone for long, with the names in it");
  app->add_option("--older-than", o.older_than, "What ended so long ago: 400d, 60w")
      ->required()
      ->type_name("SPAN");
  app->add_flag("--dry-run", o.dry_run, "Say what would go, and remove nothing");
  add_inventory(*app, o);
  add_recording(*app, o);
  app->add_option("--as-of", o.as_of, "The clock: 2026-11-25 or 2026-11-25T14:00:00Z")
      ->type_name("DATE");
  app->add_flag("--quiet,-q", o.quiet, "Results only, no notes on standard error");
  app->final_callback([&o] { o.command = Command::kPrune; });
}

void add_doctor(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("doctor", "What this user can read, and what is set up");
  app->add_option("PATH", o.paths, "Places to look at");
  app->add_option("--estate", o.estate, "Look at its targets")->type_name("FILE");
  add_inventory(*app, o);
  add_io_timeout(*app, o);
  app->final_callback([&o] { o.command = Command::kDoctor; });
}

void add_init(CLI::App& root, Options& o) {
  CLI::App* app =
      root.add_subcommand("init", "Propose an estate file from what is on this machine");
  app->add_option("PATH", o.paths, "Folders to look at (default: the whole machine)");
  app->add_option("--output,-o", o.output,
                  "Write it there (default estate.yaml, mode 0600), - to print it;\n"
                  "a file that is there is never replaced")
      ->type_name("FILE")
      ->configurable(false);  // the configuration's --output is for reports
  add_io_timeout(*app, o);
  app->add_flag("--quiet,-q", o.quiet, "No notes on standard error");
  app->final_callback([&o] { o.command = Command::kInit; });
}

}  // namespace nhi

void add_hook(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("hook", "Look at every commit before it is made");
  app->require_subcommand(1);
  const auto verb = [&](const char* name, const char* what, Command command) {
    CLI::App* sub = app->add_subcommand(name, what);
    sub->add_option("PATH", o.paths, "The repository (default: that of the current folder)")
        ->expected(0, 1);
    sub->add_flag("--quiet,-q", o.quiet, "No notes on standard error");
    sub->final_callback([&o, command] { o.command = command; });
  };
  verb("install", "Put a pre-commit hook into the repository", Command::kHookInstall);
  verb("uninstall", "Take it out again", Command::kHookUninstall);
}

void add_manual(CLI::App& root, Options& o) {
  CLI::App* man = root.add_subcommand("man", "The manual page of a command, for man -l -");
  man->add_option("PAGE", o.argument, "A command, or nhisweep.yaml or estate");
  man->add_option("--all-to", o.output, "Write every page below this folder instead")
      ->configurable(false)
      ->type_name("DIR");
  man->final_callback([&o] { o.command = Command::kMan; });
  CLI::App* completion =
      root.add_subcommand("completion", "Completion of commands and flags for a shell");
  completion->add_option("SHELL", o.argument, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->final_callback([&o] { o.command = Command::kCompletion; });
}

namespace {

// `--exclude GLOB PATH`: a flag that may be repeated takes one value each time, and leaves what
// follows to the command.
void take_one_value_each(CLI::App& app) {
  for (CLI::Option* option : app.get_options([](const CLI::Option* one) {
         return !one->get_positional() && one->get_items_expected_max() > 1;
       })) {
    option->allow_extra_args(false);
  }
  for (CLI::App* sub : app.get_subcommands({})) take_one_value_each(*sub);
}

}  // namespace

void build_command_table(CLI::App& root, Options& o) {
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string("nhisweep ") + std::string(kVersion));
  add_scan(root, o);
  add_sweep(root, o);
  add_collect(root, o);
  add_import(root, o);
  add_listing(root, o, "findings", "Findings of the last sweep", Command::kFindings);
  add_listing(root, o, "identities", "Accounts and what opens them", Command::kIdentities);
  add_listing(root, o, "credentials", "Values, each with all its places", Command::kCredentials);
  add_listing(root, o, "dependencies", "What still hangs on CIS1", Command::kDependencies);
  add_finding_decisions(root, o);
  add_attestation(root, o);
  add_dependency_decisions(root, o);
  add_exceptions(root, o);
  add_report(root, o);
  add_rules(root, o);
  add_key(root, o);
  add_prune(root, o);
  add_audit(root, o);
  add_rotate(root, o);
  add_rotators(root, o);
  add_init(root, o);
  add_hook(root, o);
  add_doctor(root, o);
  add_manual(root, o);
  take_one_value_each(root);
}

}  // namespace nhi
