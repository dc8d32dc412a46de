#include "scanner/decode/containers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "scanner/base/chars.hpp"
#include "scanner/decode/charset.hpp"
#include "scanner/decode/views.hpp"

namespace nhi {
namespace {

using namespace std::string_view_literals;

struct Magic {
  Bytes bytes;
  std::string_view kind;
};

// What nothing else begins with: four bytes or more, one of them no text, or a long word.
constexpr auto kMagic = std::to_array<Magic>({
    {"PK\x03\x04"sv, "zip"},
    {"PK\x07\x08PK\x03\x04"sv, "zip"},
    {"PK00PK\x03\x04"sv, "zip"},
    {"\xFD"
     "7zXZ\0"sv,
     "xz"},
    {"7z\xBC\xAF\x27\x1C"sv, "7z"},
    {"Rar!\x1A\x07\x00"sv, "rar"},
    {"Rar!\x1A\x07\x01\x00"sv, "rar"},
    {"\x02\x21\x4C\x18"sv, "lz4"},
    {"LZIP\x01"sv, "lzip"},
    {"\x89LZO\0\x0D\x0A\x1A\x0A"sv, "lzop"},
    {"\xFF\x06\x00\x00sNaPpY"sv, "snappy"},
    {"\xED\xAB\xEE\xDB"sv, "rpm"},
    {"MSCF\0\0\0\0"sv, "cab"},
    {"SQLite format 3\0"sv, "sqlite"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "ole2"},
    {"PACK\0\0\0\x02"sv, kGitPackKind},
    {"PACK\0\0\0\x03"sv, kGitPackKind},
    {"# v2 git bundle\n"sv, kGitPackKind},
    {"# v3 git bundle\n"sv, kGitPackKind},
    {"\xFE\xED\xFE\xED\0\0\0\x01"sv, "jks"},
    {"\xFE\xED\xFE\xED\0\0\0\x02"sv, "jks"},
    {"\xCE\xCE\xCE\xCE\0\0\0\x01"sv, "jceks"},
    {"\xCE\xCE\xCE\xCE\0\0\0\x02"sv, "jceks"},
    {"\x03\xD9\xA2\x9A\x65\xFB\x4B\xB5"sv, "keepass"},
    {"\x03\xD9\xA2\x9A\x66\xFB\x4B\xB5"sv, "keepass"},
    {"\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5"sv, "keepass"},
    {"$ANSIBLE_VAULT;1."sv, "ansible-vault"},
    {"age-encryption.org/v1\n"sv, "age"},
    {"-----BEGIN AGE ENCRYPTED FILE-----"sv, "age"},
    {"-----BEGIN PGP MESSAGE-----"sv, "pgp"},
});

constexpr auto kKinds = std::to_array<std::string_view>(
    {"7z",       "age",     "ansible-vault", "ar",      "bks",      "bzip2",  "cab",    "cms",
     "compress", "cpio",    "deb",           "git-lfs", "git-pack", "gzip",   "iso",    "jceks",
     "jks",      "keepass", "lz4",           "lzip",    "lzma",     "lzop",   "ole2",   "pdf",
     "pgp",      "pkcs12",  "pkcs8",         "rar",     "rpm",      "snappy", "sqlite", "squashfs",
     "tar",      "xz",      "zip",           "zstd"});
static_assert(std::is_sorted(kKinds.begin(), kKinds.end()));

constexpr auto kNames = std::to_array<Magic>({
    {"7z", "7z"},        {"age", "age"},      {"bks", "bks"},    {"bz2", "bzip2"},
    {"cab", "cab"},      {"deb", "deb"},      {"doc", "ole2"},   {"docx", "zip"},
    {"ear", "zip"},      {"gpg", "pgp"},      {"gz", "gzip"},    {"iso", "iso"},
    {"jar", "zip"},      {"jceks", "jceks"},  {"jks", "jks"},    {"kdb", "keepass"},
    {"kdbx", "keepass"}, {"keystore", "jks"}, {"lz4", "lz4"},    {"msg", "ole2"},
    {"msi", "ole2"},     {"odp", "zip"},      {"ods", "zip"},    {"odt", "zip"},
    {"p12", "pkcs12"},   {"pdf", "pdf"},      {"pfx", "pkcs12"}, {"pgp", "pgp"},
    {"pptx", "zip"},     {"rar", "rar"},      {"rpm", "rpm"},    {"sqlite", "sqlite"},
    {"tar", "tar"},      {"tgz", "gzip"},     {"war", "zip"},    {"xls", "ole2"},
    {"xlsx", "zip"},     {"xz", "xz"},        {"zip", "zip"},    {"zst", "zstd"},
});

unsigned at(Bytes bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
}

unsigned short_at(Bytes bytes, std::size_t index) {
  return at(bytes, index) | (at(bytes, index + 1) << 8);
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Magic bytes that are words or too few; what must follow them tells text and chance apart.

bool is_gzip(Bytes head) {
  return head.starts_with("\x1F\x8B\x08") && head.size() > 3 && (at(head, 3) & 0xE0U) == 0;
}

// The block's mark is pi; that of an empty stream is its square root.
bool is_bzip2(Bytes head) {
  if (!head.starts_with("BZh") || at(head, 3) < '1' || at(head, 3) > '9') return false;
  const Bytes block = head.substr(4);
  return block.starts_with("1AY&SY") || block.starts_with("\x17\x72\x45\x38\x50\x90");
}

// Frames of zstd and lz4, and the frames of both that are to be skipped.
std::string_view frame_kind(Bytes head) {
  if (head.starts_with("\x28\xB5\x2F\xFD") && head.size() > 4 && (at(head, 4) & 0x08U) == 0) {
    return "zstd";
  }
  if (head.starts_with("\x04\x22\x4D\x18") && (at(head, 4) & 0xC0U) == 0x40) return "lz4";
  if (head.size() < 8 || head.substr(1, 3) != "\x2A\x4D\x18" || (at(head, 0) & 0xF0U) != 0x50) {
    return "";
  }
  const std::uint64_t next = 8 + (std::uint64_t{short_at(head, 6)} << 16 | short_at(head, 4));
  if (next >= head.size()) return "zstd";
  const Bytes behind = head.substr(static_cast<std::size_t>(next));
  return behind.starts_with("\x04\x22\x4D\x18") ? "lz4" : "zstd";
}

// The stream of LZMA before xz: its properties, a dictionary of 2^n or 3*2^n, a size or none.
bool is_lzma(Bytes head) {
  if (head.size() < 14 || !head.starts_with("\x5D\0\0"sv) || head[13] != 0) return false;
  const unsigned dictionary = short_at(head, 3);  // in units of 64 KiB
  const bool power = dictionary != 0 && (dictionary & (dictionary - 1)) == 0;
  return power && (head.substr(5, 8) == "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" ||
                   head.substr(10, 3) == "\0\0\0"sv);
}

// compress(1): at most 16 bits a code, two bits reserved.
bool is_compress(Bytes head) {
  const unsigned flags = at(head, 2);
  return head.starts_with("\x1F\x9D") && (flags & 0x60U) == 0 && (flags & 0x1FU) >= 9 &&
         (flags & 0x1FU) <= 16 && head.size() > 3;
}

bool is_pdf(Bytes head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty() && chars::is_space(head.front())) head.remove_prefix(1);
  if (!head.starts_with("%PDF-") || head.size() < 9) return false;
  if (!chars::is_digit(head[5]) || head[6] != '.' || !chars::is_digit(head[7])) return false;
  return head[8] == '\r' || head[8] == '\n' || head[8] == ' ' || head[8] == '%';
}

// Objects of a linker stand in a library as they are: it begins with its table of symbols.
std::string_view ar_kind(Bytes head) {
  constexpr std::size_t kHeaderBytes = 60;
  if (!head.starts_with("!<arch>\n")) return "";
  const Bytes member = head.substr(8);
  if (member.starts_with("debian-binary")) return "deb";
  if (member.size() < kHeaderBytes || member.substr(58, 2) != "`\n") return "";
  if (member[0] == '/' || member.starts_with("__.SYMDEF")) return "";
  const bool long_name = member.starts_with("#1/");
  if (long_name && member.substr(kHeaderBytes).starts_with("__.SYMDEF")) return "";
  return "ar";
}

bool is_cpio(Bytes head) {
  if (head.starts_with("070701") || head.starts_with("070702")) {
    return head.size() >= 110 && chars::all_are(head.substr(6, 104), chars::is_hex);
  }
  return head.starts_with("070707") && head.size() >= 76 &&
         chars::all_are(head.substr(6, 70), is_octal);
}

// The number in a field of a tar's header: octal digits among blanks and zeros.
std::optional<std::uint64_t> octal_field(Bytes field) {
  std::uint64_t value = 0;
  bool any = false;
  for (const char c : field) {
    if (c == ' ' || c == '\0') {
      if (any) break;
      continue;
    }
    if (!is_octal(c)) return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
    any = true;
  }
  return any ? std::optional(value) : std::nullopt;
}

// By the sum over its first block, so that tars older than the word "ustar" are known and a text
// that says "ustar" is none.
bool is_tar(Bytes head) {
  constexpr std::size_t kBlock = 512;
  constexpr std::size_t kSumAt = 148;
  if (head.size() < kBlock || head[0] == '\0') return false;
  const auto sum = octal_field(head.substr(kSumAt, 8));
  if (!sum || !octal_field(head.substr(100, 8))) return false;
  std::uint64_t unsigned_sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    unsigned_sum += i >= kSumAt && i < kSumAt + 8 ? ' ' : at(head, i);
  }
  return *sum == unsigned_sum;
}

bool is_iso(Bytes head) {
  constexpr std::size_t kDescriptorAt = 32'768;
  if (head.size() < kDescriptorAt + 7) return false;
  const Bytes id = head.substr(kDescriptorAt + 1, 5);
  return (id == "CD001" || id == "BEA01") && head[kDescriptorAt + 6] == 1;
}

// Version, a salt of 20 bytes, a count of iterations.
bool is_bks(Bytes head) {
  const bool front =
      head.starts_with("\0\0\0\x01\0\0\0\x14"sv) || head.starts_with("\0\0\0\x02\0\0\0\x14"sv);
  return front && head.size() > 32 && at(head, 28) == 0 && at(head, 29) < 0x10 &&
         (at(head, 30) | at(head, 31)) != 0;
}

bool is_squashfs(Bytes head) {
  return head.starts_with("hsqs") && short_at(head, 28) == 4 && short_at(head, 30) == 0;
}

// Steps into the DER or BER value at the front if it has this tag; how long it is does not matter.
bool enter(Bytes& der, char tag) {
  if (der.size() < 2 || der[0] != tag) return false;
  const unsigned length = at(der, 1);
  const std::size_t more = length > 0x80 ? length - 0x80U : 0;
  if (more > 4 || der.size() < 2 + more) return false;
  der.remove_prefix(2 + more);
  return true;
}

// PFX begins with version 3 and a ContentInfo, EncryptedPrivateKeyInfo with the algorithm of
// PKCS #5 or #12, a CMS message with its type.
std::string_view der_kind(Bytes head) {
  constexpr auto kCms = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07"sv;
  if (!enter(head, '\x30')) return "";
  if (head.starts_with(kCms) && (at(head, 10) == 3 || at(head, 10) == 6)) return "cms";
  if (head.starts_with("\x02\x01\x03"sv)) {
    head.remove_prefix(3);
    const bool content = enter(head, '\x30') && head.starts_with(kCms);
    return content && (at(head, 10) == 1 || at(head, 10) == 2) ? "pkcs12" : "";
  }
  if (!enter(head, '\x30') || !enter(head, '\x06')) return "";
  const bool locked = head.starts_with("\x2A\x86\x48\x86\xF7\x0D\x01\x05"sv) ||
                      head.starts_with("\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01"sv);
  return locked ? "pkcs8" : "";
}

bool is_text(Bytes head) {
  head = head.substr(0, 1024);
  if (detect_charset(head) != Encoding::kNone) return true;
  std::size_t high = 0;
  for (const char c : head) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) ++high;
    if (byte < 0x20 && !chars::is_space(c) && c != '\x1B' && c != '\x08') return false;
  }
  return high * 3 <= head.size();
}

// The text that stands in for a file of Git LFS. Smaller than 1024 bytes, lines of keys and values,
// the version first; whatever extensions put between them.
bool is_lfs_pointer(Bytes all) {
  constexpr std::size_t kPointerBytesMax = 1023;
  constexpr std::size_t kHashDigits = 64;
  constexpr auto kVersions = std::to_array<std::string_view>({"https://git-lfs.github.com/spec/v",
                                                              "https://hawser.github.com/spec/v",
                                                              "http://git-media.io/v/"});
  constexpr auto kOid = "\noid sha256:"sv;
  if (all.size() > kPointerBytesMax || !all.starts_with("version ")) return false;
  const Bytes url = all.substr(8);
  const bool known = std::any_of(kVersions.begin(), kVersions.end(), [&](std::string_view version) {
    return url.starts_with(version);
  });
  const std::size_t oid = all.find(kOid);
  if (!known || oid == Bytes::npos || all.find("\nsize ") == Bytes::npos) return false;
  const Bytes hash = all.substr(oid + kOid.size(), kHashDigits);
  return hash.size() == kHashDigits && chars::all_are(hash, chars::is_hex);
}

// Where the last "PK\5\6" stands: scripts hold many a P, and hardly ever the last of these bytes.
std::size_t last_end_mark(Bytes tail) {
  constexpr auto kMark = "PK\x05\x06"sv;
  while (tail.size() >= kMark.size()) {
    const void* const found = ::memrchr(tail.data(), kMark.back(), tail.size());
    if (found == nullptr) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - tail.data());
    tail = tail.substr(0, at + 1);
    if (tail.ends_with(kMark)) return tail.size() - kMark.size();
    tail.remove_suffix(1);
  }
  return Bytes::npos;
}

}  // namespace

std::string_view closed_container(Bytes head) {
  // Of most files the first byte says that no row fits.
  for (const Magic& magic : kMagic) {
    if (!head.empty() && magic.bytes[0] == head[0] && head.starts_with(magic.bytes)) {
      return magic.kind;
    }
  }
  if (is_gzip(head)) return "gzip";
  if (is_bzip2(head)) return "bzip2";
  if (const auto kind = frame_kind(head); !kind.empty()) return kind;
  if (is_lzma(head)) return "lzma";
  if (is_compress(head)) return "compress";
  if (is_pdf(head)) return "pdf";
  if (const auto kind = ar_kind(head); !kind.empty()) return kind;
  if (is_cpio(head)) return "cpio";
  if (is_squashfs(head)) return "squashfs";
  if (is_bks(head)) return "bks";
  if (const auto kind = der_kind(head); !kind.empty()) return kind;
  if (is_tar(head)) return "tar";
  if (is_iso(head)) return "iso";
  if (is_lfs_pointer(head)) return "git-lfs";
  return "";
}

std::string_view container_behind(Bytes head, Bytes tail) {
  constexpr std::size_t kEndBytes = 22;
  constexpr auto kElf = "\x7F\x45LF"sv;
  if (!head.starts_with("#!") && !head.starts_with("MZ") && !head.starts_with(kElf)) return "";
  tail = tail.substr(tail.size() - std::min(tail.size(), kContainerTailBytes));
  const std::size_t end = last_end_mark(tail);
  if (end == Bytes::npos || tail.size() - end < kEndBytes) return "";
  const Bytes record = tail.substr(end);
  // Its comment ends the file; this disk is the only one; it lists something.
  const bool is_end = short_at(record, 20) == record.size() - kEndBytes &&
                      short_at(record, 4) == short_at(record, 6) &&
                      short_at(record, 8) == short_at(record, 10) && short_at(record, 10) != 0;
  return is_end ? "zip" : "";
}

std::string_view promised_container(std::string_view path, Bytes head) {
  const std::size_t dot = path.rfind('.');
  if (head.empty() || dot == std::string_view::npos) return "";
  const std::string_view ending = path.substr(dot + 1);
  const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const Magic& name) {
    return chars::equals_folded(ending, name.bytes);
  });
  return found != kNames.end() && !is_text(head) ? found->kind : std::string_view();
}

std::span<const std::string_view> container_kinds() { return kKinds; }

}  // namespace nhi
