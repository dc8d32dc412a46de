#include "plugins/host/output.hpp"

#include <gtest/gtest.h>

#include <string>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

TEST(CapturedOutput, KeepsTheBeginningAndSaysWhatIsMissing) {
  CapturedOutput output;
  EXPECT_TRUE(output.add(std::string(kOutputKeptBytesMax - 1, 'a')));
  EXPECT_TRUE(output.add("bcd"));
  const std::string text = output.text({});
  EXPECT_EQ(text.substr(0, kOutputKeptBytesMax), std::string(kOutputKeptBytesMax - 1, 'a') + "b");
  EXPECT_EQ(text.substr(kOutputKeptBytesMax), "\n[2 bytes more]");
}

TEST(CapturedOutput, TooMuchIsAFlood) {
  CapturedOutput output;
  EXPECT_TRUE(output.add(std::string(kOutputBytesMax, 'a')));
  EXPECT_FALSE(output.add("a"));
  output.clear();
  EXPECT_TRUE(output.add("a"));
  EXPECT_EQ(output.text({}), "a");
}

TEST(CapturedOutput, SteersNoTerminal) {
  CapturedOutput output;
  EXPECT_TRUE(output.add("one\n\x1b[31mred\xff\n"));
  EXPECT_EQ(output.text({}).find('\x1b'), std::string::npos);
  EXPECT_EQ(output.text({}).substr(0, 4), "one\n");
}

TEST(CapturedOutput, ASecretIsSeenThoughItIsWithheld) {
  LeakSearch secrets;
  secrets.add(SecretText("hunter2hunter2"), "old");
  CapturedOutput output;
  EXPECT_TRUE(output.add("it is hunter2"));
  EXPECT_FALSE(output.leaks(secrets));
  EXPECT_TRUE(output.add("hunter2\n"));  // cut by the pipe, not by its writer
  EXPECT_TRUE(output.leaks(secrets));
  EXPECT_EQ(output.text(secrets), "[line withheld: it held old (plain)]\n");
}

}  // namespace
}  // namespace nhi
