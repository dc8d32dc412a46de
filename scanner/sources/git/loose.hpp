// loose.hpp - objects that have a file of their own.
//
// A file that is cut short ends with what there is, and nothing but a regular file is opened:
// libgit2 1.5 waits for ever for the rest of the one and on the other. Source: gitrepository-
// layout(5), and the header "<kind> <size>\0" before the content.
#pragma once

#include <string>

#include "scanner/sources/git/object.hpp"

namespace nhi {

/// "ab/cdef…", below the objects folder.
[[nodiscard]] std::string loose_name(const GitId& id);

/// `folder`: descriptor of the objects folder. kCorrupt for what is no object, or no file.
[[nodiscard]] GitRead read_loose_header(int folder, const GitId& id, GitHeader& header);
/// Replaces `content`; at most `most` bytes of it: kTooLarge.
[[nodiscard]] GitRead read_loose(int folder, const GitId& id, std::uint64_t most, GitType& type,
                                 std::string& content);

}  // namespace nhi
