// lock.hpp - one writer a store: an advisory lock on a file beside it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "scanner/base/file.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// Takes the permissions of others away from an open file of the store; a group that somebody
/// let in stays. Best effort: only the owner can. SQLite gives its log the mode of the store.
void close_to_others(int descriptor);

/// A file that root just made in somebody's folder becomes that somebody's: a service's first
/// command may be run by root, and its second by the service. Best effort.
void give_to_folders_owner(int descriptor, const std::string& path);

/// The name of the lock file of the store `path`.
[[nodiscard]] std::string lock_path(const std::string& path);

/// True for file systems that live on another machine, by `f_type` of statfs(2): their locks
/// cannot be relied on, and write-ahead logging needs memory shared between processes. FUSE
/// counts: what is behind it cannot be told, and most often it is a network.
/// Source: linux/magic.h and the table of statfs(2).
[[nodiscard]] bool is_network_file_system(long f_type);

/// Takes the lock for as long as the handle lives; the kernel gives it back when the process
/// dies, so there is no stale lock. The file stays: removing it would let two writers in.
/// Waits up to `wait` for a holder that is about to let go. `noun` says in messages what it is:
/// "inventory". Errors: kBusy with the holder's process id; kStore on a network file system;
/// kPermission, kNotFound, kIo if the folder refuses.
[[nodiscard]] Result<FileHandle> take_writer_lock(const std::string& path, std::string_view noun,
                                                  std::chrono::milliseconds wait = {});

}  // namespace nhi
