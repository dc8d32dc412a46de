// arrows.hpp - who may know whom: architecture.md section 3 as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nhi::tidy {

struct Room {
  std::string_view name;                       // "scanner/match"
  std::vector<std::string_view> may_know;      // rooms, itself left out; "*" is everything
  std::vector<std::string_view> only_headers;  // single headers of other rooms
};
[[nodiscard]] const std::vector<Room>& rooms();
/// The room of a file, by its longest folder in the table; null outside of all rooms.
[[nodiscard]] const Room* room_of(std::string_view path);
/// May `room` include "scanner/base/bytes.hpp"?
[[nodiscard]] bool may_include(const Room& room, std::string_view header);
/// Is nhi::<name> the library of a room of the table?
[[nodiscard]] bool is_room_name(std::string_view name);
/// May `room` name the library nhi::<other> in its CMake file?
[[nodiscard]] bool may_link(const Room& room, std::string_view other);

struct Library {
  std::string_view name;
  std::vector<std::string_view> headers;  // prefixes of what stands between < and >
  std::vector<std::string_view> targets;  // CMake targets
  std::vector<std::string_view> rooms;    // "*" is every room
  bool tests_too = false;                 // any *_test.cpp may use it: it is an oracle there
};
[[nodiscard]] const std::vector<Library>& libraries();
[[nodiscard]] const Library* library_of_header(std::string_view header);
[[nodiscard]] const Library* library_of_target(std::string_view target);
[[nodiscard]] bool may_use(const Library& library, const Room& room, bool in_test);
/// Headers of C++, C, POSIX and Linux need no permission.
[[nodiscard]] bool is_system_header(std::string_view header);

}  // namespace nhi::tidy
