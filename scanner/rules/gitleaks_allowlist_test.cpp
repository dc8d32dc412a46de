#include "scanner/rules/gitleaks_allowlist.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "scanner/rules/toml_tree.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<std::string_view, 7> kKeys = {"description", "condition", "commits",  "paths",
                                                   "regextarget", "regexes",   "stopwords"};

Result<std::shared_ptr<const Allowlist>> read(const std::string& text) {
  const std::string file = "a.toml";
  NHI_TRY(const YamlNode root, parse_toml(text, file));
  const TomlKeys keys(file);
  Allowlist allowlist;
  NHI_CHECK_OK(keys.each_key(root, kKeys, [&](const std::string& key, const YamlEntry& entry) {
    return read_allow_entry(keys, key, entry, allowlist);
  }));
  return finish_allowlist(keys, std::move(allowlist), 7);
}

TEST(GitleaksAllowlist, EveryKeyIsRead) {
  const auto made = read(
      "description = 'd'\ncondition = 'And'\ncommits = [' C0FFEE ']\npaths = ['a$']\n"
      "regexTarget = 'line'\nregexes = ['b', 'c']\nstopwords = ['EXAMPLE']\n");
  ASSERT_TRUE(made) << made.error().message();
  const Allowlist& allowlist = **made;
  EXPECT_TRUE(allowlist.all);
  EXPECT_EQ(allowlist.target, AllowTarget::kLine);
  EXPECT_THAT(allowlist.commits, ElementsAre("c0ffee"));
  EXPECT_THAT(allowlist.paths, ElementsAre("a$"));
  EXPECT_THAT(allowlist.regexes, ElementsAre("b", "c"));
  EXPECT_THAT(allowlist.stop_words, ElementsAre("example"));
}

TEST(GitleaksAllowlist, NamesWhatIsWrong) {
  const auto what = [](const std::string& text) {
    const auto made = read(text);
    return made ? "taken" : made.error().subject + ": " + made.error().what;
  };
  EXPECT_EQ(what("condition = 'or'\npaths = ['a']\n"), "taken");
  EXPECT_THAT(what("description = 'd'\n"), HasSubstr("a.toml:7: an allowlist has none of"));
  EXPECT_EQ(what("condition = 'xor'\n"), "a.toml:1: 'condition' must be 'OR' or 'AND'");
  EXPECT_THAT(what("regexTarget = 'file'\n"), HasSubstr("must be 'secret', 'match' or 'line'"));
  EXPECT_THAT(what("paths = 'a'\n"), HasSubstr("'paths' must be an array"));
  EXPECT_THAT(what("\nregexes = ['a', 'b(']\n"), HasSubstr("a.toml:2: 'regexes'"));
  EXPECT_THAT(what("stopwords = ['']\n"), HasSubstr("holds an empty word"));
  EXPECT_THAT(what("commits = [' ']\n"), HasSubstr("holds an empty word"));
}

}  // namespace
}  // namespace nhi
