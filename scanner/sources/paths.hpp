// paths.hpp - the few path and open() habits that walker, reader and git share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/file.hpp"

namespace nhi {

/// `folder` and `name` with one slash between; an empty side or "." as folder adds nothing.
[[nodiscard]] std::string join_path(std::string_view folder, std::string_view name);
/// `path` below the absolute folder `base`, with "." and ".." taken out as text: no link is looked
/// at. An absolute `path` stands for itself.
[[nodiscard]] std::string lexical_path(std::string_view base, std::string_view path);
/// True if the absolute, clean `path` is `folder` or below it.
[[nodiscard]] bool is_inside(std::string_view folder, std::string_view path);
/// The folder `levels` above the absolute, clean `path`; "/" above that.
[[nodiscard]] std::string folder_above(std::string path, int levels = 1);
/// realpath(3), or nothing.
[[nodiscard]] std::optional<std::string> real_path(const std::string& path);

/// openat(2) without touching the access time where the kernel permits that, never waiting for a
/// FIFO's other end, never becoming a controlling terminal. errno is set on failure.
[[nodiscard]] FileHandle open_quietly(int folder, const char* name, int flags);
/// The same for a path of any length: longer ones than PATH_MAX go folder by folder.
[[nodiscard]] FileHandle open_deep(const std::string& path, int flags);
/// A small regular file that a stranger wrote, or nothing; links are not followed.
[[nodiscard]] std::optional<std::string> read_foreign_file(int folder, const char* name,
                                                           std::size_t bytes_max);
/// The word of Unread::reason for errno.
[[nodiscard]] std::string_view unread_reason(int error_number);

}  // namespace nhi
