// A planted canary of every rule, raw and in every encoding: all are found, and no artefact of the
// program holds one afterwards, in any encoding.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "scanner/base/hash.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_words.hpp"
#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;

struct Canary {
  std::string rule;
  std::string text;  // the whole example
  std::string secret;
};

// Two rules with one seed would share the beginning of their values: each has a seed of its own.
constexpr std::uint64_t kSeed = 20261125;

// One canary a credential rule: its first template.
std::vector<Canary> canaries() {
  auto rules = builtin_rules();
  EXPECT_TRUE(rules.has_value());
  auto set = RuleSet::create(std::move(*rules));
  EXPECT_TRUE(set.has_value());
  std::vector<Canary> out;
  for (std::uint32_t i = 0; i < set->size(); ++i) {
    const Rule& rule = set->rule(RuleIndex{i});
    if (rule.kind != RuleKind::kCredential || !rule.needs.empty()) continue;
    const auto example = std::find_if(rule.matches.begin(), rule.matches.end(),
                                      [](const Example& e) { return e.is_template; });
    if (example == rule.matches.end()) continue;
    auto text = expand_template(example->text, kSeed + i);
    EXPECT_TRUE(text.has_value()) << rule.id;
    const CompiledRule& compiled = set->compiled(RuleIndex{i});
    if (rule.names != NameFamily::kNone) {
      const auto value = expand_template("{base62:32}", kSeed + i);
      const std::string name(kNameFamilyWords.at(static_cast<std::size_t>(rule.names)));
      out.push_back({rule.id, name + " = \"" + *value + "\"", *value});
      continue;
    }
    if (compiled.lazy_regex == nullptr) continue;  // UUIDs in tests
    std::vector<re2::StringPiece> groups(
        static_cast<std::size_t>(compiled.regex().NumberOfCapturingGroups()) + 1);
    if (!compiled.regex().Match(*text, 0, text->size(), RE2::UNANCHORED, groups.data(),
                                static_cast<int>(groups.size()))) {
      ADD_FAILURE() << rule.id << ": its own example does not match";
      continue;
    }
    const auto& secret = groups[static_cast<std::size_t>(compiled.secret_group)];
    out.push_back({rule.id, *text, std::string(secret.data(), secret.size())});
  }
  return out;
}

std::string utf16(std::string_view text) {
  std::string out = "\xff\xfe";
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}
std::string percent(std::string_view text) {
  std::string out;
  for (const char c : text) out += "%" + to_hex(Bytes(&c, 1));
  return out;
}
std::string escapes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x80 && c != '\n') {
      out += c == '=' ? std::string("\\u003d") : std::string(1, c);
    }
  }
  return out + "\"";
}
std::string entities(std::string_view text) {
  std::string out = "<v>";
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    out += plain ? std::string(1, c) : "&#" + std::to_string(static_cast<unsigned char>(c)) + ";";
  }
  return out + "</v>";
}

using Encoder = std::string (*)(std::string_view);
const std::map<std::string, Encoder> kEncoders = {
    {"raw", [](std::string_view text) { return std::string(text); }},
    {"utf16", utf16},
    {"base64", [](std::string_view text) { return to_base64(text); }},
    {"hex", [](std::string_view text) { return to_hex(text); }},
    {"percent", percent},
    {"escapes", escapes},
    {"entities", entities},
};

std::string whole_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect_no_canary(const std::string& where, const std::string& content,
                      const std::vector<Canary>& planted) {
  for (const Canary& canary : planted) {
    if (canary.secret.size() < 8) continue;  // shorter ones occur by chance
    for (const auto& [name, encode] : kEncoders) {
      std::string shape = encode(canary.secret);
      if (name == "utf16") shape.erase(0, 2);
      if (name == "base64") shape = shape.substr(0, shape.size() / 4 * 4 - 4);
      if (name == "entities") continue;  // it contains the raw parts
      if (name == "escapes") {           // as JSON writes it: a key of several lines has \n in it
        shape = shape.substr(1, shape.find("\\u003d") - 1);
        if (shape.ends_with('"')) shape.pop_back();
        if (shape.size() < 8) continue;
      }
      EXPECT_EQ(content.find(shape), std::string::npos)
          << where << " holds the canary of " << canary.rule << " (" << name << ")";
    }
  }
}

TEST(Canaries, OfEveryRuleAreFoundInEveryEncodingAndLeakNowhere) {
  const Sandbox box;
  const std::vector<Canary> planted = canaries();
  ASSERT_GE(planted.size(), 80U);
  for (const Canary& canary : planted) {
    for (const auto& [name, encode] : kEncoders) {
      // The first line of a text, as in an escaped or encoded document: some rules ask for whole
      // lines, and the frame of the text is no part of its first.
      box.write("estate/" + name + "/" + canary.rule + ".conf",
                encode(canary.text + "\nend\n") + "\n");
    }
  }
  const Outcome sweep =
      box.run({"sweep", "estate", "--html", "page.html", "--format", "json", "--stats"});
  EXPECT_EQ(sweep.exit_status, 1) << sweep.err;
  std::set<std::string> found;
  std::map<std::string, int> missed;
  const Outcome scan = box.run({"scan", "estate", "--format", "jsonl", "--min-confidence", "low"});
  for (const std::string& path : json_strings(scan.out, "path")) found.insert(path);
  for (const Canary& canary : planted) {
    for (const auto& [name, encode] : kEncoders) {
      if (found.contains(name + "/" + canary.rule + ".conf")) continue;
      ++missed[name];
      ADD_FAILURE() << "missed " << canary.rule << " in " << name;
    }
  }
  std::map<std::string, std::string> artefacts = {{"sweep stdout", sweep.out},
                                                  {"sweep stderr", sweep.err},
                                                  {"scan stdout", scan.out},
                                                  {"scan stderr", scan.err}};
  for (const char* format : {"text", "sarif", "csv", "html", "jsonl"}) {
    artefacts[std::string("report ") + format] = box.run({"report", "--format", format}).out;
  }
  const Outcome collect = box.run({"collect", "estate", "--host", "app01", "--output", "b.bundle",
                                   "--cache", "cache.db", "--stats"});
  EXPECT_EQ(collect.exit_status, 1) << collect.err;
  const Outcome import = box.run({"import", "b.bundle", "--inventory", "merged.db"});
  EXPECT_EQ(import.exit_status, 1) << import.err;
  EXPECT_GE(json_strings(whole_file(box.path("b.bundle")), "fingerprint").size(),
            json_strings(artefacts["report jsonl"], "fingerprint").size())
      << "the bundle holds what a report shows, and what has low confidence";
  artefacts["collect stderr"] = collect.err;
  artefacts["import stdout"] = import.out;
  artefacts["import stderr"] = import.err;
  const Outcome reveal = box.run({"scan", "estate", "--reveal", "--output", "revealed.txt"});
  EXPECT_EQ(reveal.exit_status, 1) << reveal.err;
  EXPECT_EQ(box.run({"audit", "export", "--output", "pack"}).exit_status, 0);
  for (const char* name : {"nhisweep.db", "nhisweep.db-wal", "nhisweep.db-shm", "page.html",
                           "b.bundle", "cache.db", "merged.db", "merged.db-wal", "home/journal.db",
                           "home/journal.db-wal", "pack/audit.jsonl", "pack/audit.html"}) {
    if (fs::exists(box.path(name))) artefacts[name] = whole_file(box.path(name));
  }
  for (const auto& [where, content] : artefacts) expect_no_canary(where, content, planted);
}

TEST(Canaries, StayOutOfACoreDumpBecauseThereIsNone) {
  const Sandbox box;
  Running held = box.start({"scan", "-", "--jobs", "1"});
  // More than a pipe holds: when it is fed, the scan has begun.
  const std::string line = "db.password=" + fake("core", 20) + "\n";
  std::string lines;
  while (lines.size() < 256 * 1024) lines += line;
  held.feed(lines);
  ASSERT_EQ(::kill(held.pid(), SIGABRT), 0);
  const Outcome scan = held.wait();
  ASSERT_EQ(scan.exit_status, 128 + SIGABRT);
  EXPECT_FALSE(scan.dumped_core);
  for (const auto& entry : fs::directory_iterator(box.folder())) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("core")) << entry.path();
  }
}

}  // namespace
}  // namespace nhi::testing
