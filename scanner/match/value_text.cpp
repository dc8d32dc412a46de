#include "scanner/match/value_text.hpp"

#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/value_form.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/match/randomness.hpp"
#include "scanner/match/stock_words.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

// Words between spaces, in any language: capitals at the start, a full stop, letters beyond ASCII.
bool is_sentence(const JudgedValue& c) {
  const Bytes v = trim(c.value);
  const auto spaces = std::count(v.begin(), v.end(), ' ');
  const bool high = count_if_char(v, is_high) != 0;
  const bool ends = v.ends_with('.') || v.ends_with('!') || v.ends_with('?') || v.ends_with("...");
  if (spaces == 0) return false;
  if (c.shape.words >= 2 || spaces >= 4) return true;
  const bool no_digits = count_if_char(v, is_digit) == 0;
  return no_digits && (high || ends || is_upper(v.front()));
}

// Runs of neighbours cover most of it: `abcdefghijkl0123456789`, `1234567890qwerty`.
bool is_mostly_sequence(Bytes v) {
  static constexpr std::size_t kRunMin = 5;
  std::size_t covered = 0;
  std::size_t run = 1;
  for (std::size_t i = 1; i <= v.size(); ++i) {
    const bool step = i < v.size() && (v[i] == v[i - 1] + 1 || v[i] == v[i - 1] ||
                                       (v[i] == '0' && v[i - 1] == '9'));
    if (step) {
      ++run;
      continue;
    }
    if (run >= kRunMin) covered += run;
    run = 1;
  }
  return covered * 10 >= v.size() * 6;
}

bool is_version(Bytes v) {
  if (v.size() < 3 || (v[0] != '^' && v[0] != '~' && v[0] != 'v' && !is_digit(v[0]))) return false;
  return std::count(v.begin(), v.end(), '.') == 2 &&
         all_are(v.substr(1), [](char ch) { return is_digit(ch) || ch == '.'; });
}

// SOME_NAME: a constant or an environment variable, if one of its words is a stock word.
bool is_constant_name(Bytes v) {
  return v.find('_') != kNone && is_upper(v.front()) && count_stock_words(v) != 0 &&
         all_are(v, [](char ch) { return is_upper(ch) || is_digit(ch) || ch == '_'; });
}

// Settings of that name whose values are words of a format.
bool is_word_of_format(const JudgedValue& c) {
  // `<settings pass="specialize">`: the passes of Windows Setup.
  static constexpr WordList kPasses({"windowspe", "offlineservicing", "generalize", "specialize",
                                     "auditsystem", "audituser", "oobesystem"});
  // `passwd: files systemd`: the services of nsswitch.conf(5).
  static constexpr WordList kServices(
      {"files", "compat", "db", "nis", "nisplus", "systemd", "sss", "ldap", "winbind", "hesiod"});
  // `"password", "scram-sha-256"`: the methods of pg_hba.conf.
  static constexpr WordList kMethods(
      {"md5", "scram-sha-256", "gss", "sspi", "peer", "ident", "reject", "radius"});
  // `phase2="auth=MSCHAPV2"`: what is inside of EAP.
  static constexpr WordList kInner({"mschapv2", "mschap", "pap", "chap", "gtc", "eap-mschapv2",
                                    "eap-tls", "eap-gtc", "md5", "otp", "tls"});
  if (equals_folded(c.around.key, "auth") && kInner.holds(c.value)) return true;
  return (equals_folded(c.around.key, "pass") && kPasses.holds(c.value)) ||
         (c.around.key == "passwd" && kServices.holds(c.value)) ||
         (c.around.key == "password" && kMethods.holds(c.value));
}

// `varchar(255)`, `Optional[str]`, `required|string|min:8`, `min:12,max:64`, `PT15M`, `RS256`: what
// schemas, validators and policies say of a value.
bool is_description(Bytes v) {
  static constexpr WordList kAlgorithms({"rs256", "rs384", "rs512", "hs256", "hs384", "hs512",
                                         "es256", "es384", "es512", "ps256", "ps384", "ps512"});
  static constexpr WordList kTimes({"ms", "s", "sec", "m", "min", "h", "d", "days", "w", "y"});
  static constexpr WordList kTypes({"varchar", "nvarchar", "char", "nchar", "binary", "varbinary",
                                    "hex", "base64", "text", "string", "bytes", "optional", "list",
                                    "union", "maybe", "array", "sequence"});
  static constexpr WordList kValidators({"required", "nullable", "sometimes", "string", "min",
                                         "max", "size", "confirmed", "between", "alpha_num"});
  constexpr std::size_t kTimeMax = 6;
  if (kAlgorithms.holds(v) || v.starts_with("zxcvbn")) return true;
  const std::size_t unit = v.find_first_not_of("0123456789");
  if (unit != kNone && unit > 0 && v.size() <= kTimeMax && kTimes.holds(v.substr(unit))) {
    return true;
  }
  const std::size_t open = v.find_first_of("([");
  if (open != kNone && kTypes.holds(v.substr(0, open))) return v.back() == ')' || v.back() == ']';
  const Bytes first = v.substr(0, v.find_first_of("|:"));
  if (first.size() < v.size() && kValidators.holds(first)) {
    static constexpr CharSet kSigns("|:,_");
    return all_are(v, [](char ch) { return is_lower(ch) || is_digit(ch) || kSigns(ch); });
  }
  // ISO 8601: a length of time.
  static constexpr CharSet kUnits("YMWDTHS.");
  return v.size() >= 3 && v.size() <= 12 && v.front() == 'P' && !is_digit(v.back()) &&
         count_if_char(v, is_digit) != 0 &&
         all_are(v.substr(1), [](char ch) { return is_digit(ch) || kUnits(ch); });
}

// `webhooks-tls`, `platform/helpdesk-basic-auth`: the name of a thing that holds the secret.
bool is_resource_name(const JudgedValue& c) {
  static constexpr WordList kLast({"tls", "secret", "secrets", "auth", "creds", "credentials",
                                   "cert", "certs", "ca", "key", "keys", "token", "tokens",
                                   "password", "apikey"});
  const Bytes v = c.value;
  if (c.family == NameFamily::kPassword || v.size() > 80 || !is_lower(v.front())) return false;
  const auto in_name = [](char ch) {
    return is_lower(ch) || is_digit(ch) || ch == '-' || ch == '/' || ch == '_' || ch == '.';
  };
  const std::size_t last = v.find_last_of("-/_.");
  if (last == kNone || !all_are(v, in_name) || count_if_char(v, is_digit) > 4) return false;
  return kLast.holds(v.substr(last + 1)) ||
         (v.find('/') != kNone && count_if_char(v, is_digit) == 0 && mostly_wordy(c, 7));
}

// `user:****@host`, `app@host`: of a URL behind its scheme. Those that hold one have rules of
// their own.
bool holds_password(Bytes rest) {
  const Bytes authority = rest.substr(0, rest.find('/'));
  const std::size_t at = authority.rfind('@');
  const std::size_t colon = authority.find(':');
  if (at == kNone || colon == kNone || colon > at) return false;
  const ValueForm form = classify_value(authority.substr(colon + 1, at - colon - 1));
  return holds_secret(form.form) || !form.literal.empty();
}

// The id of a key under a name that says "key".
bool is_key_id(const JudgedValue& c) {
  const Bytes name = c.around.key.substr(c.around.key.rfind('.') + 1);
  const std::size_t size = c.value.size();
  // git's user.signingkey: an id of OpenPGP, short, long or whole.
  if (equals_folded(name, "signingkey")) {
    return (size == 8 || size == 16 || size == 40) && all_are(c.value, is_hex);
  }
  // Half of a pair for S3, at Amazon and at those who speak its language.
  static constexpr WordList kHalves({"access_key", "accesskey", "s3_access_key", "aws_access_key",
                                     "access-key", "s3accesskey", "awsaccesskey"});
  return kHalves.holds(name) && size == 20 &&
         all_are(c.value, [](char ch) { return is_upper(ch) || is_digit(ch); });
}

// `'Test2::Event::Pass' => '1.302103'`: a module and its version.
bool is_module_version(const JudgedValue& c) {
  return c.around.before.find("::") != kNone && is_digit(c.value.front()) &&
         all_are(c.value, [](char ch) { return is_digit(ch) || ch == '.' || ch == '_'; });
}

// `^(?=.*[A-Z]).{8,}$`, `ghp_[A-Za-z0-9]{36}`: what a password must be like.
bool is_pattern(Bytes v) {
  if (v.front() == '^' && v.back() == '$' && holds_any(v, {"\\S{", "\\d{", "\\w{", "\\S+"})) {
    return true;
  }
  for (std::size_t at = v.find("]{"); at != kNone; at = v.find("]{", at + 1)) {
    const std::size_t open = v.rfind('[', at);
    if (open != kNone && v.substr(open, at - open).find('-') != kNone && at + 2 < v.size() &&
        is_digit(v[at + 2])) {
      return true;
    }
  }
  if (!v.starts_with('^')) return v.find("(?=") != kNone;
  return holds_any(v, {"[A-", "[a-", "[0-", "[^", "(?", ".*", ".{", ".+", "\\d", "\\w"});
}

bool holds_unicode_escape(Bytes v) {
  for (std::size_t at = v.find("\\u"); at != kNone; at = v.find("\\u", at + 1)) {
    if (at + 6 <= v.size() && all_are(v.substr(at + 2, 4), is_hex)) return true;
  }
  return false;
}

// `label.token`, `messages.password`: the words of a screen.
bool is_label_key(Bytes key) {
  static constexpr WordList kPlaces({"label", "labels", "message", "messages", "msg", "error",
                                     "errors", "title", "hint", "tooltip", "help", "caption",
                                     "i18n", "placeholder"});
  return key.find('.') != kNone && kPlaces.holds(key.substr(0, key.find('.')));
}

// The data of a Kubernetes secret are encoded, also those that stand for a value.
bool is_encoded_reference(Bytes v) {
  const std::string decoded = encoded_text(v);
  const Bytes text = trim(decoded);
  if (text.empty()) return false;
  const ValueForm form = classify_value(text);
  if (!holds_secret(form.form) && form.literal.empty()) return true;
  return !dummy_reason(text).empty() || (only_stock_words(text) && has_trivial_rest(text));
}

// `exec:/usr/bin/get-password` of Apache, `dbpass:/etc/app/dbpass` of systemd's LoadCredential.
bool names_file(Bytes v) {
  const std::size_t colon = v.find(':');
  if (colon == kNone || colon + 2 >= v.size() || v[colon + 1] != '/') return false;
  return v.substr(colon + 2).find('/') != kNone && v.find("//") == kNone &&
         all_are(v.substr(0, colon), [](char ch) { return is_word(ch) || ch == '.' || ch == '-'; });
}

// `random_password.db.result` of Terraform.
bool is_attribute(Bytes v) {
  static constexpr WordList kLast({"result", "value", "secret_string", "plaintext", "password",
                                   "secret", "token", "id", "arn", "hex", "b64_std", "b64_url",
                                   "access_key", "secret_key", "primary_access_key",
                                   "private_key_pem", "content", "output"});
  const std::size_t dot = v.rfind('.');
  if (dot == kNone || !is_lower(v.front()) || v.find('.') == dot) return false;
  const auto in_name = [](char ch) {
    return is_word(ch) || ch == '.' || ch == '[' || ch == ']' || ch == '-';
  };
  return kLast.holds(v.substr(dot + 1)) && all_are(v, in_name);
}

// `keyring:ward-display`, `pwsafe:ehr/db`, `k8s:tie/db:password`: a store and a name in it.
bool is_scheme_reference(Bytes v) {
  constexpr std::size_t kSchemeMax = 12;
  const std::size_t colon = v.find(':');
  if (colon == kNone || colon < 2 || colon > kSchemeMax || colon + 3 > v.size()) return false;
  const Bytes name = v.substr(colon + 1);
  if (!is_lower(v.front()) || !is_lower(name.front())) return false;
  const auto in_name = [](char ch) {
    return is_lower(ch) || is_digit(ch) || ch == '-' || ch == '_' || ch == '/' || ch == '.' ||
           ch == ':';
  };
  const bool parts = name.find_first_of("-_/:.") != kNone || all_are(name, is_lower);
  return parts && all_are(v, in_name) && count_if_char(v, is_digit) * 4 < v.size();
}

// Words of one text with one sign between them; nothing else: two to six.
bool points_elsewhere(Bytes v) {
  // `see-keepass`, `injected-at-deploy`, `siehe_Tresor`
  static constexpr WordList kPointers(
      {"see",      "use",       "using",   "injected", "managed", "set",  "stored",    "from",
       "provided", "generated", "ask",     "lookup",   "look",    "via",  "inherited", "overridden",
       "not",      "held",      "kept",    "moved",    "siehe",   "voir", "ver",       "vedi",
       "bitte",    "votre",     "changez", "ihr",      "hier"});
  std::size_t words = 0;
  bool first_points = false;
  for (std::size_t at = 0; at < v.size(); ++words) {
    std::size_t end = at;
    while (end < v.size() && (is_letter(v[end]) || is_high(v[end]))) ++end;
    if (end == at) return false;
    if (words == 0) first_points = kPointers.holds(v.substr(at, end - at));
    if (end < v.size() && std::string_view("-_. ").find(v[end]) == kNone) return false;
    at = end + 1;
  }
  return first_points && words >= 2 && words <= 6;
}

}  // namespace

bool has_trivial_rest(Bytes v) {
  std::string digits;
  std::size_t signs = 0;
  for (const char c : v) {
    if (is_digit(c))
      digits.push_back(c);
    else if (!is_letter(c) && c != '_' && c != '-' && c != ' ' && c != '.')
      ++signs;
  }
  if (signs > 2) return false;
  if (digits.size() <= 2) return true;
  bool steps = true;
  bool same = true;
  for (std::size_t i = 1; i < digits.size(); ++i) {
    steps = steps && (digits[i] == digits[i - 1] + 1 || (digits[i] == '0' && digits[i - 1] == '9'));
    same = same && digits[i] == digits[0];
  }
  return steps || same ||
         (digits.size() == 4 && (digits.starts_with("19") || digits.starts_with("20")));
}

std::string encoded_text(Bytes v) {
  constexpr std::size_t kLongest = 512;
  if (v.size() < 8 || v.size() > kLongest || v.size() % 4 != 0) return {};
  auto decoded = from_base64(v);
  const auto is_text = [](char c) { return (c >= ' ' && c <= '~') || is_space(c); };
  return decoded && all_are(*decoded, is_text) ? std::move(*decoded) : std::string();
}

bool is_mixed(Bytes v) {
  return !v.empty() && shannon_bits_per_byte(v) >= entropy_floor(alphabet_size(v), v.size());
}

bool tells_where(Bytes v) {
  // Somebody may have chosen one of these, so nothing is dropped for it.
  static constexpr WordList kWords(
      {"required", "hidden", "integrated", "kerberos", "external", "keyring", "generated",
       "encrypted", "secured", "unknown", "missing", "disabled", "inherited", "overridden",
       // When it is asked for, and what it is like.
       "always", "never", "optional", "enabled", "interactive", "stdin", "keyword", "sensitive",
       "bytes", "string", "uuid", "nullable", "manual", "prompt", "@prompt", "@stdin",
       // Where secrets are kept.
       "vault", "hashicorp", "cyberark", "keepass", "keepassxc", "bitwarden", "lastpass", "conjur",
       "delinea", "thycotic", "beyondtrust", "passbolt", "keyvault", "1password"});
  return kWords.holds(v) || is_scheme_reference(v) || points_elsewhere(v);
}

// A percent sign and a letter stand in one of eight random passwords too: there the rest is no
// text.
bool is_template(const JudgedValue& c) {
  // What is left of one that begins before the value.
  if (!c.quoted() && c.value.ends_with("}}") && c.value.find('{') == kNone) return true;
  if (holds_any(c.value, {"#if(", "${", "#{", "{{", "$(", "<%", "{0}", "$["})) return true;
  if (!holds_any(c.value, {"%s", "%v", "%d", "%@"})) return false;
  const bool digits = std::any_of(c.value.begin(), c.value.end(), is_digit);
  return c.shape.letters == 0 ? !digits : mostly_wordy(c, digits ? 8 : 5);
}

std::string_view judge_text(const JudgedValue& c) {
  const Bytes v = c.value;
  if (is_word_of_format(c)) return "word-of-format";
  if (is_module_version(c)) return "version";
  if (is_key_id(c)) return "key-id";
  if (is_description(v)) return "description";
  if (is_resource_name(c)) return "resource-name";
  if (count_if_char(v, is_high) * 3 > v.size()) return "foreign-text";
  const std::size_t scheme = v.find("://");
  if (scheme != kNone && scheme < 12 && v.find('@') == kNone) return "url";
  if (scheme != kNone && scheme < 12 && !holds_password(v.substr(scheme + 3))) return "url";
  // `AVP<pwd>`
  const std::size_t frame = v.find('<');
  if (frame != kNone && v.ends_with('>') && is_name(v.substr(0, v.size() - 1).substr(frame + 1))) {
    return "placeholder";
  }
  if (scheme != kNone && holds_any(v, {"<pass", "<user", "<PASS", "<USER"})) return "placeholder";
  if (v.starts_with("//") && v.find('/', 2) != kNone && v.find('@') == kNone) return "url";
  if (is_sentence(c)) return "sentence";
  if (v.size() >= 2 && v.front() == '<' && v.back() == '>') return "placeholder";
  if (std::string_view("[({&;").find(v.front()) != kNone) return "structure";
  if (v.front() == '/' && v.find('/', 1) != kNone && c.shape.wordy * 3 >= v.size()) return "path";
  if (names_file(v)) return "path";
  if (!c.quoted() && is_attribute(v)) return "expression";
  if (v.ends_with(':')) return "label";
  if (v.ends_with('\\') && mostly_wordy(c, 8)) return "sentence";  // goes on behind the blank
  if (is_pattern(v)) return "pattern";
  if (holds_unicode_escape(v)) return "escaped";  // its decoding is judged
  if (is_label_key(c.around.key) && count_if_char(v, is_digit) == 0) return "label";
  if (is_encoded_reference(v)) return "encoded-placeholder";
  if (is_mostly_sequence(v)) return "sequence";
  if (is_version(v)) return "version";
  if (is_constant_name(v)) return "constant-name";
  return {};
}

}  // namespace nhi
