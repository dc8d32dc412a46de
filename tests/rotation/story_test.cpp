// The whole way on a real server: two places hold one password of a role; it is rotated to its
// twin while an application logs in all the time, and the next sweep says what is dead.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "scanner/base/hash.hpp"
#include "tests/cli/sandbox.hpp"
#include "tests/plugins/postgres_server.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRotatorPassword = "rotator-canary-8Kq2Zr";

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string setting(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key + "=");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size() + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

// Logs in ten times a second with what its file says, as an application does that was told to
// reload.
class Application {
 public:
  Application(int port, std::string file, std::string heartbeat)
      : port_(port), file_(std::move(file)), heartbeat_(std::move(heartbeat)) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        log_in();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    });
  }
  void stop() { thread_.request_stop(), thread_.join(); }
  [[nodiscard]] int logins() const { return logins_; }
  [[nodiscard]] int failures() const { return failures_; }
  // Whether it logs in as the twin soon: it reads its file ten times a second, and is not told.
  [[nodiscard]] bool changes_within(std::chrono::milliseconds limit) const {
    for (; !changed_ && limit.count() > 0; limit -= std::chrono::milliseconds(20)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return changed_;
  }

 private:
  void log_in() {
    const std::string text = text_of(file_);
    const std::string user = setting(text, "db.user");
    const Sql sql(port_, user, setting(text, "db.password"), "pas");
    ++logins_;
    if (!sql.open()) ++failures_;
    if (user == "app_b") changed_ = true;
    // At once: who reads it sees one word or the other.
    std::ofstream(heartbeat_ + ".new") << (sql.open() ? "works" : "fails");
    fs::rename(heartbeat_ + ".new", heartbeat_);
  }

  int port_;
  std::string file_;
  std::string heartbeat_;
  std::atomic<int> logins_{0};
  std::atomic<int> failures_{0};
  std::atomic<bool> changed_{false};
  std::jthread thread_;
};

class Story : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_unpacked(kPostgres)) GTEST_SKIP() << kNoServer;
    server_ = std::make_unique<PostgresServer>();
    Sql sql = server_->super();
    sql.run("CREATE ROLE rotator LOGIN CREATEROLE PASSWORD '" + std::string(kRotatorPassword) +
            "'; GRANT pg_signal_backend, pg_read_all_stats TO rotator");
    sql.run("CREATE ROLE app NOLOGIN; CREATE ROLE app_a LOGIN IN ROLE app PASSWORD '" + old_ +
            "'; CREATE ROLE app_b LOGIN IN ROLE app");
    sql.run("ALTER ROLE app_a SET role TO app; ALTER ROLE app_b SET role TO app");
    sql.run("CREATE DATABASE pas");
    write_places();
    write_configuration();
  }

  void write_places() const {
    const std::string url = fmt::format("jdbc:postgresql://127.0.0.1:{}/pas", server_->port());
    box_.write("app/app.properties",
               fmt::format("# PAS feed\ndb.url={}\ndb.user=app_a\ndb.password={}\ndb.pool=8\n", url,
                           old_));
    ::chmod(box_.path("app/app.properties").c_str(), 0640);
    box_.write(
        "exports/adt.xml",
        fmt::format(
            "<channel version=\"4.5.0\">\n  <id>11aa</id>\n  <name>ADT to PAS</name>\n"
            "  <revision>3</revision>\n  <sourceConnector version=\"4.5.0\">\n"
            "    <metaDataId>0</metaDataId>\n    <name>sourceConnector</name>\n"
            "    <properties "
            "class=\"com.mirth.connect.connectors.jdbc.DatabaseReceiverProperties\" "
            "version=\"4.5.0\">\n      <driver>org.postgresql.Driver</driver>\n      "
            "<url>{}</url>\n"
            "      <username>app_a</username>\n      <password>{}</password>\n"
            "      <select>SELECT 1</select>\n    </properties>\n"
            "    <transportName>Database Reader</transportName>\n    <enabled>true</enabled>\n"
            "  </sourceConnector>\n  <destinationConnectors></destinationConnectors>\n</channel>\n",
            url, old_));
    const std::string repository = box_.path("exports");
    box_.must({"git", "init", "-q", "-b", "main"}, repository);
    git({"add", "-A"});
    git({"commit", "-q", "-m", "export of the engine"});
  }
  void git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"});
    box_.must(words, box_.path("exports"));
  }
  void write_configuration() const {
    box_.write("admin.pw", kRotatorPassword);
    ::chmod(box_.path("admin.pw").c_str(), 0600);
    box_.write("probe.sh", "#!/bin/sh\n[ \"$(cat " + box_.path("heartbeat") + ")\" = works ]\n");
    ::chmod(box_.path("probe.sh").c_str(), 0755);
    box_.write(
        "estate.yaml",
        "estate: Test\ntargets:\n  - {name: app, path: " + box_.path("app") +
            ", system: PAS, environment: training, owner: platform}\n  - {name: exports, git: " +
            box_.path("exports") + ", system: PAS, environment: training, owner: platform}\n");
    box_.write(
        "rotation.yaml",
        fmt::format(
            "rotators:\n  - name: postgresql\n    program: {0}\n    sha256: {1}\n    allow: [net]\n"
            "providers:\n  - name: pas\n    rotator: postgresql\n    type: postgresql.role\n"
            "    identities: ['postgresql:127.0.0.1:{2}/*']\n    ref: {{database: pas}}\n"
            "    config: {{admin: rotator}}\n    auth: {{file: {3}}}\n    twins: [[app_a, app_b]]\n"
            "    clients: ['* app=some app*']\n"
            "sinks:\n  - paths: ['{4}/**']\n    probe: [{5}]\n  - paths: ['{6}/**']\n    as: git\n"
            "    ref: main\n    probe: [{5}]\n"
            "times: {{default: {{overlap: 1s, soak: 1s}}}}\n",
            NHI_ROTATOR, program_hash(), server_->port(), box_.path("admin.pw"), box_.path("app"),
            box_.path("probe.sh"), box_.path("exports")));
  }
  static std::string program_hash() { return to_hex(sha256(text_of(NHI_ROTATOR))); }

  [[nodiscard]] Outcome run(std::vector<std::string> words, int status) const {
    const Outcome outcome = box_.run(words);
    EXPECT_EQ(outcome.exit_status, status) << words[0] << " " << words[1] << "\n"
                                           << outcome.out << outcome.err;
    told_ += outcome.out + outcome.err;
    return outcome;
  }
  [[nodiscard]] json listed(const std::string& what) const {
    return json::parse(run({what, "list", "--format", "json"}, 0).out)[what];
  }
  [[nodiscard]] json credential(const std::string& id) const {
    for (const json& one : listed("credentials")) {
      if (one["id"] == id) return one;
    }
    return nullptr;
  }

  // Both places say the new value and nothing else; gives it.
  std::string check_places() const {
    const std::string text = box_.read("app/app.properties");
    EXPECT_THAT(text, AllOf(HasSubstr("# PAS feed\n"), HasSubstr("db.user=app_b\n"),
                            HasSubstr("db.pool=8\n"), Not(HasSubstr(old_))));
    const std::string fresh = setting(text, "db.password");
    EXPECT_THAT(box_.read("exports/adt.xml"), AllOf(HasSubstr("<password>" + fresh + "</password>"),
                                                    HasSubstr("<username>app_b</username>"),
                                                    HasSubstr("<revision>3</revision>")));
    struct stat facts {};
    EXPECT_EQ(::stat(box_.path("app/app.properties").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0640U);
    EXPECT_FALSE(Sql(server_->port(), "app_a", old_, "pas").open());
    EXPECT_TRUE(Sql(server_->port(), "app_b", fresh, "pas").open());
    return fresh;
  }
  void check_inventory(const std::string& id, const std::string& rotation) const {
    EXPECT_EQ(credential(id)["credential_status"], "dead-proven");
    const json status = json::parse(run({"rotate", "status", rotation, "--format", "json"}, 0).out);
    EXPECT_EQ(status["state"], "done");
    EXPECT_EQ(status["grade"], "probed_dead");
    int managed = 0;
    for (const json& one : listed("credentials")) {
      if (one["credential_status"] == "managed") ++managed;
    }
    EXPECT_EQ(managed, 1);
  }
  // Values are where they belong and nowhere else.
  void check_values(const std::string& fresh, const std::string& evidence) const {
    std::string everywhere = told_ + evidence + server_->log();
    for (const auto& entry : fs::recursive_directory_iterator(box_.folder())) {
      const std::string path = entry.path().string();
      const bool belongs = path.find("/app/") != std::string::npos ||
                           path.find("/exports/") != std::string::npos ||
                           path.ends_with("/admin.pw");
      if (entry.is_regular_file() && !belongs) everywhere += text_of(path);
    }
    for (const std::string& value : {old_, fresh, std::string(kRotatorPassword)}) {
      EXPECT_EQ(everywhere.find(value), std::string::npos);
      EXPECT_EQ(everywhere.find(to_base64(value).substr(0, 24)), std::string::npos);
      EXPECT_EQ(everywhere.find(to_hex(value)), std::string::npos);
    }
  }

  Sandbox box_;
  const std::string old_ = fake("app", 24);
  std::unique_ptr<PostgresServer> server_;
  mutable std::string told_;
};

TEST_F(Story, APasswordIsRotatedWhileTheApplicationLogsIn) {
  Application application(server_->port(), box_.path("app/app.properties"), box_.path("heartbeat"));
  static_cast<void>(run({"sweep", "--estate", "estate.yaml"}, 1));
  std::string id;
  for (const json& one : listed("credentials")) {
    if (one["identities"].size() == 1 &&
        one["identities"][0].get<std::string>().ends_with("/app_a")) {
      id = one["id"];
      EXPECT_EQ(one["sites"], 2) << one.dump(2);
    }
  }
  ASSERT_FALSE(id.empty());

  const std::string identity = fmt::format("postgresql:127.0.0.1:{}/app_a", server_->port());
  EXPECT_THAT(
      run({"rotators", "check", "pas", "--live", identity}, 0).out,
      AllOf(HasSubstr("rights: enough"), HasSubstr("CREATEROLE"), HasSubstr("PostgreSQL 15")));
  const Outcome planned =
      run({"rotate", "plan", "--credential", id, "--estate", "estate.yaml", "--format", "json"}, 0);
  const json plan = json::parse(planned.out);
  const std::string rotation = plan["run"];
  EXPECT_EQ(plan["strategy"], "twin");
  EXPECT_EQ(plan["places"].size(), 2U);
  // Nothing changes without an approval, and nobody approves another plan.
  static_cast<void>(run({"rotate", "run", rotation}, 2));
  static_cast<void>(run({"rotate", "approve", rotation, "--plan", "00"}, 2));
  std::vector<std::string> approve = {"rotate", "approve", rotation, "--plan",
                                      plan["plan_hash"].get<std::string>().substr(0, 16)};
  for (const json& spot : plan["blind_spots"]) {
    approve.insert(approve.end(), {"--accept", spot["id"].get<std::string>()});
  }
  static_cast<void>(run(approve, 0));

  // Until people merge the branch the old value stays, and so does the rotation.
  const Outcome waits = run({"rotate", "run", rotation, "--wait", "30s"}, 4);
  EXPECT_THAT(waits.out, HasSubstr("nhisweep/" + rotation));
  EXPECT_TRUE(Sql(server_->port(), "app_a", old_, "pas").open());
  EXPECT_TRUE(application.changes_within(std::chrono::seconds(10)));
  git({"merge", "-q", "--no-edit", "nhisweep/" + rotation});
  static_cast<void>(run({"rotate", "resume", rotation, "--wait", "30s"}, 0));
  application.stop();
  EXPECT_GT(application.logins(), 10);
  EXPECT_EQ(application.failures(), 0);

  const std::string fresh = check_places();
  static_cast<void>(run({"sweep", "--estate", "estate.yaml"}, 0));
  check_inventory(id, rotation);
  static_cast<void>(run({"audit", "verify"}, 0));
  static_cast<void>(run({"audit", "export", "--run", rotation, "--output", "evidence"}, 0));
  const std::string evidence = box_.read("evidence/audit.jsonl");
  EXPECT_THAT(evidence, AllOf(HasSubstr("plan.made"), HasSubstr("plan.approved"),
                              HasSubstr("secret.given"), HasSubstr("probed_dead")));
  check_values(fresh, evidence);
}

// A dependency on CIS1 on its way out: before it is cis2-only its key is not revoked, afterwards it
// is, and what is Spine's stays whatever happens.
class Retirement : public Story {
 protected:
  void SetUp() override {
    Story::SetUp();
    if (IsSkipped()) return;
    fs::remove_all(box_.path("exports"));
    box_.write("heartbeat", "works");  // nothing logs in any more
    box_.write("app/app.properties",
               fmt::format("cis1.url=https://gas.national.ncrs.nhs.uk/saml/RoleAssertion?token=\n"
                           "relay.url=jdbc:postgresql://127.0.0.1:{}/pas\nrelay.user=app_a\n"
                           "relay.password={}\nmesh.mailbox.password={}\n",
                           server_->port(), old_, fake("mesh", 20)));
    box_.write("estate.yaml", "estate: Test\ntargets:\n  - {name: app, path: " + box_.path("app") +
                                  ", place: application, system: RIS, environment: live, owner: "
                                  "platform}\n");
    box_.write("rotation.yaml", box_.read("rotation.yaml") + "policy: {four_eyes: never}\n");
    static_cast<void>(run({"sweep", "--estate", "estate.yaml"}, 1));
    const json ris = listed("dependencies")[0];
    dependency_ = ris["id"];
    for (const json& one : ris["credentials"]) relay_ = one;
    mesh_ = ris["shared_spine"][0];
    decide({"bind", dependency_, relay_, "--as", "cis1-call"});
    decide({"assign-owner", dependency_, "platform"});
  }
  void decide(std::vector<std::string> words) const {
    words.insert(words.begin(), "dependencies");
    words.insert(words.end(), {"--evidence", "CHG-1"});
    static_cast<void>(run(words, 0));
  }
  [[nodiscard]] std::vector<std::string> plan_of(const std::string& id) const {
    return {"rotate",      "plan",     "--credential", id,         "--mode",
            "revoke_only", "--estate", "estate.yaml",  "--format", "json"};
  }
  [[nodiscard]] json dependency() const { return listed("dependencies")[0]; }

  std::string dependency_;
  std::string relay_;
  std::string mesh_;
};

TEST_F(Retirement, AKeyIsRevokedWhenItsDependencyIsOverAndNotBefore) {
  const std::pair<const char*, const char*> refused[] = {
      {"dual", "cis1-call in dual"}, {"cis2-primary", "cis1-call in cis2-primary"}};
  for (const auto& [state, rule] : refused) {
    decide({"set-state", dependency_, state});
    EXPECT_THAT(run(plan_of(relay_), 2).err, HasSubstr(rule));
    EXPECT_THAT(run(plan_of(mesh_), 2).err, HasSubstr("no part of CIS1"));
  }
  decide({"set-state", dependency_, "cis2-only"});
  EXPECT_THAT(run(plan_of(mesh_), 2).err, HasSubstr("no part of CIS1"));
  const json plan = json::parse(run(plan_of(relay_), 0).out);
  const std::string rotation = plan["run"];
  EXPECT_EQ(plan["verdicts"][0]["rule"], "cis1-call in cis2-only");
  EXPECT_THAT(run({"rotate", "approve", rotation, "--ticket", "CHG-2"}, 2).err,
              HasSubstr("DCB0160"));
  static_cast<void>(
      run({"rotate", "approve", rotation, "--ticket", "CHG-2", "--clinical-safety", "DCB-7"}, 0));
  const std::string before = box_.read("app/app.properties");
  static_cast<void>(run({"rotate", "run", rotation, "--wait", "30s"}, 0));
  EXPECT_FALSE(Sql(server_->port(), "app_a", old_, "pas").open());
  EXPECT_EQ(box_.read("app/app.properties"), before) << "revoking rewrites nothing";
  EXPECT_EQ(dependency()["decided"], "retired") << dependency().dump(2);
  EXPECT_EQ(credential(relay_)["credential_status"], "dead-proven");
  EXPECT_NE(credential(mesh_)["credential_status"], "dead-proven");
  EXPECT_THAT(run(plan_of(mesh_), 2).err, HasSubstr("no part of CIS1"));
}

}  // namespace
}  // namespace nhi::testing
