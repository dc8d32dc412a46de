#include "scanner/match/stock_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

using namespace chars;

// Sorted, lower case.
constexpr std::array kWords = std::to_array<std::string_view>({
    "a",
    "aaa",
    "aaaa",
    "abc",
    "abcd",
    "abcde",
    "abcdef",
    "access",
    "account",
    "acme",
    "add",
    "adgangskode",
    "admin",
    "administrator",
    "after",
    "all",
    "an",
    "and",
    "anonymous",
    "any",
    "anything",
    "api",
    "apikey",
    "app",
    "application",
    "apps",
    "asd",
    "asdf",
    "attempt",
    "auth",
    "aws",
    "azure",
    "bad",
    "bar",
    "barbaz",
    "basic",
    "baz",
    "bbb",
    "bbbb",
    "bearer",
    "before",
    "blank",
    "bogus",
    "bot",
    "bucket",
    "but",
    "by",
    "ccc",
    "ceph",
    "change",
    "changed",
    "changeit",
    "changeme",
    "ci",
    "circleci",
    "clave",
    "client",
    "cloud",
    "code",
    "config",
    "confirm",
    "confirmation",
    "consumer",
    "contrasena",
    "correct",
    "create",
    "cred",
    "credential",
    "credentials",
    "creds",
    "current",
    "custom",
    "cyfrinair",
    "data",
    "database",
    "datadog",
    "db",
    "default",
    "delete",
    "demo",
    "dev",
    "developer",
    "digitalocean",
    "discord",
    "docker",
    "dropbox",
    "dummy",
    "email",
    "empty",
    "encrypted",
    "enter",
    "env",
    "error",
    "etcd",
    "example",
    "expired",
    "fail",
    "failed",
    "fake",
    "false",
    "firebase",
    "first",
    "foo",
    "foobar",
    "foobaz",
    "for",
    "from",
    "ftp",
    "full",
    "gcp",
    "gcr",
    "generated",
    "get",
    "ghcr",
    "gid",
    "git",
    "gitea",
    "github",
    "gitlab",
    "good",
    "google",
    "grafana",
    "guest",
    "hash",
    "hashed",
    "haslo",
    "hello",
    "here",
    "heroku",
    "heslo",
    "home",
    "host",
    "hunter",
    "id",
    "in",
    "incorrect",
    "insert",
    "invalid",
    "is",
    "it",
    "jenkins",
    "jira",
    "json",
    "jwt",
    "k8s",
    "kafka",
    "kennwort",
    "key",
    "keys",
    "kube",
    "kubernetes",
    "ldap",
    "letmein",
    "local",
    "localhost",
    "login",
    "long",
    "losenord",
    "mail",
    "mariadb",
    "master",
    "me",
    "missing",
    "mock",
    "mongo",
    "mongodb",
    "mqtt",
    "my",
    "mypass",
    "mypassword",
    "mysecret",
    "mysql",
    "name",
    "new",
    "newpass",
    "newpassword",
    "nil",
    "no",
    "none",
    "nopass",
    "nopasswd",
    "nopassword",
    "not",
    "npm",
    "nuget",
    "null",
    "oauth",
    "of",
    "ok",
    "old",
    "oldpass",
    "oldpassword",
    "on",
    "one",
    "or",
    "oracle",
    "org",
    "other",
    "owner",
    "pass",
    "passcode",
    "passord",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "passwort",
    "paypal",
    "plain",
    "postgres",
    "postgresql",
    "private",
    "prod",
    "project",
    "proxy",
    "psw",
    "public",
    "put",
    "pw",
    "pwd",
    "pword",
    "pypi",
    "qqq",
    "quux",
    "qux",
    "qwe",
    "qwer",
    "qwerty",
    "rabbit",
    "rabbitmq",
    "random",
    "read",
    "readonly",
    "redis",
    "refresh",
    "registry",
    "replace",
    "repo",
    "reset",
    "right",
    "root",
    "s3",
    "salasana",
    "salt",
    "sample",
    "second",
    "secret",
    "secrets",
    "secure",
    "security",
    "senha",
    "sentry",
    "server",
    "service",
    "session",
    "shared",
    "shell",
    "short",
    "sign",
    "signing",
    "slack",
    "smtp",
    "some",
    "something",
    "sql",
    "ssh",
    "ssl",
    "stage",
    "staging",
    "str",
    "string",
    "stripe",
    "strong",
    "stub",
    "success",
    "super",
    "telegram",
    "temp",
    "temporary",
    "test",
    "tested",
    "tester",
    "testing",
    "testpass",
    "testpassword",
    "testpw",
    "tests",
    "text",
    "the",
    "third",
    "this",
    "three",
    "tmp",
    "to",
    "token",
    "tokens",
    "too",
    "travis",
    "true",
    "tset",
    "twilio",
    "twitter",
    "two",
    "uid",
    "undefined",
    "unknown",
    "unused",
    "updated",
    "use",
    "user",
    "username",
    "users",
    "val",
    "valid",
    "value",
    "vault",
    "verify",
    "wachtwoord",
    "weak",
    "webhook",
    "welcome",
    "whatever",
    "with",
    "wordpass",
    "world",
    "write",
    "wrong",
    "www",
    "x",
    "xoauth",
    "xxx",
    "xxxx",
    "xyz",
    "you",
    "your",
    "yyy",
    "yyyy",
    "zzz",
    "zzzz",
});
static_assert(std::is_sorted(kWords.begin(), kWords.end()));
constexpr std::size_t kWordMax = 16;

// Where the words of each first letter begin in kWords; 'z' + 1 stands for the end.
constexpr std::array<std::uint16_t, 27> kFirstOf = [] {
  std::array<std::uint16_t, 27> first{};
  for (std::size_t letter = 0; letter < first.size(); ++letter) {
    std::uint16_t at = 0;
    while (at < kWords.size() && kWords[at].front() < static_cast<char>('a' + letter)) ++at;
    first[letter] = at;
  }
  return first;
}();

constexpr std::string_view kSigns = "@0134$5";

// `P@ssw0rd` is written with letters in mind, `2020` is a number: replaced only beside letters.
std::string undo_replacements(Bytes value) {
  constexpr std::string_view kLetters = "aoieass";
  std::string out(value);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t at = kSigns.find(value[i]);
    if (at == std::string_view::npos) continue;
    const bool after = i > 0 && is_letter(out[i - 1]);
    const bool before = i + 1 < value.size() && (is_letter(value[i + 1]) || value[i + 1] == '$');
    if (after && before) out[i] = kLetters[at];
  }
  return out;
}

// Two words written together: `adminpassword`.
bool is_stock_pair(Bytes run) {
  for (std::size_t cut = 2; cut + 2 <= run.size(); ++cut) {
    if (is_stock_word(run.substr(0, cut)) && is_stock_word(run.substr(cut))) return true;
  }
  return false;
}

template <class Visit>
bool all_runs(Bytes v, Visit visit) {
  for (std::size_t at = 0; at < v.size();) {
    if (!is_letter(v[at])) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < v.size() && is_letter(v[end]) && !(is_upper(v[end]) && !is_upper(v[end - 1]))) {
      ++end;
    }
    if (!visit(v.substr(at, end - at))) return false;
    at = end;
  }
  return true;
}

bool all_stock(Bytes value) {
  std::size_t words = 0;
  const bool all = all_runs(value, [&](Bytes run) {
    ++words;
    return is_stock_word(run) || (run.size() <= 2 * kWordMax && is_stock_pair(run));
  });
  return all && words != 0;
}

}  // namespace

bool is_stock_word(Bytes word) {
  if (word.empty() || word.size() > kWordMax) return false;
  std::array<char, kWordMax> folded{};
  std::transform(word.begin(), word.end(), folded.begin(), lower);
  if (!is_letter(folded[0])) return false;
  const auto letter = static_cast<std::size_t>(folded[0] - 'a');
  return std::binary_search(kWords.begin() + kFirstOf[letter],
                            kWords.begin() + kFirstOf[letter + 1],
                            std::string_view(folded.data(), word.size()));
}

bool only_stock_words(Bytes value) {
  if (all_stock(value)) return true;
  return value.find_first_of(kSigns) != std::string_view::npos &&
         all_stock(undo_replacements(value));
}

std::size_t count_stock_words(Bytes value) {
  std::size_t count = 0;
  all_runs(value, [&](Bytes run) {
    count += is_stock_word(run) ? 1 : 0;
    return true;
  });
  return count;
}

}  // namespace nhi
