#include <CLI/CLI.hpp>

#include "scanner/cli/command_table.hpp"
#include "scanner/cli/flags.hpp"

namespace nhi {

// What people decide about a dependency; the evidence only proposes.
void add_dependency_decisions(CLI::App& root, Options& o) {
  CLI::App* app = root.get_subcommand("dependencies");
  CLI::App* state = app->add_subcommand("set-state", "Decide where a dependency stands");
  state->add_option("ID", o.show_id, "Its id, or the beginning of it")->required();
  state->add_option("STATE", o.argument, "observed, cis1-only, cis2-configured, dual, …")
      ->required()
      ->check(CLI::IsMember({"observed", "cis1-only", "cis2-configured", "dual", "cis2-primary",
                             "cis2-only", "retired"}));
  add_decision_flags(*state, o);
  state->get_option("--evidence")->required();
  state->final_callback([&o] { o.command = Command::kDependencySetState; });
  CLI::App* owner = app->add_subcommand("assign-owner", "Say who answers for a dependency");
  owner->add_option("ID", o.show_id, "Its id, or the beginning of it")->required();
  owner->add_option("OWNER", o.argument, "A team or person; \"\" takes it back")->required();
  add_decision_flags(*owner, o);
  owner->final_callback([&o] { o.command = Command::kDependencyAssignOwner; });
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
  add->add_option("--for", o.decision_owner, "Who answers for it")->required()->type_name("OWNER");
  add->add_option("--reason", o.reason, "Why it may stay")->required();
  add->add_option("--until", o.until_date, "The day on which it comes back")
      ->required()
      ->configurable(false)  // in the file `until` is when a sweep ends
      ->type_name("DATE");
  add_decision_flags(*add, o);
  add_filters(*add, o);
  add->final_callback([&o] { o.command = Command::kExceptionsAdd; });
  CLI::App* end = app->add_subcommand("end", "Withdraw exceptions now");
  end->add_option("ID", o.paths, "Exceptions (e_…)")->required();
  end->add_option("--reason", o.reason, "Why")->required();
  add_decision_flags(*end, o);
  end->final_callback([&o] { o.command = Command::kExceptionsEnd; });
}

}  // namespace nhi
