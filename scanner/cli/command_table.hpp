// command_table.hpp - every command and its flags: what the command line, the help, the man pages
// and the completions are made from.
#pragma once

#include <array>

#include "scanner/cli/options.hpp"

namespace CLI {
class App;
}

namespace nhi {

inline constexpr const char* kProgramText =
    "Finds every non-human identity in repositories, engines and hosts.";

/// The commands whose flags may stand in nhisweep.yaml; a key of none of them is refused.
inline constexpr std::array kConfiguredCommands = {"scan",   "sweep",  "collect",
                                                   "import", "report", "doctor"};

/// Adds all commands to `root`; parsing fills `o`, which must live as long.
void build_command_table(CLI::App& root, Options& o);

/// The part of it that holds decisions of people; what it extends is there already.
void add_dependency_decisions(CLI::App& root, Options& o);
void add_finding_decisions(CLI::App& root, Options& o);
void add_attestation(CLI::App& root, Options& o);
void add_exceptions(CLI::App& root, Options& o);
/// What was done, by whom and why.
void add_audit(CLI::App& root, Options& o);
/// The programs that rotate: which there are, and whether one keeps to the protocol.
void add_rotators(CLI::App& root, Options& o);
void add_rotate(CLI::App& root, Options& o);
/// What is written from the table itself: manual pages and completions.
void add_manual(CLI::App& root, Options& o);

}  // namespace nhi
