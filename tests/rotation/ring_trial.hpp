// ring_trial.hpp - one rotation of an application's password at the ring, in a folder of its own.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "plugins/host/command.hpp"
#include "plugins/host/pin.hpp"
#include "rotators/engine/place_io.hpp"
#include "rotators/engine/plan.hpp"
#include "rotators/journal/run_store.hpp"
#include "scanner/identity/private_key.hpp"
#include "scanner/identity/value.hpp"
#include "tests/rotation/ring_server.hpp"
#include "tests/rotation/setting.hpp"

namespace nhi::test {

inline constexpr const char* kOld = "Old-0123456789abcdefghij";
inline constexpr const char* kSibling = "Sibling-of-somebody-else";

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message() << "\n" << result.error().hint;
    std::abort();
  }
  return std::move(*result);
}

struct Class {
  const char* name;
  const char* type;
  Strategy strategy;
  bool overlap;   // the application is never without a way in
  bool siblings;  // other keys at the account, of somebody else
};

// Descriptors as the ring's rotator has them.
inline Capability capability_of(const Class& one) {
  const std::string type = one.type;
  Capability can;
  can.dead_probe = type == "ring.lock" ? DeadProbe::kLockoutRisk : DeadProbe::kSafe;
  can.secret_origin =
      type == "ring.once" || type == "ring.make" || type == "ring.bare" || type == "ring.roll"
          ? SecretOrigin::kServer
      : type == "ring.pair" ? SecretOrigin::kKeypair
                            : SecretOrigin::kClient;
  can.slots = type == "ring.set" || type == "ring.roll" ? 1 : type == "ring.push" ? 2 : kManySlots;
  const bool declares =
      type == "ring.set" || type == "ring.add" || type == "ring.pair" || type == "ring.lock";
  can.create_replay = declares                                     ? CreateReplay::kIdempotent
                      : type == "ring.once"                        ? CreateReplay::kConflict
                      : type == "ring.push" || type == "ring.roll" ? CreateReplay::kDestructive
                                                                   : CreateReplay::kDuplicates;
  can.suspend = type == "ring.set";
  can.twins = type == "ring.set";
  can.listable = type == "ring.once" || type == "ring.make" || type == "ring.bare";
  if (type == "ring.once" || type == "ring.make") can.marker = "marker";
  return can;
}

inline constexpr Class kClasses[] = {
    {"C1CutOver", "ring.set", Strategy::kCutOver, false, false},
    {"C1Twins", "ring.set", Strategy::kTwin, true, false},
    {"C2Declarative", "ring.add", Strategy::kSlots, true, true},
    {"C2Destructive", "ring.push", Strategy::kSlots, true, false},
    {"SNUniqueMarker", "ring.once", Strategy::kSlots, true, true},
    {"SNMarker", "ring.make", Strategy::kSlots, true, true},
    {"SNNoMarker", "ring.bare", Strategy::kSlots, true, true},
    {"S1Destructive", "ring.roll", Strategy::kCutOver, false, false},
    {"KeyPair", "ring.pair", Strategy::kSlots, true, true},
};

// One rotation in a folder of its own.
class Trial {
 public:
  /// `change`: what the plan has besides, before its steps are made.
  using Change = std::function<void(Plan&)>;
  Trial(RingServer& ring, const Class& one, const Change& change = {}) : ring_(ring), class_(one) {
    std::string name = "/dev/shm/nhi-matrix-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    setting_ = Setting(folder_);
    write_place();
    old_ = value_in_file();
    reset_ring();
    write_configuration();
    plan(change);
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  ~Trial() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// Status as shells have it, and what it printed.
  [[nodiscard]] CommandResult drive(int kill_at = 0, bool back = false) const {
    std::vector<std::string> words = {NHI_RUN_DRIVER, folder_, kRun};
    if (kill_at > 0) {
      words.emplace_back("--kill");
      words.push_back(std::to_string(kill_at));
    }
    if (back) words.emplace_back("--back");
    return must(run_command(words, SecretText(), std::chrono::seconds(60)));
  }
  [[nodiscard]] const Setting& setting() const { return setting_; }
  /// Of the file that holds the value.
  [[nodiscard]] const std::string& place() const { return place_; }
  /// The value that is rotated, as the ring knows it.
  [[nodiscard]] const std::string& old() const { return old_; }
  [[nodiscard]] int boundaries() const { return std::stoi("0" + setting_.read("boundaries")); }
  /// What the application logs in with, as the ring knows it.
  [[nodiscard]] std::string value_in_file() const {
    if (is_pair()) return pkcs8_in_file();
    const std::string text = setting_.read("app/app.properties");
    const std::size_t at = text.find("db.password=") + 12;
    return text.substr(at, text.find('\n', at) - at);
  }
  [[nodiscard]] std::string user_in_file() const {
    if (is_pair()) return "app_a";
    const std::string text = setting_.read("app/app.properties");
    const std::size_t at = text.find("db.user=") + 8;
    return text.substr(at, text.find('\n', at) - at);
  }
  /// What is wrong with the end of a rotation that is done; empty: nothing.
  [[nodiscard]] std::string wrong_when_done() const {
    std::vector<std::string> wrong;
    const std::string value = value_in_file();
    if (value == old_) wrong.emplace_back("the file has the old value");
    if (!ring_.lets_in(user_in_file(), value)) wrong.emplace_back("the file's value is refused");
    if (ring_.lets_in("app_a", old_)) wrong.emplace_back("the old value is alive");
    if (class_.siblings && !ring_.lets_in("app_a", kSibling)) {
      wrong.emplace_back("somebody else's key is gone");
    }
    const auto accounts = ring_.accounts();
    const std::size_t expected = class_.siblings ? 2 : 1;
    const std::string account = class_.strategy == Strategy::kTwin ? "app_b" : "app_a";
    if (accounts.at(account).keys.size() != expected) {
      wrong.push_back(fmt::format("{} keys are left", accounts.at(account).keys.size()));
    }
    if (is_pair() && !setting_.read("app/id_ed25519.pub").ends_with(" app\n")) {
      wrong.emplace_back("the public key's comment is gone");
    }
    if (!is_pair() && setting_.read(place_).find("db.pool=8\n") == std::string::npos) {
      wrong.emplace_back("the rest of the file changed");
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/app")) {
      const std::string name = entry.path().filename().string();
      const bool belongs = "app/" + name == place_ || (is_pair() && name == "id_ed25519.pub");
      if (!belongs) wrong.push_back("left behind: " + name);
    }
    wrong.insert(wrong.end(), leaks_.begin(), leaks_.end());
    return fmt::format("{}", fmt::join(wrong, "; "));
  }
  [[nodiscard]] std::string wrong_when_rolled_back() const {
    if (value_in_file() != old_) return "the file has not the old value";
    if (!ring_.lets_in("app_a", old_)) return "the old value is refused";
    if (class_.siblings && ring_.accounts().at("app_a").keys.size() != 2) return "keys are left";
    return {};
  }
  /// Looks for values where none may be.
  void look_for_values(const std::string& output) {
    Journal journal = must(setting_.journal());
    std::string all = output;
    for (const char* name : {"journal/journal.db", "journal/journal.db-wal"}) {
      all += setting_.read(name);
    }
    for (const std::string& value :
         {told(old_), told(value_in_file()), std::string(kSibling), std::string(kRingAdmin)}) {
      if (all.find(value) != std::string::npos)
        leaks_.push_back("a value stands in journal or output");
      if (all.find(to_base64(value).substr(0, 20)) != std::string::npos) {
        leaks_.emplace_back("a value stands there in base64");
      }
    }
  }
  static constexpr const char* kRun = "r_00000000000000000001";

 private:
  [[nodiscard]] bool is_pair() const { return std::string(class_.type) == "ring.pair"; }
  void write_place() {
    if (is_pair()) {
      place_ = "app/id_ed25519";
      std::filesystem::create_directory(folder_ + "/app");
      const CommandResult made =
          must(run_command({"/bin/sh", "-c", "exec ssh-keygen -q -t ed25519 -C app -N '' -f \"$0\"",
                            setting_.file(place_)},
                           SecretText(), std::chrono::seconds(10)));
      ASSERT_EQ(made.status, 0) << made.errors;
      return;
    }
    setting_.write(place_, fmt::format("# of the application\ndb.user=app_a\ndb.password={}\n"
                                       "db.pool=8\n",
                                       kOld));
  }
  // As ssh(1) would: with a public key beside it that does not fit, nobody logs in.
  [[nodiscard]] std::string pkcs8_in_file() const {
    const auto key = PrivateKey::read(setting_.read(place_));
    if (!key) return "no key";
    const std::string beside = setting_.read(place_ + ".pub");
    const bool fits = beside.empty() || beside.starts_with(must(key->ssh_public()) + " ");
    return fits ? std::string(must(key->pem_as(KeyContainer::kPkcs8)).reveal()) : "no fit";
  }
  // A word of it that tells it, in whatever form it is written: of a key a part of its base64.
  static std::string told(const std::string& value) {
    const std::size_t line = value.find('\n');
    return line == std::string::npos ? value : value.substr(line + 24, 32);
  }
  void reset_ring() {
    RingServer::Account a;
    a.keys.push_back({"k1", old_, ""});
    if (class_.siblings) a.keys.push_back({"k2", kSibling, ""});
    RingServer::Account b;
    b.on = false;
    ring_.reset({{"app_a", a}, {"app_b", b}});
  }
  void write_configuration() const {
    setting_.write("admin", kRingAdmin);
    std::filesystem::permissions(setting_.file("admin"), std::filesystem::perms::owner_read);
    setting_.write(
        "rotation.yaml",
        fmt::format("rotators:\n  - name: ring\n    program: {}\n    sha256: {}\n    allow: [net]\n"
                    "providers:\n  - name: ring\n    rotator: ring\n    type: {}\n"
                    "    identities: ['*']\n    auth: {{file: {}}}\n    twins: [[app_a, app_b]]\n"
                    "times: {{default: {{overlap: 0s, soak: 0s}}}}\n",
                    NHI_RING_ROTATOR, to_hex(must(hash_of_file(NHI_RING_ROTATOR))), class_.type,
                    setting_.file("admin")));
  }
  void plan(const Change& change) const {
    const FingerprintKey key = must(setting_.fingerprint_key());
    const WrappingKey wrapping = must(setting_.wrapping_key());
    Plan plan;
    plan.run_id = kRun;
    plan.credential_id = "c_00";
    plan.fingerprint = fingerprint(key, canonical_value(SecretText(old_)));
    plan.identity = "ring:127.0.0.1/app_a";
    plan.environment = "training";
    plan.account = "app_a";
    plan.new_account = class_.strategy == Strategy::kTwin ? "app_b" : "app_a";
    plan.provider = "ring";
    plan.rotator = "ring";
    plan.rotator_sha256 = to_hex(must(hash_of_file(NHI_RING_ROTATOR)));
    plan.type = class_.type;
    plan.capability = capability_of(class_);
    plan.ref = {{"host", "127.0.0.1"}, {"port", ring_.port()}, {"account", plan.account}};
    plan.new_ref = plan.ref;
    plan.new_ref["account"] = plan.new_account;
    plan.strategy = class_.strategy;
    PlannedPlace place;
    place.means = PlaceMeans::kFile;
    place.path = setting_.file(place_);
    place.shown = place_;
    const auto is_old = [&](Bytes value) {
      return fingerprint(key, canonical_value(SecretText(value))) == plan.fingerprint;
    };
    PlaceHint hint;
    hint.account_text = "app_a";
    const PlaceFound found = must(place_io(wrapping).find(place, is_old, {hint}));
    place.format = found.format;
    place.version = found.version;
    place.secrets = found.secrets;
    if (class_.strategy == Strategy::kTwin) place.accounts = found.accounts;
    plan.places = {place};
    plan.created = system_now();
    plan.expires = Instant{plan.created.seconds + 3600};
    if (change) change(plan);
    plan.steps = steps_of(plan);
    RunRow run;
    run.id = kRun;
    run.identity = plan.identity;
    run.plan = plan_text(plan);
    run.plan_hash = plan_hash(run.plan);
    run.created = plan.created;
    run.expires = plan.expires;
    Journal journal = must(setting_.journal());
    RunStore store(journal);
    ASSERT_TRUE(store.add(run, {}));
    const ApprovalRow approval{run.plan_hash, R"({"user":"ada"})", "{}", plan.created};
    ASSERT_TRUE(store.approve(kRun, RunState::kPlanned, approval, RunState::kApproved, {}));
  }

  RingServer& ring_;
  const Class& class_;
  std::string folder_;
  Setting setting_{""};
  std::string place_ = "app/app.properties";
  std::string old_;  // the value that is rotated, as the ring knows it
  std::vector<std::string> leaks_;
};

}  // namespace nhi::test
