#include <CLI/CLI.hpp>

#include "scanner/cli/command_table.hpp"
#include "scanner/cli/flags.hpp"

namespace nhi {
namespace {

void choose(CLI::App& app, Options& o, RotateVerb verb) {
  app.final_callback([&o, verb] {
    o.command = Command::kRotate;
    o.rotate.verb = verb;
  });
}

void add_rotation_file(CLI::App& app, Options& o) {
  app.add_option("--rotation", o.rotation, "Providers, places and policy (default ./rotation.yaml)")
      ->type_name("FILE");
}

void add_run_id(CLI::App& app, Options& o) {
  app.add_option("RUN", o.run, "Its id (r_…), or the beginning of it")->required();
}

void add_roots(CLI::App& app, Options& o) {
  app.add_option("--estate", o.estate,
                 "The estate that was swept: it says where places are on disk")
      ->type_name("FILE");
  app.add_option("--path", o.paths, "A path that was swept without an estate (repeatable)")
      ->type_name("PATH");
}

void add_format(CLI::App& app, Options& o, const std::vector<std::string>& formats,
                const char* what) {
  app.add_option("--format", o.format, what)->check(CLI::IsMember(formats))->type_name("F");
  app.add_option("--output,-o", o.output, "Write there instead of standard output")
      ->type_name("FILE");
}

void add_plan(CLI::App& app, Options& o) {
  CLI::App* sub = app.add_subcommand("plan", "What a rotation would do; nothing is changed");
  sub->add_option("--credential", o.rotate.credential, "c_…, or the beginning of it")
      ->required()
      ->type_name("ID");
  sub->add_option("--identity", o.rotate.identity,
                  "Which account, if the value opens several\nor no place says which")
      ->type_name("KEY");
  sub->add_option("--mode", o.rotate.mode,
                  "scheduled (default): both values work for a while;\n"
                  "exposed: it leaked, the overlap is short, sessions end;\n"
                  "emergency: the old one goes first; revoke_only; adopt")
      ->check(CLI::IsMember({"scheduled", "exposed", "emergency", "revoke_only", "adopt"}))
      ->type_name("MODE");
  sub->add_option("--cause", o.rotate.cause, "hygiene, leaked, expiring or retirement")
      ->check(CLI::IsMember({"hygiene", "leaked", "expiring", "retirement"}))
      ->type_name("WORD");
  sub->add_option("--stated", o.rotate.stated,
                  "What people know and the guard asks for: agreed-test,\n"
                  "fallback-given-up, unused (repeatable)")
      ->check(CLI::IsMember({"agreed-test", "fallback-given-up", "unused"}))
      ->type_name("WORD");
  sub->add_option("--override", o.reason,
                  "Set the guard aside, for this reason; with --until, --by")
      ->type_name("REASON");
  sub->add_option("--until", o.until_date, "The day on which the override ends")->type_name("DATE");
  add_roots(*sub, o);
  add_rotation_file(*sub, o);
  add_inventory(*sub, o);
  add_format(*sub, o, {"text", "json", "html"}, "text, json, or html: a page for an approver");
  add_person(*sub, o);
  choose(*sub, o, RotateVerb::kPlan);
}

void add_show(CLI::App& app, Options& o) {
  CLI::App* sub = app.add_subcommand("show", "A plan again, as it was made");
  add_run_id(*sub, o);
  sub->add_flag("--to-sign", o.rotate.to_sign, "The text that an approver signs elsewhere");
  sub->add_option("--ticket", o.ticket, "With --to-sign, as it will be approved");
  sub->add_option("--clinical-safety", o.rotate.clinical, "The same");
  sub->add_option("--accept", o.rotate.accept, "The same")->type_name("ID");
  add_format(*sub, o, {"text", "json", "html"}, "text, json or html");
  add_journal(*sub, o);
  sub->add_flag("--quiet,-q", o.quiet, "No notes on standard error");
  choose(*sub, o, RotateVerb::kShow);
}

void add_approve(CLI::App& app, Options& o) {
  CLI::App* sub = app.add_subcommand("approve", "Allow exactly this plan");
  add_run_id(*sub, o);
  sub->add_option("--plan", o.rotate.plan_hash, "The hash that was read; another plan is refused")
      ->type_name("HASH");
  sub->add_option("--ticket", o.ticket, "Where the change is agreed")->type_name("TEXT");
  sub->add_option("--clinical-safety", o.rotate.clinical, "Reference of the assessment (DCB0160)")
      ->type_name("TEXT");
  sub->add_option("--accept", o.rotate.accept, "A blind spot of the plan, by its id (repeatable)")
      ->type_name("ID");
  sub->add_option("--signature", o.rotate.signature,
                  "An SSH signature over `rotate show --to-sign`, of a key\nin the approvers' file")
      ->type_name("FILE");
  add_rotation_file(*sub, o);
  add_person(*sub, o);
  choose(*sub, o, RotateVerb::kApprove);
  CLI::App* reject = app.add_subcommand("reject", "Refuse a plan, and say why");
  add_run_id(*reject, o);
  reject->add_option("--reason", o.reason, "Why")->required();
  add_person(*reject, o);
  choose(*reject, o, RotateVerb::kReject);
}

void add_going_on(CLI::App& app, Options& o, const char* name, const char* what, RotateVerb verb) {
  CLI::App* sub = app.add_subcommand(name, what);
  add_run_id(*sub, o);
  sub->add_option("--wait", o.rotate.wait, "Stay for so long where time has to pass: 90s, 15m, 8h")
      ->type_name("SPAN");
  add_rotation_file(*sub, o);
  add_inventory(*sub, o);
  add_person(*sub, o);
  choose(*sub, o, verb);
}

void add_word(CLI::App& app, Options& o) {
  CLI::App* confirm = app.add_subcommand("confirm", "A person did what a step waits for");
  add_run_id(*confirm, o);
  confirm->add_option("--step", o.rotate.step, "Its number")->required()->type_name("N");
  confirm->add_option("--evidence", o.evidence, "What shows it; never a secret")->required();
  add_rotation_file(*confirm, o);
  add_inventory(*confirm, o);
  add_person(*confirm, o);
  choose(*confirm, o, RotateVerb::kConfirm);

  CLI::App* back = app.add_subcommand("rollback", "Take back what was done, newest first");
  add_run_id(*back, o);
  back->add_option("--reason", o.reason, "Why")->required();
  add_rotation_file(*back, o);
  add_inventory(*back, o);
  add_person(*back, o);
  choose(*back, o, RotateVerb::kRollback);
}

void add_status(CLI::App& app, Options& o) {
  CLI::App* status = app.add_subcommand("status", "Where rotations stand");
  status->add_option("RUN", o.run, "One of them, with its steps");
  status->add_flag("--follow", o.rotate.follow, "Show it again whenever it goes on, until it ends");
  add_format(*status, o, {"text", "json"}, "text or json");
  add_journal(*status, o);
  status->add_flag("--quiet,-q", o.quiet, "No notes on standard error");
  choose(*status, o, RotateVerb::kStatus);
}

}  // namespace

void add_rotate(CLI::App& root, Options& o) {
  CLI::App* app =
      root.add_subcommand("rotate", "A new credential that works, and the old one proven dead");
  app->require_subcommand(1);
  add_plan(*app, o);
  add_show(*app, o);
  add_approve(*app, o);
  add_going_on(*app, o, "run", "Carry out an approved plan", RotateVerb::kRun);
  add_going_on(*app, o, "resume", "Go on with a rotation that waits or was cut off",
               RotateVerb::kRun);
  add_word(*app, o);
  add_status(*app, o);
  add_going_on(*app, o, "reconcile", "Compare journal, provider and places; change nothing",
               RotateVerb::kReconcile);
}

}  // namespace nhi
