#include "scanner/base/value_parts.hpp"

#include <algorithm>

#include "scanner/base/chars.hpp"

namespace nhi::value_parts {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

struct Opening {
  std::string_view open;
  std::string_view close;
  std::string_view reason;
};
// Longer openings first: `${{` is no `${`.
constexpr Opening kOpenings[] = {
    {"${{", "}}", "actions-expression"}, {"{{", "}}", "template"},    {"${", "}", "variable"},
    {"#{", "}", "expression"},           {"<%", "%>", "template"},    {"%(", ")s", "interpolation"},
    {"%{", "}", "interpolation"},        {"$(", ")", "substitution"}, {"$[", "]", "expression"},
    {"@{", "}", "expression"},
};

struct Template {
  Bytes whole;  // with its brackets
  Bytes inner;  // trimmed
  const Opening* kind = nullptr;
};

// The end of the bracket that `opening` opens at the start of `v`, nested ones of the same kind
// skipped; kNone if it never closes.
std::size_t closing(Bytes v, const Opening& opening) {
  const char open_mark = opening.open.back();
  const char close_mark = opening.close.front();
  std::size_t depth = 1;
  for (std::size_t i = opening.open.size(); i < v.size(); ++i) {
    if (opening.close.size() == 2 && opening.close != ")s") {
      if (v.substr(i, 2) == opening.close) return i + 2;
    } else if (v[i] == open_mark) {
      ++depth;
    } else if (v[i] == close_mark && --depth == 0) {
      if (opening.close == ")s" && v.substr(i, 2) != ")s") return kNone;
      return i + opening.close.size();
    }
  }
  return kNone;
}

std::optional<Template> template_at(Bytes v) {
  for (const Opening& opening : kOpenings) {
    if (!v.starts_with(opening.open)) continue;
    const std::size_t end = closing(v, opening);
    if (end == kNone) return std::nullopt;
    const std::size_t inner = end - opening.open.size() - opening.close.size();
    return Template{v.substr(0, end), trim(v.substr(opening.open.size(), inner)), &opening};
  }
  return std::nullopt;
}

}  // namespace

// The text between the first pair of quotes at or behind `from`; its data() is null if none.
Bytes quoted(Bytes text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); ++i) {
    if (!is_quote(text[i])) continue;
    const std::size_t end = text.find(text[i], i + 1);
    if (end == kNone) return {};
    return text.substr(i + 1, end - i - 1);
  }
  return {};
}

namespace {

// "x" of `.Values.x | quote`, `x`, `secrets.x`: the first run of name characters.
Bytes first_name(Bytes text) {
  std::size_t start = 0;
  while (start < text.size() && !is_letter(text[start]) && text[start] != '_') ++start;
  std::size_t end = start;
  while (end < text.size() && (is_word(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
  return text.substr(start, end - start);
}

}  // namespace

// Where a default begins inside `{{ … }}`, `<% … %>` or an expression; kNone if there is none.
std::size_t default_mark(Bytes inner) {
  if (!inner.empty() && is_quote(inner[0])) return 0;  // {{ "literal" | b64enc }}
  for (const std::string_view mark :
       {"default", "||", "??", "?:", " or ", "fetch(", "env_var(", "getenv("}) {
    const std::size_t at = inner.find(mark);
    if (at == kNone) continue;
    if (!mark.ends_with('(')) return at + mark.size();
    const std::size_t comma = inner.find(',', at);  // the second argument is the default
    if (comma != kNone) return comma;
  }
  return kNone;
}

namespace {

struct DollarBrace {
  Bytes name;
  Bytes fallback;
  std::string_view store;  // reason, when the name is looked up in a secret store
};

// Shapes of `${…}`: shell X, X:-d, X-d, X:=d, X=d, X:+d, X:?message; Spring and Ant X, X:d;
// lookups `env:X`, `env:X:-d`, `vault:path`, `file:/path`.
DollarBrace dollar_brace(Bytes inner) {
  struct Lookup {
    std::string_view prefix;
    std::string_view store;  // empty: an ordinary variable in a namespace
  };
  static constexpr Lookup kLookups[] = {
      {"secure::", "secure-property"},
      {"cred:", "secret-store"},
      {"credential:", "secret-store"},
      {"keystore:", "keystore"},
      {"vault:", "vault-reference"},
      {"vault::", "vault-reference"},
      {"file:", "path"},
      {"ssm:", "parameter-store"},
      {"sm://", "secret-manager"},
      {"alias=", "secret-store"},
      {"enc::", "secret-store"},
      {"keyvault:", "key-vault"},
      {"secretsmanager:", "secrets-manager"},
      {"aws-secrets:", "secrets-manager"},
      {"secret:", "vault-reference"},
      {"secrets.", "secret-store"},
      {"op://", "1password"},
      {"credstash:", "credstash"},
      {"env:", ""},
      {"sys:", ""},
      {"env.", ""},
      {"opt:", ""},
      {"self:", ""},
      {"cf:", ""},
      {"bundle:", ""},
      {"ctx:", ""},
      {"jndi:", ""},
      {"param:", ""},
  };
  DollarBrace out;
  Bytes rest = inner;
  for (const Lookup& lookup : kLookups) {
    if (!starts_folded(inner, lookup.prefix)) continue;
    rest.remove_prefix(lookup.prefix.size());
    if (!lookup.store.empty()) return {trim(rest), {}, lookup.store};
    break;
  }
  // `db-password:x` is a name with a hyphen, `X-x` a name and its default.
  const std::size_t colon = std::min(rest.find(':'), rest.size());
  const bool has_colon = colon < rest.size();
  std::size_t end = 0;
  while (end < rest.size() && (is_word(rest[end]) || rest[end] == '.' || rest[end] == '/' ||
                               (rest[end] == '-' && has_colon && end < colon))) {
    ++end;
  }
  out.name = rest.substr(0, end);
  Bytes tail = rest.substr(end);
  if (tail.starts_with(":?") || tail.starts_with("?")) return out;
  for (const std::string_view mark : {":-", ":=", ":+", ":", "-", "=", "+"}) {
    if (!tail.starts_with(mark)) continue;
    out.fallback = tail.substr(mark.size());
    break;
  }
  return out;
}

// The literal inside a default, through defaults of defaults: `${A:-${B:-lit}}` gives `lit`.
// Each turn reads the text once; people nest two or three, so eight turns keep it linear.
Bytes literal_of(Bytes fallback) {
  constexpr int kNestedDefaultsMax = 8;
  for (int turn = 0; turn < kNestedDefaultsMax; ++turn) {
    fallback = trim(fallback);
    if (fallback.size() >= 2 && is_quote(fallback.front()) && fallback.back() == fallback.front()) {
      fallback = fallback.substr(1, fallback.size() - 2);
    }
    if (!fallback.starts_with("${")) return fallback;
    const auto inner = template_at(fallback);
    if (!inner || inner->whole.size() != fallback.size()) return {};
    fallback = dollar_brace(inner->inner).fallback;
  }
  return {};
}

ValueForm judge_template(Bytes whole, const Template& found) {
  ValueForm form = made(Form::kPlaceholder, found.kind->reason);
  Bytes literal;
  if (found.kind->open == "${") {
    const DollarBrace parts = dollar_brace(found.inner);
    form.name = parts.name;
    if (!parts.store.empty()) {
      form.form = Form::kReference;
      form.reason = parts.store;
    }
    literal = literal_of(parts.fallback);
  } else {
    const Bytes inner = found.inner;
    form.name = first_name(inner);
    if (starts_folded(inner, "resolve:")) {
      form.name = inner.substr(8);
      return {Form::kReference, {}, form.name, "secrets-manager"};
    }
    if (inner.starts_with("secrets.") && found.kind->open == "${{") {
      form.form = Form::kReference;
      form.reason = "actions-secret";
      form.name = first_name(inner.substr(8));
    }
    const bool has_defaults = found.kind->close.size() == 2 || found.kind->open == "#{";
    const std::size_t mark = has_defaults ? default_mark(inner) : kNone;
    if (mark != kNone) literal = quoted(inner, mark);
  }
  if (!literal.empty()) form.literal = span_of(whole, literal);
  return form;
}

}  // namespace

// One template, or text with templates in it.
std::optional<ValueForm> template_form(Bytes whole, Bytes v) {
  std::optional<ValueForm> first;
  std::size_t between = 0;  // letters and digits outside templates
  bool digit = false;
  bool letter = false;
  for (std::size_t at = 0; at < v.size();) {
    const char c = v[at];
    const bool may_open = c == '$' || c == '{' || c == '#' || c == '<' || c == '%' || c == '@';
    const auto found = may_open ? template_at(v.substr(at)) : std::nullopt;
    if (found) {
      if (found->whole.size() == v.size()) return judge_template(whole, *found);
      if (!first) first = judge_template(whole, *found);
      at += found->whole.size();
      continue;
    }
    // An opening that never closes is text; looking on would read the rest once for each.
    if (may_open && v.substr(at + 1).find_first_of("{(%[") == 0) break;
    digit = digit || is_digit(v[at]);
    letter = letter || is_letter(v[at]);
    between += is_word(v[at]) ? 1U : 0U;
    ++at;
  }
  if (!first) return std::nullopt;
  // `app-${ENV}` names a place; `${USER}:Winter2024x` holds a password.
  if (between >= 8 && digit && letter) return std::nullopt;
  first->literal = {};
  first->form = Form::kPlaceholder;
  first->reason = "partial-template";
  return first;
}

// Mirth looks values up with $('key'), $cfg('key'), $gc("key"), …
std::optional<ValueForm> mirth_form(Bytes v) {
  static constexpr std::string_view kMaps[] = {"", "cfg", "g", "gc", "c", "s", "r", "co"};
  if (!v.starts_with('$') || !v.ends_with(')')) return std::nullopt;
  const std::size_t open = v.find('(');
  if (open == kNone || !is_any_of(v.substr(1, open - 1), kMaps)) return std::nullopt;
  const Bytes inner = trim(v.substr(open + 1, v.size() - open - 2));
  if (inner.size() < 3 || !is_quote(inner[0]) || inner.back() != inner[0]) return std::nullopt;
  return made(Form::kReference, "mirth-map", inner.substr(1, inner.size() - 2));
}

// `$X`, `$db_password`, `$this->password`. A lower-case name with digits is as likely a password
// (`$ecret12`), so it stays a literal.
std::optional<ValueForm> bare_variable(Bytes v) {
  if (v.size() < 2 || v[0] != '$') return std::nullopt;
  Bytes name = v.substr(1);
  if (name.starts_with("this->")) name.remove_prefix(6);
  // `$o->{clock};` of Perl and PHP reaches into something, whatever follows.
  const std::size_t arrow = name.find("->");
  if (arrow != kNone && is_name(name.substr(0, arrow)) && arrow + 2 < name.size()) {
    return made(Form::kPlaceholder, "member-expression", name.substr(0, arrow));
  }
  if (!is_name(name)) return std::nullopt;
  const bool upper = all_are(name, [](char c) { return !is_letter(c) || c != lower(c); });
  const bool digits = name.find_first_of("0123456789") != kNone;
  if (!upper && digits) return std::nullopt;
  return made(Form::kPlaceholder, "shell-variable", name);
}

// `%s`, `%ld`, `%@`
bool is_format_verb(Bytes v) {
  static constexpr CharSet kVerbs("sdvq@iuxXfcp");
  if (v.size() < 2 || v.size() > 4 || v.front() != '%' || !kVerbs(v.back())) return false;
  return all_are(v.substr(1, v.size() - 2),
                 [](char c) { return c == 'l' || c == 'h' || c == 'z'; });
}

// `%1`, `%~2`, `%~dp0` of a batch file.
bool is_batch_argument(Bytes v) {
  if (v.size() < 2 || v.size() > 8 || v.front() != '%' || !is_digit(v.back())) return false;
  const Bytes between = v.substr(1, v.size() - 2);
  return between.empty() || (between.front() == '~' &&
                             all_are(between.substr(1), [](char c) { return is_letter(c); }));
}

// `!DB_PASS!`: a variable where cmd expands late. `!Summer!` is as likely a password.
bool is_late_variable(Bytes v) {
  if (v.size() < 4 || v.front() != '!' || v.back() != '!') return false;
  const Bytes name = v.substr(1, v.size() - 2);
  const bool upper = all_are(name, [](char c) { return !is_letter(c) || c != lower(c); });
  return is_name(name) && (upper || name.find('_') != kNone);
}

// Marks on both sides of one name.
std::optional<ValueForm> framed_name(Bytes v) {
  struct Frame {
    std::string_view open;
    std::string_view close;
    std::string_view extra;
    std::string_view reason;
  };
  static constexpr Frame kFrames[] = {
      {"%", "%", "() .:", "cmd-variable"},
      {"@@", "@@", ".-", "token-replace"},
      {"%%", "%%", ".-", "token-replace"},
      {"@", "@", ".-", "maven-filter"},
      {"__", "__", ".-", "token-replace"},
      {"#", "#", ".-", "token-replace"},
      {"{", "}", ".:-", "format-field"},
      {"<", ">", " -./:,'", "angle-brackets"},
      {"`", "`", " -./|$", "substitution"},
      {"%7b", "%7d", ".-", "template"},
      {"%7B", "%7D", ".-", "template"},
      {"[[", "]]", " .-", "template"},
      {"&lt;", "&gt;", " -./:,'", "angle-brackets"},
  };
  for (const Frame& frame : kFrames) {
    if (v.size() <= frame.open.size() + frame.close.size()) continue;
    if (!v.starts_with(frame.open) || !v.ends_with(frame.close)) continue;
    const Bytes inner =
        v.substr(frame.open.size(), v.size() - frame.open.size() - frame.close.size());
    if (is_name(inner, frame.extra)) return made(Form::kPlaceholder, frame.reason, inner);
  }
  // Icinga and Nagios: `$USER5$`, `$_HOSTSNMP_KEY$`, `$ldap_pass$`.
  if (v.size() > 4 && v.front() == '$' && v.back() == '$') {
    const Bytes inner = v.substr(1, v.size() - 2);
    const bool framed = inner.find_first_of("_.") != kNone || starts_folded(inner, "user");
    if (framed && is_name(inner, ".")) return made(Form::kPlaceholder, "macro", inner);
  }
  if (is_batch_argument(v)) return made(Form::kPlaceholder, "cmd-argument");
  if (is_late_variable(v)) {
    return made(Form::kPlaceholder, "cmd-variable", v.substr(1, v.size() - 2));
  }
  if (is_format_verb(v) || v == "{}" || v == "?") {
    return made(Form::kPlaceholder, "format-field");
  }
  if (v.size() == 3 && v[0] == '{' && is_digit(v[1]) && v[2] == '}') {
    return made(Form::kPlaceholder, "format-field");
  }
  return std::nullopt;
}
}  // namespace nhi::value_parts
