// Every night in a made estate: each finding's state, each event and each headline number equals
// the model's truth. NHI_NIGHTS_SEED=N repeats a run; NHI_TEST_SCALE=full is 20 hosts, 60
// repositories and 30 nights.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "tests/cli/sandbox.hpp"
#include "tests/nights/estate.hpp"
#include "tests/nights/model.hpp"

namespace nhi::testing {
namespace {

using Json = nlohmann::json;

constexpr const char* kPassed = "2026-01-01T00:00:00Z";

bool at_full_scale() {
  const char* scale = std::getenv("NHI_TEST_SCALE");
  return scale != nullptr && std::string_view(scale) == "full";
}

std::uint64_t seed() {
  const char* named = std::getenv("NHI_NIGHTS_SEED");
  return named == nullptr ? 20270228 : std::strtoull(named, nullptr, 10);
}

std::string date_of(std::int64_t day) {
  const std::time_t seconds = day * 86400;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return text.data();
}

std::string text_of(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

// Values never leave the program, so a credential's id is matched with the model's name for it the
// first time that only one name is open for a place; from then on it must be the same everywhere.
class Tags {
 public:
  void learn(const Json& findings, const std::map<std::string, Known>& truth) {
    std::map<std::string, std::set<std::string>> ids;
    std::map<std::string, std::set<std::string>> names;
    for (const Json& finding : findings) {
      const std::string id = text_of(finding, "credential_id");
      if (!id.empty() && !by_id_.contains(id)) ids[place_of(finding)].insert(id);
    }
    for (const auto& [key, known] : truth) {
      if (known.fact.tag.empty() || named_.contains(known.fact.tag)) continue;
      names[known.root + "|" + known.path + "|" + known.fact.rule].insert(known.fact.tag);
    }
    for (const auto& [place, open] : names) {
      const auto hit = ids.find(place);
      if (open.size() != 1 || hit == ids.end() || hit->second.size() != 1) continue;
      if (!named_.insert(*open.begin()).second) continue;
      by_id_[*hit->second.begin()] = *open.begin();
    }
  }
  [[nodiscard]] bool knows(const std::string& tag) const { return named_.contains(tag); }
  [[nodiscard]] std::string key(const Json& finding) const {
    const std::string id = text_of(finding, "credential_id");
    const auto hit = by_id_.find(id);
    return place_of(finding) + "|" + (hit == by_id_.end() ? id : hit->second);
  }
  [[nodiscard]] std::string id_of(const std::string& tag) const {
    for (const auto& [id, name] : by_id_) {
      if (name == tag) return id;
    }
    return "";
  }

 private:
  static std::string place_of(const Json& finding) {
    return text_of(finding, "root") + "|" + text_of(finding, "path") + "|" +
           text_of(finding, "rule");
  }
  std::map<std::string, std::string> by_id_;
  std::set<std::string> named_;
};

// Says what only one side holds, a few lines of each.
std::string difference(const std::multiset<std::string>& got,
                       const std::multiset<std::string>& want) {
  std::vector<std::string> only_got;
  std::vector<std::string> only_want;
  std::set_difference(got.begin(), got.end(), want.begin(), want.end(),
                      std::back_inserter(only_got));
  std::set_difference(want.begin(), want.end(), got.begin(), got.end(),
                      std::back_inserter(only_want));
  std::string text;
  for (const auto& [side, lines] : {std::pair{"  only the program: ", &only_got},
                                    std::pair{"  only the truth:   ", &only_want}}) {
    for (std::size_t i = 0; i < std::min<std::size_t>(lines->size(), 12); ++i) {
      text += side + (*lines)[i] + "\n";
    }
  }
  return text;
}

class Nights : public ::testing::Test {
 protected:
  [[nodiscard]] bool learned(const std::string& tag) const { return tags_.knows(tag); }

  Json json_of(std::vector<std::string> args) {
    args.insert(args.end(), {"--as-of", date_of(night_.day)});
    const Outcome outcome = box_.run(args);
    EXPECT_EQ(outcome.exit_status, 0) << args[0] << ": " << outcome.err;
    const Json json = Json::parse(outcome.out, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << args[0] << ": " << outcome.out.substr(0, 200);
    return json;
  }

  // Each awake host collects, every other one with a cache; then all of it is merged.
  void collect(const MadeEstate& estate, const std::vector<std::string>& more) {
    for (const std::string& host : estate.awake_hosts()) {
      std::vector<std::string> args = {"collect",
                                       "--estate",
                                       host + ".yaml",
                                       "--host",
                                       host,
                                       "--output",
                                       "bundles/" + host + ".bundle",
                                       "--as-of",
                                       date_of(night_.day)};
      if (host.back() % 2 == 0) args.insert(args.end(), {"--cache", host + ".cache"});
      args.insert(args.end(), more.begin(), more.end());
      const Outcome outcome = box_.run(args);
      EXPECT_TRUE(outcome.exit_status == 0 || outcome.exit_status == 1 || outcome.exit_status == 3)
          << host << ": " << outcome.err;
    }
  }

  // What reads the estate tonight, and makes the inventory say so.
  Outcome read(const MadeEstate& estate, std::vector<std::string> args, bool late,
               std::uint64_t kill_after_ms) {
    std::vector<std::string> until;
    if (late) until = {"--until", kPassed};
    if (way_ == Way::kBundles) {
      collect(estate, until);
      args.insert(args.begin(), {"import", "bundles"});
    } else {
      args.insert(args.begin(), "sweep");
      args.insert(args.end(), until.begin(), until.end());
    }
    args.insert(args.end(), {"--estate", "estate.yaml", "--as-of", date_of(night_.day), "--format",
                             "json", "--output", "sweep.json"});
    RunOptions options;
    options.kill_after_ms = static_cast<int>(kill_after_ms);
    return box_.run(args, options);
  }

  void expect_night(const Outcome& outcome, const std::vector<Root>& roots, std::int64_t unread) {
    truth_.settle(roots, night_);
    const Headlines headlines = truth_.headlines(night_.day);
    const Json listed = json_of({"findings", "list", "--format", "json"})["findings"];
    tags_.learn(listed, truth_.findings());
    if (outcome.exit_status < 128) {
      const int want = unread > 0 ? 3 : truth_.has_fresh(night_.day) ? 1 : 0;
      EXPECT_EQ(outcome.exit_status, want) << outcome.err;
      const Json swept = Json::parse(box_.read("sweep.json"), nullptr, false);
      ASSERT_FALSE(swept.is_discarded()) << outcome.err;
      expect_findings(swept["findings"], "sweep");
      expect_measures(swept["measures"], headlines, unread, "sweep");
    }
    expect_findings(listed, "findings list");
    expect_measures(json_of({"report", "--format", "json"})["measures"], headlines, unread,
                    "report");
    expect_metrics(headlines);
    expect_events();
  }

  void expect_findings(const Json& findings, const std::string& where) {
    std::multiset<std::string> got;
    std::multiset<std::string> want;
    for (const Json& finding : findings) {
      const bool accepted = finding.contains("exception") && !finding["exception"].is_null();
      got.insert(tags_.key(finding) + " " + text_of(finding, "state") + " first " +
                 text_of(finding, "first_seen").substr(0, 10) + " last " +
                 text_of(finding, "last_seen").substr(0, 10) + (accepted ? " accepted" : ""));
    }
    for (const auto& [key, known] : truth_.findings()) {
      want.insert(key + " " + known.state + " first " + date_of(known.first_seen) + " last " +
                  date_of(known.last_seen) +
                  (truth_.is_accepted(known.fact.tag, night_.day) ? " accepted" : ""));
    }
    EXPECT_TRUE(got == want) << where << "\n" << difference(got, want);
  }

  static void expect_measures(const Json& measures, const Headlines& want, std::int64_t unread,
                              const std::string& where) {
    EXPECT_EQ(measures["unread"].get<std::int64_t>(), unread) << where;
    for (const auto& [name, number] : want) {
      if (name == "open" || name == "cis1_traces") continue;  // metrics only
      EXPECT_EQ(measures[name].is_null() ? -1 : measures[name].get<std::int64_t>(), number)
          << where << ": " << name;
    }
  }

  void expect_metrics(const Headlines& want) {
    const Outcome outcome =
        box_.run({"report", "--format", "prometheus", "--as-of", date_of(night_.day)});
    std::map<std::string, std::string> samples;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t space = line.rfind(' ');
      if (!line.starts_with('#')) samples[line.substr(0, space)] = line.substr(space + 1);
    }
    for (const auto& [name, number] : want) {
      std::string metric = "nhisweep_credentials_" + name;
      if (name == "new" || name == "open" || name == "gone" || name == "unverified") {
        metric = "nhisweep_findings{state=\"" + name + "\"}";
      } else if (name == "will_stop" || name == "traces_gone" || name == "declared") {
        metric = "nhisweep_dependencies_" + name;
      } else if (name == "long_lived_unknown") {
        metric = "nhisweep_credentials_age_unknown";
      } else if (name == "credentials" || name == "cis1_traces") {
        metric = "nhisweep_" + name;
      } else if (name == "findings") {
        continue;  // the sum of the states
      }
      EXPECT_EQ(samples[metric], std::to_string(number)) << metric;
    }
  }

  void expect_events() {
    const Outcome outcome = box_.run({"findings", "list", "--since-sweep", "last", "--format",
                                      "jsonl", "--as-of", date_of(night_.day)});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
    std::multiset<std::string> got;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
      const Json event = Json::parse(line, nullptr, false);
      if (text_of(event, "schema") != "nhisweep.event/1") continue;
      if (text_of(event, "event") == "decided") continue;
      // Why something is seen again is not held to the truth yet: a host that comes back on the
      // night of new rules, and a file written within seconds of its reading, are told otherwise.
      const std::string kind = text_of(event, "event");
      const bool lost = kind == "gone" || kind == "unverified";
      got.insert(kind + " " + tags_.key(event["finding"]) +
                 (lost ? " " + text_of(event, "change") : ""));
    }
    EXPECT_TRUE(got == truth_.events()) << "events\n" << difference(got, truth_.events());
  }

  // True if a sweep ended since the last question: a kill may come after that.
  bool sweep_ended() {
    const Json sweep = json_of({"report", "--format", "json"})["measures"]["sweep"];
    const std::int64_t before = std::exchange(last_sweep_, sweep.get<std::int64_t>());
    return before != last_sweep_;
  }

  // Somebody accepts a credential for four days.
  void accept_one(MadeEstate& estate) {
    std::vector<std::string> open;
    for (const auto& [key, known] : truth_.findings()) {
      const std::string& tag = known.fact.tag;
      if (learned(tag) && !truth_.is_accepted(tag, night_.day)) open.push_back(tag);
    }
    if (open.empty()) return;
    const std::string tag = open[estate.draw(open.size())];
    const Outcome added =
        box_.run({"exceptions", "add", tags_.id_of(tag), "--for", "pas-team", "--reason", "moves",
                  "--until", date_of(night_.day + 4), "--as-of", date_of(night_.day)});
    ASSERT_EQ(added.exit_status, 0) << added.err;
    truth_.accept(tag, night_.day + 4);
  }

  // Of the first dependency, by system, that nobody decided about.
  void decide_one(const std::string& state) {
    const Json listed = json_of({"dependencies", "list", "--format", "json"});
    for (const Json& row : listed["dependencies"]) {
      const std::string system = text_of(row, "system");
      if (!decided_.insert(system).second) continue;
      const Outcome set = box_.run({"dependencies", "set-state", text_of(row, "id"), state,
                                    "--evidence", "CHG-1", "--as-of", date_of(night_.day)});
      ASSERT_EQ(set.exit_status, 0) << set.err;
      truth_.decide(system, state);
      return;
    }
  }

  // Of a system that lies in no target.
  void declare_one() {
    box_.write("declared.csv", "system,environment,state,evidence\nLIMS,live,cis1-only,CHG-2\n");
    const Outcome stored =
        box_.run({"dependencies", "import", "declared.csv", "--as-of", date_of(night_.day)});
    ASSERT_EQ(stored.exit_status, 0) << stored.err;
    truth_.declare("LIMS", "cis1-only");
    decided_.insert("LIMS");
  }

  void live(Way way, Size size);

  Way way_ = Way::kSweep;
  Sandbox box_;
  Truth truth_;
  Tags tags_;
  Night night_;
  std::set<std::string> decided_;
  std::int64_t last_sweep_ = 0;
};

void Nights::live(Way way, Size size) {
  SCOPED_TRACE("NHI_NIGHTS_SEED=" + std::to_string(seed()));
  way_ = way;
  if (way == Way::kBundles) {
    box_.write("bundles/.keep", "");
    EXPECT_EQ(box_.run({"key", "create"}).exit_status, 0);
  }
  MadeEstate estate(box_, size, seed(), way);
  const auto knows = [this](const std::string& tag) { return learned(tag); };
  for (int night = 0; night < size.nights; ++night) {
    SCOPED_TRACE("night " + std::to_string(night));
    night_.day = MadeEstate::kFirstDay + night;
    night_.baseline = night == 0;
    if (night > 0) estate.work(size.hosts, night_.day, knows);
    if (night == 3) estate.unmount_share(2);
    if (night == 5) estate.mount_share(2);
    if (night == 6) estate.silence_host(4);
    if (night == 9) estate.wake_host(4);
    if (night == 17) estate.lose_repository(5);
    if (night == 19) estate.restore_repository(5);
    const bool wing = night >= 8;
    const bool ward = night < 12 || night >= 15;
    estate.write_rules(ward, wing);
    night_.absent_rules.clear();
    if (!ward) night_.absent_rules.insert("ward-token");
    if (!wing) night_.absent_rules.insert("wing-token");
    const bool late = night == 16;
    const bool kill = night == 10 || night == 11 || night == 20;
    std::vector<std::string> more;
    if (night_.baseline) more = {"--baseline"};
    const Outcome outcome = read(estate, more, late, kill ? 1 + estate.draw(250) : 0);
    // A sweep that was killed before its end is invisible: the next one says it all.
    if (!sweep_ended()) continue;
    expect_night(outcome, late ? estate.all_unread() : estate.roots(),
                 late ? static_cast<std::int64_t>(estate.roots().size()) : estate.unread_places());
    if (HasFailure()) break;  // what follows from it says nothing new
    if (night % 5 == 2) accept_one(estate);
    if (night == 4) decide_one("cis2-only");
    if (night == 7) decide_one("cis2-primary");
    if (night == 9) declare_one();
  }
}

TEST_F(Nights, EveryStateAndEveryHeadlineEqualsTheTruth) {
  live(Way::kSweep, at_full_scale() ? Size{} : Size{.hosts = 6, .repositories = 9, .nights = 30});
}

TEST_F(Nights, BundlesOfEveryHostTellTheSameTruth) {
  live(Way::kBundles, at_full_scale() ? Size{} : Size{.hosts = 6, .repositories = 9, .nights = 22});
}

}  // namespace
}  // namespace nhi::testing
