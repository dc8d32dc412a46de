// silent_mount.hpp - a real FUSE mount whose server stops answering when it is told to.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace nhi::testing {

enum class Silence : int { kNone, kEverything, kAttributes, kListing, kOpening, kReading };

// Shows what lies in one folder at another. The server is a process of its own: when it ends, by
// the destructor or with the test program, the kernel lets go of everybody who waits for it.
class SilentMount {
 public:
  SilentMount(std::string content, std::string mount_point);
  ~SilentMount();
  SilentMount(const SilentMount&) = delete;
  SilentMount& operator=(const SilentMount&) = delete;

  /// Puts this process into mount name space of its own (and a user name space unless it is
  /// root's), so that no mount outlives it. Empty, or why this machine does not allow that.
  [[nodiscard]] static std::string prepare();

  /// Empty if it is mounted, else what the system said.
  [[nodiscard]] const std::string& refused() const { return refused_; }
  /// From now on, `what` of `path` ("" for the root, "/a/b") and of all below it has no answer.
  /// Reading falls silent from the second MiB of a file on.
  void fall_silent(Silence what, std::string_view path);
  /// As a server that was restarted: a new mount in place of the old one.
  void answer_again();

 private:
  struct Orders;
  void mount();
  void end();

  std::string content_;
  std::string mount_point_;
  Orders* orders_;  // shared with the server
  pid_t server_ = -1;
  std::string refused_;
};

}  // namespace nhi::testing
