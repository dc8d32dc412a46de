#include "plugins/host/grants.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

namespace nhi {
namespace {

constexpr std::string_view kNet = "net";
constexpr std::string_view kNetPort = "net:";
constexpr std::string_view kExec = "exec";
constexpr std::string_view kRead = "fs:read:";
constexpr std::string_view kWrite = "fs:write:";
constexpr std::string_view kAnyRead = "fs:read";
constexpr std::string_view kAnyWrite = "fs:write";

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// Absolute, without ".." and written in one way: what is granted must be what is read.
std::optional<std::string> path_of(std::string_view text) {
  const std::filesystem::path path(text);
  const bool ends_in_slash = text.size() > 1 && text.back() == '/';
  if (!path.is_absolute() || ends_in_slash || path.lexically_normal().native() != text) {
    return std::nullopt;
  }
  return std::string(text);
}

bool take_path(std::string_view word, std::string_view prefix, std::vector<std::string>& into) {
  if (!word.starts_with(prefix)) return false;
  const std::optional<std::string> path = path_of(word.substr(prefix.size()));
  if (path) into.push_back(*path);
  return path.has_value();
}

bool take(std::string_view word, Grants& into) {
  if (word == kNet) {
    into.net = true;
    into.ports.clear();
    return true;
  }
  if (word == kExec) {
    into.exec = true;
    return true;
  }
  if (word.starts_with(kNetPort)) {
    const std::optional<std::uint16_t> port = port_of(word.substr(kNetPort.size()));
    if (!port) return false;
    // A plain "net" before it is wider and stays.
    if (!into.net || !into.ports.empty()) into.ports.push_back(*port);
    into.net = true;
    return true;
  }
  return take_path(word, kRead, into.read) || take_path(word, kWrite, into.write);
}

bool is_within(const std::string& path, const std::vector<std::string>& granted) {
  return std::any_of(granted.begin(), granted.end(), [&](const std::string& folder) {
    return path == folder || folder == "/" || path.starts_with(folder + "/");
  });
}

// "fs:write" without a path: a target decides where, so that any place will do.
bool covers_word(const Grants& allowed, const std::string& need) {
  if (need == kAnyWrite) return !allowed.write.empty();
  return need == kAnyRead && (!allowed.read.empty() || !allowed.write.empty());
}

bool covers(const Grants& allowed, const Grants& needed) {
  const auto within = [](const std::vector<std::string>& wanted, const auto&... granted) {
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](const std::string& path) { return (is_within(path, granted) || ...); });
  };
  const bool ports =
      allowed.ports.empty() ||
      (!needed.ports.empty() &&
       std::all_of(needed.ports.begin(), needed.ports.end(), [&](std::uint16_t port) {
         return std::find(allowed.ports.begin(), allowed.ports.end(), port) != allowed.ports.end();
       }));
  return (!needed.net || (allowed.net && ports)) && (!needed.exec || allowed.exec) &&
         within(needed.read, allowed.read, allowed.write) && within(needed.write, allowed.write);
}

}  // namespace

Result<Grants> parse_grants(const std::vector<std::string>& words) {
  Grants grants;
  for (const std::string& word : words) {
    if (!take(word, grants)) {
      return fail(ErrorCode::kBadUse, "no such permission", word,
                  "known are net, net:PORT, exec, fs:read:/PATH and fs:write:/PATH");
    }
  }
  return grants;
}

std::vector<std::string> not_covered(const std::vector<std::string>& needs, const Grants& allowed) {
  std::vector<std::string> missing;
  for (const std::string& need : needs) {
    if (covers_word(allowed, need)) continue;
    const Result<Grants> needed = parse_grants({need});
    if (!needed || !covers(allowed, *needed)) missing.push_back(need);
  }
  return missing;
}

}  // namespace nhi
