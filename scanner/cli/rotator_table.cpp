#include <CLI/CLI.hpp>

#include "scanner/cli/command_table.hpp"
#include "scanner/cli/flags.hpp"

namespace nhi {
namespace {

void add_format(CLI::App& sub, Options& o) {
  sub.add_option("--format", o.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("F");
  sub.add_option("--output,-o", o.output, "Write there instead of standard output")
      ->type_name("FILE");
  sub.add_flag("--quiet,-q", o.quiet, "No notes on standard error");
}

void add_rotation(CLI::App& sub, Options& o) {
  sub.add_option("--rotation", o.rotation, "Registered rotators (default ./rotation.yaml)")
      ->type_name("FILE");
}

}  // namespace

void add_rotators(CLI::App& root, Options& o) {
  CLI::App* app =
      root.add_subcommand("rotators", "Programs that create, probe and revoke credentials");
  app->require_subcommand(1);
  CLI::App* list = app->add_subcommand("list", "Start each registered one and show what it can");
  add_rotation(*list, o);
  add_format(*list, o);
  list->final_callback([&o] { o.command = Command::kRotatorsList; });

  CLI::App* check = app->add_subcommand(
      "check", "Prove that a rotator keeps to the protocol (docs/conformance.md)");
  check->add_option("ROTATOR", o.argument, "A program's path, or the name of a registered one")
      ->required();
  check->add_option("--trial", o.trial, "A system to break it on; without it the handshake only")
      ->type_name("FILE");
  check->add_option("--name", o.rotator_name, "What it is to be called (default: its file name)")
      ->type_name("NAME");
  check->add_option("--interpreter", o.interpreter, "For a script: what runs it")
      ->type_name("PROGRAM");
  check
      ->add_option("--argument", o.interpreter_arguments,
                   "An argument of the interpreter, before the script\n(repeatable)")
      ->type_name("WORD");
  check->add_option("--shim", o.shim, "call: a script that is started anew for each request")
      ->check(CLI::IsMember({"call"}))
      ->type_name("KIND");
  check
      ->add_option("--allow", o.allow,
                   "net, net:PORT, exec, fs:read:PATH, fs:write:PATH\n(repeatable)")
      ->type_name("WORD");
  check
      ->add_option("--live", o.rotate.identity,
                   "Ask the real provider for this identity: is it there, are the\nrights enough; "
                   "ROTATOR is a provider of rotation.yaml then")
      ->type_name("IDENTITY");
  add_recording(*check, o);
  add_rotation(*check, o);
  add_format(*check, o);
  check->final_callback([&o] { o.command = Command::kRotatorsCheck; });
}

}  // namespace nhi
