// Values that open nothing, and values that open too much because everybody knows them.
// Source: false-positives.md sections 3a, 3b and 3c. Long samples are stored in two halves, so that
// scanners (this one included) do not report the table itself.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/base/value_form.hpp"
#include "scanner/base/word_list.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

struct Halves {
  std::string_view first;
  std::string_view second;
  [[nodiscard]] bool equal(Bytes v) const {
    return v.size() == first.size() + second.size() && v.starts_with(first) && v.ends_with(second);
  }
  [[nodiscard]] bool starts(Bytes v) const {
    return v.starts_with(first) && v.substr(first.size()).starts_with(second);
  }
  [[nodiscard]] bool ends(Bytes v) const {
    return v.ends_with(second) && v.substr(0, v.size() - second.size()).ends_with(first);
  }
};

// A bit for each length that there is.
template <std::size_t kCount>
constexpr std::uint64_t lengths_of(const Halves (&list)[kCount]) {
  std::uint64_t lengths = 0;
  for (const Halves& one : list)
    lengths |= std::uint64_t{1} << ((one.first.size() + one.second.size()) & 63U);
  return lengths;
}
constexpr bool among(std::uint64_t lengths, std::size_t size) {
  return (lengths >> (size & 63U) & 1U) != 0;
}

constexpr Halves kSamples[] = {
    // RFC 7617, 6749, 6750, 6455, 7636.
    {"QWxhZGRpbjpv", "cGVuIHNlc2FtZQ=="},
    {"czZCaGRSa3F0", "MzpnWDFmQmF0M2JW"},
    {"mF_9.B5f", "-4.1JqM"},
    {"2YotnFZFEjr1", "zCsicMWpAA"},
    {"tGzv3JOkF0XG", "5Qx2TlKWIA"},
    {"dGhlIHNhbXBs", "ZSBub25jZQ=="},
    {"dBjftJeZ4CVP-mB92K27", "uhbUJU1p1r_wW1gFWFOEjXk"},
    {"E9Melhoa2OwvFrEMTJgu", "CHaoeK1t8URWbuGJSstw-cM"},
    // `user:password` and `username:password`, as Basic writes them.
    {"dXNlcjpwYXNz", "d29yZA=="},
    {"dXNlcm5hbWU6", "cGFzc3dvcmQ="},
    {"dXNlcjpw", "YXNz"},
    // TOTP samples and RFC 6238.
    {"JBSWY3DP", "EHPK3PXP"},
    {"GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQ"},
    // Vendor manuals: Stripe, GitHub, Google, NuGet, unattend, Kubernetes, Hardhat.
    {"sk_test_4eC39Hq", "LyjWDarjtT1zdp7dc"},
    {"sk_live_4eC39Hq", "LyjWDarjtT1zdp7dc"},
    {"AIzaSyAnLA7NfeLquW1tJ", "Fpx_eQCxoX-oo6YyIs"},
    {"AIzaSyabcdefghijklm", "nopqrstuvwxyz1234567"},
    {"014df517-39d1-4453-", "b7b3-9930c563627c"},
    {"6fe4476ee5a18328", "82e326b506d14126"},
    {"33f!!", "lloppa"},
    {"hal+9ooo", "_da!sY"},
    {"cABhAHMAcwB3AG8AcgBk", "AFAAYQBzAHMAdwBvAHIAZAA="},
    {"abcdef.", "0123456789abcdef"},
    {"MWYyZDFl", "MmU2N2Rm"},
    {"0xac0974bec39a17e36ba4a6b4d238ff94", "4bacb478cbed5efcae784d7bf4f2ff80"},
    {"image-pulling@authenticated-image-pulling", ".iam.gserviceaccount.com"},
    {"your-256-bit", "-secret"},
    {"a-string-secret-at-least", "-256-bits-long"},
};
constexpr Halves kSampleStarts[] = {
    {"secret_scanning_ab85fc6f8d76", "38cf1c11da812da308d43_"},
    {"AyM1SysPpbyD", "fgZld3umj1qz"},  // RFC 7515, JWK `k`
    {"xoxb-123456789012-", "1234567890123-"},
    {"test test test test ", "test test test test test test test junk"},
};
constexpr Halves kSampleEnds[] = {
    // jwt.io signatures, often glued to another payload.
    {".SflKxwRJSMeKKF2QT4fw", "pMeJf36POk6yJV_adQssw5c"},
    {".KMUFsIDTnFmyG3nMiGM6", "H9FNFUROf3wh7SmqJp-QV30"},
};
// Constants that are no credentials (3b), lower case.
constexpr WordList kConstants({
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "aad3b435b51404eeaad3b435b51404ee",
    "31d6cfe0d16ae931b73c59d7e0c089c0",
    "00000000-0000-0000-0000-000000000000",
    "258eafa5-e914-47da-95ca-c5ab0dc85b11",
});
// Work where they were installed (3c).
constexpr Halves kDefaults[] = {
    {"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6",  // Azurite
     "IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="},
    {"C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2n",  // Cosmos emulator
     "Q9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="},
    {"yourStrong", "(!)Password"},
    {"D1fficult", "P%40ssw0rd"},
    {"D1fficult", "P@ssw0rd"},
    {"mysecret", "password"},
    {"my-secret", "-pw"},
    {"foob", "ared"},
    {"change", "it"},
    {"testing", "123"},
    {"keyboard", " cat"},
    {"wso2", "carbon"},
    {"81uWx", "plDtB"},
    {"orth", "anc"},
    {"Admin", "123"},
    {"cal", "vin"},
    {"ti", "ger"},
    {"SY", "S"},
    {"gue", "st"},
    {"kar", "af"},
    {"cis", "co"},
    {"Test", "Key"},
    {"Ban", "ana"},
};

// Words that stand for a value that somebody is to fill in.
constexpr WordList kFillers({
    "example",        "sample",           "dummy",         "fake",
    "placeholder",    "redacted",         "todo",          "tbd",
    "fixme",          "replaceme",        "insertme",      "fillme",
    "yourpassword",   "yourpasswordhere", "yoursecret",    "yourapikey",
    "yourapikeyhere", "yourtoken",        "yourtokenhere", "yourkey",
    "yoursecrethere", "yoursecretkey",    "yourkeyhere",
});
// These need company: `your-password`, `insert-key-here`, `<enter a token>`.
constexpr WordList kVerbs({"your", "insert", "replace", "enter", "put", "fill", "filled", "paste",
                           "change"});
constexpr WordList kCompany(
    {"be",      "before",   "deploy",     "deployment", "me",          "with",    "here",
     "this",    "by",       "in",         "the",        "a",           "an",      "own",
     "value",   "real",     "actual",     "password",   "passwd",      "pass",    "pwd",
     "secret",  "token",    "key",        "api",        "apikey",      "access",  "client",
     "id",      "username", "user",       "db",         "database",    "account", "auth",
     "private", "string",   "passphrase", "credential", "credentials", "code",    "project",
     "name",    "host",     "domain",     "app",        "dsn",         "url",     "uri",
     "email",   "webhook",  "region",     "tenant",     "bucket",      "org",     "connection"});

// Alone they say that there is no value yet, or none to be seen.
constexpr WordList kNoValues(
    {"removed",    "redacted",    "tbc",           "tba",          "pending",   "prompt",
     "ask",        "unset",       "notset",        "masked",       "unused",    "notused",
     "notneeded",  "notrequired", "autogenerated", "platzhalter",  "cambiar",   "cambiame",
     "changezmoi", "remplacer",   "aendern",       "bitteaendern", "vervangen", "wijzigmij",
     "reemplazar", "leer",        "vacio",         "vide",         "vuoto",     "injected",
     "provided",   "supplied",    "inherited",     "setme"});

bool is_no_value(Bytes v) {
  std::string letters;
  for (const char c : v) {
    if (is_letter(c))
      letters.push_back(lower(c));
    else if (std::string_view("*-_ ()[]<>").find(c) == kNone)
      return false;
  }
  return kNoValues.holds(letters);
}

constexpr bool is_separator(char c) { return !is_letter(c) && !is_digit(c); }

// `apikeyvaluehere`, `yourtokengoeshere`
bool says_here(Bytes word) {
  static constexpr std::string_view kNames[] = {"key", "token", "pass", "secret", "value"};
  if (word.size() < 8 || !equals_folded(word.substr(word.size() - 4), "here")) return false;
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view name) { return contains_folded(word, name); });
}

std::string_view filler_reason(Bytes v) {
  bool verb = false;
  bool company = false;
  for (std::size_t at = 0; at < v.size();) {
    if (is_separator(v[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < v.size() && !is_separator(v[end])) ++end;
    const Bytes word = v.substr(at, end - at);
    if (kFillers.holds(word) || says_here(word)) return "filler";
    if (word.size() >= 3 && all_are(word, [](char c) { return lower(c) == 'x'; })) return "filler";
    verb = verb || kVerbs.holds(word);
    company = company || kCompany.holds(word);
    at = end;
  }
  return verb && company ? "filler" : "";
}

// The whole value walks up or down through digits, hex or letters, separators aside.
bool is_sequence(Bytes v) {
  static constexpr std::size_t kStepsMin = 7;
  std::size_t steps = 0;
  int direction = 0;
  char last = '\0';
  for (const char raw : v) {
    const char c = lower(raw);
    if (!is_letter(c) && !is_digit(c)) {
      if (std::string_view("-_. ").find(c) == kNone) return false;
      continue;
    }
    if (last != '\0') {
      const bool up = c == last + 1 || (last == '9' && (c == '0' || c == 'a')) ||
                      (last == 'z' && (c == 'a' || c == '0' || c == '1')) ||
                      (last == 'f' && c == '0');
      const bool down = c == last - 1 || (last == '0' && c == '9');
      const int step = up ? 1 : down ? -1 : 0;
      if (step == 0 || (direction != 0 && step != direction)) return false;
      direction = step;
      ++steps;
    }
    last = c;
  }
  const bool digits_only = v.find_first_not_of("0123456789-_. ") == kNone;
  // 12345678 is a weak password that people do use; 1234567890 is what manuals print.
  return steps >= (digits_only ? kStepsMin + 2 : kStepsMin);
}

bool is_one_character(Bytes v) {
  return v.size() >= 4 && all_are(v, [&](char c) { return c == v[0]; });
}

// `deadbeefdeadbeef`
bool is_spelled_hex(Bytes v) {
  static constexpr std::string_view kWords[] = {"deadbeef", "cafebabe", "badc0ffee", "feedface"};
  return v.size() >= 8 &&
         std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
           for (std::size_t at = 0; at < v.size(); at += word.size()) {
             const Bytes part = v.substr(at, word.size());
             if (!equals_folded(part, word.substr(0, part.size()))) return false;
           }
           return true;
         });
}

bool has_filler_run(Bytes v) {
  static constexpr std::size_t kRunMin = 8;
  std::size_t run = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const char c = lower(v[i]);
    const bool filler = c == 'x' || c == '0' || c == '*' || c == '.' || c == '_' || c == '#';
    run = filler ? (i > 0 && lower(v[i - 1]) == c ? run + 1 : 1) : 0;
    if (run >= kRunMin) return true;
  }
  return false;
}

}  // namespace

std::string_view dummy_reason(Bytes value) {
  Bytes v = trim(value);
  if (starts_folded(v, "basic ")) v = trim(v.substr(6));
  if (v.empty() || is_published_default(v)) return {};
  const auto any = [](const auto& list, auto test) {
    return std::any_of(std::begin(list), std::end(list), test);
  };
  static constexpr std::uint64_t kSampleLengths = lengths_of(kSamples);
  if ((among(kSampleLengths, v.size()) &&
       any(kSamples, [&](const Halves& one) { return one.equal(v); })) ||
      any(kSampleStarts, [&](const Halves& one) { return one.starts(v); }) ||
      any(kSampleEnds, [&](const Halves& one) { return one.ends(v); })) {
    return "published-sample";
  }
  // AWS manuals: key ids of 20 that end EXAMPLE, secret keys of 40 that end EXAMPLEKEY.
  if ((v.size() == 20 && v.ends_with("EXAMPLE")) || (v.size() == 40 && v.ends_with("EXAMPLEKEY"))) {
    return "published-sample";
  }
  if (kConstants.holds(v)) return "constant";
  if (is_one_character(v)) return "one-character";
  if (is_spelled_hex(v)) return "constant";
  if (is_sequence(v)) return "sequence";
  if (v.size() >= 3 && v.front() == '<' && v.back() == '>' &&
      all_are(v.substr(1, v.size() - 2),
              [](char c) { return is_word(c) || std::string_view(" -./:").find(c) != kNone; })) {
    return "angle-brackets";
  }
  if (has_filler_run(v)) return "filler-run";
  if (is_no_value(v)) return "filler";
  return filler_reason(v);
}

bool is_published_default(Bytes value) {
  const Bytes v = trim(value);
  if (v.starts_with("django-insecure-")) return true;
  static constexpr std::uint64_t kDefaultLengths = lengths_of(kDefaults);
  return among(kDefaultLengths, v.size()) &&
         std::any_of(std::begin(kDefaults), std::end(kDefaults),
                     [&](const Halves& one) { return one.equal(v); });
}

}  // namespace nhi
