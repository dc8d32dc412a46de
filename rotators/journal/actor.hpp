// actor.hpp - who runs this process, as the system knows it.
#pragma once

#include <string>

#include "rotators/journal/audit_fields.hpp"

namespace nhi {

/// What is read of the process; tests give their own.
struct ProcessFacts {
  unsigned user = 0;      // getuid()
  std::string user_name;  // empty if no account has it
  unsigned login = 0;     // /proc/self/loginuid; kNoLogin without one
  std::string login_name;
  std::string cgroup;    // text of /proc/self/cgroup
  std::string terminal;  // of standard input; empty without one
};
inline constexpr unsigned kNoLogin = 0xFFFFFFFF;

[[nodiscard]] ProcessFacts process_facts();

/// `auth`: "os-user", what the system itself says; `user` and `uid`; `login`, who logged in to
/// become that user (survives su and sudo: the kernel's audit keeps it); `unit`, the service that
/// runs it; `terminal`; `for`, a claim: on whose behalf the person says to act.
[[nodiscard]] AuditFields actor_fields(const ProcessFacts& facts, const std::string& on_behalf);

}  // namespace nhi
