#include "scanner/sweep/declared.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sweep/estate_node.hpp"

namespace nhi {
namespace {

std::string place_of(const std::string& file, const YAML::Node& node) {
  return fmt::format("{}:{}:{}", file, node.Mark().line + 1, node.Mark().column + 1);
}

// Known keys, none of them twice: of two values one would be dropped in silence.
Result<void> check_entry_keys(const std::string& file, const YAML::Node& entry) {
  std::vector<std::string_view> known = {"system", "environment", "decided_by", "date", "evidence"};
  for (std::size_t i = 0; i < kDependencyFields; ++i) {
    known.push_back(to_string(static_cast<DependencyField>(i)));
  }
  NHI_CHECK_OK(check_keys(file, entry, known));
  std::set<std::string> seen;
  for (const auto& pair : entry) {
    if (seen.insert(pair.first.as<std::string>("")).second) continue;
    return bad_node(file, pair.first.Mark(),
                    "'" + pair.first.as<std::string>("") + "' stands twice in this entry");
  }
  return {};
}

Result<std::string> word_of(const std::string& file, const YAML::Node& entry, const char* key,
                            bool required) {
  const YAML::Node node = entry[key];
  if (!node || node.IsNull()) {
    if (!required) return std::string();
    return bad_node(file, entry.Mark(), std::string("a dependency needs `") + key + "`",
                    "system, state, decided_by, date and evidence are required");
  }
  // Side states are a list in YAML; everywhere else they are parted by commas.
  std::string text;
  if (node.IsSequence() && key == to_string(DependencyField::kSideStates)) {
    for (const std::string& one : strings_of(node)) text += (text.empty() ? "" : ",") + one;
    return text;
  }
  if (!node.IsScalar()) {
    return bad_node(file, node.Mark(), std::string("`") + key + "` is one value");
  }
  text = node.as<std::string>("");
  if (text.size() > kDependencyWordBytesMax) {
    return bad_node(file, node.Mark(),
                    fmt::format("`{}` has over {} bytes", key, kDependencyWordBytesMax));
  }
  if (required && text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return bad_node(file, node.Mark(), std::string("`") + key + "` is empty");
  }
  return text;
}

Result<void> read_words(const std::string& file, const YAML::Node& entry,
                        DeclaredDependency& declared) {
  for (std::size_t i = 0; i < kDependencyFields; ++i) {
    const auto field = static_cast<DependencyField>(i);
    const std::string key(to_string(field));
    NHI_TRY(const std::string text,
            word_of(file, entry, key.c_str(), field == DependencyField::kState));
    auto word = canonical_word(field, text);
    if (!word) {
      return bad_node(file, entry[key].Mark(), word.error().what, word.error().hint);
    }
    declared.words.push_back(std::move(*word));
  }
  const auto conflict = check_words(declared.words);
  if (!conflict) return {};
  const YAML::Node at = entry[std::string(to_string(conflict->field))];
  return bad_node(file, at ? at.Mark() : entry.Mark(), conflict->what);
}

Result<DeclaredDependency> read_entry(const std::string& file, const YAML::Node& entry,
                                      Instant as_of) {
  if (!entry.IsMap()) return bad_node(file, entry.Mark(), "a dependency must be a mapping");
  NHI_CHECK_OK(check_entry_keys(file, entry));
  DeclaredDependency declared;
  declared.place = place_of(file, entry);
  NHI_TRY(declared.system, word_of(file, entry, "system", true));
  NHI_TRY(const std::string environment, word_of(file, entry, "environment", false));
  if (!environment.empty()) {
    declared.environment = parse_environment(environment);
    if (!declared.environment) {
      return bad_node(file, entry["environment"].Mark(), "unknown environment",
                      "one of live, integration, training, development");
    }
  }
  NHI_CHECK_OK(read_words(file, entry, declared));
  NHI_TRY(declared.decided_by, word_of(file, entry, "decided_by", true));
  NHI_TRY(declared.evidence, word_of(file, entry, "evidence", true));
  NHI_TRY(const std::string day, word_of(file, entry, "date", true));
  const auto date = parse_instant(day);
  if (!date)
    return bad_node(file, entry["date"].Mark(), date.error().what, "write it as 2026-11-20");
  if (as_of < *date) {
    return bad_node(file, entry["date"].Mark(), "the decision is of a day that has not come");
  }
  declared.date = *date;
  return declared;
}

Result<std::vector<DeclaredDependency>> read_declared(const std::string& file,
                                                      const YAML::Node& root, Instant as_of) {
  if (!root.IsMap()) return bad_node(file, root.Mark(), "`dependencies:` and a list is expected");
  NHI_CHECK_OK(check_keys(file, root, {"dependencies"}));
  const YAML::Node list = root["dependencies"];
  std::vector<DeclaredDependency> entries;
  if (!list || list.IsNull()) return entries;
  if (!list.IsSequence()) return bad_node(file, list.Mark(), "`dependencies` is a list");
  if (list.size() > kDeclaredMax) {
    return bad_node(file, list.Mark(), fmt::format("over {} dependencies", kDeclaredMax));
  }
  std::map<std::pair<std::string, std::optional<Environment>>, std::string> places;
  for (const auto& node : list) {
    NHI_TRY(DeclaredDependency entry, read_entry(file, node, as_of));
    const auto [before, fresh] =
        places.emplace(std::pair(entry.system, entry.environment), entry.place);
    if (!fresh) {
      return bad_node(file, node.Mark(),
                      "'" + entry.system + "' in this environment stands at " + before->second);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

Result<std::vector<DeclaredDependency>> load_declared(const std::string& file, Instant as_of) {
  NHI_TRY(const std::string text, read_small_file(file, kConfigFileBytesMax));
  try {
    return read_declared(file, YAML::Load(text), as_of);
  } catch (const YAML::Exception& error) {
    return bad_node(file, error.mark, "not valid YAML: " + error.msg);
  }
}

}  // namespace nhi
