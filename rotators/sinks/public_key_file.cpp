#include "rotators/sinks/public_key_file.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "rotators/sinks/file_artefact.hpp"
#include "rotators/sinks/file_place.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr std::size_t kLineBytesMax = 32 * 1024;  // RSA of 16384 bits takes 3 KiB

std::string beside(const std::string& private_path) { return private_path + ".pub"; }

// In the folder of the private key, and as long as any other name there.
std::string aside_name(const sinks::FilePlace& place, const std::string& tag) {
  return ".nhisweep-" + tag + "-" + to_hex(sha256(place.name)).substr(0, 8) + ".pub";
}

struct KeyLine {
  std::string words;  // kind and key
  std::string rest;   // the comment with the blank before it, without the line's end
};

Result<KeyLine> line_of(Bytes text, const std::string& path) {
  const Bytes line = chars::trim(text);
  const std::size_t kind = line.find(' ');
  const std::size_t key = kind == Bytes::npos ? kind : line.find(' ', kind + 1);
  if (kind == Bytes::npos || line.find('\n') != Bytes::npos) {
    return fail(ErrorCode::kMalformed, "not the one line of a public key", path);
  }
  return KeyLine{std::string(line.substr(0, key)),
                 key == Bytes::npos ? std::string() : std::string(line.substr(key))};
}

bool is_there(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0;
}

}  // namespace

Result<std::optional<std::string>> public_key_beside(const std::string& private_path) {
  const std::string path = beside(private_path);
  if (!is_there(path)) return std::optional<std::string>();
  NHI_TRY(const std::string text, read_small_file(path, kLineBytesMax));
  NHI_TRY(KeyLine line, line_of(text, path));
  return std::optional(std::move(line.words));
}

bool has_certificate_beside(const std::string& private_path) {
  return is_there(private_path + "-cert.pub");
}

Result<void> set_public_key_aside(const std::string& private_path, const std::string& tag) {
  const std::string path = beside(private_path);
  if (!is_there(path)) return {};
  NHI_TRY(const sinks::FilePlace place, sinks::file_place_of(path));
  if (!sinks::rename_in(place, place.name, aside_name(place, tag))) {
    return fail(os_error(errno, "cannot set aside", path));
  }
  sinks::flush_folder(place);
  return {};
}

Result<void> put_public_key_back(const std::string& private_path, const std::string& tag,
                                 const std::function<Result<std::string>()>& words, Bytes key) {
  const std::string path = beside(private_path);
  NHI_TRY(const sinks::FilePlace place, sinks::file_place_of(path));
  const std::string name = aside_name(place, tag);
  if (!sinks::inode_at(place, name)) return {};
  NHI_TRY(const std::string fresh, words());
  const std::string aside = place.path.substr(0, place.path.rfind('/') + 1) + name;
  NHI_TRY(const FileLook look, look_at_file(aside, key));
  NHI_TRY(const KeyLine line, line_of(look.content.reveal(), aside));
  const Bytes whole = look.content.reveal();
  const std::string end = whole.ends_with("\r\n") ? "\r\n" : "\n";
  NHI_TRY([[maybe_unused]] const std::string version,
          replace_file(aside, look.version, SecretText(fresh + line.rest + end), tag, key));
  if (!sinks::rename_in(place, name, place.name)) {
    return fail(os_error(errno, "cannot put back", path));
  }
  sinks::flush_folder(place);
  return {};
}

}  // namespace nhi
