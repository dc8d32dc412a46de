// git_loose.cpp - loose objects for libgit2, read by our own hand.
//
// libgit2 1.5 waits for ever for the rest of a loose object whose file is cut short: it asks its
// inflater again and again with no input left. One such file would stop a scan. This backend
// inflates what there is and says so if that is not all, and opens nothing but regular files.

#include <dirent.h>
#include <fcntl.h>
#include <git2/sys/odb_backend.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "scanner/base/file.hpp"
#include "scanner/sources/git_store.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHeaderMax = 32;     // "commit " and twenty digits and a zero
constexpr std::size_t kHeadBytes = 4096;   // read of a file for its header alone
constexpr std::uint64_t kRatioMax = 1032;  // DEFLATE cannot grow more than this
constexpr std::size_t kStepMax = 1U << 30;
constexpr std::uint64_t kFileMax = 4ULL << 30;

struct LooseBackend {
  git_odb_backend base{};  // first: libgit2 hands back its address
  std::string folder;
};

struct Header {
  git_object_t type = GIT_OBJECT_INVALID;
  std::size_t size = 0;
  std::size_t length = 0;  // of the header with its zero
};

std::optional<Header> parse_header(std::string_view text) {
  const std::size_t zero = text.substr(0, kHeaderMax).find('\0');
  const std::size_t space = text.find(' ');
  if (zero == std::string_view::npos || space >= zero) return std::nullopt;
  Header header;
  header.type = git_object_string2type(std::string(text.substr(0, space)).c_str());
  const char* end = text.data() + zero;
  const auto [stop, code] = std::from_chars(text.data() + space + 1, end, header.size);
  const bool known = header.type == GIT_OBJECT_BLOB || header.type == GIT_OBJECT_TREE ||
                     header.type == GIT_OBJECT_COMMIT || header.type == GIT_OBJECT_TAG;
  if (!known || code != std::errc() || stop != end) return std::nullopt;
  header.length = zero + 1;
  return header;
}

int corrupt() {
  git_error_set_str(GIT_ERROR_ODB, "corrupt loose object");
  return GIT_ERROR;
}

// At most `most` bytes of the object's file. The file's size goes to `whole`.
int read_file(const LooseBackend& loose, const git_oid& id, std::uint64_t most, std::string& bytes,
              std::uint64_t& whole) {
  GitId name;
  std::memcpy(name.bytes.data(), id.id, name.bytes.size());
  std::string path = name.hex();
  path = loose.folder + "/" + path.substr(0, 2) + "/" + path.substr(2);
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0) return errno == ENOENT || errno == ENOTDIR ? GIT_ENOTFOUND : corrupt();
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return corrupt();
  whole = static_cast<std::uint64_t>(facts.st_size);
  if (whole > kFileMax) return corrupt();
  bytes.resize(static_cast<std::size_t>(std::min(whole, most)));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return 0;
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

std::optional<Header> header_of(std::string& bytes) {
  std::string head(kHeaderMax, '\0');
  if (!inflate_into(bytes, head, false)) return std::nullopt;
  return parse_header(head);
}

int read_header(std::size_t* size, git_object_t* type, git_odb_backend* backend,
                const git_oid* id) {
  const auto& loose = *reinterpret_cast<LooseBackend*>(backend);
  std::string bytes;
  std::uint64_t whole = 0;
  if (const int code = read_file(loose, *id, kHeadBytes, bytes, whole); code != 0) return code;
  const auto header = header_of(bytes);
  if (!header || header->size > whole * kRatioMax) return corrupt();
  *size = header->size;
  *type = header->type;
  return 0;
}

int read(void** data, std::size_t* size, git_object_t* type, git_odb_backend* backend,
         const git_oid* id) {
  const auto& loose = *reinterpret_cast<LooseBackend*>(backend);
  std::string bytes;
  std::uint64_t whole = 0;
  if (const int code = read_file(loose, *id, kFileMax, bytes, whole); code != 0) return code;
  const auto header = header_of(bytes);
  if (!header || header->size > whole * kRatioMax) return corrupt();
  std::string content(header->length + header->size, '\0');
  if (!inflate_into(bytes, content, true)) return corrupt();
  *data = git_odb_backend_data_alloc(backend, header->size + 1);
  if (*data == nullptr) return GIT_ERROR;
  // c_str() ends with a zero: so does what libgit2 parses.
  std::memcpy(*data, content.c_str() + header->length, header->size + 1);
  *size = header->size;
  *type = header->type;
  return 0;
}

int exists(git_odb_backend* backend, const git_oid* id) {
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  return read_header(&size, &type, backend, id) == 0 ? 1 : 0;
}

struct FolderCloser {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderPtr = std::unique_ptr<DIR, FolderCloser>;

int for_each(git_odb_backend* backend, git_odb_foreach_cb visit, void* payload) {
  const auto& loose = *reinterpret_cast<LooseBackend*>(backend);
  for (int first = 0; first < 256; ++first) {
    constexpr const char* kDigits = "0123456789abcdef";
    const std::string start = {kDigits[first >> 4], kDigits[first & 15]};
    const FolderPtr folder(::opendir((loose.folder + "/" + start).c_str()));
    if (!folder && errno != ENOENT) return GIT_ERROR;
    while (folder) {
      errno = 0;
      const dirent* entry = ::readdir(folder.get());
      if (entry == nullptr && errno != 0) return GIT_ERROR;
      if (entry == nullptr) break;
      const std::string name = start + entry->d_name;
      git_oid id;
      if (name.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, name.c_str()) != 0) continue;
      if (const int code = visit(&id, payload); code != 0) return code;
    }
  }
  return 0;
}

}  // namespace

git_odb_backend* new_loose_backend(const std::string& folder) {
  auto loose = std::make_unique<LooseBackend>();
  if (git_odb_init_backend(&loose->base, GIT_ODB_BACKEND_VERSION) != 0) return nullptr;
  loose->folder = folder;
  loose->base.read = read;
  loose->base.read_header = read_header;
  loose->base.exists = exists;
  loose->base.foreach = for_each;
  loose->base.free = [](git_odb_backend* backend) {
    delete reinterpret_cast<LooseBackend*>(backend);
  };
  return &loose.release()->base;
}

}  // namespace nhi
