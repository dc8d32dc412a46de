#include "rotators/mariadb/origin.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>

namespace nhi {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// As LIKE: '%' for any text, '_' for one character, '\' before what is meant as it stands.
bool like(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_in = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '%') {
      star = at++;
      star_in = in;
      continue;
    }
    const bool escaped = at + 1 < pattern.size() && pattern[at] == '\\';
    const std::size_t literal = escaped ? at + 1 : at;
    const bool same = at < pattern.size() && ((!escaped && pattern[at] == '_') ||
                                              lower(pattern[literal]) == lower(text[in]));
    if (same) {
      at = literal + 1;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++star_in;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '%') ++at;
  return at == pattern.size();
}

std::optional<std::uint32_t> ipv4_of(std::string_view text) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

bool is_address(std::string_view text) {
  std::array<unsigned char, 16> bytes{};
  return ipv4_of(text) || ::inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) == 1;
}

// Could it be meant for addresses?
bool is_for_addresses(std::string_view pattern) {
  return pattern.find_first_not_of("0123456789abcdefABCDEF.:%_\\/") == std::string_view::npos;
}

// Greater for what the server looks at first.
std::size_t specificity(const AccountName& name) {
  if (name.host.empty()) return 0;
  const std::size_t wildcard = name.host.find_first_of("%_");
  return wildcard == std::string::npos ? std::numeric_limits<std::size_t>::max() / 2 : wildcard;
}
std::size_t rank(const AccountName& name) {
  return specificity(name) * 2 + (name.user.empty() ? 0 : 1);
}

}  // namespace

Fit fits(std::string_view pattern, std::string_view client) {
  if (pattern.empty() || pattern == "%") return Fit::kYes;
  if (like(pattern, client)) return Fit::kYes;
  if (!is_address(client)) return is_for_addresses(pattern) ? Fit::kMaybe : Fit::kNo;
  const std::size_t slash = pattern.find('/');
  if (slash == std::string_view::npos) return Fit::kNo;
  const auto net = ipv4_of(pattern.substr(0, slash));
  const auto mask = ipv4_of(pattern.substr(slash + 1));
  const auto address = ipv4_of(client);
  // A mask in another form is one that we do not read.
  if (!net || !mask) return Fit::kMaybe;
  return address && (*address & *mask) == *net ? Fit::kYes : Fit::kNo;
}

OriginAnswer account_of_login(const std::vector<AccountName>& names, const AccountName& target,
                              std::string_view client) {
  const AccountName* best = nullptr;
  bool several = false;
  for (const AccountName& name : names) {
    if (fits(name.host, client) != Fit::kYes) continue;
    if (best != nullptr && rank(name) == rank(*best)) several = true;
    if (best == nullptr || rank(name) > rank(*best)) {
      best = &name;
      several = false;
    }
  }
  const bool contested = std::any_of(names.begin(), names.end(), [&](const AccountName& name) {
    return fits(name.host, client) == Fit::kMaybe && (best == nullptr || rank(name) >= rank(*best));
  });
  if (several || contested) return {Origin::kUnclear, {}};
  if (best == nullptr) return {};
  return {*best == target ? Origin::kTarget : Origin::kOther, *best};
}

}  // namespace nhi
