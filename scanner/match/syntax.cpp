// What a file name says about how the file writes values, and about what the file is for.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

struct Extension {
  std::string_view name;  // lower case, without the dot
  Syntax syntax;
};

constexpr Extension kExtensions[] = {
    {"c", Syntax::kCLike},
    {"h", Syntax::kCLike},
    {"cc", Syntax::kCLike},
    {"cpp", Syntax::kCLike},
    {"cxx", Syntax::kCLike},
    {"hh", Syntax::kCLike},
    {"hpp", Syntax::kCLike},
    {"hxx", Syntax::kCLike},
    {"m", Syntax::kCLike},
    {"mm", Syntax::kCLike},
    {"cs", Syntax::kCLike},
    {"csx", Syntax::kCLike},
    {"java", Syntax::kCLike},
    {"kt", Syntax::kCLike},
    {"kts", Syntax::kCLike},
    {"go", Syntax::kCLike},
    {"rs", Syntax::kCLike},
    {"swift", Syntax::kCLike},
    {"scala", Syntax::kCLike},
    {"sc", Syntax::kCLike},
    {"js", Syntax::kCLike},
    {"jsx", Syntax::kCLike},
    {"mjs", Syntax::kCLike},
    {"cjs", Syntax::kCLike},
    {"ts", Syntax::kCLike},
    {"tsx", Syntax::kCLike},
    {"mts", Syntax::kCLike},
    {"cts", Syntax::kCLike},
    {"vue", Syntax::kCLike},
    {"svelte", Syntax::kCLike},
    {"groovy", Syntax::kCLike},
    {"gradle", Syntax::kCLike},
    {"dart", Syntax::kCLike},
    {"d", Syntax::kCLike},
    {"ino", Syntax::kCLike},
    {"proto", Syntax::kCLike},
    {"thrift", Syntax::kCLike},
    {"sol", Syntax::kCLike},
    {"fs", Syntax::kCLike},
    {"vb", Syntax::kCLike},
    {"hs", Syntax::kCLike},
    {"erl", Syntax::kCLike},
    {"ex", Syntax::kCLike},
    {"exs", Syntax::kCLike},
    {"elm", Syntax::kCLike},
    {"ml", Syntax::kCLike},
    {"zig", Syntax::kCLike},
    {"clj", Syntax::kCLike},
    {"jsp", Syntax::kCLike},
    {"cls", Syntax::kCLike},
    {"mac", Syntax::kCLike},
    {"coffee", Syntax::kScript},
    {"py", Syntax::kScript},
    {"pyw", Syntax::kScript},
    {"pyi", Syntax::kScript},
    {"rb", Syntax::kScript},
    {"rake", Syntax::kScript},
    {"erb", Syntax::kScript},
    {"haml", Syntax::kScript},
    {"gemspec", Syntax::kScript},
    {"pl", Syntax::kScript},
    {"pm", Syntax::kScript},
    {"t", Syntax::kScript},
    {"php", Syntax::kScript},
    {"phtml", Syntax::kScript},
    {"inc", Syntax::kScript},
    {"lua", Syntax::kScript},
    {"r", Syntax::kScript},
    {"jl", Syntax::kScript},
    {"tcl", Syntax::kScript},
    {"ipynb", Syntax::kData},
    {"sh", Syntax::kShell},
    {"bash", Syntax::kShell},
    {"zsh", Syntax::kShell},
    {"ksh", Syntax::kShell},
    {"fish", Syntax::kShell},
    {"bats", Syntax::kShell},
    {"mk", Syntax::kShell},
    {"mak", Syntax::kShell},
    {"dockerfile", Syntax::kShell},
    {"bat", Syntax::kShell},
    {"cmd", Syntax::kShell},
    {"profile", Syntax::kShell},
    {"ps1", Syntax::kPowerShell},
    {"psm1", Syntax::kPowerShell},
    {"psd1", Syntax::kPowerShell},
    {"vbs", Syntax::kPowerShell},
    {"properties", Syntax::kConfig},
    {"ini", Syntax::kConfig},
    {"cfg", Syntax::kConfig},
    {"conf", Syntax::kConfig},
    {"cnf", Syntax::kConfig},
    {"env", Syntax::kConfig},
    {"yaml", Syntax::kConfig},
    {"yml", Syntax::kConfig},
    {"toml", Syntax::kConfig},
    {"tf", Syntax::kConfig},
    {"tfvars", Syntax::kConfig},
    {"hcl", Syntax::kConfig},
    {"service", Syntax::kConfig},
    {"timer", Syntax::kConfig},
    {"socket", Syntax::kConfig},
    {"mount", Syntax::kConfig},
    {"nomad", Syntax::kConfig},
    {"editorconfig", Syntax::kConfig},
    {"npmrc", Syntax::kConfig},
    {"j2", Syntax::kConfig},
    {"reg", Syntax::kConfig},
    {"inf", Syntax::kConfig},
    {"dsn", Syntax::kConfig},
    {"udl", Syntax::kConfig},
    {"ldif", Syntax::kConfig},
    {"rdp", Syntax::kConfig},
    {"ovpn", Syntax::kConfig},
    {"nmconnection", Syntax::kConfig},
    {"netrc", Syntax::kConfig},
    {"pgpass", Syntax::kConfig},
    {"htpasswd", Syntax::kConfig},
    {"htaccess", Syntax::kConfig},
    {"json", Syntax::kData},
    {"jsonc", Syntax::kData},
    {"json5", Syntax::kData},
    {"jsonl", Syntax::kData},
    {"ndjson", Syntax::kData},
    {"har", Syntax::kData},
    {"xml", Syntax::kData},
    {"xsd", Syntax::kData},
    {"xsl", Syntax::kData},
    {"xslt", Syntax::kData},
    {"wsdl", Syntax::kData},
    {"config", Syntax::kData},
    {"csproj", Syntax::kData},
    {"props", Syntax::kData},
    {"targets", Syntax::kData},
    {"resx", Syntax::kData},
    {"xaml", Syntax::kData},
    {"xib", Syntax::kData},
    {"storyboard", Syntax::kData},
    {"plist", Syntax::kData},
    {"svg", Syntax::kData},
    {"iml", Syntax::kData},
    {"html", Syntax::kData},
    {"htm", Syntax::kData},
    {"xhtml", Syntax::kData},
    {"csv", Syntax::kData},
    {"tsv", Syntax::kData},
    {"manifest", Syntax::kData},
    {"rdl", Syntax::kData},
    {"dtsx", Syntax::kData},
    {"sql", Syntax::kSql},
    {"ddl", Syntax::kSql},
    {"pls", Syntax::kSql},
    {"pkb", Syntax::kSql},
    {"pks", Syntax::kSql},
    {"psql", Syntax::kSql},
    {"md", Syntax::kProse},
    {"markdown", Syntax::kProse},
    {"mdx", Syntax::kProse},
    {"rst", Syntax::kProse},
    {"txt", Syntax::kProse},
    {"adoc", Syntax::kProse},
    {"asciidoc", Syntax::kProse},
    {"tex", Syntax::kProse},
    {"textile", Syntax::kProse},
    {"org", Syntax::kProse},
};

// Those of kExtensions by their first letter, in their order.
struct ExtensionIndex {
  std::array<std::uint8_t, std::size(kExtensions)> order{};
  std::array<std::uint8_t, 27> first{};
};
constexpr ExtensionIndex kExtensionIndex = [] {
  ExtensionIndex index;
  std::size_t count = 0;
  for (std::size_t letter = 0; letter < 26; ++letter) {
    index.first[letter] = static_cast<std::uint8_t>(count);
    for (std::size_t i = 0; i < std::size(kExtensions); ++i) {
      if (kExtensions[i].name.front() == static_cast<char>('a' + letter)) {
        index.order[count++] = static_cast<std::uint8_t>(i);
      }
    }
  }
  index.first[26] = static_cast<std::uint8_t>(count);
  return index;
}();
static_assert(std::size(kExtensions) < 256);
static_assert(kExtensionIndex.first[26] == std::size(kExtensions), "each begins with a letter");

const Extension* find_extension(std::string_view name) {
  if (name.empty() || !is_letter(name.front())) return nullptr;
  const auto letter = static_cast<std::size_t>(lower(name.front()) - 'a');
  for (std::size_t i = kExtensionIndex.first[letter]; i < kExtensionIndex.first[letter + 1]; ++i) {
    const Extension& one = kExtensions[kExtensionIndex.order[i]];
    if (equals_folded(name, one.name)) return &one;
  }
  return nullptr;
}

// Whole names, lower case.
constexpr Extension kNames[] = {
    {"dockerfile", Syntax::kShell},    {"containerfile", Syntax::kShell},
    {"makefile", Syntax::kShell},      {"gnumakefile", Syntax::kShell},
    {"vagrantfile", Syntax::kScript},  {"gemfile", Syntax::kScript},
    {"rakefile", Syntax::kScript},     {"podfile", Syntax::kScript},
    {"jenkinsfile", Syntax::kCLike},   {"readme", Syntax::kProse},
    {"changelog", Syntax::kProse},     {".bashrc", Syntax::kShell},
    {".profile", Syntax::kShell},      {".bash_profile", Syntax::kShell},
    {".bash_history", Syntax::kShell}, {".zshrc", Syntax::kShell},
    {"crontab", Syntax::kShell},
};
// Endings that say nothing: the name before them counts.
constexpr std::string_view kVeils[] = {"example", "sample",  "dist",  "template", "tmpl",
                                       "tpl",     "in",      "bak",   "old",      "orig",
                                       "backup",  "default", "local", "save"};

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == kNone ? path : path.substr(slash + 1);
}

bool is_test_word(std::string_view word) {
  static constexpr WordList kWords(
      {"test",     "tests",     "testing",   "testdata",      "tests",     "unittest", "unittests",
       "testcase", "testcases", "fixture",   "fixtures",      "example",   "examples", "sample",
       "samples",  "demo",      "demos",     "mock",          "mocks",     "mocked",   "spec",
       "specs",    "doc",       "docs",      "documentation", "dummy",     "stub",     "stubs",
       "e2e",      "cassette",  "cassettes", "snapshot",      "snapshots", "tutorial", "tutorials",
       "readme",   "changelog"});
  return kWords.holds(word);
}

// Words of a path of which no environment has its name.
bool is_fixture_word(std::string_view word) {
  static constexpr WordList kWords({"testdata", "unittest", "unittests", "testcase", "testcases",
                                    "fixture", "fixtures", "mock", "mocks", "mocked", "spec",
                                    "specs", "stub", "stubs", "dummy", "cassette", "cassettes",
                                    "snapshot", "snapshots"});
  return kWords.holds(word);
}

bool is_trial_word(std::string_view word) {
  static constexpr WordList kWords(
      {"test", "tests", "testing", "example", "examples", "sample", "samples", "e2e"});
  return kWords.holds(word);
}

// The words of a path, split at signs and at `aB`.
bool any_path_word(std::string_view path, bool (*test)(std::string_view)) {
  for (std::size_t at = 0; at < path.size();) {
    if (!is_letter(path[at])) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < path.size() && (is_letter(path[end]) || is_digit(path[end])) &&
           !(is_upper(path[end]) && !is_upper(path[end - 1]))) {
      ++end;
    }
    if (test(path.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

}  // namespace

Syntax syntax_of(std::string_view path) {
  std::string_view name = file_name(path);
  for (int veils = 0; veils < 3; ++veils) {
    for (const Extension& whole : kNames) {
      if (equals_folded(name, whole.name)) return whole.syntax;
    }
    const std::size_t dot = name.rfind('.');
    if (dot == kNone) return Syntax::kUnknown;
    const std::string_view extension = name.substr(dot + 1);
    if (const Extension* const one = find_extension(extension)) return one->syntax;
    if (starts_folded(name, ".env") || starts_folded(name, "env.")) return Syntax::kConfig;
    if (starts_folded(name, "dockerfile.") || starts_folded(name, "makefile.")) {
      return Syntax::kShell;
    }
    if (!is_any_of(extension, kVeils)) return Syntax::kUnknown;
    name = name.substr(0, dot);
  }
  return Syntax::kUnknown;
}

bool is_test_path(std::string_view path) {
  if (syntax_of(path) == Syntax::kProse && !path.ends_with(".txt")) return true;
  return any_path_word(path, is_test_word);
}

bool holds_test_values(std::string_view path) {
  if (any_path_word(path, is_fixture_word)) return true;
  if (path.find("src/test/") != std::string_view::npos) return true;
  const Syntax syntax = syntax_of(path);
  const bool settings = syntax == Syntax::kConfig || syntax == Syntax::kData;
  return !settings && any_path_word(path, is_trial_word);
}

}  // namespace nhi
