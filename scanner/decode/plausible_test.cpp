#include "scanner/decode/plausible.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace nhi {
namespace {

bool plausible(std::string_view bytes) {
  TextGauge gauge;
  gauge.feed(bytes);
  return gauge.plausible();
}

std::string noise_bytes(std::size_t count) {
  std::string out;
  while (out.size() < count) out += "\x01\x9F\x02\x8E";
  return out;
}

std::string wide(std::string_view text, std::size_t zeros) {
  std::string out;
  for (const char letter : text) out += letter + std::string(zeros, '\0');
  return out;
}

struct GaugeCase {
  const char* name;
  std::string bytes;
  bool plausible;
};

class TextGaugeTest : public testing::TestWithParam<GaugeCase> {};

TEST_P(TextGaugeTest, JudgesAsWritten) {
  EXPECT_EQ(plausible(GetParam().bytes), GetParam().plausible);
  EXPECT_EQ(is_plausible(GetParam().bytes), GetParam().plausible);
}

TEST(TextGauge, OneLookSaysWhatAllOfItSays) {
  std::mt19937 random(5);
  const std::string_view pieces[] = {"a",    "Z9",   " ",   "\xC3\xA9", "\xE2\x82\xAC",
                                     "\x01", "\xFF", "text"};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    const std::size_t wanted = random() % 70;
    while (bytes.size() < wanted) {
      // The last one, no text, comes as seldom as it must for the rest to be a row.
      bytes += random() % 12 == 0 ? std::string(1, '\0') : std::string(pieces[random() % 8]);
    }
    ASSERT_EQ(is_plausible(bytes), plausible(bytes)) << testing::PrintToString(bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, TextGaugeTest,
    testing::Values(
        GaugeCase{"Empty", "", false}, GaugeCase{"ShortText", "user:pass", true},
        GaugeCase{"ShortTextWithOneStrayByte", "user:p\x01ss", false},
        GaugeCase{"SixteenInNoise", noise_bytes(400) + "user:longpasswd1" + noise_bytes(400), true},
        GaugeCase{"FifteenInNoise", noise_bytes(400) + "user:longpasswd" + noise_bytes(400), false},
        GaugeCase{"Utf8Text",
                  "gehe\xC3\xA4us \xC3\xBC"
                  "ber alles \xE2\x82\xAC!",
                  true},
        GaugeCase{"MostlyAscii",
                  "gehe\xE4us \xFC"
                  "ber alles und noch einmal",
                  true},
        GaugeCase{"Utf16InNoise", noise_bytes(99) + wide("password", 1) + noise_bytes(99), true},
        GaugeCase{"Utf32", wide("password", 3), true},
        GaugeCase{"ShortUtf16", wide("pass", 1), true},
        GaugeCase{"ThreeWideInNoise", noise_bytes(99) + wide("pas", 1) + noise_bytes(99), false},
        GaugeCase{"Zip", "PK\x03\x04" + noise_bytes(60), true},
        GaugeCase{"ShortZip", "PK\x03\x04\x01\x02", false},
        GaugeCase{"DerOfTheRightLength", std::string("\x30\x81\x40", 3) + noise_bytes(64), true},
        GaugeCase{"DerOfAnotherLength", std::string("\x30\x81\x20", 3) + noise_bytes(64), false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TextGauge, DoesNotCareHowBytesAreCut) {
  const std::string bytes = noise_bytes(40) + wide("password", 1) + "user:longpasswd1";
  TextGauge whole;
  whole.feed(bytes);
  TextGauge parts;
  for (const char byte : bytes) parts.feed(Bytes(&byte, 1));
  EXPECT_EQ(whole.plausible(), parts.plausible());
}

}  // namespace
}  // namespace nhi
