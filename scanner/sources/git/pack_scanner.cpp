#include "scanner/sources/git/pack_scanner.hpp"

#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/file_format.hpp"
#include "scanner/sources/git/overwrite.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHeadBytes = 12;
// Larger objects are not held to learn their names.
constexpr std::uint64_t kHeldBytes = 4 * kMiB;

}  // namespace

PackScanner::PackScanner(std::shared_ptr<const PackFile> pack)
    : pack_(std::move(pack)), reader_(*pack_) {
  const Bytes head = reader_.at(0, kHeadBytes).substr(0, kHeadBytes);
  if (head.size() < kHeadBytes || !head.starts_with("PACK")) return;
  const std::uint32_t version = big_endian(head, 4);
  if (version != 2 && version != 3) return;
  claimed_ = big_endian(head, 8);
  sum_.add(head);
  at_ = kHeadBytes;
  sound_ = true;
}

bool PackScanner::next(ScannedEntry& entry) {
  if (!finished_) {
    // What a damaged head does not count is read all the same.
    const bool more = pack_->end() - at_ > kGitHashBytes || found_ < claimed_;
    if (sound_ && more && pack_->end() > at_ && scan(entry)) return true;
    finish();
  }
  return false;
}

void PackScanner::finish() {
  finished_ = true;
  checksum_ = GitId{sum_.finish()};
  const Bytes rest = sound_ ? reader_.at(at_, kGitHashBytes) : Bytes();
  whole_ = found_ == claimed_ && pack_->end() - at_ == kGitHashBytes &&
           rest.size() >= kGitHashBytes && GitId::from_bytes(rest.data()) == checksum_;
}

bool PackScanner::scan(ScannedEntry& entry) {
  const auto head = parse_pack_entry(reader_.at(at_, kPackHeadMax), at_);
  if (!head) return false;
  entry = {at_, at_, *head, 0, {}};
  const bool small = head->size <= kHeldBytes;
  // A stream may be longer than it need be: then the slower way reads it.
  if (!(small && inflate_at_once(entry)) && !inflate_in_pieces(entry)) return false;
  at_ = entry.end;
  ++found_;
  return true;
}

bool PackScanner::inflate_at_once(ScannedEntry& entry) {
  const PackEntry& head = entry.head;
  const Bytes stored = reader_.at(at_, head.head + stored_at_most(head.size));
  if (stored.size() < head.head) return false;
  std::optional<std::size_t> taken;
  overwrite(content_, head.size, [&](char* to) {
    taken = inflater_.inflate(stored.substr(head.head), to, head.size);
    return taken ? head.size : 0;
  });
  if (!taken) return false;
  const Bytes all = stored.substr(0, head.head + *taken);
  if (!head.is_delta()) entry.id = git_id(head.type, content_);
  entry.crc = crc32_of(all);
  entry.end = at_ + all.size();
  sum_.add(all);
  return true;
}

bool PackScanner::inflate_in_pieces(ScannedEntry& entry) {
  using Outcome = PieceInflater::Outcome;
  const PackEntry& head = entry.head;
  Sha1 name;
  if (!head.is_delta()) name.add(git_object_head(head.type, head.size));
  std::uint64_t made = 0;
  const auto take = [&](Bytes content) {
    made += content.size();
    if (!head.is_delta()) name.add(content);
    return made <= head.size;
  };
  PieceInflater inflater;
  std::uint64_t next = at_ + head.head;
  // What was summed up cannot be taken back, and the checksum is of sound entries only.
  Sha1 sum = sum_.copy();
  const Bytes front = reader_.at(at_, head.head).substr(0, head.head);
  std::uint32_t crc = crc32_of(front);
  sum.add(front);
  Outcome outcome = Outcome::kMore;
  while (outcome == Outcome::kMore) {
    const Bytes stored = reader_.at(next, 1);
    if (stored.empty()) return false;
    std::size_t taken = 0;
    outcome = inflater.feed(stored, taken, take);
    if (outcome == Outcome::kDamaged) return false;
    crc = crc32_of(stored.substr(0, taken), crc);
    sum.add(stored.substr(0, taken));
    next += taken;
  }
  if (made != head.size) return false;
  if (!head.is_delta()) entry.id = GitId{name.finish()};
  entry.crc = crc;
  entry.end = next;
  sum_ = std::move(sum);
  return true;
}

}  // namespace nhi
