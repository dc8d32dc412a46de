#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/checks.hpp"
#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

TEST(ChecksOfHandshakes, ASoundRotatorPasses) {
  const auto results = check_handshake(store_pin(), store_options());
  EXPECT_EQ(failures(results), "");
  EXPECT_GE(results.size(), 13U);
}

std::string wrong_with(const std::string& name) {
  PluginPin pin = store_pin(name);
  pin.program = {NHI_HOSTILE_ROTATOR, *hash_of_file(NHI_HOSTILE_ROTATOR)};
  return failures(check_handshake(pin, store_options()));
}

TEST(ChecksOfHandshakes, WhoDoesNotShakeHandsIsFound) {
  EXPECT_THAT(wrong_with("first-dies"), HasSubstr("initialize: no answer (status 3)"));
  EXPECT_THAT(wrong_with("first-lies"), HasSubstr("initialize: "));
  EXPECT_THAT(wrong_with("first-garbage"), HasSubstr("initialize: no answer"));
}

TEST(ChecksOfHandshakes, WhatAProgramSaidForPeopleIsShown) {
  PluginPin pin = store_pin("cat");
  pin.program = {"/bin/cat", *hash_of_file("/bin/cat")};
  pin.interpreter = PinnedFile{"/bin/sh", *hash_of_file("/bin/sh")};
  pin.arguments = {"-c", "echo I need Python >&2; exit 4"};
  EXPECT_THAT(failures(check_handshake(pin, store_options())),
              HasSubstr("no answer (status 4; it wrote: I need Python"));
}

// The hostile one shakes hands by rote: it knows no versions, and dies of what it cannot parse.
TEST(ChecksOfHandshakes, WhoShakesHandsByRoteIsFound) {
  const std::string wrong = wrong_with("good");
  EXPECT_THAT(wrong, HasSubstr("versions 9.0 to 9.9 only"));
  EXPECT_THAT(wrong, HasSubstr("an unknown method"));
  EXPECT_THAT(wrong, HasSubstr("a second initialize"));
}

}  // namespace
}  // namespace nhi
