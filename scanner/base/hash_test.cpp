#include "scanner/base/hash.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(Hash, Sha256EqualsTheVectorsOfFips180) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Hash, HmacEqualsTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hash, HmacByPiecesEqualsHmacOfTheWhole) {
  const std::string text = "what do ya want for nothing?";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    HmacSha256 mac("Jefe");
    mac.add(std::string_view(text).substr(0, cut));
    mac.add(std::string_view(text).substr(cut));
    EXPECT_EQ(mac.finish(), hmac_sha256("Jefe", text)) << cut;
  }
}

TEST(Hash, Sha1ByPiecesEqualsTheVectorOfFips180) {
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  Sha1 sum;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    sum.add(std::string_view(text).substr(0, cut));
    sum.add(std::string_view(text).substr(cut));
    const auto digest = sum.finish();
    EXPECT_EQ(to_hex(Bytes(reinterpret_cast<const char*>(digest.data()), digest.size())),
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    EXPECT_EQ(digest, sha1({text}));
  }
}

TEST(Hash, Sha256ByPiecesEqualsItWhole) {
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  Sha256 sum;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    sum.add(std::string_view(text).substr(0, cut));
    sum.add(std::string_view(text).substr(cut));
    EXPECT_EQ(sum.finish(), sha256(text)) << cut;
  }
}

TEST(Hash, Crc32EqualsThePublishedCheckValues) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);  // the check value of ISO 3309
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339U);
}

TEST(Base64, EqualsTheVectorsOfRfc4648) {
  struct Row {
    std::string_view plain;
    std::string_view text;
  };
  for (const Row& row : {Row{"", ""}, Row{"f", "Zg=="}, Row{"fo", "Zm8="}, Row{"foo", "Zm9v"},
                         Row{"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(row.plain), row.text);
    EXPECT_EQ(from_base64(row.text), std::string(row.plain));
  }
}

TEST(Base64, ReadsBothAlphabetsWithOrWithoutPadding) {
  EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
  EXPECT_EQ(from_base64("Zg"), "f");
  EXPECT_EQ(from_base64("Z"), std::nullopt);
  EXPECT_EQ(from_base64("Zm 9"), std::nullopt);
  EXPECT_EQ(from_base64("Zm9v=Zg"), std::nullopt);
}

TEST(Hex, GoesBothWaysAndRefusesOddText) {
  EXPECT_EQ(to_hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(from_hex("00FF1a"), std::string("\x00\xff\x1a", 3));
  EXPECT_EQ(from_hex("abc"), std::nullopt);
  EXPECT_EQ(from_hex("zz"), std::nullopt);
}

TEST(FieldBytes, NoTwoListsGiveTheSameBytes) {
  EXPECT_NE(FieldBytes().add("ab").add("c").bytes(), FieldBytes().add("a").add("bc").bytes());
  EXPECT_NE(FieldBytes().add("").bytes(), FieldBytes().bytes());
  EXPECT_EQ(FieldBytes().add("a").bytes(), std::string("\0\0\0\0\0\0\0\1a", 9));
}

}  // namespace
}  // namespace nhi
