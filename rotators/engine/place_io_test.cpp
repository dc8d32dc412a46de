#include "rotators/engine/place_io.hpp"

#include <gtest/gtest.h>

#include "rotators/engine/test_folder.hpp"
#include "rotators/sinks/public_key_file.hpp"

namespace nhi {
namespace {

struct PlaceIoTest : ::testing::Test {
  test::Folder folder;
  PlaceIo io{SecretText("a key of thirty-two bytes or so.")};
  PlannedPlace place;
  SecretText old{"Old-value-1"};
  SecretText fresh{"New-value-2"};

  void begin(const std::string& name, const std::string& text) {
    place.means = PlaceMeans::kFile;
    place.path = folder.write(name, text);
    place.shown = name;
    const auto found = io.find(place, is(old), {PlaceHint{{}, {}, "app_a"}});
    ASSERT_TRUE(found) << found.error().message();
    place.format = found->format;
    place.version = found->version;
    place.secrets = found->secrets;
    place.accounts = found->accounts;
  }
  static IsValue is(const SecretText& value) {
    return [&value](Bytes bytes) { return bytes == value.reveal(); };
  }
  Result<std::string> write() {
    const auto prepared = io.prepare(place, edit());
    if (!prepared) return fail(prepared.error());
    return io.write(place, *prepared, "r_1-1");
  }
  [[nodiscard]] PlaceEdit edit() const { return {&old, &fresh, "app_a", "app_b", false}; }
};

TEST_F(PlaceIoTest, ValueAndAccountChangeTogetherAndNothingElse) {
  begin("a.properties", "# c\nuser=app_a\npassword=Old-value-1\nother=app_a2\n");
  const auto version = write();
  ASSERT_TRUE(version) << version.error().message();
  EXPECT_EQ(folder.read("a.properties"), "# c\nuser=app_b\npassword=New-value-2\nother=app_a2\n");
  EXPECT_EQ(io.look(place, is(fresh))->version, *version);
  EXPECT_EQ(io.look(place, is(fresh))->holding, 1U);
  EXPECT_EQ(io.read(place)->reveal(), "New-value-2");
}

// The zero key of RFC 8410's form, and one whose seed ends with a one.
constexpr std::string_view kKey =
    "-----BEGIN PRIVATE "
    "KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "-----END PRIVATE KEY-----";
constexpr std::string_view kOtherKey =
    "-----BEGIN PRIVATE "
    "KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n"
    "-----END PRIVATE KEY-----";

TEST_F(PlaceIoTest, APrivateKeyChangesWithThePublicOneBesideIt) {
  old = SecretText(kKey);
  fresh = SecretText(kOtherKey);
  // The public key of the zero seed, as RFC 8032 computes it.
  folder.write("id.pub",
               "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
               " svc\n");
  begin("id", std::string(kKey) + "\n");
  EXPECT_EQ(place.format, "pem");
  EXPECT_EQ(io.look(place, is(old))->not_writable, "");
  ASSERT_TRUE(write());
  EXPECT_EQ(folder.read("id"), std::string(kOtherKey) + "\n");
  EXPECT_EQ(io.look(place, is(fresh))->holding, 1U);
  EXPECT_EQ(io.look(place, is(fresh))->not_writable, "") << folder.read("id.pub");
  EXPECT_TRUE(folder.read("id.pub").ends_with(" svc\n"));
  EXPECT_EQ(io.read(place)->reveal(), kOtherKey);
}

// Killed while the public key was aside: what is brought back fits the key that is there.
TEST_F(PlaceIoTest, APublicKeyThatWasLeftAsideComesBackWithItsPrivateOne) {
  old = SecretText(kKey);
  fresh = SecretText(kOtherKey);
  const std::string zero = "AAAAC3NzaC1lZDI1NTE5AAAAIDtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
  for (const bool changed : {false, true}) {
    folder.write("id.pub", "ssh-ed25519 " + zero + " svc\n");
    begin("id", std::string(kKey) + "\n");
    const auto prepared = io.prepare(place, edit());
    ASSERT_TRUE(prepared);
    ASSERT_TRUE(set_public_key_aside(place.path, "r_1-1"));
    if (changed) folder.write("id", std::string(prepared->content.reveal()));
    ASSERT_TRUE(io.tidy(place, prepared->expected, prepared->becomes, "r_1-1"));
    EXPECT_EQ(folder.read("id.pub").find(zero) == std::string::npos, changed);
    EXPECT_TRUE(folder.read("id.pub").ends_with(" svc\n"));
    EXPECT_EQ(io.look(place, is(changed ? fresh : old))->not_writable, "");
  }
}

TEST_F(PlaceIoTest, ACopyElsewhereIsCountedAndNotTouched) {
  begin("a.yaml", "user: app_a\npassword: Old-value-1\n");
  folder.write("a.yaml", "user: app_a\npassword: Old-value-1\ncopy: Old-value-1\n");
  EXPECT_EQ(io.look(place, is(old))->unplanned, 1U);
}

TEST_F(PlaceIoTest, WhatChangedMeanwhileIsAConflict) {
  begin("a.env", "USER=app_a\nPASSWORD=Old-value-1\n");
  const auto prepared = io.prepare(place, edit());
  ASSERT_TRUE(prepared);
  folder.write("a.env", "USER=app_a\nPASSWORD=Old-value-1\n# by hand\n");
  const auto version = io.write(place, *prepared, "r_1-1");
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, ErrorCode::kConflict);
  folder.write("a.env", "USER=app_a\nPASSWORD=another\n");
  const auto other = io.prepare(place, edit());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_EQ(folder.read("a.env"), "USER=app_a\nPASSWORD=another\n");
}

TEST_F(PlaceIoTest, AVersionTellsNothingOfTheContent) {
  begin("a.ini", "[db]\nuser = app_a\npassword = Old-value-1\n");
  const PlaceIo other(SecretText("another key of thirty-two bytes."));
  EXPECT_NE(other.look(place, is(old))->version, place.version);
  EXPECT_EQ(place.version.size(), 64U);
}

TEST_F(PlaceIoTest, WhatIsNotThereOrOfNoKnownKindIsSaid) {
  place.means = PlaceMeans::kFile;
  place.path = folder.write("program.bin", std::string("\x7f\x00\x01Old-value-1", 14));
  EXPECT_FALSE(io.find(place, is(old), {}));
  place.path = folder.write("a.json", "{\"password\":\"x\"}");
  EXPECT_EQ(io.find(place, is(old), {}).error().code, ErrorCode::kNotFound);
  place.path = folder.file("none.json");
  EXPECT_EQ(io.find(place, is(old), {}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace nhi
