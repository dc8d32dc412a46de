// Claims: a container is known by its bytes, and what only resembles one is none.
#include "scanner/decode/containers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nhi {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using std::string;

string zeros(std::size_t count) { return string(count, '\0'); }

// A header block of tar; `mark` is "ustar" or nothing, as before 1988.
string tar_block(const string& name, const string& mark) {
  string block = name + zeros(512 - name.size());
  block.replace(100, 8, "0000644\0"sv);
  block.replace(124, 12, "00000000005\0"sv);
  block.replace(257, mark.size(), mark);
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  string digits(6, '0');
  for (std::size_t i = 6; i-- > 0; sum /= 8) digits[i] = static_cast<char>('0' + sum % 8);
  block.replace(148, 8, digits + "\0 "s);
  return block;
}

string iso_image(const string& id) { return zeros(32'768) + "\x01" + id + "\x01" + zeros(100); }

string ar_member(const string& name) {
  return (name + string(48, ' ')).substr(0, 48) + "10        `\n" + "0123456789";
}

struct Case {
  std::string_view name;
  string head;
  std::string_view kind;
};

// The beginnings are those of files that the usual programs wrote.
const Case kCases[] = {
    {"Zip", "PK\x03\x04\x14\0\x08\0"s, "zip"},
    {"ZipInParts", "PK\x07\x08PK\x03\x04"s, "zip"},
    {"Gzip", "\x1F\x8B\x08\x08\x65\x43\x21\x67\x02\x03"s, "gzip"},
    {"Bzip2", "BZh91AY&SY\x12\x34"s, "bzip2"},
    {"Bzip2Empty", "BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0"s, "bzip2"},
    {"Xz", "\xFD\x37zXZ\0\0\x04"s, "xz"},
    {"Lzma", "\x5D\0\0\x80\0"s + string(8, '\xFF') + "\0\x3A"s, "lzma"},
    {"Lzip", "LZIP\x01\x0C"s, "lzip"},
    {"Zstd", "\x28\xB5\x2F\xFD\x04\x58"s, "zstd"},
    {"ZstdBehindSkipped", "\x50\x2A\x4D\x18\x02\0\0\0ab\x28\xB5\x2F\xFD"s, "zstd"},
    {"Lz4", "\x04\x22\x4D\x18\x64\x40"s, "lz4"},
    {"Lz4BehindSkipped", "\x50\x2A\x4D\x18\x02\0\0\0ab\x04\x22\x4D\x18"s, "lz4"},
    {"Lz4Legacy", "\x02\x21\x4C\x18\0"s, "lz4"},
    {"Compress", "\x1F\x9D\x90\x61"s, "compress"},
    {"SevenZip", "7z\xBC\xAF\x27\x1C\0\x04"s, "7z"},
    {"Rar4", "Rar!\x1A\x07\0\xCF"s, "rar"},
    {"Rar5", "Rar!\x1A\x07\x01\0\x33"s, "rar"},
    {"Cab", "MSCF\0\0\0\0\x45"s, "cab"},
    {"Rpm", "\xED\xAB\xEE\xDB\x03\0"s, "rpm"},
    {"Deb", "!<arch>\n" + ar_member("debian-binary"), "deb"},
    {"Ar", "!<arch>\n" + ar_member("notes.txt/"), "ar"},
    {"CpioNew", "070701" + string(104, '0'), "cpio"},
    {"CpioOld", "070707" + string(70, '0'), "cpio"},
    {"TarPosix", tar_block("etc/app.conf", "ustar"), "tar"},
    {"TarBefore", tar_block("etc/app.conf", ""), "tar"},
    {"Iso", iso_image("CD001"), "iso"},
    {"Udf", iso_image("BEA01"), "iso"},
    {"Squashfs", "hsqs" + zeros(24) + "\x04\0\0\0"s, "squashfs"},
    {"Pdf", "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "pdf"},
    {"PdfBehindMark", "\xEF\xBB\xBF%PDF-1.4\r\n", "pdf"},
    {"Sqlite", "SQLite format 3\0\x10"s, "sqlite"},
    {"Ole2", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0"s, "ole2"},
    {"GitPack", "PACK\0\0\0\x02\0\0\0\x05"s, "git-pack"},
    {"GitBundle", "# v2 git bundle\n", "git-pack"},
    {"Jks", "\xFE\xED\xFE\xED\0\0\0\x02\0\0\0\x01"s, "jks"},
    {"Jceks", "\xCE\xCE\xCE\xCE\0\0\0\x02\0\0\0\x01"s, "jceks"},
    {"Bks", "\0\0\0\x02\0\0\0\x14"s + string(20, 's') + "\0\0\x04\xAB\x01\0"s, "bks"},
    {"KeePass", "\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5\0"s, "keepass"},
    {"Pkcs12",
     "\x30\x82\x09\x51\x02\x01\x03\x30\x82\x09\x17\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"s,
     "pkcs12"},
    {"Pkcs12Indefinite",
     "\x30\x80\x02\x01\x03\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"s, "pkcs12"},
    {"Pkcs8Locked", "\x30\x81\x9B\x30\x57\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D\x30\x4A"s,
     "pkcs8"},
    {"CmsEnveloped", "\x30\x82\x01\x10\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03\xA0"s, "cms"},
    {"AnsibleVault", "$ANSIBLE_VAULT;1.1;AES256\n3361", "ansible-vault"},
    {"Age", "age-encryption.org/v1\n-> X25519 ", "age"},
    {"Pgp", "-----BEGIN PGP MESSAGE-----\n\n", "pgp"},

    // Near misses.
    {"NoBytes", "", ""},
    {"ProseWithPk", "PK is how the ward calls it\n", ""},
    {"ZipWithNothingInIt", "PK\x05\x06" + zeros(18), ""},
    {"ProseWithBzh", "BZh9 is a version of the form\n", ""},
    {"ProseWithRar", "Rar! he said\n", ""},
    {"ProseWithPdf", "%PDF- is how such a file begins\n", ""},
    {"ProseWithArch", "!<arch> is a mark\n", ""},
    {"ProseWithSqlite", "SQLite format 3 is written by version 3\n", ""},
    {"ProseWithPack", "PACKAGES to install\n", ""},
    {"NumberedLikeCpio", "070701 the first of July\n" + string(200, 'x'), ""},
    {"TextThatSaysUstar", string(257, 'x') + "ustar" + string(300, 'x'), ""},
    {"OnlyZeros", zeros(40'000), ""},
    {"GzipOfAnotherMethod", "\x1F\x8B\x07\0"s, ""},
    {"GzipWithReservedFlags", "\x1F\x8B\x08\xE0"s, ""},
    {"CutAfterTwo", "\x1F\x8B"s, ""},
    {"LibraryOfObjects", "!<arch>\n" + ar_member("/"), ""},
    {"ThinLibrary", "!<thin>\n" + ar_member("/"), ""},
    {"MachO", "\xFE\xED\xFA\xCE\0\0\0\x02"s, ""},
    {"Certificate", "\x30\x82\x03\x0A\x30\x82\x01\xF2\xA0\x03\x02\x01\x02"s, ""},
    {"OpenKey", "\x30\x82\x04\xBD\x02\x01\0\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"s,
     ""},
    {"PublicKey", "\x30\x82\x01\x22\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05"s, ""},
    {"CmsSigned", "\x30\x82\x01\x10\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0"s, ""},
    {"DerThatEndsAtOnce", "\x30\x84\xFF"s, ""},
    {"Image", "\x89PNG\x0D\x0A\x1A\x0A\0\0\0\x0DIHDR"s, ""},
    {"Program", "\x7F\x45LF\x02\x01\x01\0"s, ""},
};

class ContainerTest : public ::testing::TestWithParam<Case> {};
TEST_P(ContainerTest, IsKnownByItsBytes) {
  const Case& row = GetParam();
  EXPECT_EQ(closed_container(row.head), row.kind);
  // Whatever is cut off is either known still or not known; never read behind its end.
  for (std::size_t size = 0; size < row.head.size() && size < 600; ++size) {
    const string cut(row.head, 0, size);
    const std::string_view kind = closed_container(cut);
    EXPECT_TRUE(kind.empty() || !row.kind.empty()) << size;
  }
}
INSTANTIATE_TEST_SUITE_P(Table, ContainerTest, ::testing::ValuesIn(kCases),
                         [](const auto& row) { return string(row.param.name); });

TEST(ContainerKinds, HoldEveryKindThatIsGiven) {
  const auto kinds = container_kinds();
  for (const Case& row : kCases) {
    if (row.kind.empty()) continue;
    EXPECT_TRUE(std::binary_search(kinds.begin(), kinds.end(), row.kind)) << row.kind;
  }
}

string zip_end(unsigned entries, const string& comment) {
  const string count = {static_cast<char>(entries), '\0'};
  return "PK\x05\x06" + zeros(4) + count + count + zeros(8) +
         string{static_cast<char>(comment.size()), '\0'} + comment;
}

TEST(ContainerBehind, IsAZipAtTheEndOfAProgramOrScript) {
  const string body = "#!/bin/sh\nexec java -jar \"$0\"\n" + zeros(500);
  EXPECT_EQ(container_behind(body, body + zip_end(3, "")), "zip");
  EXPECT_EQ(container_behind(body, body + zip_end(3, "made tonight")), "zip");
  EXPECT_EQ(container_behind("MZ\x90", zeros(10) + zip_end(1, "")), "zip");
  EXPECT_EQ(container_behind("\x7F\x45LF", zeros(10) + zip_end(1, "")), "zip");
}

TEST(ContainerBehind, IsNoneWhereTheEndDoesNotFit) {
  const string body = "#!/bin/sh\n";
  EXPECT_EQ(container_behind(body, body), "");
  EXPECT_EQ(
      container_behind(body, body + "grep 'PK\x05\x06' \"$1\" # the end of a zip, says PKWARE\n"),
      "");
  EXPECT_EQ(container_behind(body, body + zip_end(3, "") + "more"), "");
  EXPECT_EQ(container_behind(body, body + zip_end(0, "")), "");
  EXPECT_EQ(container_behind("a text\n", "a text\n" + zip_end(3, "")), "");
  EXPECT_EQ(container_behind("", ""), "");
}

TEST(ClosedContainer, KnowsAPointerOfGitLfs) {
  const string hash = "sha256:" + string(32, '4') + string(32, 'd');
  const string rest = "\noid " + hash + "\nsize 12345\n";
  EXPECT_EQ(closed_container("version https://git-lfs.github.com/spec/v1" + rest), "git-lfs");
  EXPECT_EQ(closed_container("version https://hawser.github.com/spec/v1" + rest), "git-lfs");
  EXPECT_EQ(closed_container("version http://git-media.io/v/2" + rest), "git-lfs");
  EXPECT_EQ(closed_container("version https://git-lfs.github.com/spec/v1\next-0-a " + hash + rest),
            "git-lfs");
  EXPECT_EQ(closed_container("version https://git-lfs.github.com/spec/v1\n"), "");
  EXPECT_EQ(closed_container("version https://example.org/v1" + rest), "");
  EXPECT_EQ(closed_container("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 1\n"),
            "");
  EXPECT_EQ(
      closed_container("version https://git-lfs.github.com/spec/v1" + rest + string(1000, 'x')), "")
      << "a text about pointers";
}

TEST(PromisedContainer, IsWhatANameSaysOfBytesThatAreNoText) {
  string noise;
  for (unsigned i = 0; i < 300; ++i) noise += static_cast<char>(i * 167 % 251);
  EXPECT_EQ(promised_container("keys/gw.p12", noise), "pkcs12");
  EXPECT_EQ(promised_container("lib/APP.JAR", noise), "zip");
  EXPECT_EQ(promised_container("a.unknown", noise), "");
  EXPECT_EQ(promised_container("zip", noise), "");
  EXPECT_EQ(promised_container("backup.gz/notes", noise), "");
}

TEST(PromisedContainer, IsNoneWhereTheBytesAreText) {
  EXPECT_EQ(promised_container("keys/gw.p12", "-----BEGIN CERTIFICATE-----\nMIIB\n"), "");
  EXPECT_EQ(promised_container("a.zip", "version https://git-lfs.github.com/spec/v1\n"), "");
  EXPECT_EQ(promised_container("a.xls", "\xFF\xFEw\0o\0r\0d\0s\0 \0o\0f\0 \0p\0l\0a\0i\0n\0"s), "");
  EXPECT_EQ(promised_container("a.zip", "M\xFCnchen und K\xF6ln\n"), "");
  EXPECT_EQ(promised_container("a.zip", ""), "");
}

}  // namespace
}  // namespace nhi
