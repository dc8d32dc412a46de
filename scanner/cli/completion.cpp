#include "scanner/cli/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

namespace nhi {
namespace {

enum class Offer { kNothing, kWords, kFiles, kFolders };

// What a shell can offer for a value: its choices, or what its name says it is.
Offer offer_of(const FlagView& flag) {
  if (!flag.choices.empty()) return Offer::kWords;
  if (flag.value == "DIR") return Offer::kFolders;
  for (const std::string_view file : {"FILE", "PATH", "DIR", "BUNDLE", "CSV", "INVENTORY"}) {
    if (flag.value.find(file) != std::string::npos) return Offer::kFiles;
  }
  return Offer::kNothing;
}

void for_each_command(const CommandView& command,
                      const std::function<void(const CommandView&)>& f) {
  f(command);
  for (const CommandView& below : command.commands) for_each_command(below, f);
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string one_line(const std::string& text) { return replaced(text, "\n", " "); }

// For a word between single quotes of bash and zsh.
std::string in_quotes(const std::string& text) { return replaced(text, "'", "'\\''"); }

std::string all_names(const CommandView& command) {
  std::string names;
  for (const FlagView& flag : command.flags) {
    names += fmt::format("{}{}", names.empty() ? "" : " ", fmt::join(flag.names, " "));
  }
  return names;
}

std::string verbs_of(const CommandView& command) {
  std::string verbs;
  for (const CommandView& below : command.commands) {
    verbs += (verbs.empty() ? "" : " ") + below.path.back();
  }
  return verbs;
}

// "'nhisweep scan' | 'nhisweep sweep' | ...": every command below the program.
std::string all_paths(const CommandView& program, std::string_view between) {
  std::string paths;
  for_each_command(program, [&](const CommandView& command) {
    if (command.path.size() < 2) return;
    paths += fmt::format("{}'{}'", paths.empty() ? "" : between, command.joined(" "));
  });
  return paths;
}

// ---- bash -------------------------------------------------------------------------------------

std::string bash_offer(const FlagView& flag) {
  switch (offer_of(flag)) {
    case Offer::kWords:
      return fmt::format("offer=words words='{}'", fmt::join(flag.choices, " "));
    case Offer::kFiles:
      return "offer=files";
    case Offer::kFolders:
      return "offer=folders";
    case Offer::kNothing:
      break;
  }
  return "offer=nothing";
}

void bash_command(std::string& out, const CommandView& command) {
  out += fmt::format("    '{}')\n      flags='{}'\n", command.joined(" "), all_names(command));
  if (!command.commands.empty()) {
    out += fmt::format("      offer=words words='{}'\n", verbs_of(command));
  }
  // One offer for all words of a command: the one with choices, if there is any.
  for (const FlagView& word : command.words) {
    if (offer_of(word) != Offer::kNothing) out += "      " + bash_offer(word) + "\n";
  }
  std::string cases;
  for (const FlagView& flag : command.flags) {
    if (!flag.takes_value()) continue;
    cases += fmt::format("        {}) {} value=yes ;;\n", fmt::join(flag.names, " | "),
                         bash_offer(flag));
  }
  if (!cases.empty()) out += "      case $prev in\n" + cases + "      esac\n";
  out += "      ;;\n";
}

// ---- zsh --------------------------------------------------------------------------------------

std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return in_quotes(out);
}

std::string zsh_offer(const FlagView& flag) {
  switch (offer_of(flag)) {
    case Offer::kWords:
      return fmt::format("({})", fmt::join(flag.choices, " "));
    case Offer::kFiles:
      return "_files";
    case Offer::kFolders:
      return "_files -/";
    case Offer::kNothing:
      break;
  }
  return " ";
}

std::string zsh_flag(const FlagView& flag) {
  std::string tail = fmt::format("[{}]", zsh_text(flag.text));
  if (flag.takes_value()) tail += fmt::format(":{}:{}", zsh_text(flag.value), zsh_offer(flag));
  std::string specs;
  const std::string others = fmt::format("({})", fmt::join(flag.names, " "));
  for (const std::string& name : flag.names) {
    // `--flag=` takes `--flag value` too.
    const char* equals = flag.takes_value() && name.starts_with("--") ? "=" : "";
    specs += fmt::format("    '{}{}{}{}' \\\n", flag.repeatable ? "*" : others, name, equals, tail);
  }
  return specs;
}

void zsh_command(std::string& out, const CommandView& command) {
  out += fmt::format("_{}() {{\n", command.joined("_"));
  const bool group = !command.commands.empty();
  if (group) out += "  local line state\n  local -a commands\n";
  out += fmt::format("  _arguments -s {}: \\\n", group ? "-C " : "");
  for (const FlagView& flag : command.flags) out += zsh_flag(flag);
  if (group) {
    out += "    '1: :->command' '*:: :->rest'\n  case $state in\n    command)\n      commands=(\n";
    for (const CommandView& below : command.commands) {
      out += fmt::format("        '{}:{}'\n", below.path.back(), zsh_text(below.text));
    }
    out += "      )\n      _describe -t commands command commands ;;\n    rest)\n";
    out += "      case $line[1] in\n";
    for (const CommandView& below : command.commands) {
      out += fmt::format("        {}) _{} ;;\n", below.path.back(), below.joined("_"));
    }
    out += "      esac ;;\n  esac\n}\n\n";
    return;
  }
  int place = 0;
  for (const FlagView& word : command.words) {
    const std::string at = word.repeatable ? "*" : fmt::format("{}", ++place);
    out += fmt::format("    '{}:{}{}:{}' \\\n", at, word.required ? "" : ":", zsh_text(word.value),
                       zsh_offer(word));
  }
  out.replace(out.rfind(" \\\n"), 3, "\n");
  out += "}\n\n";
}

// ---- fish -------------------------------------------------------------------------------------

std::string fish_text(const std::string& text) {
  return replaced(replaced(one_line(text), "\\", "\\\\"), "'", "\\'");
}

std::string fish_offer(const FlagView& flag) {
  switch (offer_of(flag)) {
    case Offer::kWords:
      return fmt::format(" -x -a '{}'", fmt::join(flag.choices, " "));
    case Offer::kFiles:
      return " -r -F";
    case Offer::kFolders:
      return " -x -a '(__fish_complete_directories)'";
    case Offer::kNothing:
      break;
  }
  return " -x";
}

void fish_command(std::string& out, const CommandView& command) {
  const std::string begin =
      fmt::format("complete -c nhisweep -n '__nhisweep_at {}'", command.joined(" "));
  for (const CommandView& below : command.commands) {
    out += fmt::format("{} -a '{}' -d '{}'\n", begin, below.path.back(), fish_text(below.text));
  }
  for (const FlagView& word : command.words) {
    const Offer offer = offer_of(word);
    if (offer == Offer::kFiles || offer == Offer::kFolders) out += begin + " -F\n";
    if (offer == Offer::kWords) {
      out += fmt::format("{} -a '{}'\n", begin, fmt::join(word.choices, " "));
    }
  }
  for (const FlagView& flag : command.flags) {
    out += begin;
    for (const std::string& name : flag.names) {
      const bool is_long = name.starts_with("--");
      out += fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1));
    }
    if (flag.takes_value()) out += fish_offer(flag);
    out += fmt::format(" -d '{}'\n", fish_text(flag.text));
  }
}

}  // namespace

std::string bash_completion(const CommandView& program) {
  std::string out = R"(# Completion of nhisweep for bash, as `nhisweep completion bash` prints it.
_nhisweep() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local path=nhisweep flags='' words='' offer=nothing value='' i
  # bash takes --flag=value apart into three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]] && ((COMP_CWORD > 2)); then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -* ]] && continue
    case "$path ${COMP_WORDS[i]}" in
      )";
  out += all_paths(program, " | \\\n        ");
  out += R"()
        path+=" ${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
  done
  case $path in
)";
  for_each_command(program, [&](const CommandView& command) { bash_command(out, command); });
  out += R"(  esac
  COMPREPLY=()
  if [[ -z $value && $cur == -* ]]; then
    offer=words words=$flags
  fi
  case $offer in
    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
    files) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
  esac
  # Quotes what needs it and puts a slash behind folders; outside of a completion it is refused.
  [[ $offer == files || $offer == folders ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _nhisweep nhisweep
)";
  return out;
}

std::string zsh_completion(const CommandView& program) {
  std::string out =
      "#compdef nhisweep\n# Completion of nhisweep for zsh, as `nhisweep completion zsh` prints "
      "it.\n\n";
  for_each_command(program, [&](const CommandView& command) { zsh_command(out, command); });
  // As a file of $fpath this is the body of the function; sourced it has to register it.
  out +=
      "if [[ $funcstack[1] == _nhisweep ]]; then\n  _nhisweep \"$@\"\nelse\n"
      "  compdef _nhisweep nhisweep\nfi\n";
  return out;
}

std::string fish_completion(const CommandView& program) {
  std::string out = R"(# Completion of nhisweep for fish, as `nhisweep completion fish` prints it.
function __nhisweep_path
    set -l path nhisweep
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        switch "$path $word"
            case )";
  out += all_paths(program, " ");
  out += R"(
                set path "$path $word"
            case '*'
                break
        end
    end
    echo $path
end
function __nhisweep_at
    test (__nhisweep_path) = "$argv"
end
complete -c nhisweep -f
)";
  for_each_command(program, [&](const CommandView& command) { fish_command(out, command); });
  return out;
}

}  // namespace nhi
