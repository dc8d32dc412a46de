#include "scanner/identity/setting_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/definitions/names.hpp"

namespace nhi {
namespace {

using Words = std::vector<std::string>;
using Family = SettingFamily;
using Part = SettingPart;

struct Ending {
  std::string_view words;  // parted by blanks
  Family family;
  Part part;
};

// What names of settings end with, in frameworks' own documentation: Spring, JDBC and Hikari,
// Rails, Django, LDAP (JNDI, Spring LDAP, Grafana), OAuth 2.0, AWS and its likes, Twilio, Vault.
constexpr auto kEndings = std::to_array<Ending>({
    {"password", Family::kLogin, Part::kSecret},
    {"passwd", Family::kLogin, Part::kSecret},
    {"pwd", Family::kLogin, Part::kSecret},
    {"pass", Family::kLogin, Part::kSecret},
    {"pass word", Family::kLogin, Part::kSecret},
    {"passwort", Family::kLogin, Part::kSecret},
    {"pw", Family::kLogin, Part::kSecret},
    {"cpassword", Family::kLogin, Part::kSecret},
    {"credential", Family::kLogin, Part::kSecret},
    {"credentials", Family::kLogin, Part::kSecret},
    {"user password", Family::kLogin, Part::kSecret},
    {"login password", Family::kLogin, Part::kSecret},
    {"account password", Family::kLogin, Part::kSecret},
    {"bind password", Family::kLogin, Part::kSecret},
    {"bind credential", Family::kLogin, Part::kSecret},
    {"bind credentials", Family::kLogin, Part::kSecret},
    {"manager password", Family::kLogin, Part::kSecret},
    {"user", Family::kLogin, Part::kAccount},
    {"username", Family::kLogin, Part::kAccount},
    {"user name", Family::kLogin, Part::kAccount},
    {"usr", Family::kLogin, Part::kAccount},
    {"userid", Family::kLogin, Part::kAccount},
    {"user id", Family::kLogin, Part::kAccount},
    {"uid", Family::kLogin, Part::kAccount},
    {"login", Family::kLogin, Part::kAccount},
    {"login name", Family::kLogin, Part::kAccount},
    {"loginname", Family::kLogin, Part::kAccount},
    {"login id", Family::kLogin, Part::kAccount},
    {"logon", Family::kLogin, Part::kAccount},
    {"logon name", Family::kLogin, Part::kAccount},
    {"account", Family::kLogin, Part::kAccount},
    {"account name", Family::kLogin, Part::kAccount},
    {"principal", Family::kLogin, Part::kAccount},
    {"dn", Family::kLogin, Part::kAccount},
    {"bind dn", Family::kLogin, Part::kAccount},
    {"user dn", Family::kLogin, Part::kAccount},
    {"manager dn", Family::kLogin, Part::kAccount},
    {"token", Family::kToken, Part::kSecret},
    {"api token", Family::kToken, Part::kSecret},
    {"access token", Family::kToken, Part::kSecret},
    {"auth token", Family::kToken, Part::kSecret},
    {"api key", Family::kToken, Part::kSecret},
    {"user", Family::kToken, Part::kAccount},
    {"username", Family::kToken, Part::kAccount},
    {"user name", Family::kToken, Part::kAccount},
    {"login", Family::kToken, Part::kAccount},
    {"client secret", Family::kClient, Part::kSecret},
    {"client id", Family::kClient, Part::kAccount},
    {"app secret", Family::kApp, Part::kSecret},
    {"application secret", Family::kApp, Part::kSecret},
    {"app id", Family::kApp, Part::kAccount},
    {"application id", Family::kApp, Part::kAccount},
    {"consumer secret", Family::kConsumer, Part::kSecret},
    {"consumer key", Family::kConsumer, Part::kAccount},
    {"secret key", Family::kAccessKey, Part::kSecret},
    {"secret access key", Family::kAccessKey, Part::kSecret},
    {"access secret", Family::kAccessKey, Part::kSecret},
    {"access key secret", Family::kAccessKey, Part::kSecret},
    {"access secret key", Family::kAccessKey, Part::kSecret},
    {"access key", Family::kAccessKey, Part::kAccount},
    {"access key id", Family::kAccessKey, Part::kAccount},
    {"secret id", Family::kAccessKey, Part::kAccount},
    {"key secret", Family::kKeyId, Part::kSecret},
    {"key id", Family::kKeyId, Part::kAccount},
    {"auth token", Family::kSid, Part::kSecret},
    {"account sid", Family::kSid, Part::kAccount},
    {"account id", Family::kSid, Part::kAccount},
    {"secret id", Family::kRole, Part::kSecret},
    {"role id", Family::kRole, Part::kAccount},
    {"api secret", Family::kApi, Part::kSecret},
    {"api key secret", Family::kApi, Part::kSecret},
    {"api secret key", Family::kApi, Part::kSecret},
    {"api key", Family::kApi, Part::kAccount},
    {"api key id", Family::kApi, Part::kAccount},
    {"api key sid", Family::kApi, Part::kAccount},
    {"url", Family::kAny, Part::kTarget},
    {"uri", Family::kAny, Part::kTarget},
    {"jdbc url", Family::kAny, Part::kTarget},
    {"base url", Family::kAny, Part::kTarget},
    {"server url", Family::kAny, Part::kTarget},
    {"service url", Family::kAny, Part::kTarget},
    {"connection url", Family::kAny, Part::kTarget},
    {"host", Family::kAny, Part::kTarget},
    {"hostname", Family::kAny, Part::kTarget},
    {"host name", Family::kAny, Part::kTarget},
    {"server", Family::kAny, Part::kTarget},
    {"servername", Family::kAny, Part::kTarget},
    {"server name", Family::kAny, Part::kTarget},
    {"endpoint", Family::kAny, Part::kTarget},
    {"port", Family::kAny, Part::kPort},
});

// What people write together with the word before: dbpassword, clientid, jdbcurl.
constexpr auto kTails = std::to_array<std::string_view>(
    {"password", "passwd", "pwd", "username", "userid", "user", "login", "hostname", "host", "url",
     "uri", "secret", "token", "key", "id", "dn", "sid", "port"});

// Which of several it is, said behind the name: password_prod.
constexpr auto kStages = std::to_array<std::string_view>(
    {"prod", "production", "live", "dev", "development", "test", "testing", "uat", "qa", "stage",
     "staging", "training", "primary", "secondary", "backup"});

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_whole_ending(std::string_view word) {
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](const Ending& ending) { return ending.words == word; });
}

// `password2` says which one it is; the number goes to the stem.
std::string take_number(Words& words) {
  std::string& last = words.back();
  std::size_t end = last.size();
  while (end > 0 && chars::is_digit(last[end - 1])) --end;
  std::string number = last.substr(end);
  if (end == 0 && words.size() > 1) {
    words.pop_back();
  } else if (end > 0) {
    last.resize(end);
  }
  return number;
}

void split_last(Words& words) {
  std::string& last = words.back();
  if (is_whole_ending(last)) return;
  for (const std::string_view tail : kTails) {
    if (!last.ends_with(tail) || last.size() < tail.size() + 2) continue;
    last.resize(last.size() - tail.size());
    words.emplace_back(tail);
    return;
  }
}

// Words of `ending` that end `words`, or 0.
std::size_t words_used(const Words& words, std::string_view ending) {
  std::size_t used = 0;
  while (!ending.empty()) {
    const std::size_t blank = ending.rfind(' ');
    const std::string_view word =
        blank == std::string_view::npos ? ending : ending.substr(blank + 1);
    if (used == words.size() || words[words.size() - 1 - used] != word) return 0;
    ++used;
    ending = blank == std::string_view::npos ? std::string_view() : ending.substr(0, blank);
  }
  return used;
}

std::string joined(const Words& words, std::size_t count, const std::string& behind) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (!out.empty()) out.push_back('.');
    out += words[i];
  }
  if (!out.empty() && !behind.empty()) out.push_back('.');
  return out + behind;
}

}  // namespace

std::vector<SettingReading> read_setting_name(Bytes name) {
  std::vector<SettingReading> readings;
  Words words = definitions::name_words(name);
  if (words.empty() || name.size() > 256) return readings;
  std::string behind;
  if (words.size() > 1 && has(kStages, words.back())) {
    behind = words.back();
    words.pop_back();
  }
  if (const std::string number = take_number(words); !number.empty()) {
    behind = behind.empty() ? number : behind + "." + number;
  }
  split_last(words);
  std::vector<std::pair<std::size_t, SettingReading>> found;
  for (const Ending& ending : kEndings) {
    const std::size_t used = words_used(words, ending.words);
    if (used == 0) continue;
    found.push_back(
        {used, {ending.family, ending.part, joined(words, words.size() - used, behind)}});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [used, reading] : found) readings.push_back(std::move(reading));
  return readings;
}

bool belong_together(const SettingReading& a, const SettingReading& b) {
  const bool family =
      a.family == b.family || a.family == SettingFamily::kAny || b.family == SettingFamily::kAny;
  return family && a.part != b.part && a.stem == b.stem;
}

}  // namespace nhi
