#include "scanner/cli/options.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "scanner/base/file.hpp"
#include "scanner/cli/version.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

const std::vector<std::string> kLevels = {"low", "medium", "high", "critical"};

void add_reading_flags(CLI::App& app, Options& o) {
  app.add_option("--rules", o.rules, "Rule file or folder, beside the built-in ones")
      ->type_name("FILE|DIR");
  app.add_flag("--no-default-rules", o.no_default_rules, "Leave the built-in rules out");
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
  app.add_flag("--no-git-history", o.no_git_history, "Read work trees only");
  app.add_flag("--one-file-system", o.one_file_system, "Do not cross mount points");
  app.add_option("--until", o.until,
                 "Begin nothing after this local time; the next sweep goes on there")
      ->type_name("HH:MM");
  app.add_option("--max-read-rate", o.max_read_rate, "Bytes a second over all workers, 10MiB")
      ->type_name("SIZE");
  app.add_flag("--background", o.background,
               "Idle CPU and I/O class; half the cores unless --jobs says");
  app.add_flag("--stats", o.stats, "Print what each stage did, to standard error");
  app.add_option("--progress", o.progress, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

const std::vector<std::string> kListFormats = {"text", "json", "jsonl"};
const std::vector<std::string> kFindingFormats = {"text", "json", "jsonl", "sarif",
                                                  "csv",  "html", "junit"};
// Metrics count what an inventory knows.
const std::vector<std::string> kSweepFormats = {"text", "json", "jsonl", "sarif",
                                                "csv",  "html", "junit", "prometheus"};

// "text, json or jsonl"
std::string one_of(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
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
  app.add_flag("--in-head", o.in_head, "Only what a file or HEAD holds now");
  app.add_option("--since-sweep", o.since_sweep,
                 "Changed after this sweep: a number, or last;\n"
                 "findings list --format jsonl gives one event a line")
      ->type_name("N|last");
  app.add_option("--sort", o.sort, "place or priority (default place)")
      ->check(CLI::IsMember({"place", "priority"}));
  app.add_option("--limit", o.limit, "At most so many rows")->type_name("N");
}

void add_inventory(CLI::App& app, Options& o) {
  app.add_option("--inventory", o.inventory, "The store (default ./nhisweep.db)")
      ->type_name("FILE");
}

void add_decision_flags(CLI::App& app, Options& o) {
  add_inventory(app, o);
  app.add_option("--by", o.on_behalf, "On behalf of this person; who ran it is recorded too")
      ->type_name("NAME");
  app.add_option("--evidence", o.evidence, "What it rests on: a ticket, a mail; never a secret");
  app.add_option("--as-of", o.as_of, "The clock: 2026-11-25 or 2026-11-25T14:00:00Z")
      ->type_name("DATE");
  app.add_flag("--quiet,-q", o.quiet, "Results only, no notes on standard error");
}

void add_scan(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("scan", "Findings of these paths, now; nothing is stored");
  app->add_option("PATH", o.paths, "File, folder, git repository, or - for standard input")
      ->required();
  add_output_flags(*app, o, kFindingFormats);
  add_confidence(*app, o);
  add_fail_on(*app, o);
  add_reading_flags(*app, o);
  app->add_flag("--reveal", o.reveal, "Print secret values; refused where others can read");
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
  add_output_flags(*app, o, kSweepFormats);
  add_confidence(*app, o);
  add_fail_on(*app, o);
  add_reading_flags(*app, o);
  app->final_callback([&o] { o.command = Command::kSweep; });
}

// `findings list`, `findings show ID`, and so on: one shape for all four.
void add_listing(CLI::App& root, Options& o, const char* name, const char* what, Command command) {
  CLI::App* app = root.add_subcommand(name, what);
  app->require_subcommand(1);
  const auto& formats = command == Command::kFindings ? kFindingFormats : kListFormats;
  CLI::App* list = app->add_subcommand("list", "One row each");
  add_inventory(*list, o);
  add_filters(*list, o);
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

void add_report(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("report", "The last sweep in any format");
  add_inventory(*app, o);
  add_filters(*app, o);
  add_output_flags(*app, o, kSweepFormats);
  add_confidence(*app, o);
  app->final_callback([&o] { o.command = Command::kReport; });
}

void add_rules(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("rules", "List, test and explain rules");
  app->require_subcommand(1);
  const auto verb = [&](const char* name, const char* what, Command command) {
    CLI::App* sub = app->add_subcommand(name, what);
    sub->add_option("--rules", o.rules, "Rule file or folder")->type_name("FILE|DIR");
    sub->add_flag("--no-default-rules", o.no_default_rules, "Leave the built-in rules out");
    sub->final_callback([&o, command] { o.command = command; });
    return sub;
  };
  verb("list", "One line each", Command::kRulesList);
  verb("test", "Prove every example of every rule", Command::kRulesTest);
  verb("explain", "What a rule needs and costs", Command::kRulesExplain)
      ->add_option("RULE", o.argument, "Its id")
      ->required();
}

void add_key(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("key", "The fingerprint key of the estate");
  app->require_subcommand(1);
  app->add_subcommand("create", "Make it where it is missing")->final_callback([&o] {
    o.command = Command::kKeyCreate;
  });
  CLI::App* give = app->add_subcommand("export", "Copy it to a file (mode 0600) for another host");
  give->add_option("FILE", o.argument)->required();
  give->final_callback([&o] { o.command = Command::kKeyExport; });
  CLI::App* take = app->add_subcommand("import", "Take it from such a file");
  take->add_option("FILE", o.argument)->required();
  take->final_callback([&o] { o.command = Command::kKeyImport; });
}

void add_doctor(CLI::App& root, Options& o) {
  CLI::App* app = root.add_subcommand("doctor", "What this user can read, and what is set up");
  app->add_option("PATH", o.paths, "Places to look at");
  app->add_option("--estate", o.estate, "Look at its targets")->type_name("FILE");
  add_inventory(*app, o);
  app->final_callback([&o] { o.command = Command::kDoctor; });
}

void build(CLI::App& root, Options& o) {
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string("nhisweep ") + std::string(kVersion));
  add_scan(root, o);
  add_sweep(root, o);
  add_listing(root, o, "findings", "Findings of the last sweep", Command::kFindings);
  add_listing(root, o, "identities", "Accounts and what opens them", Command::kIdentities);
  add_listing(root, o, "credentials", "Values, each with all its places", Command::kCredentials);
  add_listing(root, o, "dependencies", "What still hangs on CIS1", Command::kDependencies);
  add_dependency_decisions(root, o);
  add_exceptions(root, o);
  add_report(root, o);
  add_rules(root, o);
  add_key(root, o);
  add_doctor(root, o);
}

// The chain of subcommands that the words name.
CLI::App* chosen(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* app = &root;
  for (const std::string& word : words) {
    if (word.starts_with("-")) continue;
    const auto subs = app->get_subcommands([&](CLI::App* sub) { return sub->get_name() == word; });
    if (subs.empty()) break;
    app = subs.front();
  }
  return app;
}

std::vector<std::string> long_flags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  }
  return names;
}

std::string_view nearest_of(std::string_view text, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view best = nearest_name(text, views);
  return best.empty() ? std::string_view() : best;
}

// What to offer for a word that nothing knows.
std::string hint_for(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* app = chosen(root, words);
  for (const std::string& word : words) {
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(2, word.find('=') - 2);
    const auto known = long_flags(*app);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto best = nearest_of(name, known);
    if (!best.empty()) return "did you mean --" + std::string(best) + "?";
  }
  if (app == &root && !words.empty()) {
    std::vector<std::string> verbs;
    for (const CLI::App* sub : root.get_subcommands({})) verbs.push_back(sub->get_name());
    const auto best = nearest_of(words.front(), verbs);
    if (!best.empty()) return "did you mean '" + std::string(best) + "'?";
  }
  return "see nhisweep " + (app == &root ? std::string() : app->get_name() + " ") + "--help";
}

bool given(const std::vector<std::string>& words, const std::string& flag) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return word == "--" + flag || word.starts_with("--" + flag + "=");
  });
}

// Flags of the configuration file that the command knows and that were not given.
// A key that another command knows is let pass: one file serves them all.
Result<std::vector<std::string>> from_config(const std::string& file, CLI::App& root,
                                             const std::vector<std::string>& words) {
  NHI_TRY(const std::string text, read_small_file(file, kConfigFileBytesMax));
  std::vector<std::string> extra;
  try {
    const YAML::Node node = YAML::Load(text);
    if (node.IsNull()) return extra;
    if (!node.IsMap()) return fail(ErrorCode::kBadUse, "must be a mapping of flags", file);
    const auto mine = long_flags(*chosen(root, words));
    std::vector<std::string> all;
    for (const char* verb : {"scan", "sweep", "report", "doctor"}) {
      for (std::string& flag : long_flags(*root.get_subcommand(verb))) {
        all.push_back(std::move(flag));
      }
    }
    for (const auto& entry : node) {
      const std::string key = entry.first.as<std::string>("");
      const YAML::Mark mark = entry.first.Mark();
      if (std::find(all.begin(), all.end(), key) == all.end() || key == "help") {
        const auto best = nearest_of(key, all);
        return fail(ErrorCode::kBadUse, "unknown key '" + key + "'",
                    fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1),
                    best.empty() ? "" : "did you mean '" + std::string(best) + "'?");
      }
      if (std::find(mine.begin(), mine.end(), key) == mine.end() || given(words, key)) continue;
      if (!chosen(root, words)->get_option("--" + key)->get_configurable()) continue;
      const auto add = [&](const std::string& value) {
        if (value == "true") extra.push_back(fmt::format("--{}", key));
        if (value != "true" && value != "false") {
          extra.push_back(fmt::format("--{}={}", key, value));
        }
      };
      if (entry.second.IsScalar()) add(entry.second.as<std::string>());
      if (entry.second.IsSequence()) {
        for (const auto& item : entry.second) add(item.as<std::string>(""));
      }
    }
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::kBadUse, "not valid YAML: " + error.msg,
                fmt::format("{}:{}:{}", file, error.mark.line + 1, error.mark.column + 1));
  }
  return extra;
}

constexpr const char* kConfigFile = "nhisweep.yaml";

}  // namespace

Parsed parse_command_line(int argc, const char* const* argv) {
  Options options;
  CLI::App root{"Finds every non-human identity in repositories, engines and hosts.", "nhisweep"};
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  try {
    build(root, options);
    std::error_code ignored;
    if (std::filesystem::exists(kConfigFile, ignored)) {
      auto extra = from_config(kConfigFile, root, words);
      if (!extra) {
        const Error& error = extra.error();
        return {std::nullopt,
                fmt::format("nhisweep: error[{}]: {}\n{}", to_string(error.code), error.message(),
                            error.hint.empty() ? "" : "nhisweep: hint: " + error.hint + "\n"),
                2};
      }
      words.insert(words.end(), extra->begin(), extra->end());
    }
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    root.parse(reversed);
    return {options, {}, 0};
  } catch (const CLI::CallForHelp&) {
    const CLI::App* const app = chosen(root, words);
    std::string above;  // "nhisweep findings" above "list"
    for (const CLI::App* parent = app->get_parent(); parent != nullptr;
         parent = parent->get_parent()) {
      above.insert(0, fmt::format("{}{}", parent->get_name(), above.empty() ? "" : " "));
    }
    return {std::nullopt, app->help(above), 0};
  } catch (const CLI::CallForVersion&) {
    return {std::nullopt, std::string("nhisweep ") + std::string(kVersion) + "\n", 0};
  } catch (const CLI::ParseError& error) {
    return {std::nullopt,
            fmt::format("nhisweep: error[bad-use]: {}\nnhisweep: hint: {}\n", error.what(),
                        hint_for(root, words)),
            2};
  }
}

Result<std::uint64_t> parse_size(const std::string& text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(read.ptr, text.data() + text.size());
  std::transform(unit.begin(), unit.end(), unit.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (unit.ends_with("ib")) unit.resize(unit.size() - 2);
  if (unit.ends_with("b")) unit.resize(unit.size() - 1);
  const std::string units = "kmgt";
  const std::size_t power = unit.empty() ? 0 : units.find(unit) + 1;
  const bool known = unit.empty() || (unit.size() == 1 && power != 0);
  if (read.ec != std::errc{} || !known || number > (UINT64_MAX >> (10 * power))) {
    return fail(ErrorCode::kBadUse, "not a size", text, "write it as 1048576, 10MiB or 4GiB");
  }
  return number << (10 * power);
}

}  // namespace nhi
