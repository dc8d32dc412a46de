#include "scanner/rules/gitleaks_allowlist.hpp"

#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/rules/foreign_pattern.hpp"

namespace nhi {
namespace {

using Status = Result<void>;

std::string trimmed(const std::string& text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Status read_patterns(const TomlKeys& keys, const YamlEntry& entry, std::vector<std::string>& into) {
  if (entry.value.kind != YamlNode::Kind::kList) return keys.refuse(entry, "must be an array");
  std::string joined;
  for (const YamlNode& item : entry.value.items) {
    NHI_CHECK_OK(read_go_pattern(keys, entry, item, into.emplace_back()));
    joined += (joined.empty() ? "(?:" : "|") + into.back();
  }
  if (into.empty()) return {};
  // Gitleaks makes one pattern of all: too large together is too large.
  if (const auto status = check_foreign_pattern(joined + ")"); !status) {
    return keys.refuse(entry, "together " + status.error().what);
  }
  return {};
}

Status read_condition(const TomlKeys& keys, const YamlEntry& entry, Allowlist& allowlist) {
  std::string text;
  NHI_CHECK_OK(keys.read_text(entry, text));
  const std::string word = chars::folded(text);
  allowlist.all = word == "and" || word == "&&";
  if (allowlist.all || word.empty() || word == "or" || word == "||") return {};
  return keys.refuse(entry, "must be 'OR' or 'AND'");
}

Status read_target(const TomlKeys& keys, const YamlEntry& entry, Allowlist& allowlist) {
  std::string text;
  NHI_CHECK_OK(keys.read_text(entry, text));
  if (text == "match") allowlist.target = AllowTarget::kMatch;
  if (text == "line") allowlist.target = AllowTarget::kLine;
  if (text.empty() || text == "secret" || text == "match" || text == "line") return {};
  return keys.refuse(entry, "must be 'secret', 'match' or 'line'");
}

}  // namespace

Result<void> read_go_pattern(const TomlKeys& keys, const YamlEntry& entry, const YamlNode& node,
                             std::string& into) {
  std::string text;
  NHI_CHECK_OK(keys.read_text({entry.key, node.line, node}, text));
  auto made = from_go_pattern(text);
  const auto status = made ? check_foreign_pattern(*made) : Status(fail(made.error()));
  if (!status) {
    return keys.refuse(node.line, "'" + entry.key + "' " + status.error().what,
                       status.error().hint);
  }
  into = std::move(*made);
  return {};
}

Result<void> read_allow_entry(const TomlKeys& keys, const std::string& key, const YamlEntry& entry,
                              Allowlist& allowlist) {
  std::string ignored;
  if (key == "description") return keys.read_text(entry, ignored);
  if (key == "condition") return read_condition(keys, entry, allowlist);
  if (key == "regextarget") return read_target(keys, entry, allowlist);
  if (key == "paths") return read_patterns(keys, entry, allowlist.paths);
  if (key == "regexes") return read_patterns(keys, entry, allowlist.regexes);
  std::vector<std::string>& list = key == "commits" ? allowlist.commits : allowlist.stop_words;
  NHI_CHECK_OK(keys.read_list(entry, list));
  for (std::string& word : list) {
    word = chars::folded(word);
    if (key == "commits") word = trimmed(word);
    if (word.empty()) return keys.refuse(entry, "holds an empty word");
  }
  return {};
}

Result<std::shared_ptr<const Allowlist>> finish_allowlist(const TomlKeys& keys, Allowlist allowlist,
                                                          std::size_t line) {
  if (allowlist.regexes.empty() && allowlist.paths.empty() && allowlist.stop_words.empty() &&
      allowlist.commits.empty()) {
    return keys.refuse(line,
                       "an allowlist has none of 'commits', 'paths', 'regexes' and 'stopwords'");
  }
  return std::make_shared<const Allowlist>(std::move(allowlist));
}

}  // namespace nhi
