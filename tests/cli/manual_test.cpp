// Claims about manual pages and completions: they say what --help says, and their readers agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

using Words = std::vector<std::string>;

std::string joined(const Words& words, const std::string& between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

bool is_there(const std::string& program) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    if (fs::exists(folder + program)) return true;
  }
  return false;
}

// What --help says of one command; the judge of pages and completions.
struct Help {
  Words path;  // without the program
  std::set<std::string> flags;
  Words commands;
};

// The flags named before the text of a line: "  -o,--output FILE   Write there, not --there".
void take_flags(const std::string& line, std::set<std::string>& flags) {
  std::istringstream names(line.substr(0, line.find(' ', line.find_first_not_of(' '))));
  for (std::string name; std::getline(names, name, ',');) {
    const std::size_t dash = name.find('-');
    if (dash != std::string::npos) flags.insert(name.substr(dash));
  }
}

class ManualTest : public ::testing::Test {
 protected:
  Help help_of(const Words& path) const {
    Words args = path;
    args.emplace_back("--help");
    const Outcome outcome = box_.run(args);
    EXPECT_EQ(outcome.exit_status, 0);
    Help help{path, {}, {}};
    std::string part;
    for (const std::string& line : lines_of(outcome.out)) {
      if (line.front() != ' ') part = line;
      const bool entry = line.starts_with("  ") && line.size() > 2 && line[2] != ' ';
      if (entry && part == "Options:") take_flags(line, help.flags);
      if (entry && part == "Subcommands:") {
        help.commands.push_back(line.substr(2, line.find(' ', 2) - 2));
      }
    }
    return help;
  }
  std::vector<Help> whole_help() const {
    std::vector<Help> all = {help_of({})};
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const std::string& command : Words(all[i].commands)) {
        Words path = all[i].path;
        path.push_back(command);
        all.push_back(help_of(path));
      }
    }
    EXPECT_GT(all.size(), 20U);  // or the help is not read right
    return all;
  }
  std::string shell(const std::string& script, const std::string& interpreter = "bash") const {
    box_.write("script", script);
    box_.must({"sh", "-c", interpreter + " ./script >out 2>&1 || { cat out >&2; exit 1; }"});
    return box_.read("out");
  }
  void write_completion(const std::string& name) const {
    const Outcome outcome = box_.run({"completion", name});
    EXPECT_EQ(outcome.exit_status, 0);
    box_.write("completion", outcome.out);
  }
  // What bash offers for the last word.
  Words bash_offers(const std::string& words) const {
    return lines_of(shell("source ./completion\nCOMP_WORDS=(" + words +
                          ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_nhisweep nhisweep\n"
                          "((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\"; true\n"));
  }
  Sandbox box_;
};

std::string without_escapes(std::string page) {
  for (std::size_t at = 0; (at = page.find("\\-", at)) != std::string::npos; ++at) {
    page.erase(at, 1);
  }
  return page;
}

TEST_F(ManualTest, EveryFlagOfEveryCommandIsOnItsPage) {
  for (const Help& help : whole_help()) {
    const std::string verb = help.path.empty() ? "nhisweep" : help.path.front();
    const Outcome outcome = box_.run({"man", verb});
    ASSERT_EQ(outcome.exit_status, 0) << verb;
    std::string page = without_escapes(outcome.out);
    if (help.path.size() == 2) {  // a part of its page
      const std::size_t from = page.find(".SS nhisweep " + joined(help.path, " ") + "\n");
      ASSERT_NE(from, std::string::npos) << joined(help.path, " ");
      page = page.substr(from, page.find("\n.S", from + 1) - from);
    }
    // The page of a group holds its commands, which have the flags.
    if (help.path.size() == 1 && !help.commands.empty()) continue;
    for (const std::string& flag : help.flags) {
      EXPECT_THAT(page, HasSubstr("\\fB" + flag + "\\fR")) << joined(help.path, " ");
    }
  }
}

TEST_F(ManualTest, ReadersOfPagesHaveNothingToComplainAbout) {
  ASSERT_EQ(box_.run({"man", "--all-to", "pages"}).exit_status, 0);
  const std::string each = "for page in pages/man?/*; do ";
  std::size_t readers = 0;
  for (const auto& [program, command] :
       {std::pair{"groff", "groff -man -Tutf8 -ww -z $page"},
        std::pair{"man", "MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z $page >/dev/null"},
        std::pair{"mandoc", "mandoc -T lint -W style $page"}}) {
    if (!is_there(program)) continue;
    ++readers;
    EXPECT_EQ(shell(each + command + " || true; done"), "") << program;
  }
  if (readers == 0) GTEST_SKIP() << "neither groff, man nor mandoc is installed";
}

TEST_F(ManualTest, APageForEachCommandAndEachFileIsWrittenForEverybodyToRead) {
  ASSERT_EQ(box_.run({"man", "--all-to", "pages"}).exit_status, 0);
  for (const std::string& command : help_of({}).commands) {
    EXPECT_THAT(box_.read("pages/man1/nhisweep-" + command + ".1"), HasSubstr(".SH SYNOPSIS\n"));
  }
  EXPECT_THAT(without_escapes(box_.read("pages/man1/nhisweep.1")),
              AllOf(HasSubstr(".SH EXIT STATUS"), HasSubstr("NHISWEEP_KEY_FILE"),
                    HasSubstr(".SH EXAMPLES"), HasSubstr("fingerprint.key")));
  for (const auto& entry : fs::recursive_directory_iterator(box_.path("pages"))) {
    const auto others = entry.status().permissions() & fs::perms::others_all;
    EXPECT_EQ(others, entry.is_directory() ? fs::perms::others_read | fs::perms::others_exec
                                           : fs::perms::others_read)
        << entry.path();
  }
}

TEST_F(ManualTest, ThePageOfTheConfigurationNamesWhatTheFileTakes) {
  const std::string page = without_escapes(box_.run({"man", "nhisweep.yaml"}).out);
  for (const std::string& flag : help_of({"sweep"}).flags) {
    if (!flag.starts_with("--") || flag == "--help") continue;
    EXPECT_THAT(page, HasSubstr("\\fB" + flag.substr(2) + ":\\fR"));
  }
}

TEST_F(ManualTest, TheExampleOfTheEstatePageIsAnEstateFile) {
  const std::string page = box_.run({"man", "estate"}).out;
  const std::size_t from = page.find(".nf\n", page.find(".SH EXAMPLES")) + 4;
  std::string example = without_escapes(page.substr(from, page.find("\n.fi", from) - from));
  for (std::size_t at = 0; (at = example.find("\\(aq", at)) != std::string::npos;) {
    example.replace(at, 4, "'");
  }
  box_.write("owners.yaml", "'**': platform\n");
  box_.write("estate.yaml", example + "\n");
  const Outcome outcome = box_.run({"doctor", "--estate", "estate.yaml"});
  EXPECT_EQ(outcome.exit_status, 3) << outcome.err;  // its places are not on this machine
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr("/srv/mirth-exports"));
}

TEST_F(ManualTest, AnUnknownPageIsBadUse) {
  const Outcome outcome = box_.run({"man", "swep"});
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'swep'"));
  EXPECT_EQ(box_.run({"completion", "tcsh"}).exit_status, 2);
}

TEST_F(ManualTest, BashOffersEveryFlagAndCommandOfHelp) {
  write_completion("bash");
  for (const Help& help : whole_help()) {
    const std::string before = joined(help.path, " ");
    const Words flags = bash_offers("nhisweep " + before + " -");
    EXPECT_EQ(std::set<std::string>(flags.begin(), flags.end()), help.flags) << before;
    if (!help.commands.empty()) {
      EXPECT_EQ(bash_offers("nhisweep " + before + " ''"), help.commands) << before;
    }
  }
}

TEST_F(ManualTest, BashOffersValuesFilesAndFolders) {
  write_completion("bash");
  box_.write("an estate.yaml", "");
  box_.write("an area/x", "");
  EXPECT_THAT(bash_offers("nhisweep sweep --progress ''"),
              UnorderedElementsAre("auto", "always", "never"));
  // bash takes --progress=al apart.
  EXPECT_THAT(bash_offers("nhisweep sweep --progress = al"), ElementsAre("always"));
  EXPECT_THAT(bash_offers("nhisweep sweep --progress ="),
              UnorderedElementsAre("auto", "always", "never"));
  EXPECT_THAT(bash_offers("nhisweep sweep --estate 'an '"),
              UnorderedElementsAre("an estate.yaml", "an area"));
  EXPECT_THAT(bash_offers("nhisweep man --all-to 'an '"), ElementsAre("an area"));
  EXPECT_THAT(bash_offers("nhisweep scan --quiet 'an e'"), ElementsAre("an estate.yaml"));
  EXPECT_THAT(bash_offers("nhisweep sweep --until ''"), IsEmpty());
  EXPECT_THAT(bash_offers("nhisweep completion z"), ElementsAre("zsh"));
  EXPECT_THAT(bash_offers("nhisweep dependencies set-state d_1 cis2-p"),
              ElementsAre("cis2-primary"));
  EXPECT_THAT(bash_offers("nhisweep fin"), ElementsAre("findings"));
}

TEST_F(ManualTest, FishOffersEveryFlagAndCommandOfHelp) {
  if (!is_there("fish")) GTEST_SKIP() << "fish is not installed";
  write_completion("fish");
  std::string script = "source ./completion\n";
  const auto all = whole_help();
  for (const Help& help : all) {
    const std::string line = "nhisweep " + joined(help.path, " ");
    script += "echo @@\ncomplete -C '" + line + " -'\ncomplete -C '" + line + " --'\n";
    script += "complete -C '" + line + " '\n";
  }
  const std::string out = shell(script, "fish --no-config");
  std::size_t at = 0;
  for (const Help& help : all) {
    at = out.find("@@\n", at) + 3;
    std::set<std::string> offered;
    for (const std::string& line : lines_of(out.substr(at, out.find("@@\n", at) - at))) {
      offered.insert(line.substr(0, line.find('\t')));
    }
    EXPECT_THAT(offered, IsSupersetOf(help.flags)) << joined(help.path, " ");
    EXPECT_THAT(offered, IsSupersetOf(help.commands)) << joined(help.path, " ");
  }
}

TEST_F(ManualTest, ZshGetsEveryFlagAndCommandOfHelp) {
  if (!is_there("zsh")) GTEST_SKIP() << "zsh is not installed";
  write_completion("zsh");
  EXPECT_EQ(shell("zsh -n ./completion"), "");
  // What each function hands to the completion system of zsh.
  std::string script =
      "compdef() { }\n_arguments() { print -rl -- \"$@\"; state=command }\n"
      "_describe() { print -rl -- \"${(@P)4}\" }\nsource ./completion\n";
  const auto all = whole_help();
  for (const Help& help : all) {
    script += "echo @@\n_nhisweep" + (help.path.empty() ? "" : "_" + joined(help.path, "_")) + "\n";
  }
  const std::string out = shell(script, "zsh -f");
  std::size_t at = 0;
  for (const Help& help : all) {
    at = out.find("@@\n", at) + 3;
    const std::string specs = out.substr(at, out.find("@@\n", at) - at);
    for (const std::string& flag : help.flags) {
      EXPECT_TRUE(specs.find(flag + "[") != std::string::npos ||
                  specs.find(flag + "=[") != std::string::npos)
          << joined(help.path, " ") << " " << flag;
    }
    for (const std::string& command : help.commands) {
      EXPECT_THAT(specs, HasSubstr("\n" + command + ":")) << joined(help.path, " ");
    }
  }
}

}  // namespace
}  // namespace nhi::testing
