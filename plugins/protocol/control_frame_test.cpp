#include "plugins/protocol/control_frame.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

Result<std::vector<std::string>> read_all(std::string_view bytes, std::size_t piece) {
  ControlReader reader;
  std::vector<std::string> bodies;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (;;) {
      NHI_TRY(const auto body, reader.next());
      if (!body) break;
      bodies.push_back(*body);
    }
  }
  EXPECT_FALSE(reader.in_the_middle());
  return bodies;
}

TEST(ControlFrame, ComesBackWhateverThePieces) {
  const std::vector<std::string> bodies = {"{}", "", R"({"a":"Content-Length: 5\r\n\r\n"})",
                                           std::string(5000, 'x')};
  std::string bytes;
  for (const std::string& body : bodies) bytes += control_frame(body);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{64}, bytes.size()}) {
    const auto read = read_all(bytes, piece);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, bodies) << piece;
  }
}

TEST(ControlFrame, OtherHeadersAndAnyCaseAreRead) {
  const auto read =
      read_all("Content-Type: application/json\r\ncontent-LENGTH:  2 \r\nX: y: z\r\n\r\n{}", 7);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, std::vector<std::string>{"{}"});
}

struct BadCase {
  const char* name;
  std::string bytes;
  ErrorCode code;
};
class BadControlFrame : public testing::TestWithParam<BadCase> {};

TEST_P(BadControlFrame, IsAnErrorThatStays) {
  ControlReader reader;
  reader.feed(GetParam().bytes);
  const auto body = reader.next();
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, GetParam().code);
  reader.feed(control_frame("{}"));  // too late: nobody knows where a message begins
  EXPECT_FALSE(reader.next());
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadControlFrame,
    testing::Values(
        BadCase{"NoLength", "X: y\r\n\r\n{}", ErrorCode::kMalformed},
        BadCase{"NoHeader", "\r\n\r\n{}", ErrorCode::kMalformed},
        BadCase{"NoColon", "Content-Length 2\r\n\r\n{}", ErrorCode::kMalformed},
        BadCase{"TwoLengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                ErrorCode::kMalformed},
        BadCase{"Negative", "Content-Length: -2\r\n\r\n{}", ErrorCode::kMalformed},
        BadCase{"NoNumber", "Content-Length: 2x\r\n\r\n{}", ErrorCode::kMalformed},
        BadCase{"Overflow", "Content-Length: 99999999999999999999999\r\n\r\n",
                ErrorCode::kMalformed},
        BadCase{"SixtyFourMebibytes", "Content-Length: 67108864\r\n\r\n", ErrorCode::kTooLarge},
        BadCase{"EndlessHeader", std::string(kControlHeaderBytesMax, 'a'), ErrorCode::kMalformed}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ControlFrame, ABodyOfTheGreatestLengthIsRead) {
  const std::string body(kControlBodyBytesMax, ' ');
  ControlReader reader;
  reader.feed(control_frame(body));
  const auto read = reader.next();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->size(), body.size());
}

}  // namespace
}  // namespace nhi
