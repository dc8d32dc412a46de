#include "rotators/openldap/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace nhi {
namespace {

constexpr std::size_t kTimeBytesMin = 15;  // "20261201122854Z"

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  const char* const begin = text.data() + at;
  const auto [end, failure] = std::from_chars(begin, begin + count, number);
  if (failure != std::errc{} || end != begin + count || number < 0) return std::nullopt;
  return number;
}

std::int64_t number_of(const LdapEntry& entry, const char* name) {
  const std::string text = entry.text(name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool flag_of(const LdapEntry& entry, const char* name) { return entry.text(name) == "TRUE"; }

}  // namespace

std::optional<LdapTime> parse_ldap_time(std::string_view text) {
  if (text.size() < kTimeBytesMin || text.back() != 'Z') return std::nullopt;
  if (text.size() > kTimeBytesMin && text[14] != '.' && text[14] != ',') return std::nullopt;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 4, 2);
  const auto day = digits(text, 6, 2);
  const auto hour = digits(text, 8, 2);
  const auto minute = digits(text, 10, 2);
  const auto second = digits(text, 12, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return LdapTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::vector<std::string> policy_attributes() {
  // The first of them every policy has.
  return {"pwdAttribute",       "pwdLockout",    "pwdMustChange",
          "pwdSafeModify",      "pwdMaxFailure", "pwdFailureCountInterval",
          "pwdLockoutDuration", "pwdInHistory",  "pwdMaxAge",
          "pwdCheckQuality"};
}

LdapPolicy policy_from(const LdapEntry& entry) {
  LdapPolicy policy;
  policy.dn = entry.dn;
  policy.known = true;
  policy.locks = flag_of(entry, "pwdLockout");
  policy.must_change = flag_of(entry, "pwdMustChange");
  policy.safe_modify = flag_of(entry, "pwdSafeModify");
  policy.max_failures = number_of(entry, "pwdMaxFailure");
  policy.failures_seconds = number_of(entry, "pwdFailureCountInterval");
  policy.lock_seconds = number_of(entry, "pwdLockoutDuration");
  policy.in_history = number_of(entry, "pwdInHistory");
  policy.max_age_seconds = number_of(entry, "pwdMaxAge");
  policy.check_quality = number_of(entry, "pwdCheckQuality");
  return policy;
}

std::string policy_words(const LdapPolicy& policy) {
  if (policy.dn.empty()) return "no password policy is known: config 'policy' may name one";
  std::string words = "policy " + plain_line(policy.dn);
  if (!policy.known) return words + " cannot be read";
  if (!policy.locks) {
    words += ": never locks (pwdLockout FALSE)";
  } else if (policy.max_failures > 0) {
    words += fmt::format(": locks after {} wrong values", policy.max_failures);
    words += policy.lock_seconds > 0 ? fmt::format(" for {} s", policy.lock_seconds)
                                     : std::string(" until somebody unlocks");
  } else {
    words += ": locks by hand only";
  }
  if (policy.must_change) words += "; a value set by a manager has to be changed (pwdMustChange)";
  if (policy.safe_modify) words += "; changes want the old value (pwdSafeModify)";
  if (policy.check_quality > 1) words += "; hashes are not taken (pwdCheckQuality 2)";
  if (policy.in_history > 0) words += fmt::format("; keeps {} old values", policy.in_history);
  if (policy.max_age_seconds > 0) {
    words += fmt::format("; values expire after {} s", policy.max_age_seconds);
  }
  return words;
}

bool LockState::is_locked_out(const LdapPolicy& policy, LdapTime now) const {
  if (policy.known && !policy.locks) return false;
  if (const auto until = parse_ldap_time(waits_until); until && now < *until) return true;
  if (locked_at.empty() || is_suspended()) return false;
  const auto since = parse_ldap_time(locked_at);
  if (!since || !policy.known || policy.lock_seconds == 0) return true;
  return now < *since + std::chrono::seconds(policy.lock_seconds);
}

bool LockState::is_out_of_time(LdapTime now) const {
  const auto from = parse_ldap_time(begins);
  const auto until = parse_ldap_time(ends);
  return (!begins.empty() && (!from || now < *from)) ||
         (!ends.empty() && (!until || *until <= now));
}

bool LockState::is_at_the_brink(const LdapPolicy& policy, LdapTime now) const {
  if (!policy.known || !policy.locks || policy.max_failures == 0) return false;
  if (is_suspended() || is_locked_out(policy, now)) return false;  // nothing is counted then
  const auto counted = std::count_if(failures.begin(), failures.end(), [&](LdapTime when) {
    return policy.failures_seconds == 0 ||
           now <= when + std::chrono::seconds(policy.failures_seconds);
  });
  return counted + 1 >= policy.max_failures;
}

}  // namespace nhi
