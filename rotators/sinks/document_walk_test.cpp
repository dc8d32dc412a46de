#include "rotators/sinks/document_walk.hpp"

#include <gtest/gtest.h>

namespace nhi::sinks {
namespace {

TEST(WantedPlaces, AreToldByPathAndOrdinal) {
  const std::vector<ValueRef> wanted = {{"a", 1, "", {}}, {"b", 0, "", {}}, {"a", 1, "secret", {}}};
  std::vector<std::vector<std::size_t>> seen;
  const auto status =
      visit_places(Format::kProperties, "a=1\nb=2\na=3\ncc=4\na=5\n", wanted,
                   [&](const Token&, const std::vector<std::size_t>& at) -> Result<void> {
                     seen.push_back(at);
                     return {};
                   });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(seen, (std::vector<std::vector<std::size_t>>{{}, {1}, {0, 2}, {}, {}}));
}

TEST(WantedPlaces, TheVisitorsErrorEndsTheWalk) {
  int visits = 0;
  const auto status =
      visit_places(Format::kEnv, "A=1\nB=2\n", {}, [&](const Token&, const auto&) -> Result<void> {
        ++visits;
        return fail(ErrorCode::kNotFound, "enough");
      });
  EXPECT_FALSE(status.has_value());
  EXPECT_EQ(visits, 1);
}

TEST(UnwrappedAll, GoesFromOutsideIn) {
  const auto inner = unwrapped_all({"basic", "base64"}, "Basic c3ZjOm9sZA==");
  ASSERT_TRUE(inner.has_value());
  EXPECT_EQ(inner->reveal(), "svc:old");
  EXPECT_TRUE(pairs_behind({"basic", "base64"}));
  EXPECT_FALSE(pairs_behind({}));
  EXPECT_FALSE(unwrapped_all({"trim", "trim", "trim", "trim", "trim"}, "a").has_value());
}

}  // namespace
}  // namespace nhi::sinks
