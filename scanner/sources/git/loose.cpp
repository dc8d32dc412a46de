#include "scanner/sources/git/loose.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

#include "scanner/base/file.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHeaderMax = 32;     // "commit " and twenty digits and a zero
constexpr std::size_t kHeadBytes = 4096;   // read of a file for its header alone
constexpr std::uint64_t kRatioMax = 1032;  // DEFLATE cannot grow more than this
constexpr std::size_t kStepMax = 1U << 30;
constexpr std::uint64_t kFileMax = 4ULL << 30;

struct LooseHeader {
  GitHeader header;
  std::size_t length = 0;  // with its zero
};

std::optional<GitType> type_named(std::string_view word) {
  if (word == "commit") return GitType::kCommit;
  if (word == "tree") return GitType::kTree;
  if (word == "blob") return GitType::kBlob;
  if (word == "tag") return GitType::kTag;
  return std::nullopt;
}

std::optional<LooseHeader> parse_header(std::string_view text) {
  const std::size_t zero = text.substr(0, kHeaderMax).find('\0');
  const std::size_t space = text.find(' ');
  if (zero == std::string_view::npos || space >= zero) return std::nullopt;
  const auto type = type_named(text.substr(0, space));
  LooseHeader found;
  const char* end = text.data() + zero;
  const auto [stop, code] = std::from_chars(text.data() + space + 1, end, found.header.size);
  if (!type || code != std::errc() || stop != end) return std::nullopt;
  found.header.type = *type;
  found.length = zero + 1;
  return found;
}

// At most `most` bytes of the object's file. The file's size goes to `whole`.
GitRead read_file(int folder, const GitId& id, std::uint64_t most, std::string& bytes,
                  std::uint64_t& whole) {
  const FileHandle file = open_quietly(folder, loose_name(id).c_str(), O_RDONLY | O_NOFOLLOW);
  if (!file.is_open()) {
    return errno == ENOENT || errno == ENOTDIR ? GitRead::kMissing : GitRead::kCorrupt;
  }
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return GitRead::kCorrupt;
  whole = static_cast<std::uint64_t>(facts.st_size);
  if (whole > kFileMax) return GitRead::kTooLarge;
  bytes.resize(static_cast<std::size_t>(std::min(whole, most)));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return GitRead::kFound;
}

// Inflates from `bytes` what fits into `out`. False if the stream is damaged or, with `to_end`, if
// it does not end exactly there.
bool inflate_into(std::string& bytes, std::string& out, bool to_end) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  std::size_t in_left = bytes.size();
  std::size_t out_left = out.size();
  int code = Z_OK;
  // zlib counts in 32 bits. It says Z_BUF_ERROR when it can go no further, which ends the loop.
  while (code == Z_OK) {
    const auto in_now = static_cast<uInt>(std::min<std::size_t>(in_left, kStepMax));
    const auto out_now = static_cast<uInt>(std::min<std::size_t>(out_left, kStepMax));
    stream.avail_in = in_now;
    stream.avail_out = out_now;
    code = inflate(&stream, Z_NO_FLUSH);
    in_left -= in_now - stream.avail_in;
    out_left -= out_now - stream.avail_out;
  }
  inflateEnd(&stream);
  if (to_end) return code == Z_STREAM_END && out_left == 0;
  out.resize(out.size() - out_left);
  return code == Z_STREAM_END || code == Z_BUF_ERROR;
}

// With the first `most` bytes of the file in `bytes`.
GitRead read_start(int folder, const GitId& id, std::uint64_t most, std::string& bytes,
                   LooseHeader& found) {
  std::uint64_t whole = 0;
  if (const GitRead outcome = read_file(folder, id, most, bytes, whole);
      outcome != GitRead::kFound) {
    return outcome;
  }
  std::string head(kHeaderMax, '\0');
  const auto header = inflate_into(bytes, head, false) ? parse_header(head) : std::nullopt;
  if (!header || header->header.size > whole * kRatioMax) return GitRead::kCorrupt;
  found = *header;
  return GitRead::kFound;
}

}  // namespace

std::string loose_name(const GitId& id) {
  const std::string hex = id.hex();
  return hex.substr(0, 2) + "/" + hex.substr(2);
}

GitRead read_loose_header(int folder, const GitId& id, GitHeader& header) {
  std::string bytes;
  LooseHeader found;
  const GitRead outcome = read_start(folder, id, kHeadBytes, bytes, found);
  header = found.header;
  return outcome;
}

GitRead read_loose(int folder, const GitId& id, std::uint64_t most, GitType& type,
                   std::string& content) {
  std::string bytes;
  LooseHeader found;
  if (const GitRead outcome = read_start(folder, id, kFileMax, bytes, found);
      outcome != GitRead::kFound) {
    return outcome;
  }
  if (found.header.size > most) return GitRead::kTooLarge;
  content.assign(found.length + found.header.size, '\0');
  if (!inflate_into(bytes, content, true)) return GitRead::kCorrupt;
  content.erase(0, found.length);
  type = found.header.type;
  return GitRead::kFound;
}

}  // namespace nhi
