#include "scanner/match/generic.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/match/randomness.hpp"
#include "scanner/match/stock_words.hpp"
#include "scanner/match/uuid.hpp"
#include "scanner/match/value_model.hpp"
#include "scanner/match/value_place.hpp"
#include "scanner/match/value_text.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;
// Most Slavic, Welsh and Baltic words that we tried lie under it, and 3 % of random words.
constexpr double kStrangeWordBitsMax = 4.8;

// `password = "password"`, `SECRET: "my_secret"`, `access_token: ACCESS_TOKEN`.
bool echoes_key(Bytes key, Bytes value) {
  const std::string k = folded_letters(key);
  const std::string v = folded_letters(value);
  if (k.size() < 3 || v.size() < 3) return false;
  if (k.find(v) != std::string::npos) return true;
  const bool held = v.find(k) != std::string::npos && k.size() >= 6;
  return held && (v.size() <= k.size() + 8 || v.ends_with(k));
}

bool is_number(Bytes v) {
  static constexpr CharSet kMarks("0123456789.,+-_eE");
  return all_are(v, kMarks) && count_if_char(v, is_digit) != 0;
}

bool is_hex_number(Bytes v) {
  return v.size() > 2 && v[0] == '0' && lower(v[1]) == 'x' && all_are(v.substr(2), is_hex);
}

PlainVerdict refuse(std::string_view reason) { return {reason, Level::kLow, {}}; }

PlainVerdict judge_machine(const JudgedValue& c) {
  const Bytes v = c.value;
  if (is_number(v) || is_hex_number(v)) return refuse("number");
  if (v.size() < 8) return refuse("short");
  if (v.find(' ') != kNone) return refuse("sentence");
  const std::size_t digits = count_if_char(v, is_digit);
  if (is_uuid(v)) {
    return {{}, Level::kHigh, "identifier under the name of a key"};
  }
  if (only_stock_words(v)) return refuse("stock-words");
  // `GPG_KEY=A035C8C1…` of every image of Python: the fingerprint of a public key.
  constexpr std::size_t kFingerprintDigits = 40;
  if (v.size() == kFingerprintDigits && all_are(v, is_hex) &&
      (has_key_word(c.around.key, "gpg") || has_key_word(c.around.key, "pgp"))) {
    return {"fingerprint", Level::kLow, {}, true};
  }
  if (!is_mixed(v) && !is_mixed(encoded_text(v))) return refuse("low-entropy");
  if (mostly_wordy(c, 7) && c.shape.letters * 2 >= v.size() && digits * 4 < v.size()) {
    return refuse("words");
  }
  return {
      {}, v.size() >= 10 ? Level::kHigh : Level::kMedium, "random value under the name of a key"};
}

void set(Match& match, Level confidence, std::string_view why) {
  match.confidence = confidence;
  match.why = why;
}

// Upper and lower case, a digit and a sign: somebody met a password policy.
bool meets_policy(Bytes v) {
  const std::size_t digits = count_if_char(v, is_digit);
  const std::size_t uppers = count_if_char(v, is_upper);
  const std::size_t letters = count_if_char(v, is_letter);
  return v.size() >= 8 && digits != 0 && uppers != 0 && letters > uppers &&
         digits + letters < v.size();
}

// `messages_es.properties`, `locales/pl.yml`: the words of a program's screens.
bool is_translation(const ViewContext& context) {
  static constexpr WordList kWords({"messages", "i18n", "l10n", "locale", "locales", "lang",
                                    "langs", "languages", "language", "translations", "nls",
                                    "strings"});
  const Bytes path = context.path.value_or(Bytes{});
  for (std::size_t at = 0; at < path.size();) {
    std::size_t end = at;
    while (end < path.size() && (is_letter(path[end]) || is_digit(path[end]))) ++end;
    if (kWords.holds(path.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

PlainVerdict judge_password(const JudgedValue& c) {
  const Bytes v = c.value;
  if (v.size() < 3) return refuse("short");
  if (is_number(v)) {
    return {
        {}, v.size() >= 8 ? Level::kMedium : Level::kLow, "digits under the name of a password"};
  }
  if (only_stock_words(v) && has_trivial_rest(v)) {
    return {{},
            meets_policy(v) ? Level::kMedium : Level::kLow,
            "stock words under the name of a password"};
  }
  // Among the codes of countries `PW` is Palau.
  if (c.around.key == "PW" && all_are(v, is_letter)) return refuse("words");
  const bool all_letters = all_are(v, [](char ch) {
    static constexpr CharSet kSigns("_-. :/,");
    return is_letter(ch) || is_high(ch) || kSigns(ch);
  });
  // `see wiki`, `set in vault`; the word for it in another language.
  const bool foreign = is_translation(c.context) || count_if_char(v, is_high) != 0;
  if (all_letters && (foreign || v.find(' ') != kNone)) {
    return {{}, Level::kLow, "plain words under the name of a password"};
  }
  if (all_letters && (mostly_wordy(c, 8) || c.shape.letters == 0)) {
    // Interface engines and small databases do run with such passwords (root and its first name).
    const bool chosen = c.deployed() && count_stock_words(v) == 0;
    return {{}, chosen ? Level::kMedium : Level::kLow, "plain words under the name of a password"};
  }
  if (v.find("12345") != kNone && c.shape.letters <= 4) {
    return {{}, Level::kLow, "a row of keys under the name of a password"};
  }
  // A word of a language that the letter model does not know reads like chance, but less so.
  const bool strange = all_letters && c.shape.bits < kStrangeWordBitsMax;
  return {{},
          strange || mostly_wordy(c, 8) ? Level::kMedium : Level::kHigh,
          "value under the name of a password"};
}

// A URL with a password in it: the pattern has said what it is, the words say how likely.
std::string_view judge_user_info(const JudgedValue& c, Match& match) {
  if (only_stock_words(c.value) && has_trivial_rest(c.value)) {
    set(match, Level::kLow, "stock words as a password");
  } else if (!mostly_wordy(c, 8) && c.value.find('%') == kNone && c.shape.letters >= 3) {
    set(match, std::max(match.confidence, Level::kHigh), "password in a URL");
  }
  return {};
}

}  // namespace

bool made_for_policy(const JudgedValue& c) {
  constexpr std::size_t kTypedMin = 10;
  constexpr std::size_t kMadeMin = 20;
  const Bytes v = c.value;
  if (!c.quoted() || c.context.test_path || mostly_wordy(c, 7)) return false;
  if (c.family == NameFamily::kPassword) return v.size() >= kTypedMin && meets_policy(v);
  const bool one_word = all_are(v, [](char ch) { return is_letter(ch) || is_digit(ch); });
  // `MLKEM768X25519PublicKey`: the name of a class.
  static constexpr std::string_view kNames[] = {"Key", "Keys", "Token", "Secret", "Auth"};
  const bool names = std::any_of(std::begin(kNames), std::end(kNames),
                                 [&](std::string_view name) { return v.ends_with(name); });
  return one_word && !names && v.size() >= kMadeMin && count_if_char(v, is_digit) >= 2 &&
         count_if_char(v, is_upper) >= 2 && count_if_char(v, is_lower) >= 2;
}

bool chosen_for_policy(const JudgedValue& c) {
  constexpr std::size_t kTypedMin = 9;
  const Bytes v = c.value;
  static constexpr CharSet kNever(" <>(){}[]:;,/\\%$");
  return c.family == NameFamily::kPassword && c.quoted() && !c.context.test_path &&
         v.size() >= kTypedMin && v.size() <= 40 && meets_policy(v) &&
         std::none_of(v.begin(), v.end(), kNever) && !contains_folded(v, "passw");
}

std::string_view refuse_place(const JudgedValue& c) {
  if (c.key == KeyKind::kOther && c.assignment == nullptr) return "key-name";
  // `pw` as a part of a word: `upward`.
  if (c.family == NameFamily::kPassword && c.key == KeyKind::kMachine) return "key-name";
  if (const auto reason = judge_place(c); !reason.empty()) return reason;
  return is_template(c) ? "template" : "";
}

PlainVerdict judge_plainly(const JudgedValue& c) {
  if (c.key == KeyKind::kOther) {
    const bool read = is_public_name(c.around.key) || judge_text(c) == "description";
    return {"key-name", Level::kLow, {}, read};
  }
  if (c.key == KeyKind::kDigest || stands_under_digest(c)) {
    // The name says digest, the value has the length of one: that is not asked of the model.
    const std::size_t size = c.value.size();
    const bool sized = size == 32 || size == 40 || size == 64 || size == 128;
    return {"digest-name", Level::kLow, {}, sized && all_are(c.value, is_hex)};
  }
  if (c.assignment != nullptr && c.deployed() && names_something_else(c.around.key)) {
    return refuse("key-name");
  }
  if (const auto reason = judge_text(c); !reason.empty()) {
    // What a value stands for, where that can be read, is not asked of the model.
    static constexpr WordList kRead({"encoded-placeholder", "key-id", "description"});
    return {reason, Level::kLow, {}, kRead.holds(reason)};
  }
  if (tells_where(c.value)) return {{}, Level::kLow, "says where the value is", true};
  if (c.key == KeyKind::kMachine && all_are(c.value, is_letter) &&
      (contains_folded(c.value, "token") || contains_folded(c.value, "secret"))) {
    return refuse("echo");  // `token: Zugriffstoken`
  }
  if (echoes_key(c.around.key, c.value)) {
    if (c.key == KeyKind::kMachine || count_if_char(c.value, is_digit) == 0) return refuse("echo");
    return {{}, Level::kLow, "repeats its name"};
  }
  return c.key == KeyKind::kMachine ? judge_machine(c) : judge_password(c);
}

JudgedValue make_candidate(const Rule& rule, Bytes view, const ViewContext& context,
                           const Match& match, const Assignment* assignment) {
  JudgedValue c;
  c.value = slice(view, match.secret);
  c.account = slice(view, match.account);
  const Bytes key = assignment != nullptr ? slice(view, assignment->key) : Bytes{};
  c.around = look_around(view, match.whole, match.secret, key);
  c.context = context;
  c.family = rule.names;
  c.assignment = assignment;
  c.shape = word_shape(c.value);
  if (!c.around.key.empty()) c.key = judge_key(c.around.key);
  return c;
}

std::string_view refuse_name(const Rule& rule, Bytes view, const ViewContext& context,
                             const Assignment* assignment) {
  if (assignment == nullptr || !rule.generic || !is_deployed(context)) return {};
  // What equals its account is kept under any name.
  const Bytes key = slice(view, assignment->key);
  if (key.empty() || !assignment->account.empty()) return {};
  switch (judge_key(key)) {
    case KeyKind::kOther:
      return "key-name";
    case KeyKind::kDigest:
      return "digest-name";
    default:
      return names_something_else(key) ? "key-name" : "";
  }
}

std::string_view judge_generic(const Rule& rule, Bytes view, const ViewContext& context,
                               Match& match, const Assignment* assignment) {
  const JudgedValue c = make_candidate(rule, view, context, match, assignment);
  if (c.value == c.account) {
    const bool chosen = c.deployed() && !only_stock_words(c.value);
    set(match, chosen ? Level::kMedium : Level::kLow, "equals its account");
    return {};
  }
  if (!rule.generic) return judge_user_info(c, match);
  if (const auto reason = refuse_place(c); !reason.empty()) return reason;
  PlainVerdict verdict = judge_plainly(c);
  if (assignment != nullptr && !is_directive(c)) verdict = judge_by_model(c, verdict);
  if (!verdict.refused.empty()) return verdict.refused;
  set(match, verdict.confidence, verdict.why);
  return {};
}

}  // namespace nhi
