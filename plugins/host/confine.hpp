// confine.hpp - what holds a rotator in: seccomp for calls, Landlock for files and ports.
//
// Everything is put together before the fork; between fork and exec only system calls are made.
#pragma once

#include <linux/filter.h>

#include <string>
#include <vector>

#include "plugins/host/grants.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// What the kernel of this machine can enforce, and what it cannot: for plans and reports.
struct Enforcement {
  int landlock = 0;  // version of its interface; 0: none
  [[nodiscard]] bool files() const { return landlock >= 1; }
  [[nodiscard]] bool ports() const { return landlock >= 4; }    // Linux 6.7
  [[nodiscard]] bool signals() const { return landlock >= 6; }  // Linux 6.12
};
[[nodiscard]] Enforcement enforcement();

/// What a rotator with these grants could do all the same, a sentence each; empty: nothing.
[[nodiscard]] std::vector<std::string> blind_spots(const Grants& grants, const Enforcement& can);

class Confinement {
 public:
  /// `programs`: descriptors of what is to be run and read besides the system's libraries.
  /// Errors: kIo if the kernel refuses what it said it can do; kNotFound for a granted path.
  [[nodiscard]] static Result<Confinement> create(const Grants& grants,
                                                  const std::vector<int>& programs);

  /// Confines the calling process for good; for a child between fork and exec. 0, or errno.
  [[nodiscard]] int enter() const noexcept;

 private:
  FileHandle landlock_;  // closed where the kernel has none
  std::vector<sock_filter> seccomp_;
  bool keep_file_rights_ = false;
};

}  // namespace nhi
