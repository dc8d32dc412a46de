#include "scanner/bundle/bundle_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>

#include "scanner/base/file.hpp"
#include "scanner/bundle/seal.hpp"

namespace nhi {
namespace {

constexpr std::size_t kBlockBytes = 256 * kKiB;
constexpr std::string_view kSealLine = "{\"seal\":\"";
constexpr std::size_t kSealDigits = 64;
constexpr const char* kDamaged = "the bundle was changed or cut after it was written";

// Lines of a file, without their ends.
class LineReader {
 public:
  [[nodiscard]] static Result<LineReader> open(const std::string& path) {
    // O_NONBLOCK: a pipe that nobody writes to must not hold the import up.
    FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.is_open()) return fail(os_error(errno, "cannot open", path));
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return fail(os_error(errno, "cannot read", path));
    if (!S_ISREG(facts.st_mode)) return fail(ErrorCode::kIo, "not a regular file", path);
    if (static_cast<std::uint64_t>(facts.st_size) > kBundleBytesMax) {
      return fail(ErrorCode::kTooLarge, fmt::format("larger than {} bytes", kBundleBytesMax), path);
    }
    return LineReader(std::move(file));
  }

  /// None at the end. A last line without its end counts as cut: kMalformed.
  Result<std::optional<std::string_view>> next() {
    std::size_t searched = at_;
    for (;;) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) {
        const std::string_view line = std::string_view(buffer_).substr(at_, end - at_);
        at_ = end + 1;
        return std::optional(line);
      }
      if (buffer_.size() - at_ > kBundleLineBytesMax) {
        return fail(ErrorCode::kTooLarge, "a line is too long");
      }
      buffer_.erase(0, at_);
      at_ = 0;
      searched = buffer_.size();
      NHI_TRY(const bool more, fill());
      if (more) continue;
      if (buffer_.empty()) return std::optional<std::string_view>();
      return fail(ErrorCode::kMalformed, kDamaged);
    }
  }

 private:
  explicit LineReader(FileHandle file) : file_(std::move(file)) {}

  Result<bool> fill() {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + kBlockBytes);
    ssize_t got = 0;
    do {
      got = ::read(file_.get(), buffer_.data() + before, kBlockBytes);
    } while (got < 0 && errno == EINTR);
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return fail(os_error(errno, "cannot read", ""));
    total_ += static_cast<std::uint64_t>(got);
    if (total_ > kBundleBytesMax) return fail(ErrorCode::kTooLarge, "the bundle grows");
    return got > 0;
  }

  FileHandle file_;
  std::string buffer_;
  std::size_t at_ = 0;  // of the line to come
  std::uint64_t total_ = 0;
};

// Digests are compared in full, whatever they begin with.
bool equal_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned differ = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    differ |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return differ == 0;
}

Unexpected<Error> other_key(const BundleHeader& header, std::span<const SealKey> keys) {
  std::string ours;
  for (const SealKey& key : keys) {
    ours += (ours.empty() ? "" : " and ") + key_words(key.id, key.check);
  }
  const bool rotated = std::any_of(keys.begin(), keys.end(), [&](const SealKey& key) {
    return equal_text(key.check, header.former_check);
  });
  return fail(
      ErrorCode::kBadUse,
      fmt::format("the bundle is of another estate key: {} collected under {}, this machine "
                  "has {}",
                  header.host, key_words(header.key_id, header.key_check), ours),
      "",
      rotated ? "the key was rotated: bring it here too, nhisweep key import FILE"
              : "hosts of one estate share one key: nhisweep key export FILE here, "
                "nhisweep key import FILE on " +
                    header.host + ", and collect there again");
}

// Which of the keys the header claims; the seal proves it.
Result<std::size_t> key_of(const BundleHeader& header, std::span<const SealKey> keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (equal_text(header.key_check, keys[i].check)) return i;
  }
  return other_key(header, keys);
}

// Every line but the last, after the header, goes to `each`; gives the seal of the last one, which
// was found right.
template <class Each>
Result<std::string> sealed_lines(LineReader& lines, std::string_view first, const SecretText& key,
                                 Each each) {
  HmacSha256 seal = bundle_seal(key);
  const auto add = [&](std::string_view line) {
    seal.add(line);
    seal.add("\n");
  };
  add(first);
  std::string said;
  for (;;) {
    NHI_TRY(const std::optional<std::string_view> line, lines.next());
    if (!line) break;
    if (!said.empty()) return fail(ErrorCode::kMalformed, kDamaged);
    if (line->starts_with(kSealLine)) {
      said = line->substr(kSealLine.size());
      continue;
    }
    add(*line);
    NHI_CHECK_OK(each(*line));
  }
  if (said.size() != kSealDigits + 2 || !said.ends_with("\"}")) {
    return fail(ErrorCode::kMalformed, kDamaged);
  }
  said.resize(kSealDigits);
  if (!equal_text(said, to_hex(seal.finish()))) return fail(ErrorCode::kMalformed, kDamaged);
  return said;
}

Result<ProvenBundle> prove(const std::string& path, std::span<const SealKey> keys) {
  NHI_TRY(LineReader lines, LineReader::open(path));
  NHI_TRY(const std::optional<std::string_view> first, lines.next());
  if (!first) return fail(ErrorCode::kMalformed, "an empty file is no bundle");
  const std::string head(*first);
  ProvenBundle bundle{path, {}, {}, 0};
  NHI_TRY(bundle.header, parse_bundle_header(head));
  NHI_TRY(bundle.key_used, key_of(bundle.header, keys));
  const SecretText& key = keys[bundle.key_used].bytes;
  std::string rules;
  NHI_TRY(bundle.seal, sealed_lines(lines, head, key, [&](std::string_view line) -> Result<void> {
            if (rules.empty()) rules = line;
            return {};
          }));
  NHI_TRY(bundle.header.rules, parse_bundle_rules(rules));
  return bundle;
}

Result<Coverage> read(const ProvenBundle& bundle, const SecretText& key, BundleSink& sink) {
  NHI_TRY(LineReader lines, LineReader::open(bundle.path));
  NHI_TRY(const std::optional<std::string_view> first, lines.next());
  if (!first) return fail(ErrorCode::kMalformed, kDamaged);
  const std::string head(*first);
  BundleParser parser(bundle.header, sink);
  bool behind_rules = false;
  NHI_TRY(const std::string seal,
          sealed_lines(lines, head, key, [&](std::string_view line) -> Result<void> {
            if (behind_rules) return parser.line(line);
            behind_rules = true;
            return {};
          }));
  if (seal != bundle.seal) return fail(ErrorCode::kMalformed, "the bundle changed meanwhile");
  NHI_CHECK_OK(parser.end());
  return std::move(parser.coverage());
}

// Which file it is, is what a person needs first.
template <class T>
Result<T> about(Result<T> result, const std::string& path) {
  if (!result && result.error().subject.empty()) result.error().subject = path;
  return result;
}

}  // namespace

Result<ProvenBundle> prove_bundle(const std::string& path, std::span<const SealKey> keys) {
  return about(prove(path, keys), path);
}

Result<Coverage> read_bundle(const ProvenBundle& bundle, std::span<const SealKey> keys,
                             BundleSink& sink) {
  NHI_ASSERT(bundle.key_used < keys.size());
  return about(read(bundle, keys[bundle.key_used].bytes, sink), bundle.path);
}

}  // namespace nhi
