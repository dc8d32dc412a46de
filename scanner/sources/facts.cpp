#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "scanner/sources/files.hpp"

namespace nhi {
namespace {

std::string look_up_user(std::uint32_t uid) {
  std::string room(1024, '\0');
  while (true) {
    passwd record{};
    passwd* found = nullptr;
    const int error = ::getpwuid_r(uid, &record, room.data(), room.size(), &found);
    if (error == ERANGE && room.size() < (std::size_t{1} << 20U)) {
      room.resize(room.size() * 2);
      continue;
    }
    return error == 0 && found != nullptr ? std::string(found->pw_name) : std::to_string(uid);
  }
}

// Asking may go over the network (LDAP), so each number is asked for once in a run.
std::string user_name(std::uint32_t uid) {
  static std::mutex mutex;
  static std::unordered_map<std::uint32_t, std::string> known;
  const std::lock_guard lock(mutex);
  const auto at = known.find(uid);
  if (at != known.end()) return at->second;
  return known.emplace(uid, look_up_user(uid)).first->second;
}

constexpr std::size_t kHeadBytes = 8192;

bool is_zero_at(Bytes head, std::size_t start, std::size_t step, std::size_t share) {
  std::size_t seen = 0;
  std::size_t zeros = 0;
  for (std::size_t i = start; i < head.size(); i += step) {
    ++seen;
    zeros += head[i] == '\0' ? 1U : 0U;
  }
  return seen > 0 && zeros * 100 >= seen * share;
}

std::size_t zeros_at(Bytes head, std::size_t start, std::size_t step) {
  std::size_t zeros = 0;
  for (std::size_t i = start; i < head.size(); i += step) zeros += head[i] == '\0' ? 1U : 0U;
  return zeros;
}

// Text of mostly Latin letters in two or four bytes a character: zeros where the high bytes are
// and nowhere else.
bool looks_wide(Bytes head) {
  const Bytes pairs = head.substr(0, head.size() / 2 * 2);
  if (is_zero_at(pairs, 1, 2, 60) && zeros_at(pairs, 0, 2) == 0) return true;
  if (is_zero_at(pairs, 0, 2, 60) && zeros_at(pairs, 1, 2) == 0) return true;
  const Bytes quads = head.substr(0, head.size() / 4 * 4);
  if (is_zero_at(quads, 3, 4, 100) && is_zero_at(quads, 2, 4, 90) && zeros_at(quads, 0, 4) == 0) {
    return true;
  }
  return is_zero_at(quads, 0, 4, 100) && is_zero_at(quads, 1, 4, 90) && zeros_at(quads, 3, 4) == 0;
}

bool is_odd_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  // Tab to CR, ESC of coloured logs, and VT, FS and CR that frame HL7 messages are text.
  return (byte < 0x20 && (byte < 0x09 || byte > 0x0D) && byte != 0x1B && byte != 0x1C) ||
         byte == 0x7F;
}

}  // namespace

FileFacts file_facts(const FileEntry& entry) {
  FileFacts facts;
  facts.owner = user_name(entry.uid);
  facts.mode = entry.mode & 07777U;
  constexpr std::int64_t kSecond = 1'000'000'000;
  facts.mtime.seconds = entry.mtime_ns / kSecond - (entry.mtime_ns % kSecond < 0 ? 1 : 0);
  facts.world_readable = (entry.mode & 0004U) != 0;
  return facts;
}

bool looks_binary(Bytes bytes) {
  const Bytes head = bytes.substr(0, kHeadBytes);
  using namespace std::string_view_literals;
  for (const Bytes mark : {"\xEF\xBB\xBF"sv, "\xFF\xFE"sv, "\xFE\xFF"sv, "\0\0\xFE\xFF"sv}) {
    if (head.starts_with(mark)) return false;
  }
  if (head.find('\0') != Bytes::npos) return !looks_wide(head);
  const auto odd =
      static_cast<std::size_t>(std::count_if(head.begin(), head.end(), is_odd_control));
  return odd * 20 > head.size();
}

}  // namespace nhi
