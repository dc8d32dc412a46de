// Claims about bundles as files: what was written is read back, anything else is refused by name.
#include "scanner/bundle/bundle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "scanner/bundle/bundle_reader.hpp"
#include "scanner/bundle/bundle_writer.hpp"
#include "scanner/bundle/finding_record.hpp"
#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const UnitKey kFile{"app01/etc", "app01/etc", "a.conf"};
const UnitKey kClean{"app01/etc", "app01/etc", "clean.conf"};

SecretText key_of(char byte) { return SecretText(std::string(32, byte)); }
std::string check_of(char byte) { return std::string("5c9a") + byte; }

// What a machine has: the key in force, and perhaps the one before it.
class Keys {
 public:
  explicit Keys(char key, char former = 0) : key_(key_of(key)), former_(key_of(former)) {
    keys_.push_back({"k1", check_of(key), key_});
    if (former != 0) keys_.push_back({"k0", check_of(former), former_});
  }
  operator std::span<const SealKey>() const {
    return keys_;
  }  // NOLINT(google-explicit-constructor)

 private:
  SecretText key_, former_;
  std::vector<SealKey> keys_;
};

// Keeps what it is told.
class Told : public BundleSink {
 public:
  Result<bool> begin_unit(const UnitResult& unit, const std::vector<PlaceOwner>& owners) override {
    begun.push_back(unit.key.path);
    for (const PlaceOwner& owner : owners) owned.push_back(owner.path + " " + owner.owner.name);
    return wants;
  }
  Result<void> unit(UnitResult unit) override {
    units.push_back(std::move(unit));
    return {};
  }
  Result<void> clean_unit(UnitKey key, std::string stamp, const std::string&) override {
    clean.push_back(key.path + " " + stamp);
    return {};
  }
  void listed(std::string place) override { places.push_back("listed " + place); }
  void empty_folder(std::string place, std::string mark) override {
    places.push_back("empty " + place + " " + mark);
  }
  void refused(std::string place) override { places.push_back("refused " + place); }
  void distrusted(std::string place) override { places.push_back("distrusted " + place); }

  bool wants = true;
  std::vector<std::string> begun, owned, clean, places;
  std::vector<UnitResult> units;
};

class BundleTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_.file("bundle"); }
  void write(char key = 'k', char former = 0) const {
    BundleHeader header{"app01", "Trust",    "0.1.0", "sha256:r", "sha256:p",
                        "k1",    Instant{5}, {},      {}};
    header.targets = {{"app01/etc", "p1", {{"/etc", "app01/etc"}}}};
    header.rules = {"acme-key", "other-key"};
    header.key_check = check_of(key);
    if (former != 0) header.former_check = check_of(former);
    BundleWriter writer = test::must(BundleWriter::create(path(), header, key_of(key)));
    Finding finding = test::finding_in(kFile, "a.conf", "one");
    finding.owner_name = "platform";
    if (former != 0) finding.former.fingerprint = "hmac-sha256:k0:one";
    UnitResult unit = test::unit_of(kFile, "s1", {finding});
    unit.coverage.add_unread({"app01/etc", "a.conf", "io-error", 7});
    test::must(writer.unit(unit));
    test::must(writer.unit(test::unit_of(kClean, "s2", {})));
    test::must(writer.absence(
        {{"app01/etc"}, {{"app01/etc/spool", "1.2"}}, {"app01/etc/ssl"}, {"app01/repos"}}));
    Coverage coverage;
    coverage.files = 2;
    coverage.add_unread({"app01/etc", "ssl", "permission-denied", 0});
    coverage.unread_total = 12'345;
    test::must(writer.coverage(coverage));
    test::must(writer.finish());
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream file(path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void put(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  [[nodiscard]] Error refusal(char key = 'k') const {
    auto proven = prove_bundle(path(), Keys(key));
    EXPECT_FALSE(proven.has_value());
    return proven ? Error{} : proven.error();
  }
  test::Folder folder_;
};

TEST_F(BundleTest, IsReadBackAsItWasWritten) {
  write();
  struct stat facts {};
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  const ProvenBundle bundle = test::must(prove_bundle(path(), Keys('k')));
  EXPECT_EQ(bundle.header.host, "app01");
  EXPECT_EQ(bundle.header.as_of, Instant{5});
  EXPECT_THAT(bundle.header.rules, ElementsAre("acme-key", "other-key"));
  Told told;
  const Coverage coverage = test::must(read_bundle(bundle, Keys('k'), told));
  EXPECT_EQ(coverage.unread_total, 12'345U);
  ASSERT_EQ(coverage.unread.size(), 1U);
  EXPECT_EQ(coverage.unread[0].path, "ssl");
  ASSERT_EQ(told.units.size(), 1U);
  EXPECT_EQ(told.units[0].key, kFile);
  EXPECT_EQ(told.units[0].stamp, "s1");
  EXPECT_EQ(told.units[0].profile, "p1");
  EXPECT_EQ(told.units[0].coverage.unread_total, 1U);
  ASSERT_EQ(told.units[0].coverage.unread.size(), 1U);
  ASSERT_EQ(told.units[0].findings.size(), 1U);
  EXPECT_EQ(told.units[0].findings[0].owner_name, "platform");
  EXPECT_THAT(told.owned, ElementsAre("a.conf platform"));
  EXPECT_THAT(told.clean, ElementsAre("clean.conf s2"));
  EXPECT_THAT(told.places, ElementsAre("listed app01/etc", "refused app01/etc/ssl",
                                       "distrusted app01/repos", "empty app01/etc/spool 1.2"));
}

TEST_F(BundleTest, PassesOverTheFindingsOfAUnitThatIsKnown) {
  write();
  const ProvenBundle bundle = test::must(prove_bundle(path(), Keys('k')));
  Told told;
  told.wants = false;
  test::must(read_bundle(bundle, Keys('k'), told));
  EXPECT_THAT(told.begun, ElementsAre("a.conf"));
  EXPECT_TRUE(told.units.empty());
}

TEST_F(BundleTest, EveryChangedByteAndEveryCutIsRefused) {
  write();
  const std::string whole = bytes();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    put(changed);
    EXPECT_FALSE(prove_bundle(path(), Keys('k')).has_value()) << "byte " << i;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(whole.substr(0, size));
    EXPECT_FALSE(prove_bundle(path(), Keys('k')).has_value()) << "cut at " << size;
  }
  put(whole + "\n");
  EXPECT_FALSE(prove_bundle(path(), Keys('k')).has_value());
  put(whole.substr(0, whole.size() - 40));
  EXPECT_THAT(refusal().what, HasSubstr("changed or cut"));
  put(whole);
  EXPECT_TRUE(prove_bundle(path(), Keys('k')).has_value());
}

TEST_F(BundleTest, AnotherKeyIsToldFromDamageAndNothingTellsTheKey) {
  write('a');
  const Error refused = refusal('b');
  EXPECT_EQ(refused.code, ErrorCode::kBadUse);
  EXPECT_THAT(refused.what, HasSubstr("another estate key"));
  EXPECT_EQ(refused.subject, path());
  EXPECT_EQ(bytes().find(std::string(8, 'a')), std::string::npos);
  EXPECT_EQ(bytes().find(to_hex(std::string(8, 'a'))), std::string::npos);
}

TEST_F(BundleTest, ARefusalNamesTheHostBothKeysAndWhatToDo) {
  write('a');
  const Error other = refusal('b');
  EXPECT_THAT(other.what, HasSubstr("app01 collected under k1 (check 5c9aa), this machine has k1 "
                                    "(check 5c9ab)"));
  EXPECT_THAT(other.hint, HasSubstr("key import FILE on app01"));
  write('n', 'o');
  const Error old = refusal('o');
  EXPECT_THAT(old.hint, HasSubstr("the key was rotated: bring it here too"));
}

TEST_F(BundleTest, WhileAKeyIsRotatedEitherOfTheTwoMaySealIt) {
  for (const char sealed_with : {'n', 'o'}) {
    write(sealed_with);
    const ProvenBundle bundle = test::must(prove_bundle(path(), Keys('n', 'o')));
    EXPECT_EQ(bundle.key_used, sealed_with == 'n' ? 0U : 1U);
    Told told;
    EXPECT_TRUE(read_bundle(bundle, Keys('n', 'o'), told).has_value());
  }
  // Whose key the header names and whose seal it bears are one.
  write('n');
  std::string forged = bytes();
  forged.replace(forged.find(check_of('n')), check_of('n').size(), check_of('o'));
  put(forged);
  const auto refused = prove_bundle(path(), Keys('n', 'o'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kMalformed);
}

TEST_F(BundleTest, ForeignFilesAreRefusedByName) {
  put("");
  EXPECT_THAT(refusal().what, HasSubstr("empty"));
  put("{\"bundle\":{\"format\":\"nhisweep.bundle/2\"}}\n");
  EXPECT_THAT(refusal().what, HasSubstr("not a bundle that this version reads"));
  put("hello\n");
  EXPECT_EQ(refusal().code, ErrorCode::kMalformed);
  put(std::string(kBundleLineBytesMax + (1 << 20), '{'));
  EXPECT_EQ(refusal().code, ErrorCode::kTooLarge);
  ASSERT_EQ(::unlink(path().c_str()), 0);
  EXPECT_EQ(refusal().code, ErrorCode::kNotFound);
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(refusal().code, ErrorCode::kIo);  // does not hang
}

TEST_F(BundleTest, AChangeBetweenProofAndReadingIsSeen) {
  write();
  const ProvenBundle bundle = test::must(prove_bundle(path(), Keys('k')));
  std::string changed = bytes();
  changed[changed.find("io-error")] = 'I';
  put(changed);
  Told told;
  EXPECT_FALSE(read_bundle(bundle, Keys('k'), told).has_value());
}

TEST_F(BundleTest, AUnitThatIsTooLargeIsNamedAndLeavesNoFile) {
  BundleHeader header{"app01", "", "", "", "", "k1", Instant{5}, {}, {}};
  header.targets = {{"app01/etc", "p1", {}}};
  {
    BundleWriter writer = test::must(BundleWriter::create(path(), header, key_of('k')));
    UnitResult unit = test::unit_of(kFile, "s1", {});
    unit.findings.resize(kUnitFindingsMax + 1);
    const auto refused = writer.unit(unit);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(refused.error().subject, "app01/etc/a.conf");
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()),
                          std::filesystem::directory_iterator()),
            0);
}

TEST(HostNames, AreWhatAPathAndAShellCanBearUnquoted) {
  for (const char* name : {"app01", "pas.trust.local", "a", "x_1-b"}) {
    EXPECT_TRUE(is_host_name(name)) << name;
  }
  for (const char* name : {"", "-x", ".x", "a/b", "A", "a b", "a'b", "a*"}) {
    EXPECT_FALSE(is_host_name(name)) << name;
  }
  EXPECT_FALSE(is_host_name(std::string(254, 'a')));
  EXPECT_EQ(host_of_target("app01/etc/x"), "app01");
  EXPECT_EQ(host_of_target("etc"), "etc");
}

}  // namespace
}  // namespace nhi
