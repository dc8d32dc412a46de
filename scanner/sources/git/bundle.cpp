#include "scanner/sources/git/bundle.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "scanner/sources/git/bundle_head.hpp"
#include "scanner/sources/git/file_format.hpp"
#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/pack_indexer.hpp"
#include "scanner/sources/page_cache.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHeadPieceBytes = 64 * kKiB;

// The start of the file, up to the pack. Of one that is a pack there is nothing before it; one that
// does not end is given as far as it may go.
std::string read_head(int file, std::uint64_t bytes) {
  std::string text;
  std::string piece;
  std::size_t looked = 0;
  while (text.size() < bytes && text.size() < kBundleHeadBytesMax) {
    const std::uint64_t to = std::min<std::uint64_t>(bytes, text.size() + kHeadPieceBytes);
    if (!read_range(file, text.size(), to, piece)) break;
    text += piece;
    if (text.starts_with("PACK")) break;
    if (text.find("\n\n", looked) != std::string::npos) break;
    looked = text.size() - 1;
  }
  return text;
}

}  // namespace

struct GitBundleReader::State {
  State(std::shared_ptr<PackFile> file, GitRefs all)
      : pack(std::move(file)), refs(std::move(all)), indexer(pack) {}
  std::shared_ptr<PackFile> pack;
  GitRefs refs;
  PackIndexer indexer;
};

GitBundleReader::GitBundleReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
GitBundleReader::~GitBundleReader() = default;

Result<std::unique_ptr<GitBundleReader>> GitBundleReader::open(const FileEntry& entry) {
  const std::string path = entry.disk_path();
  FileHandle file = open_deep(path, O_RDONLY | O_NOFOLLOW);
  struct stat facts {};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) {
    return fail(os_error(errno, "cannot open", path));
  }
  const auto bytes = static_cast<std::uint64_t>(facts.st_size);
  const std::int64_t mtime_ns = facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec;
  if (!S_ISREG(facts.st_mode) || facts.st_dev != entry.device || facts.st_ino != entry.inode ||
      bytes != entry.size || mtime_ns != entry.mtime_ns) {
    return fail(ErrorCode::kMalformed, "changed-while-read", path);
  }
  auto guard = PageCacheGuard::of(path);
  GitBundleHead head;
  if (const std::string text = read_head(file.get(), bytes); !text.starts_with("PACK")) {
    NHI_TRY(head, parse_bundle_head(text));
  }
  // Whether a checksum ends it is not known yet: for the scanner it is all entries.
  const auto pack = std::make_shared<PackFile>(
      std::move(file), bytes - head.pack_at + kGitHashBytes, PackIndex{}, head.pack_at);
  pack->leave_pages(std::move(guard));
  auto state = std::make_unique<State>(pack, std::move(head.refs));
  return std::unique_ptr<GitBundleReader>(new GitBundleReader(std::move(state)));
}

bool GitBundleReader::step(std::uint64_t& worked) { return state_->indexer.step(worked); }

std::shared_ptr<const GitBundle> GitBundleReader::finish() {
  PackIndexed made = state_->indexer.finish();
  auto bundle = std::make_shared<GitBundle>();
  const auto add = [&](bool is_so, const char* reason, std::uint64_t bytes) {
    if (is_so) bundle->problems.push_back({{}, ".git", reason, bytes});
  };
  add(made.damaged, "corrupt-pack", made.damaged_bytes);
  add(made.too_large, "git-object-too-large", 0);
  add(made.too_costly, "history-too-large", 0);
  // What is behind the damage is missing everywhere: that is told once, by what it comes of.
  GitDamage missing;
  if (made.damaged) missing.expect_missing();
  for (const GitId& id : made.missing) missing.note(id, GitRead::kMissing);
  missing.report(bundle->problems);
  const std::uint64_t bytes = made.end + kGitHashBytes;
  auto index = PackIndex::parse(std::move(made.index), bytes, made.checksum);
  NHI_ASSERT(index);  // it is ours
  state_->pack->complete(std::move(*index), bytes, std::move(made.gaps));
  bundle->pack = state_->pack;
  bundle->refs = std::move(state_->refs);
  bundle->refs.ends_early = made.damaged;
  return bundle;
}

}  // namespace nhi
