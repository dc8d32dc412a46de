// Claims about bundles that a holder of the key made by hand: they reach no other host's findings.
#include "scanner/sweep/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/bundle/bundle_writer.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/value.hpp"
#include "scanner/inventory/test_support.hpp"
#include "scanner/sweep/test_kit.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;

constexpr Instant kNow{1'795'600'000};  // 2026-11-25

class ImportTest : public testing::Test {
 protected:
  // A bundle of `host` that holds one finding in etc/a.conf under this id, or under its own.
  void write(const std::string& host, const std::string& id = "") const {
    const UnitKey key{host + "/etc", host + "/etc", "a.conf"};
    Finding finding = test::finding_in(key, "a.conf", "value");
    finding.credential_id = credential_id(key_, finding.fingerprint);
    finding.id = id.empty() ? finding_id(finding, key_, key.root) : id;
    BundleHeader header{host, "", "0.1.0", "sha256:r", "sha256:p", "k1", kNow, {}, {}};
    header.targets = {{key.target, "p1", {{"/etc", key.root}}}};
    header.rules = test::kRules;
    header.key_check = key_check(key_);
    BundleWriter writer = test::must(BundleWriter::create(folder_.file(host), header, key_.bytes));
    test::must(writer.unit(test::unit_of(key, "s1", {finding})));
    test::must(writer.absence({}));
    test::must(writer.coverage({}));
    test::must(writer.finish());
  }
  Result<ImportReport> import(const std::string& host) {
    ImportRequest request;
    request.bundles = {folder_.file(host)};
    request.facts = test::facts_of(0);
    request.facts.started = request.facts.as_of = kNow;
    return run_import(std::move(request), key_, inventory_);
  }
  const FingerprintKey key_ = test_key();
  test::Folder folder_;
  Inventory inventory_ = test::open_for_writing(folder_.file("db"));
};

TEST_F(ImportTest, AFindingUnderTheIdOfAnotherHostsIsRefused) {
  write("app01");
  ASSERT_TRUE(import("app01").has_value());
  const std::string theirs = test::by_id(inventory_).begin()->first;
  write("app02", theirs);
  const auto forged = import("app02");
  ASSERT_FALSE(forged.has_value());
  EXPECT_EQ(forged.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(forged.error().what, HasSubstr("the id of another place"));
  EXPECT_EQ(forged.error().subject, folder_.file("app02"));
  EXPECT_EQ(test::by_id(inventory_).size(), 1U);
  EXPECT_EQ(test::by_id(inventory_).at(theirs).target, "app01/etc");
  EXPECT_EQ(test::must(inventory_.bundles()).size(), 1U);
  // What the refused one left staged is dropped by the next.
  write("app02");
  ASSERT_TRUE(import("app02").has_value());
  EXPECT_EQ(test::by_id(inventory_).size(), 2U);
}

}  // namespace
}  // namespace nhi
