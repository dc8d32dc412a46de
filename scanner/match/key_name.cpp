#include "scanner/match/key_name.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>

#include "scanner/base/chars.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/rules/name_family.hpp"

namespace nhi {
namespace {

using namespace chars;

// Hands over each word of an identifier; stops when `visit` returns true.
template <class Visit>
bool any_word(Bytes key, Visit visit) {
  for (std::size_t at = 0; at < key.size();) {
    if (!is_letter(key[at]) && !is_digit(key[at])) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < key.size() && (is_letter(key[end]) || is_digit(key[end]))) {
      if (is_upper(key[end]) && !is_upper(key[end - 1])) break;
      const bool next_lower =
          end + 1 < key.size() && is_letter(key[end + 1]) && !is_upper(key[end + 1]);
      if (is_upper(key[end]) && next_lower && end > at) break;
      ++end;
    }
    if (visit(key.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

// Words that turn the name into the name of something else.
constexpr WordList kOtherWords(
    {"public",    "pub",         "primary",    "foreign",     "min",       "max",
     "minimum",   "maximum",     "length",     "len",         "size",      "policy",
     "policies",  "url",         "uri",        "endpoint",    "file",      "filename",
     "path",      "dir",         "folder",     "name",        "names",     "label",
     "hint",      "placeholder", "error",      "errors",      "err",       "message",
     "msg",       "title",       "regex",      "pattern",     "regexp",    "validator",
     "type",      "field",       "input",      "column",      "attr",      "attribute",
     "expires",   "expiry",      "expiration", "expire",      "ttl",       "age",
     "timeout",   "prompt",      "invalid",    "wrong",       "missing",   "required",
     "optional",  "reset",       "forgot",     "forgotten",   "recovery",  "strength",
     "format",    "encoding",    "provider",   "manager",     "generator", "enabled",
     "disabled",  "description", "desc",       "help",        "tooltip",   "locale",
     "lang",      "count",       "limit",      "index",       "ref",       "reference",
     "arn",       "kms",         "version",    "alg",         "algorithm", "keyboard",
     "author",    "authors",     "csrf",       "xsrf",        "next",      "continuation",
     "page",      "cursor",      "mask",       "masked",      "template",  "mode",
     "status",    "state",       "location",   "scope",       "issuer",    "audience",
     "button",    "link",        "header",     "prefix",      "suffix",    "delimiter",
     "separator", "charset",     "class",      "tag",         "cmd",       "command",
     "var",       "variable",    "param",      "parameter",   "encoder",   "decoder",
     "existing",  "cache",       "sort",       "partition",   "routing",   "shard",
     "authority", "authorities", "party",      "publishable", "expired",   "kid",
     "helper",    "helpers",     "question",   "questions"});
// Words that hold a stem by chance.
constexpr WordList kChanceWords(
    {"bypass",    "compass",  "passenger", "passengers", "passive",     "passport",  "passports",
     "passed",    "passing",  "passes",    "surpass",    "passthrough", "passthru",  "monkey",
     "keyword",   "keywords", "turkey",    "hockey",     "keynote",     "keyframe",  "keyframes",
     "keystroke", "keycode",  "keydown",   "keyup",      "keypress",    "keymap",    "hotkey",
     "hotkeys",   "authored", "salted",    "iskeyword",  "indentkeys",  "tokenizer", "tokenizers",
     "cinkeys",   "enclave",  "enclaves",  "autoclave",  "autoclaves",  "conclave",  "peppermint"});
constexpr WordList kDigestWords({"md5", "sha", "sha1", "sha256", "sha512", "hash", "hashed",
                                 "digest", "checksum", "etag", "fingerprint", "thumbprint",
                                 "integrity", "commit", "revision", "crc", "signature", "sig"});

bool is_password_name(Bytes key) {
  // `pw` stands in too many words to count as a part of one.
  constexpr std::size_t kShortStem = 2;
  for (std::size_t at = 0; at < key.size(); ++at) {
    if (!may_begin_stem(key[at])) continue;
    for (const NameStem& stem : kNameStems) {
      if (stem.family == NameFamily::kPassword && stem.text.size() > kShortStem &&
          starts_folded(key.substr(at), stem.text)) {
        return true;
      }
    }
  }
  return has_key_word(key, "pw");
}

// `PASSWORDENCODER`, `secretref`: what follows the last stem without a sign between.
bool is_glued_other(Bytes name) {
  if (starts_folded(name, "existing")) return true;
  std::size_t behind = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (!may_begin_stem(name[at])) continue;
    for (const NameStem& stem : kNameStems) {
      if (starts_folded(name.substr(at), stem.text)) behind = at + stem.text.size();
    }
  }
  static constexpr std::string_view kEndings[] = {"word", "wd",      "phrase",
                                                  "code", "entials", "ential"};
  Bytes rest = name.substr(behind);
  for (const std::string_view ending : kEndings) {
    if (starts_folded(rest, ending)) {
      rest = rest.substr(ending.size());
      break;
    }
  }
  return rest.size() > 2 && kOtherWords.holds(rest);
}

bool holds_any_stem(Bytes word) {
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (may_begin_stem(word[at]) && stem_at(word.substr(at)) != NameFamily::kNone) return true;
  }
  return false;
}

// `site_key` of reCAPTCHA is public, `object_key` a path, `idempotency_key` a number.
// A product key of Windows is a licence.
constexpr WordList kOtherKeys({"site", "object", "idempotency", "unique", "product", "correlation",
                               "publishable"});

// `certs.public.key`, `rabbitmq.routing.key`: the part before the last says which key.
bool is_kind_of_key(Bytes before, Bytes name) {
  static constexpr WordList kKinds({"public", "pub", "primary", "foreign", "routing", "partition",
                                    "sort", "shard", "cache", "binding", "message", "object",
                                    "group", "range", "hash"});
  if (!equals_folded(name, "key") && !equals_folded(name, "keys")) return false;
  const Bytes part = before.substr(before.rfind('.') + 1);
  return kKinds.holds(part) || kOtherKeys.holds(part);
}

// Of a password they say where it is for, as long as they stand before it.
constexpr WordList kPlaces({"endpoint",  "url",     "uri",      "header",  "path",     "file",
                            "dir",       "folder",  "provider", "manager", "author",   "link",
                            "page",      "format",  "class",    "prefix",  "command",  "cmd",
                            "cache",     "state",   "mode",     "index",   "location", "issuer",
                            "partition", "routing", "helper",   "helpers", "question", "questions",
                            "kid",       "expired"});
// `compass`, `monkey`: the last word with a stem is none that names a secret.
bool is_named_by_chance(Bytes name) {
  Bytes last;
  any_word(name, [&](Bytes word) {
    if (holds_any_stem(word)) last = word;
    return false;
  });
  return !last.empty() && kChanceWords.holds(last);
}

}  // namespace

bool is_public_name(Bytes key) {
  static constexpr WordList kWords({"public", "pub", "site", "idempotency", "gpg", "pgp",
                                    "publishable", "correlation", "product", "kid"});
  return any_word(key, [](Bytes word) { return kWords.holds(word); });
}

std::string folded_letters(Bytes text) {
  std::string out;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c)) out.push_back(lower(c));
  }
  return out;
}

std::size_t split_key(Bytes key, std::array<Bytes, kKeyWordsMax>& words) {
  std::size_t count = 0;
  any_word(key, [&](Bytes one) {
    words.at(count) = one;
    return ++count == words.size();
  });
  return count;
}

bool has_key_word(Bytes key, std::string_view word) {
  return any_word(key, [&](Bytes one) { return equals_folded(one, word); });
}

namespace {

bool find_something_else(Bytes key) {
  static constexpr WordList kWhich(
      {"value",     "val",          "str",      "string",   "text",       "txt",     "plain",
       "plaintext", "cleartext",    "clear",    "default",  "new",        "old",     "current",
       "confirm",   "confirmation", "raw",      "prod",     "production", "dev",     "test",
       "live",      "uat",          "env",      "stage",    "staging",    "int",     "integration",
       "preprod",   "train",        "training", "dr",       "base",       "base64",  "b64",
       "hex",       "secondary",    "main",     "backup",   "admin",      "root",    "user",
       "db",        "database",     "read",     "write",    "ro",         "rw",      "master",
       "slave",     "replica",      "local",    "remote",   "client",     "server",  "service",
       "svc",       "app",          "api",      "internal", "external",   "word",    "wd",
       "phrase",    "code",         "data",     "content",  "contents",   "property"});
  const std::size_t dot = key.rfind('.');
  const Bytes last = dot == std::string_view::npos ? key : key.substr(dot + 1);
  bool behind = !holds_any_stem(last);  // `token.interval`: all of the last part follows
  bool other = false;
  any_word(last, [&](Bytes word) {
    if (holds_any_stem(word)) {
      behind = true;
      other = false;
    } else if (behind) {
      other = other || !(all_are(word, is_digit) || kWhich.holds(word));
    }
    return false;
  });
  return other;
}

KeyKind find_kind(Bytes key) {
  // Only the last dotted part names the value: `errors.password` and `env.DB_PASSWORD` differ in
  // the part before, which is a place.
  const std::size_t dot = key.rfind('.');
  const Bytes name = dot == std::string_view::npos ? key : key.substr(dot + 1);
  bool other = false;
  bool place = false;
  Bytes last;
  const bool digest = any_word(name, [&](Bytes word) {
    const bool before =
        kPlaces.holds(word) &&
        !is_password_name(name.substr(0, static_cast<std::size_t>(word.data() - name.data())));
    place = place || before;
    other = other || (!before && kOtherWords.holds(word)) ||
            (kOtherKeys.holds(last) && equals_folded(word, "key"));
    last = word;
    return kDigestWords.holds(word);
  });
  other = other || (place && !is_password_name(name));
  if (digest) return KeyKind::kDigest;
  if (other || (dot != std::string_view::npos && is_kind_of_key(key.substr(0, dot), name))) {
    return KeyKind::kOther;
  }
  // `from_secret: deploy_key` of Drone and Woodpecker names the secret.
  if (equals_folded(name, "from_secret")) return KeyKind::kOther;
  // `key_id`: names the key.
  if (equals_folded(last, "id") || equals_folded(last, "ids")) return KeyKind::kOther;
  if (is_glued_other(name) || is_named_by_chance(holds_any_stem(name) ? name : key)) {
    return KeyKind::kOther;
  }
  return is_password_name(key) ? KeyKind::kPassword : KeyKind::kMachine;
}

// What was found for the names met last: settings repeat a few of them in each file. One place for
// each hash of a name; what stands there is compared whole.
template <class Answer>
class NameMemo {
 public:
  template <class Find>
  Answer of(Bytes name, Find find) {
    if (name.empty() || name.size() > kNameBytesMax) return find(name);
    Entry& entry = entries_[hash(name)];
    if (entry.size != name.size() ||
        std::memcmp(entry.name.data(), name.data(), name.size()) != 0) {
      entry.answer = find(name);
      entry.size = static_cast<std::uint8_t>(name.size());
      std::memcpy(entry.name.data(), name.data(), name.size());
    }
    return entry.answer;
  }

 private:
  static constexpr std::size_t kNameBytesMax = 46;
  static constexpr unsigned kHashBits = 9;
  struct Entry {
    std::uint8_t size = 0;
    Answer answer{};
    std::array<char, kNameBytesMax> name{};
  };
  // Of its first and last eight bytes and its length.
  static std::size_t hash(Bytes name) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const std::size_t count = std::min(name.size(), sizeof first);
    std::memcpy(&first, name.data(), count);
    std::memcpy(&last, name.data() + name.size() - count, count);
    const std::uint64_t mixed = (first ^ std::rotl(last, 29) ^ name.size()) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(mixed >> (64 - kHashBits));
  }
  std::array<Entry, std::size_t{1} << kHashBits> entries_;
};

}  // namespace

KeyKind judge_key(Bytes key) {
  thread_local NameMemo<KeyKind> memo;
  return memo.of(key, find_kind);
}

bool names_something_else(Bytes key) {
  thread_local NameMemo<bool> memo;
  return memo.of(key, find_something_else);
}

}  // namespace nhi
