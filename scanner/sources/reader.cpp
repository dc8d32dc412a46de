#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sources/page_cache.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kViewBytes = kSegmentBytes + kMatchBytesMax;
/// What a reader keeps of its buffer between files.
constexpr std::size_t kKeptBufferBytes = 4 * kMiB;
constexpr std::size_t kFirstBufferBytes = 64 * kKiB;
/// What is read at once of a file system that may stop answering.
constexpr std::size_t kWatchedPieceBytes = 1 * kMiB;
/// What is read of a stream before its gate is asked again.
constexpr std::size_t kStreamPieceBytes = 64 * kKiB;
/// How long a silent stream is waited for before its gate is asked again.
constexpr int kStreamWaitMilliseconds = 250;

// Where the bytes come from: a file that can be sought, or a stream.
class ByteSource {
 public:
  explicit ByteSource(ReadGate* gate) : gate_(gate) {}
  virtual ~ByteSource() = default;
  /// Fills `room` bytes, fewer only at the end or when the gate closed.
  virtual Result<std::size_t> fill(char* at, std::size_t room, std::uint64_t offset) = 0;
  /// The start of the first segment from `offset` on that is not a hole.
  virtual std::uint64_t skip_holes(std::uint64_t offset) { return offset; }
  /// Called when everything before `offset` was handed over.
  virtual void passed(std::uint64_t /*offset*/) {}
  /// The gate closed, or nobody answers: what was filled is not all there is.
  [[nodiscard]] bool cut_short() const { return cut_short_ || silent_; }
  [[nodiscard]] Error why() const {
    return silent_ ? Error{ErrorCode::kNotAnswering, "the file system does not answer", {}, {}}
                   : Error{ErrorCode::kCancelled, "reading was cut short", {}, {}};
  }

 protected:
  /// How many of `wanted` may be read now; 0 when nothing more may.
  std::size_t admit(std::size_t wanted) {
    if (gate_ == nullptr || wanted == 0) return wanted;
    const std::size_t admitted = gate_->admit(wanted);
    cut_short_ = cut_short_ || admitted == 0;
    return admitted;
  }
  /// Whether the gate lets a stream go on.
  bool open() {
    cut_short_ = cut_short_ || (gate_ != nullptr && gate_->closed());
    return !cut_short_;
  }
  [[nodiscard]] bool gated() const { return gate_ != nullptr; }
  void fall_silent() { silent_ = true; }

 private:
  ReadGate* gate_;
  bool cut_short_ = false;
  bool silent_ = false;
};

class FileSource : public ByteSource {
 public:
  FileSource(const WatchedHandle& file, const struct stat& facts, const std::string& path,
             ReadGate* gate)
      : ByteSource(gate),
        calls_(file.calls()),
        descriptor_(file.get()),
        size_(static_cast<std::uint64_t>(facts.st_size)),
        path_(path),
        large_(size_ > PageCacheMark::kLargeBytes),
        mark_(file.get(), size_, large_ && calls_ == nullptr),
        sparse_(static_cast<std::uint64_t>(facts.st_blocks) * 512 < size_) {
    // Files of proc say that they are empty and are not.
    limit_ = size_ != 0 ? size_ : kWholeBytesMax;
    if (large_) advise(0, 0, POSIX_FADV_SEQUENTIAL);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (!large_ && calls_ == nullptr) mark_.drop_small();
  }

  Result<std::size_t> fill(char* at, std::size_t room, std::uint64_t offset) override {
    const std::uint64_t left = offset < limit_ ? limit_ - offset : 0;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, left));
    std::size_t filled = 0;
    std::size_t admitted = 0;
    while (filled < wanted) {
      if (admitted == 0) admitted = admit(wanted - filled);
      if (admitted == 0) break;
      const ssize_t got = read_at(at + filled, admitted, static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == ETIMEDOUT) {
        fall_silent();
        break;
      }
      if (got < 0) return fail(os_error(errno, "cannot read", path_));
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
      admitted -= static_cast<std::size_t>(got);
    }
    return filled;
  }

  std::uint64_t skip_holes(std::uint64_t offset) override {
    if (!sparse_ || size_ <= kWholeBytesMax) return offset;
    const auto found = ask(calls_, [file = descriptor_, from = static_cast<off_t>(offset)] {
      const off_t at = ::lseek(file, from, SEEK_DATA);
      return at < 0 && errno == ENXIO ? kOnlyHoles : at;
    });
    if (!found || (*found < 0 && *found != kOnlyHoles)) return offset;
    const std::uint64_t data = *found < 0 ? size_ : static_cast<std::uint64_t>(*found);
    // The overlap of a segment that is skipped must be a hole as well.
    if (data < offset + kViewBytes) return offset;
    const std::uint64_t whole = (data - offset - kMatchBytesMax) / kSegmentBytes;
    const std::uint64_t last = (size_ - 1) / kSegmentBytes * kSegmentBytes;
    return std::max(offset, std::min(offset + whole * kSegmentBytes, last));
  }

  void passed(std::uint64_t offset) override {
    if (!large_) return;
    const std::uint64_t from = std::exchange(dropped_, offset);
    if (calls_ == nullptr) return mark_.drop(from, offset);
    advise(static_cast<off_t>(from), static_cast<off_t>(offset - from), POSIX_FADV_DONTNEED);
  }

 private:
  static constexpr off_t kOnlyHoles = -2;

  void advise(off_t from, off_t bytes, int advice) {
    static_cast<void>(ask(calls_, [file = descriptor_, from, bytes, advice] {
      return ::posix_fadvise(file, from, bytes, advice);
    }));
  }
  // pread(2); errno is ETIMEDOUT where nobody answers. A thread that is left behind may write when
  // it comes back, so it has a block of its own.
  ssize_t read_at(char* at, std::size_t bytes, off_t offset) {
    if (calls_ == nullptr && !large_ && restores_page_cache()) {
      return mark_.read_small(at, bytes, offset);
    }
    if (calls_ == nullptr) return ::pread(descriptor_, at, bytes, offset);
    struct Piece {
      std::unique_ptr<char[]> bytes;
      ssize_t got = 0;
      int error = 0;
    };
    const auto piece =
        ask(calls_, [file = descriptor_, most = std::min(bytes, kWatchedPieceBytes), offset] {
          Piece read{std::make_unique_for_overwrite<char[]>(most), 0, 0};
          read.got = ::pread(file, read.bytes.get(), most, offset);
          read.error = errno;
          return read;
        });
    errno = piece ? piece->error : ETIMEDOUT;
    if (!piece) return -1;
    if (piece->got > 0) std::memcpy(at, piece->bytes.get(), static_cast<std::size_t>(piece->got));
    return piece->got;
  }

  CallsPtr calls_;
  int descriptor_;
  std::uint64_t size_;
  const std::string& path_;
  bool large_;  // read ahead, and never left in the page cache
  PageCacheMark mark_;
  bool sparse_;
  std::uint64_t limit_ = 0;
  std::uint64_t dropped_ = 0;
};

class StreamSource : public ByteSource {
 public:
  StreamSource(int descriptor, ReadGate* gate) : ByteSource(gate), descriptor_(descriptor) {}

  Result<std::size_t> fill(char* at, std::size_t room, std::uint64_t /*offset*/) override {
    std::size_t filled = 0;
    while (filled < room && open()) {
      if (gated() && !wait(kStreamWaitMilliseconds)) continue;
      const std::size_t most = gated() ? std::min(room - filled, kStreamPieceBytes) : room - filled;
      const ssize_t got = ::read(descriptor_, at + filled, most);
      if (got > 0) {
        filled += static_cast<std::size_t>(got);
        pay(static_cast<std::size_t>(got));
        continue;
      }
      if (got == 0) break;
      if (errno == EAGAIN) {
        wait(-1);
      } else if (errno != EINTR) {
        return fail(os_error(errno, "cannot read", "-"));
      }
    }
    return filled;
  }

 private:
  // True if there is something to read, or an end to see.
  bool wait(int milliseconds) const {
    pollfd waiting{descriptor_, POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) > 0;
  }
  void pay(std::size_t bytes) {
    while (bytes > 0) {
      const std::size_t admitted = admit(bytes);
      if (admitted == 0) return;
      bytes -= admitted;
    }
  }

  int descriptor_;
};

// What was read of a source and not yet handed over.
class Held {
 public:
  explicit Held(std::string& buffer) : buffer_(buffer) {}

  [[nodiscard]] Bytes bytes() const { return {buffer_.data() + start_, filled_ - start_}; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // of its first byte
  [[nodiscard]] bool ended() const { return ended_; }

  /// Goes on behind the next `count` bytes; those that are held or, where they are a hole, others.
  void go_on(std::uint64_t next) {
    const std::uint64_t passed = next - offset_;
    start_ = passed <= filled_ - start_ ? start_ + static_cast<std::size_t>(passed) : filled_;
    offset_ = next;
  }

  /// Reads until `most` bytes are held or the source has ended. Grows by doubling unless so many
  /// as `expected` are known to come.
  Result<void> fill(ByteSource& source, std::size_t most, std::uint64_t expected) {
    std::memmove(buffer_.data(), buffer_.data() + start_, filled_ - start_);
    filled_ -= start_;
    start_ = 0;
    while (filled_ < most && !ended_) {
      if (buffer_.size() == filled_) {
        // One byte of room behind a file of known size shows its end without another call.
        const auto known =
            static_cast<std::size_t>(std::min<std::uint64_t>(expected, most - 1)) + 1;
        const std::size_t twice = std::max(kFirstBufferBytes, 2 * filled_);
        buffer_.resize(std::min(most, expected > filled_ ? known : twice));
      }
      const std::size_t room = std::min(buffer_.size(), most) - filled_;
      NHI_TRY(const std::size_t got,
              source.fill(buffer_.data() + filled_, room, offset_ + filled_));
      filled_ += got;
      ended_ = got < room;
    }
    return {};
  }

 private:
  std::string& buffer_;
  std::size_t start_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t offset_ = 0;
  bool ended_ = false;
};

// What is left when the gate closed: whole lines, because half a value would look like another.
Unexpected<Error> hand_over_lines(const ByteSource& source, const Held& held, std::size_t most,
                                  const std::function<void(const FileReader::Segment&)>& visit) {
  const std::size_t end = held.bytes().substr(0, most).rfind('\n');
  if (end != Bytes::npos) {
    visit({held.bytes().substr(0, end + 1), held.offset(), end + 1, false});
  }
  return fail(source.why());
}

Result<void> cut_segments(ByteSource& source, std::string& buffer, std::uint64_t expected,
                          const std::function<void(const FileReader::Segment&)>& visit) {
  Held held(buffer);
  held.go_on(source.skip_holes(0));
  if (expected <= kWholeBytesMax) {
    // One byte more tells a stream that is too large for one view.
    NHI_CHECK_OK(held.fill(source, kWholeBytesMax + 1, expected));
    if (source.cut_short()) return hand_over_lines(source, held, kWholeBytesMax, visit);
    const std::size_t size = held.bytes().size();
    if (held.ended() && size <= kWholeBytesMax) {
      visit({held.bytes(), 0, size, true});
      source.passed(size);
      return {};
    }
  }
  while (true) {
    if (held.bytes().size() < kViewBytes && !held.ended()) {
      NHI_CHECK_OK(held.fill(source, kViewBytes, expected));
      if (source.cut_short()) return hand_over_lines(source, held, kSegmentBytes, visit);
    }
    const Bytes view = held.bytes().substr(0, kViewBytes);
    const std::size_t fresh = std::min(view.size(), kSegmentBytes);
    const bool last = held.ended() && held.bytes().size() <= kSegmentBytes;
    visit({view, held.offset(), fresh, last});
    source.passed(held.offset() + fresh);
    if (last) return {};
    held.go_on(source.skip_holes(held.offset() + fresh));
  }
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

void FileReader::release_large_buffer() {
  if (buffer_.size() <= kKeptBufferBytes) return;
  buffer_.resize(kKeptBufferBytes);
  buffer_.shrink_to_fit();
}

Result<void> FileReader::read(const FileEntry& entry,
                              const std::function<void(const Segment&)>& visit) {
  const std::string path = entry.disk_path();
  const CallsPtr calls = MountWatch::of_process().of_device(entry.device);
  const WatchedHandle file(open_deep_watched(calls, path, O_RDONLY | O_NOFOLLOW), calls);
  if (!file.is_open()) {
    // A link, FIFO, socket or device took the file's place.
    if (errno == ELOOP || errno == ENXIO || errno == ENODEV) {
      return fail(ErrorCode::kMalformed, "changed-while-read", path);
    }
    return fail(os_error(errno, "cannot open", path));
  }
  struct stat before {};
  if (!fstat_watched(calls, file.get(), before)) return fail(os_error(errno, "cannot read", path));
  if (!S_ISREG(before.st_mode) || before.st_dev != entry.device || before.st_ino != entry.inode) {
    return fail(ErrorCode::kMalformed, "changed-while-read", path);
  }
  FileSource source(file, before, path, gate_);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  auto done = cut_segments(source, buffer_, size, visit);
  release_large_buffer();
  if (!done) return done;
  struct stat after {};
  if (!fstat_watched(calls, file.get(), after)) return fail(os_error(errno, "cannot read", path));
  if (after.st_size != before.st_size || !same_time(after.st_mtim, before.st_mtim)) {
    return fail(ErrorCode::kMalformed, "changed-while-read", path);
  }
  return {};
}

Result<void> FileReader::read_stream(int descriptor,
                                     const std::function<void(const Segment&)>& visit) {
  StreamSource source(descriptor, gate_);
  auto done = cut_segments(source, buffer_, 0, visit);
  release_large_buffer();
  return done;
}

}  // namespace nhi
