#include "rotators/journal/wrapping_key.hpp"

#include <gtest/gtest.h>

#include "rotators/journal/test_support.hpp"
#include "scanner/base/file.hpp"

namespace nhi {
namespace {

using test::JournalFolder;
using test::must;

const AskPassphrase kNobody = {};
AskPassphrase saying(const char* words) {
  return [words](const std::string&) -> Result<SecretText> { return SecretText(words); };
}

TEST(WrappingKey, WhatItWrapsOpensWithTheSameKeyAndPurposeOnly) {
  const WrappingKey key = must(WrappingKey::random());
  const std::string wrapped = must(key.wrap("a value", "run 1"));
  EXPECT_EQ(wrapped.find("a value"), std::string::npos);
  EXPECT_EQ(must(key.unwrap(wrapped, "run 1")).reveal(), "a value");
  EXPECT_FALSE(key.unwrap(wrapped, "run 2"));
  EXPECT_FALSE(must(WrappingKey::random()).unwrap(wrapped, "run 1"));
  EXPECT_FALSE(key.unwrap(wrapped.substr(1), "run 1"));
  EXPECT_FALSE(key.unwrap("", "run 1"));
  EXPECT_EQ(must(key.unwrap(must(key.wrap("", "")), "")).size(), 0U);
}

TEST(WrappingKey, EachChangedByteShows) {
  const WrappingKey key = must(WrappingKey::random());
  const std::string wrapped = must(key.wrap("v", "a"));
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.unwrap(changed, "a")) << i;
  }
}

TEST(WrappingKey, TwoWrappingsOfOneValueDiffer) {
  const WrappingKey key = must(WrappingKey::random());
  EXPECT_NE(must(key.wrap("v", "a")), must(key.wrap("v", "a")));
}

TEST(WrappingKey, TheFileIsMadeOnceAndReadByItsOwnerOnly) {
  const JournalFolder folder;
  const std::string path = folder.file("keys/wrapping.key");
  const std::string journal = folder.file("journal.db");
  const WrappingKey made = must(WrappingKey::load_or_create(path, journal, kNobody));
  EXPECT_EQ(must(WrappingKey::load_or_create(path, journal, kNobody)).id(), made.id());
  std::filesystem::permissions(path, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_FALSE(WrappingKey::load_or_create(path, journal, kNobody));
}

TEST(WrappingKey, IsRefusedBesideTheJournal) {
  const JournalFolder folder;
  const auto beside =
      WrappingKey::load_or_create(folder.file("wrapping.key"), folder.file("journal.db"), kNobody);
  ASSERT_FALSE(beside);
  EXPECT_NE(beside.error().what.find("beside the journal"), std::string::npos);
}

TEST(WrappingKey, APassphraseMakesTheKeyAndAWrongOneIsToldApart) {
  const JournalFolder folder;
  const std::string path = folder.file("keys/wrapping.key");
  EXPECT_FALSE(WrappingKey::create_with_passphrase(path, SecretText("short")));
  ASSERT_TRUE(WrappingKey::create_with_passphrase(path, SecretText("correct horse battery")));
  EXPECT_FALSE(WrappingKey::create_with_passphrase(path, SecretText("another passphrase")));
  const auto key = WrappingKey::load_or_create(path, "", saying("correct horse battery"));
  ASSERT_TRUE(key);
  EXPECT_EQ(must(WrappingKey::load_or_create(path, "", saying("correct horse battery"))).id(),
            key->id());
  EXPECT_FALSE(WrappingKey::load_or_create(path, "", saying("correct horse battery!")));
  EXPECT_FALSE(WrappingKey::load_or_create(path, "", kNobody));
}

TEST(WrappingKey, AFileOfAnotherShapeIsRefused) {
  const JournalFolder folder;
  for (const char* text : {"", "nhisweep-wrapping-key/1 raw AAAA\n", "nhisweep-wrapping-key/2 raw",
                           "nhisweep-wrapping-key/1 scrypt AAAA 00\n", "\n\n\n"}) {
    const std::string path = folder.file("keys/" + std::to_string(std::string(text).size()));
    std::filesystem::create_directories(folder.file("keys"));
    ASSERT_TRUE(write_new_file(path, text));
    EXPECT_FALSE(WrappingKey::load_or_create(path, "", saying("correct horse battery"))) << text;
  }
}

TEST(WrappingKey, DerivedKeysDifferByPurpose) {
  const WrappingKey key = must(WrappingKey::random());
  EXPECT_EQ(key.derived("idem").reveal(), key.derived("idem").reveal());
  EXPECT_NE(key.derived("idem").reveal(), key.derived("version").reveal());
}

}  // namespace
}  // namespace nhi
