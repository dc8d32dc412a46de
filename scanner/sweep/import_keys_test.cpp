// Claims about ids out of bundles: they are what the sealing key makes of the place, and known ones
// are found under the former key where a bundle can tell, and nowhere else.
#include "scanner/sweep/import_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/identity/examiner.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/value.hpp"
#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;

const UnitKey kFile{"app01/etc", "app01/etc", "a.conf"};

std::shared_ptr<const FingerprintKey> key_of(const std::string& id) {
  return std::make_shared<const FingerprintKey>(
      FingerprintKey{id, SecretText(std::string(32, id.back())), ""});
}

class ImportKeysTest : public testing::Test {
 protected:
  // What a host stores of one value, or of a place without one, under this key.
  Finding made(const FingerprintKey& key, bool value,
               const FingerprintKey* former = nullptr) const {
    Finding finding = test::finding_in(kFile, "a.conf", "x");
    finding.fingerprint = value ? fingerprint(key, SecretText("value")) : "";
    finding.credential_id = value ? credential_id(key, finding.fingerprint) : "";
    finding.id = finding_id(finding, key, kFile.root);
    if (former != nullptr && value) {
      finding.former.fingerprint = fingerprint(*former, SecretText("value"));
    }
    return finding;
  }
  // A bundle of a host with these keys, as proven here.
  ProvenBundle bundle(const FingerprintKey& key, const FingerprintKey* former) const {
    ProvenBundle bundle{"app01.bundle", {}, "aa", key.id == both_.id ? 0U : 1U};
    bundle.header.host = "app01";
    bundle.header.targets = {{kFile.target, "p", {}}};
    bundle.header.key_id = key.id;
    bundle.header.key_check = key_check(key);
    if (former != nullptr) bundle.header.former_check = key_check(*former);
    return bundle;
  }
  static Result<Finding> settle(const ProvenBundle& bundle, const FingerprintKey& here,
                                Finding finding) {
    UnitResult unit = test::unit_of(kFile, "s", {std::move(finding)});
    NHI_CHECK_OK(settle_ids(unit, bundle, here));
    return unit.findings.front();
  }
  const std::shared_ptr<const FingerprintKey> k1_ = key_of("k1");
  const std::shared_ptr<const FingerprintKey> k2_ = key_of("k2");
  const FingerprintKey both_{"k2", SecretText(std::string(32, '2')), "", k1_};
};

TEST_F(ImportKeysTest, BothKeysGiveBothIdsAndNoneIsTakenOnTrust) {
  const Finding known = made(*k1_, true);
  const Finding out =
      test::must(settle(bundle(both_, k1_.get()), both_, made(both_, true, k1_.get())));
  EXPECT_EQ(out.id, made(both_, true).id);
  EXPECT_EQ(out.former.id, known.id);
  EXPECT_EQ(out.former.credential_id, known.credential_id);
  // What a host says of ids itself is overwritten.
  Finding forged = made(both_, true, k1_.get());
  forged.former.id = "f_of_somebody_else";
  EXPECT_EQ(test::must(settle(bundle(both_, k1_.get()), both_, forged)).former.id, known.id);
  // Where the rotation has ended nobody asks.
  EXPECT_TRUE(test::must(settle(bundle(both_, k1_.get()), *k2_, made(both_, true, k1_.get())))
                  .former.id.empty());
}

TEST_F(ImportKeysTest, IdsAndFingerprintsOfOtherKeysPlacesAndValuesAreRefused) {
  const ProvenBundle of_both = bundle(both_, k1_.get());
  const Finding good = made(both_, true, k1_.get());
  const auto refusal = [&](auto change) {
    Finding finding = good;
    change(finding);
    const auto refused = settle(of_both, both_, finding);
    return refused ? "taken" : refused.error().what;
  };
  EXPECT_THAT(refusal([](Finding& f) { f.place.path = "b.conf"; }), HasSubstr("another place"));
  EXPECT_THAT(refusal([](Finding& f) { f.credential_id = "c_0123456789"; }),
              HasSubstr("another value"));
  EXPECT_THAT(refusal([&](Finding& f) { f = made(*k1_, true, k1_.get()); }),
              HasSubstr("another key"));
  EXPECT_THAT(refusal([&](Finding& f) { f.former.fingerprint = f.fingerprint; }),
              HasSubstr("former fingerprint of another key"));
  EXPECT_FALSE(settle(bundle(*k1_, nullptr), both_, made(both_, true)));
}

TEST_F(ImportKeysTest, AHostWithTheFormerKeyKeepsItsIdsAndItsPlacesWithoutValueHaveBoth) {
  const ProvenBundle of_former = bundle(*k1_, nullptr);
  const Finding value = test::must(settle(of_former, both_, made(*k1_, true)));
  EXPECT_EQ(value.id, made(*k1_, true).id);
  EXPECT_TRUE(value.former.id.empty());
  const Finding site = test::must(settle(of_former, both_, made(*k1_, false)));
  EXPECT_EQ(site.id, made(both_, false).id);
  EXPECT_EQ(site.former.id, made(*k1_, false).id);
}

TEST_F(ImportKeysTest, TheNewKeyAloneIsTakenWhereNothingWaits) {
  const ProvenBundle alone = bundle(*k2_, nullptr);
  EXPECT_FALSE(knows_former(alone, both_));
  EXPECT_TRUE(knows_former(bundle(both_, k1_.get()), both_));
  EXPECT_TRUE(knows_former(bundle(*k1_, nullptr), both_));
  EXPECT_TRUE(check_nothing_waits(alone, both_, {{"app01/opt", 3}, {"app02/etc", 1}}));
  const auto refused = check_nothing_waits(alone, both_, {{"app01/etc", 3}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
  EXPECT_THAT(refused.error().what,
              HasSubstr("app01 collected under k2 (check " + key_check(both_).substr(0, 8) +
                        ") alone, and 3 findings of it are known under k1"));
  EXPECT_TRUE(check_nothing_waits(bundle(both_, k1_.get()), both_, {{"app01/etc", 3}}));
  EXPECT_TRUE(check_nothing_waits(alone, *k2_, {{"app01/etc", 3}})) << "the rotation was ended";
  const Finding site = test::must(settle(alone, both_, made(*k2_, false)));
  EXPECT_EQ(site.former.id, made(*k1_, false).id);
}

}  // namespace
}  // namespace nhi
