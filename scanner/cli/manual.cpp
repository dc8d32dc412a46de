#include "scanner/cli/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/cli/command_table.hpp"
#include "scanner/cli/manual_text.hpp"
#include "scanner/cli/roff.hpp"
#include "scanner/cli/version.hpp"

namespace nhi {
namespace {

RoffPage begin(const std::string& name, int section, std::string_view text) {
  RoffPage page(name, section, kManualDate, kVersion);
  page.section("NAME");
  page.line(fmt::format("{} \\- {}", roff_text(name), roff_text(text)));
  return page;
}

// "-o, --output FILE"
std::string term_of(const FlagView& flag) {
  std::string term;
  for (const std::string& name : flag.names) {
    term += (term.empty() ? "" : ", ") + roff_bold(name);
  }
  if (flag.takes_value()) term += (term.empty() ? "" : " ") + roff_italic(flag.value);
  if (flag.repeatable && flag.names.empty()) term += " ...";
  return term;
}

std::string sentence(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (!text.empty() && text.find_last_of(".!?\xA6") != text.size() - 1) text += '.';
  return text;
}

std::string text_of(const FlagView& flag) {
  std::string text = sentence(flag.text);
  // The table names the choices in its own words; those that it leaves out are listed here.
  const bool all_named = std::all_of(
      flag.choices.begin(), flag.choices.end(),
      [&](const std::string& word) { return flag.text.find(word) != std::string::npos; });
  if (!all_named) text += fmt::format(" One of {}.", fmt::join(flag.choices, ", "));
  if (flag.required && !flag.names.empty()) text += " Required.";
  if (flag.repeatable && !flag.names.empty() && text.find("repeatable") == std::string::npos) {
    text += " May be given more than once.";
  }
  return text;
}

std::string synopsis_of(const CommandView& command) {
  std::string line = roff_bold(command.joined(" "));
  if (!command.commands.empty()) return line + " " + roff_italic("COMMAND") + " ...";
  for (const FlagView& flag : command.flags) {
    if (flag.required) line += " " + roff_bold(flag.names.back()) + " " + roff_italic(flag.value);
  }
  line += " [" + roff_italic("FLAGS") + "]";
  for (const FlagView& word : command.words) {
    const std::string name = roff_italic(word.value) + (word.repeatable ? " ..." : "");
    line += word.required ? " " + name : " [" + name + "]";
  }
  return line;
}

void put_flags(RoffPage& page, const CommandView& command) {
  for (const FlagView& word : command.words) page.tagged(term_of(word), text_of(word));
  for (const FlagView& flag : command.flags) page.tagged(term_of(flag), text_of(flag));
}

void put_examples(RoffPage& page, std::string_view command) {
  const auto examples = manual_examples(command);
  if (examples.empty()) return;
  page.section("EXAMPLES");
  for (const auto& [what, typed] : examples) {
    page.paragraph(what);
    page.literal(typed);
  }
}

void put_entries(RoffPage& page, std::span<const ManualEntry> entries) {
  for (const auto& [term, text] : entries) page.tagged(roff_bold(term), text);
}

void see_also(RoffPage& page, const std::vector<std::pair<std::string, int>>& pages) {
  page.section("SEE ALSO");
  for (std::size_t i = 0; i < pages.size(); ++i) {
    page.line(fmt::format(".BR {} ({}){}", roff_text(pages[i].first), pages[i].second,
                          i + 1 == pages.size() ? "" : ","));
  }
}

// Of {"nhisweep", "findings"} the page nhisweep-findings, with what is below it as subsections.
ManualPage page_of(const CommandView& command) {
  const std::string name = command.joined("-");
  const std::string verb = command.path.back();
  RoffPage page = begin(name, 1, command.text);
  page.section("SYNOPSIS");
  if (command.commands.empty()) page.synopsis_line(synopsis_of(command), true);
  for (std::size_t i = 0; i < command.commands.size(); ++i) {
    page.synopsis_line(synopsis_of(command.commands[i]), i == 0);
  }
  page.section("DESCRIPTION");
  page.paragraph(sentence(command.text));
  for (const std::string_view paragraph : manual_description(verb)) page.paragraph(paragraph);
  page.section(command.commands.empty() ? "OPTIONS" : "COMMANDS");
  if (command.commands.empty()) put_flags(page, command);
  for (const CommandView& below : command.commands) {
    page.subsection(below.joined(" "));
    page.paragraph(sentence(below.text));
    put_flags(page, below);
  }
  put_examples(page, verb);
  page.section("EXIT STATUS");
  page.line("See\n.BR nhisweep (1).");
  see_also(page, {{"nhisweep", 1}, {"nhisweep.yaml", 5}, {"nhisweep-estate", 5}});
  return {name, 1, page.text()};
}

ManualPage program_page(const CommandView& program) {
  std::string text = program.text;
  if (text.ends_with('.')) text.pop_back();
  RoffPage page = begin("nhisweep", 1, text);
  page.section("SYNOPSIS");
  page.synopsis_line(synopsis_of(program), true);
  page.section("DESCRIPTION");
  page.paragraph(program.text);
  for (const std::string_view paragraph : manual_description("")) page.paragraph(paragraph);
  page.section("COMMANDS");
  std::vector<std::pair<std::string, int>> others;
  for (const CommandView& command : program.commands) {
    page.tagged(roff_bold(command.path.back()), sentence(command.text));
    others.emplace_back(command.joined("-"), 1);
  }
  page.section("OPTIONS");
  put_flags(page, program);
  page.section("EXIT STATUS");
  put_entries(page, manual_exit_status());
  page.paragraph(
      "Of several that apply the first of 2, 5, 3, 4, 1 is given; a signal ends with 128 and its "
      "number. Results go to standard output, everything else to standard error.");
  page.section("ENVIRONMENT");
  put_entries(page, manual_environment());
  page.section("FILES");
  put_entries(page, manual_files());
  put_examples(page, "");
  others.emplace_back("nhisweep.yaml", 5);
  others.emplace_back("nhisweep-estate", 5);
  see_also(page, others);
  return {"nhisweep", 1, page.text()};
}

void collect_keys(const CommandView& command, std::vector<const FlagView*>& keys) {
  for (const FlagView& flag : command.flags) {
    if (!flag.configurable || flag.names.back() == "--help") continue;
    const bool known = std::any_of(keys.begin(), keys.end(), [&](const FlagView* key) {
      return key->names.back() == flag.names.back();
    });
    if (!known) keys.push_back(&flag);
  }
}

ManualPage configuration_page(const CommandView& program) {
  RoffPage page = begin("nhisweep.yaml", 5, "Flags of nhisweep in a file");
  page.section("DESCRIPTION");
  page.paragraph(
      "A file of this name in the current folder holds flags that need not be typed. It is a YAML "
      "mapping; a key is the long name of a flag without its dashes. Flags on the command line "
      "win. A command passes over keys that only another command knows; a key that none knows is "
      "an error with status 2.");
  page.paragraph("A switch is true or false; what may be given more than once can be a list.");
  page.section("KEYS");
  std::vector<const FlagView*> keys;
  for (const std::string_view verb : kConfiguredCommands) {
    for (const CommandView& command : program.commands) {
      if (command.path.back() == verb) collect_keys(command, keys);
    }
  }
  for (const FlagView* key : keys) {
    const std::string value = key->takes_value() ? key->value : "true|false";
    page.tagged(roff_bold(key->names.back().substr(2) + ":") + " " + roff_italic(value),
                text_of(*key));
  }
  put_examples(page, "nhisweep.yaml");
  see_also(page, {{"nhisweep", 1}, {"nhisweep-sweep", 1}, {"nhisweep-estate", 5}});
  return {"nhisweep.yaml", 5, page.text()};
}

ManualPage estate_page() {
  RoffPage page = begin("nhisweep-estate", 5, "What a sweep reads, and what is expected of it");
  page.section("DESCRIPTION");
  for (const std::string_view paragraph : manual_description("estate")) page.paragraph(paragraph);
  page.section("KEYS");
  put_entries(page, estate_keys());
  page.section("KEYS OF A TARGET");
  put_entries(page, target_keys());
  page.section("KEYS OF THE POLICY");
  put_entries(page, policy_keys());
  page.section("EXAMPLES");
  page.literal(estate_example());
  see_also(page, {{"nhisweep-sweep", 1}, {"nhisweep-doctor", 1}, {"nhisweep.yaml", 5}});
  return {"nhisweep-estate", 5, page.text()};
}

}  // namespace

std::string ManualPage::file() const { return fmt::format("man{0}/{1}.{0}", section, name); }

std::vector<ManualPage> manual_pages(const CommandView& program) {
  std::vector<ManualPage> pages = {program_page(program)};
  for (const CommandView& command : program.commands) pages.push_back(page_of(command));
  pages.push_back(configuration_page(program));
  pages.push_back(estate_page());
  return pages;
}

}  // namespace nhi
