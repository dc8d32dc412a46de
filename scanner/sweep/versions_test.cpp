// The judge of what is looked over as a change: examine() of every version whole.
#include "scanner/sweep/versions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/sources/test_sandbox.hpp"
#include "scanner/sweep/test_kit.hpp"
#include "scanner/sweep/version_kit.hpp"

namespace nhi {
namespace {

class VersionsTest : public ::testing::Test {
 protected:
  VersionsTest() { examiner_ = std::make_unique<Examiner>(rules_, key_, ExamineOptions{}); }

  [[nodiscard]] static BlobInput input_of(Bytes text, const Provenance& place) {
    return {text, 0, text.size(), {}, true, place};
  }
  // As a change of `text`, whose trace is `before`.
  LookedOver look_over(const std::string& text, const Edit& edit, const BlobTrace& before,
                       BlobTrace& after) {
    GitFound found;
    const std::string delta = edit.delta(text);
    found.delta = delta;
    return examiner_->look_over(input_of(edit.text, nowhere_), change_of(found), before, after);
  }
  // What a version is known to hold must be what it holds.
  void expect_right(const GitFound& found, const Versions::Seen& seen) {
    const Examined whole = examiner_->examine(input_of(found.content, nowhere_), {});
    EXPECT_TRUE(seen.holds || whole.findings.empty()) << found.content;
    if (seen.holds) {
      surplus_ += whole.findings.empty() ? 1 : 0;
      return;
    }
    EXPECT_EQ(seen.coverage.unread_total, whole.coverage.unread_total);
    EXPECT_EQ(seen.coverage.by_policy.size(), whole.coverage.by_policy.size());
  }

  const RuleSet rules_ = builtin_set();
  FingerprintKey key_ = test_key();
  std::unique_ptr<Examiner> examiner_;
  const Provenance nowhere_{"", std::nullopt, {}, std::nullopt, std::nullopt};
  int surplus_ = 0;  // said to hold something, and did not
};

bool covers(const MatchTrace& wide, const MatchTrace& exact) {
  return std::equal(wide.hits.begin(), wide.hits.end(), exact.hits.begin(), exact.hits.end(),
                    [](const TracedHit& a, const TracedHit& b) {
                      return a.start == b.start && a.literal == b.literal && a.before >= b.before &&
                             a.behind >= b.behind && (a.live || !b.live);
                    });
}

std::string told(const DecodeTrace& trace) {
  std::string out;
  const auto number = [&](std::uint64_t value) { out += std::to_string(value) + " "; };
  for (std::size_t kind = 0; kind < DecodeTrace::kSequenceKinds; ++kind) {
    out += "\nsequences: ";
    for (const TracedSequence& one : trace.sequences.at(kind)) {
      number(one.start);
      number(one.size);
      out += std::string(one.text.data(), one.text_size) + (one.opens ? "+ " : " ");
    }
  }
  const auto part = [&](const TracedPart& one) {
    out += "\n";
    for (const std::uint64_t value : {one.span.start, one.span.end, one.hash, one.sums.first,
                                      one.sums.deeper, one.sums.deepest}) {
      number(value);
    }
    out += one.live ? "live" : "";
  };
  for (const auto& kind : trace.regions) std::for_each(kind.begin(), kind.end(), part);
  out += "\ntexts:";
  std::for_each(trace.texts.begin(), trace.texts.end(), part);
  return out;
}

TEST_F(VersionsTest, AChangeIsLookedOverAsTheWhole) {
  unsigned changes = 0;
  unsigned clean = 0;
  const unsigned seeds = 18 * rounds();
  for (unsigned seed = 0; seed < seeds; ++seed) {
    Random random(seed);
    std::string text = text_of(random, 500 + below(random, 12'000), seed % 3);
    BlobTrace trace;
    (void)examiner_->look_over(input_of(text, nowhere_), TextChange::all_new(text.size()), {},
                               trace);
    for (int step = 0; step < 16; ++step) {
      const Edit edit = edited(random, text, seed % 3);
      GitFound found;
      const std::string delta = edit.delta(text);
      found.delta = delta;
      const TextChange change =
          trace.sound ? change_of(found) : TextChange::all_new(edit.text.size());
      ASSERT_EQ(change.size(), edit.text.size());
      const BlobInput input = input_of(edit.text, nowhere_);
      BlobTrace after;
      const LookedOver looked = examiner_->look_over(input, change, trace, after);
      BlobTrace fresh;
      const LookedOver whole =
          examiner_->look_over(input, TextChange::all_new(edit.text.size()), {}, fresh);
      ASSERT_EQ(after.sound, fresh.sound) << seed << " " << step;
      ASSERT_EQ(looked.held == Held::kNothing, whole.held == Held::kNothing)
          << seed << " " << step << "\n"
          << edit.text;
      if (fresh.sound) {
        ASSERT_TRUE(covers(after.matches, fresh.matches)) << seed << " " << step;
        ASSERT_EQ(told(after.encoded), told(fresh.encoded)) << seed << " " << step;
      }
      const Examined examined = examiner_->examine(input, {});
      ASSERT_TRUE(whole.held != Held::kNothing || examined.findings.empty());
      ++changes;
      clean += whole.held == Held::kNothing ? 1U : 0U;
      text = edit.text;
      trace = std::move(after);
    }
  }
  EXPECT_EQ(changes, seeds * 16);
  EXPECT_GT(clean, changes / 10);
  EXPECT_LT(clean, changes / 10 * 9);
}

// What is found at a path: rules, values and how sure we are, in any order.
std::multiset<std::string> found_at(Examiner& examiner, const std::string& text,
                                    const std::string& path, bool& far) {
  const Provenance place{"", path, {}, std::nullopt, std::nullopt};
  const Examined examined =
      examiner.examine({text, 0, text.size(), {}, true, place}, PlaceContext{});
  far = far || examined.far;
  std::multiset<std::string> lines;
  for (const Finding& finding : examined.findings) {
    lines.insert(finding.rule + " " + finding.fingerprint + " " +
                 (finding.indicator ? finding.indicator->text : "") + " " +
                 std::to_string(static_cast<int>(finding.confidence)));
  }
  return lines;
}

TEST_F(VersionsTest, WhatIsAlikeHoldsTheSameAtAnyPath) {
  static constexpr std::array<const char*, 7> kPaths = {"conf/app.properties",
                                                        "src/main.py",
                                                        "deploy.yaml",
                                                        "users.csv",
                                                        "a.sql",
                                                        "README",
                                                        "x.json"};
  unsigned alike = 0;
  const unsigned seeds = 24 * rounds();
  for (unsigned seed = 300; seed < 300 + seeds; ++seed) {
    Random random(seed);
    std::string text = text_of(random, 40'000, 2);
    for (std::size_t i = below(random, 3); i < 3; ++i) {
      text.insert(text.find('\n', below(random, text.size() / 2)) + 1,
                  "db.password=" + letters(random, 16) + "\n");
    }
    BlobTrace trace;
    (void)examiner_->look_over(input_of(text, nowhere_), TextChange::all_new(text.size()), {},
                               trace);
    for (int step = 0; step < 6 && trace.sound; ++step) {
      const Edit edit = edited(random, text, 2);
      BlobTrace after;
      const LookedOver looked = look_over(text, edit, trace, after);
      const std::string path = kPaths.at(below(random, kPaths.size()));
      bool far = examiner_->looks_far(path);
      far = far || looked.more_in_tests;
      if (looked.alike && !far) {
        const auto then = found_at(*examiner_, text, path, far);
        const auto now = found_at(*examiner_, edit.text, path, far);
        ASSERT_TRUE(far || now == then) << seed << " " << step << " " << path;
        alike += far || then.empty() ? 0U : 1U;
      }
      text = edit.text;
      trace = std::move(after);
    }
  }
  EXPECT_GT(alike, seeds / 12);
}

// Values in the notations that readers know, with what may stand beside them.
std::string noted(Random& random) {
  const std::string value = letters(random, 16);
  if (below(random, 6) == 0) {
    return base64_of("user: svc\npassword: " + value + "\n  ", below(random, 2) == 0 ? 0 : 16) +
           "\n";
  }
  static constexpr auto kNotations = std::to_array<const char*>(
      {"db.password=@\n",
       "db_user: svc\ndb_password: '@'  # of the night\n",
       "  \"password\" : {\"value\": \"@\"},\n",
       "<entry key=\"password\">\n   <value> @ </value>\n</entry>\n",
       "<password   id='1'>@</password >\n",
       "<string>password</string>\n  <string>@</string>\n",
       "<add name=\n\"password\" value=\"@\" />\n",
       "password = \"first \\\n  second @ \\\n third\"\n",
       "password:\n    \"@\"\n",
       "password: |\n  @\n",
       "client_secret = new Password(String(   '@'))\n",
       "public string Password { get; set; } = \"@\";\n",
       "setPassword(\"@\")\n",
       "mysql -u svc --password @ -h db\n",
       "bindpw @7\n",
       "say(\"\\tpassword = \\\"@\\\"\\n\")\n",
       "<a b='&lt;password&gt;@&lt;/password&gt;'/>\n",
       "url = jdbc:x://h;user=svc;password=@;x=y\n",
       "ftp://svc:@@db.internal/x\n",
       "token = tok, secret_key = '@', other = 1\n",
       "username: svc, password: svc\n",
       "- name: DB_PASSWORD\n  value: \"@\"\n",
       "key = {0x1f, 0x22, 0x83, 0x04, 0xd5, 0x66, 0x97, 0x18, 0x2a, 0x3b}\n",
       "INSERT INTO users (login, password) VALUES ('svc', '@');\n",
       "| user | password |\n|---|---|\n| svc | @ |\n",
       "AKIA2E0A8F3B244C9986 ABCDEFGH\n",
       "identified by '@';\n"});
  std::string text = kNotations.at(below(random, kNotations.size()));
  text.replace(text.find_last_of('@') == std::string::npos ? text.size() : text.find('@'), 1,
               value);
  return text;
}

// One byte is changed near a value: what was looked at is known to the byte.
TEST_F(VersionsTest, WhatIsAlikeIsSoToTheByte) {
  static constexpr std::array<const char*, 5> kPaths = {"conf/app.properties", "src/main.py",
                                                        "users.csv", "README", "x.json"};
  unsigned alike = 0;
  unsigned nothing = 0;
  const unsigned seeds = 3'000 * rounds();
  for (unsigned seed = 0; seed < seeds; ++seed) {
    Random random(seed);
    const std::string before = text_of(random, 1'200, 2);
    const std::string value = noted(random);
    const std::string text = before + value + text_of(random, 900, 2);
    BlobTrace trace;
    (void)examiner_->look_over(input_of(text, nowhere_), TextChange::all_new(text.size()), {},
                               trace);
    if (!trace.sound) continue;
    const std::size_t reach = below(random, 2) == 0 ? 800 : 80;
    const std::size_t at = before.size() - reach + below(random, value.size() + 2 * reach);
    Edit edit;
    edit.copy(text, 0, at);
    static constexpr std::string_view kFresh = "\n\"'<>=x7 \\,;:/&A|(";
    if (below(random, 3) != 0) edit.insert(std::string(1, kFresh[below(random, kFresh.size())]));
    const std::size_t behind = at + below(random, 2);
    edit.copy(text, behind, text.size() - behind);
    BlobTrace after;
    const LookedOver looked = look_over(text, edit, trace, after);
    const std::string path = kPaths.at(below(random, kPaths.size()));
    bool far = examiner_->looks_far(path);
    const auto now = found_at(*examiner_, edit.text, path, far);
    if (looked.held == Held::kNothing) {
      ASSERT_TRUE(now.empty() || looked.more_in_tests) << seed << " " << path;
      ++nothing;
    }
    far = far || looked.more_in_tests;
    if (looked.alike && !far) {
      ASSERT_EQ(now, found_at(*examiner_, text, path, far)) << seed << " " << path;
      alike += now.empty() ? 0U : 1U;
    }
  }
  EXPECT_GT(nothing, seeds / 100);
  EXPECT_GT(alike, seeds / 50);
}

// A tree of versions, gone down as a walk does: light subtrees first.
TEST_F(VersionsTest, HoldWhatTheyHoldAsWholes) {
  const unsigned seeds = 12 * rounds();
  for (unsigned seed = 100; seed < 100 + seeds; ++seed) {
    Random random(seed);
    Versions versions;
    std::vector<std::string> path{text_of(random, 3'000 + below(random, 9'000), seed % 3)};
    std::vector<std::uint32_t> nodes{0};
    std::uint32_t next = 1;
    GitFound root;
    root.content = path[0];
    root.object.size = path[0].size();
    expect_right(root, versions.look_at(*examiner_, root, nowhere_, {}));
    for (int step = 0; step < 24; ++step) {
      const std::size_t depth = 1 + below(random, path.size());
      path.resize(depth);
      nodes.resize(depth);
      const Edit edit = edited(random, path.back(), seed % 3);
      const std::string delta = edit.delta(path.back());
      GitFound found;
      found.content = edit.text;
      found.object.size = edit.text.size();
      found.depth = depth;
      found.above = nodes.back();
      found.node = next++;
      found.delta = delta;
      // Now and then the walk passes over a version that another pack has.
      if (below(random, 8) != 0) {
        expect_right(found, versions.look_at(*examiner_, found, nowhere_, {}));
      }
      path.push_back(edit.text);
      nodes.push_back(found.node);
    }
  }
  EXPECT_LT(surplus_, static_cast<int>(seeds) * 24 / 20);
}

// One version after the other, as a chain of deltas.
class Chain {
 public:
  explicit Chain(Examiner& examiner) : examiner_(examiner) {}
  Versions::Seen add(const std::string& text, std::size_t from, std::size_t to,
                     const std::string& fresh) {
    Edit edit;
    edit.copy(text, 0, from);
    edit.insert(fresh);
    edit.copy(text, to, text.size() - to);
    last = edit.text;
    const std::string delta = edit.delta(text);
    GitFound found;
    found.content = last;
    found.depth = depth;
    found.above = above;
    found.node = ++node_;
    if (depth != 0) found.delta = delta;
    return versions.look_at(examiner_, found, {"", std::nullopt, {}, std::nullopt, std::nullopt},
                            {});
  }
  Versions versions;
  std::size_t depth = 0;
  std::uint32_t above = 0;
  std::string last;

 private:
  Examiner& examiner_;
  std::uint32_t node_ = 0;
};

const std::string kSecret = "db.password=kU7-xQ2!mB9z\n";

std::string harmless(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "Nothing of note stands on this line, or on the next.\n";
  return text;
}

TEST_F(VersionsTest, CountWhatAsksToBeIgnored) {
  Chain chain(*examiner_);
  const std::string text = harmless(2'000) + kSecret + harmless(2'000) + "other." + kSecret;
  EXPECT_TRUE(chain.add(text, 0, 0, "").holds);
  chain.depth = chain.above = 1;
  const std::size_t end = text.find(kSecret) + kSecret.size() - 1;
  const Versions::Seen seen = chain.add(text, end, end, " # gitleaks:allow");
  EXPECT_TRUE(seen.holds);
  ASSERT_EQ(seen.coverage.by_policy.size(), 1U);
  EXPECT_EQ(seen.coverage.by_policy[0].reason, "inline-ignore");
  chain.depth = chain.above = 2;
  const std::string ignoring = chain.last;
  EXPECT_EQ(chain.add(ignoring, 10, 11, "x").coverage.by_policy.size(), 1U) << "in each version";
}

TEST_F(VersionsTest, RestOnTheVersionThatTheyAreAChangeOf) {
  Chain chain(*examiner_);
  const std::string clean = harmless(6'000);
  const std::string leaky = harmless(2'000) + kSecret + harmless(4'000);
  EXPECT_FALSE(chain.add(clean, 0, 0, "").holds);
  chain.depth = 1;
  chain.above = 77;  // of which the walk has shown nothing: another pack has it
  EXPECT_TRUE(chain.add(leaky, 5'000, 5'001, "x").holds);
}

TEST_F(VersionsTest, AreExaminedWholeWhereTheyAreLarge) {
  Chain chain(*examiner_);
  const std::string large = harmless(Versions::kTracedBytesMax + 1'000);
  EXPECT_FALSE(chain.add(large, 0, 0, "").holds);
  chain.depth = chain.above = 1;
  EXPECT_TRUE(chain.add(large, 1'000'000, 1'000'000, "\n" + kSecret).holds);
}

// Repositories packed by git, with deltas as git chooses them; NHISWEEP_HISTORY names another one.
TEST_F(VersionsTest, OfARepositoryHoldWhatTheyHoldAsWholes) {
  const Sandbox box;
  box.init("t");
  Random random(7);
  std::vector<std::string> files;
  for (int i = 0; i < 6; ++i) files.push_back(text_of(random, 6'000, static_cast<unsigned>(i) % 3));
  const std::string line = "db.password=" + letters(random, 16) + "\n";
  std::string prose;
  for (int i = 0; i < 800; ++i)
    prose += "Line " + std::to_string(i) + " of a text about nothing.\n";
  for (int commit = 0; commit < 40; ++commit) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      files[i] = edited(random, files[i], static_cast<unsigned>(i) % 3).text;
      box.write("t/file" + std::to_string(i), files[i]);
    }
    // One value stays, and all changes are far from it.
    const std::string more = "version " + std::to_string(commit) + "\n";
    box.write("t/large", prose + line + prose + more);
    box.commit("t", "version " + std::to_string(commit));
  }
  box.git("t", {"repack", "-adfq", "--depth=50", "--window=50"});
  const char* const other = std::getenv("NHISWEEP_HISTORY");
  const std::string git_dir = other != nullptr ? other : box.path("t/.git");

  auto repository = GitRepository::open(git_dir);
  ASSERT_TRUE(repository);
  std::vector<Unread> unread;
  const auto plan = repository->plan(unread);
  ASSERT_TRUE(plan);
  int objects = 0;
  int deltas = 0;
  int holding = 0;
  int repeated = 0;
  for (std::size_t share = 0; share < shares_of(**plan); ++share) {
    Versions versions;
    std::map<std::uint32_t, std::multiset<std::string>> alike;
    const auto walk = repository->walk(*plan, share);
    for (GitFound found; repository->next(*walk, found);) {
      if (!found.problem.empty()) continue;
      const Versions::Seen seen = versions.look_at(*examiner_, found, nowhere_, {});
      expect_right(found, seen);
      bool far = false;
      if (seen.holds) {
        const auto here = found_at(*examiner_, std::string(found.content), "app.properties", far);
        const auto [first, fresh] = alike.try_emplace(seen.alike, here);
        EXPECT_TRUE(far || first->second == here) << found.object.id.hex();
        repeated += fresh || here.empty() ? 0 : 1;
      }
      ++objects;
      deltas += found.delta.empty() ? 0 : 1;
      holding += seen.holds ? 1 : 0;
    }
  }
  EXPECT_GE(objects, 240);
  EXPECT_GE(deltas, 100);
  EXPECT_GT(holding, 0);
  EXPECT_GT(repeated, 10);
  EXPECT_LT(surplus_, objects / 50);
}

}  // namespace
}  // namespace nhi
