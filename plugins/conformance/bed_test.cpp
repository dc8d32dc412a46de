#include "plugins/conformance/bed.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

class BedTest : public testing::Test {
 protected:
  BedTest() {
    auto bed = Bed::create(store_pin(), store_options(), store_.trial());
    EXPECT_TRUE(bed) << bed.error().message();
    if (bed) bed_.emplace(std::move(*bed));
  }
  PluginCall create(const SecretText& fresh) {
    Ask ask;
    ask.method = "create";
    ask.fresh = &fresh;
    return bed_->ask(ask);
  }
  TestStore store_;
  std::optional<Bed> bed_;
};

TEST_F(BedTest, ValuesAreSetTriedAndLookedFor) {
  const auto old = bed_->reset();
  ASSERT_TRUE(old);
  EXPECT_EQ(bed_->verdict(*old), "accepted");
  const SecretText fresh = bed_->fresh_value();
  EXPECT_EQ(outcome_of(create(fresh)), "done");
  EXPECT_EQ(told(create(fresh)), "already_done");
  EXPECT_EQ(bed_->verdict(*old), "rejected");
  EXPECT_EQ(bed_->verdict(bed_->created_value(fresh)), "accepted");
  EXPECT_TRUE(bed_->canaries().find(std::string(fresh.reveal())));
  EXPECT_TRUE(bed_->canaries().find(kStoreAdmin));
}

TEST_F(BedTest, ARotatorThatDiedMeanwhileIsStartedAgain) {
  const auto value = bed_->reset();
  ASSERT_TRUE(value);
  EXPECT_EQ(bed_->verdict(*value), "accepted");
  ::kill(bed_->process(), SIGKILL);
  ::usleep(50'000);
  EXPECT_EQ(bed_->verdict(*value), "accepted");
}

TEST_F(BedTest, EverythingGoesThroughTheProxy) {
  const auto value = bed_->reset();
  ASSERT_TRUE(value);
  bed_->proxy()->set(ProxyFault::kRefuse, 0);
  EXPECT_EQ(bed_->verdict(*value), "inconclusive");
  EXPECT_TRUE(has_error(create(*value), {PluginErrorCode::kUnreachable}));
  ASSERT_EQ(bed_->name_fields().size(), 1U);
  EXPECT_EQ(bed_->name_fields()[0].name, "account");
}

}  // namespace
}  // namespace nhi
