// flags.hpp - groups of flags that several commands share, for the tables of commands.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/options.hpp"

namespace CLI {
class App;
}

namespace nhi {

inline const std::vector<std::string> kListFormats = {"text", "json", "jsonl"};
inline const std::vector<std::string> kFindingFormats = {"text", "json", "jsonl", "sarif",
                                                         "csv",  "html", "junit"};
// Metrics count what an inventory knows.
inline const std::vector<std::string> kSweepFormats = {"text", "json", "jsonl", "sarif",
                                                       "csv",  "html", "junit", "prometheus"};

void add_reading_flags(CLI::App& app, Options& o);
/// --rules, --no-default-rules and --gitleaks-default; the last alone.
void add_rule_flags(CLI::App& app, Options& o);
void add_rule_sources(CLI::App& app, Options& o);
void add_io_timeout(CLI::App& app, Options& o);
void add_output_flags(CLI::App& app, Options& o, const std::vector<std::string>& formats);
void add_confidence(CLI::App& app, Options& o);
void add_fail_on(CLI::App& app, Options& o);
void add_filters(CLI::App& app, Options& o);
/// --measure and --sort; --group-by where rows can be summed up.
void add_ordering(CLI::App& app, Options& o, bool groups);
void add_inventory(CLI::App& app, Options& o);
/// --journal, for commands that read it.
void add_journal(CLI::App& app, Options& o);
/// What every command takes that records what it does.
void add_recording(CLI::App& app, Options& o);
/// Who decides, and when.
void add_person(CLI::App& app, Options& o);
void add_decision_flags(CLI::App& app, Options& o);

}  // namespace nhi
