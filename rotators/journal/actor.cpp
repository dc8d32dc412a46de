#include "rotators/journal/actor.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

namespace nhi {
namespace {

constexpr std::size_t kProcBytesMax = 64 * 1024;
constexpr std::size_t kAccountBytesMax = 64 * 1024;

std::string name_of(unsigned user) {
  std::vector<char> buffer(kAccountBytesMax);
  passwd account{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &account, buffer.data(), buffer.size(), &found) != 0) return {};
  return found == nullptr ? std::string() : std::string(found->pw_name);
}

// Files of /proc say that they are empty; they are read for what they are.
std::string proc_text(const char* path) {
  std::string text;
  FILE* const file = std::fopen(path, "re");
  if (file == nullptr) return text;
  std::array<char, 4096> buffer{};
  while (text.size() < kProcBytesMax) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file);
    if (got == 0) break;
    text.append(buffer.data(), got);
  }
  std::fclose(file);
  return text;
}

// "nhisweep.service" of "0::/system.slice/nhisweep.service".
std::string unit_of(std::string_view cgroup) {
  std::string_view line = cgroup.substr(0, cgroup.find('\n'));
  const std::size_t slash = line.rfind('/');
  if (slash == std::string_view::npos) return {};
  line.remove_prefix(slash + 1);
  return line.ends_with(".service") ? std::string(line) : std::string();
}

}  // namespace

ProcessFacts process_facts() {
  ProcessFacts facts;
  facts.user = ::getuid();
  facts.user_name = name_of(facts.user);
  facts.login = kNoLogin;
  const std::string login = proc_text("/proc/self/loginuid");
  unsigned id = 0;
  if (std::from_chars(login.data(), login.data() + login.size(), id).ec == std::errc()) {
    facts.login = id;
  }
  if (facts.login != kNoLogin) facts.login_name = name_of(facts.login);
  facts.cgroup = proc_text("/proc/self/cgroup");
  std::array<char, 256> terminal{};
  if (::ttyname_r(STDIN_FILENO, terminal.data(), terminal.size()) == 0) {
    facts.terminal = terminal.data();
  }
  return facts;
}

AuditFields actor_fields(const ProcessFacts& facts, const std::string& on_behalf) {
  AuditFields actor;
  actor.text("auth", "os-user").number("uid", facts.user);
  actor.text("user", facts.user_name.empty() ? fmt::format("uid {}", facts.user) : facts.user_name);
  if (facts.login != kNoLogin) {
    actor.text("login",
               facts.login_name.empty() ? fmt::format("uid {}", facts.login) : facts.login_name);
  }
  if (const std::string unit = unit_of(facts.cgroup); !unit.empty()) actor.text("unit", unit);
  if (!facts.terminal.empty()) actor.text("terminal", facts.terminal);
  if (!on_behalf.empty()) actor.text("for", on_behalf);
  return actor;
}

}  // namespace nhi
