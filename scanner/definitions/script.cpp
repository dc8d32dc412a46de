#include "scanner/definitions/script.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/decode/views.hpp"
#include "scanner/definitions/names.hpp"
#include "scanner/definitions/script_values.hpp"

namespace nhi::definitions {
namespace {

using Kind = ScriptTokenKind;
using Parsed = ParsedScript;

constexpr std::size_t kArgumentsMax = 12;
// Calls and names looked into in one script; the rest is left to plain matching.
constexpr std::size_t kLookedIntoMax = 20'000;

template <std::size_t N>
bool any_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Calls whose arguments are a name and its value.
constexpr std::array<std::string_view, 28> kPairCalls = {"put",
                                                         "set",
                                                         "add",
                                                         "append",
                                                         "setProperty",
                                                         "setHeader",
                                                         "addHeader",
                                                         "header",
                                                         "param",
                                                         "setRequestProperty",
                                                         "addRequestProperty",
                                                         "addParameter",
                                                         "setParameter",
                                                         "field",
                                                         "BasicNameValuePair",
                                                         "NameValuePair",
                                                         "BasicHeader",
                                                         "$c",
                                                         "$g",
                                                         "$gc",
                                                         "$s",
                                                         "$r",
                                                         "$co",
                                                         "$cfg",
                                                         "setRequestHeader",
                                                         "addTextBody",
                                                         "formParam",
                                                         "queryParam"};

// Where the arguments of a call say what; -1 = not there. Negative counts from the end.
struct CallShape {
  std::string_view word;
  std::string_view before;  // the word before the dot; empty = any
  std::size_t arguments_min;
  std::size_t arguments_max;
  int url, host, port, account, secret;
  std::string_view provider;
};
constexpr int kNo = 99;
constexpr CallShape kCalls[] = {
    // Mirth User API, DatabaseConnectionFactory.
    {"createDatabaseConnection", "", 4, 4, 1, kNo, kNo, 2, 3, ""},
    {"createDatabaseConnection", "", 2, 2, 1, kNo, kNo, kNo, kNo, ""},
    {"createReadOnlyConnection", "", 4, 4, 1, kNo, kNo, 2, 3, ""},
    // java.sql.DriverManager.
    {"getConnection", "DriverManager", 3, 3, 0, kNo, kNo, 1, 2, ""},
    {"getConnection", "DriverManager", 1, 2, 0, kNo, kNo, kNo, kNo, ""},
    // Mirth User API, SMTPConnection(host, port, …, username, password, from).
    {"SMTPConnection", "", 7, 8, kNo, 0, 1, -3, -2, "smtp"},
    {"createSMTPConnection", "", 7, 8, kNo, 0, 1, -3, -2, "smtp"},
    // JavaMail, Apache HTTP client, Apache FTP client, JSch.
    {"PasswordAuthentication", "", 2, 2, kNo, kNo, kNo, 0, 1, ""},
    {"UsernamePasswordCredentials", "", 2, 2, kNo, kNo, kNo, 0, 1, "http"},
    {"login", "", 2, 2, kNo, kNo, kNo, 0, 1, ""},
    {"setPassword", "", 1, 1, kNo, kNo, kNo, kNo, 0, ""},
};

struct Argument {
  std::size_t first;
  std::size_t last;
};

class ScriptAnalysis {
 public:
  ScriptAnalysis(Bytes document, const Parsed& script, const ScriptValues& values,
                 const std::string& path, std::set<Span>& taken)
      : document_(document), script_(script), values_(values), path_(path + "#js"), taken_(taken) {}
  std::vector<Site> run(bool pairs);

 private:
  std::vector<Argument> arguments(std::size_t open) const;
  void read_call(std::size_t at);
  void emit_call(const CallShape& shape, const std::vector<Argument>& arguments, std::size_t at);
  void read_name(std::size_t at);
  void read_header(std::size_t at, Bytes name, std::size_t first, std::size_t last);
  std::optional<Text> login_inside(std::size_t first, std::size_t last) const;
  void read_secret_pair(std::size_t at, Bytes name, std::size_t first, std::size_t last);
  void read_url(std::size_t at);
  void collect_neighbours();
  void complete(Site& site, std::size_t at, const std::string& stem) const;
  void keep(Site site);
  std::optional<std::size_t> value_behind_name(std::size_t at) const;

  struct Neighbour {
    std::size_t at;
    std::string stem;
    Text text;
  };
  const Neighbour* nearest(const std::vector<Neighbour>& list, std::size_t at,
                           const std::string& stem) const;

  Bytes document_;
  const Parsed& script_;
  const ScriptValues& values_;
  std::string path_;
  std::set<Span>& taken_;
  std::size_t looked_into_ = 0;
  std::vector<Site> sites_;
  std::vector<Neighbour> accounts_;
  std::vector<Neighbour> targets_;
};

void ScriptAnalysis::keep(Site site) {
  if (site.secret_span.empty() && holds_secret(site.form)) return;
  if (!taken_.insert(site.secret_span).second) return;
  sites_.push_back(std::move(site));
}

std::vector<Argument> ScriptAnalysis::arguments(std::size_t open) const {
  std::vector<Argument> out;
  std::size_t at = open + 1;
  while (at < script_.tokens.size() && out.size() <= kArgumentsMax) {
    const std::size_t end = script_.expression_end(at);
    if (end > at) out.push_back({at, end});
    if (end >= script_.tokens.size()) return {};  // the call is cut off
    if (script_.is(end, ")")) return out;
    if (!script_.is(end, ",")) {
      // Two values without a comma: `'a' 'b'` is damage, not a call.
      return {};
    }
    at = end + 1;
  }
  return {};
}

std::size_t index_of(int position, std::size_t count) {
  return position >= 0 ? static_cast<std::size_t>(position)
                       : count - static_cast<std::size_t>(-position);
}

void ScriptAnalysis::emit_call(const CallShape& shape, const std::vector<Argument>& arguments,
                               std::size_t at) {
  const auto value_at = [&](int position) {
    const std::size_t i = index_of(position, arguments.size());
    if (position == kNo || i >= arguments.size()) return ScriptValue{};
    return values_.value(script_, arguments[i].first, arguments[i].last);
  };
  const ScriptValue url = value_at(shape.url);
  const ScriptValue account = value_at(shape.account);
  ScriptValue secret = value_at(shape.secret);
  if (url.kind == ValueKind::kLiteral) {
    if (auto site = site_of_connection(document_, url.text, path_)) keep(std::move(*site));
  }
  if (secret.kind == ValueKind::kUnknown) return;
  Draft draft;
  draft.path = path_;
  draft.provider = shape.provider;
  if (url.kind != ValueKind::kUnknown) {
    draft.target = target_of(url.text.text());
    draft.place = &url.text;
    if (const auto parts = parse_connection(url.text.text())) {
      draft.provider = provider_of(parts->scheme);
    }
  }
  const ScriptValue host = value_at(shape.host);
  const ScriptValue port = value_at(shape.port);
  if (host.kind != ValueKind::kUnknown && !host.text.empty()) {
    draft.target = std::string(shape.provider) + "://" + host.text.text();
    if (port.kind != ValueKind::kUnknown && !port.text.empty()) {
      draft.target += ":" + port.text.text();
    }
    draft.target = scrub_url(draft.target);
    draft.place = &host.text;
  }
  if (account.kind != ValueKind::kUnknown) draft.account = &account.text;
  draft.secret = &secret.text;
  Site site = make_site(document_, draft);
  if (secret.kind == ValueKind::kReference) {
    site.form = Form::kReference;
    site.form_detail = secret.name;
    site.secret_span = secret.place;
  } else if (secret.text.empty()) {
    site.secret_span = secret.place;
  }
  if (site.target.empty() || site.account.empty()) complete(site, at, {});
  keep(std::move(site));
}

void ScriptAnalysis::read_call(std::size_t at) {
  if (!script_.is(at + 1, "(")) return;
  const Bytes word = script_.word(at);
  for (const CallShape& shape : kCalls) {
    if (shape.word != word) continue;
    if (!shape.before.empty() && (at < 2 || script_.word(at - 2) != shape.before)) continue;
    if (word == "login" && (at < 1 || !script_.is(at - 1, "."))) continue;
    const std::vector<Argument> found = arguments(at + 1);
    ++looked_into_;
    if (found.size() < shape.arguments_min || found.size() > shape.arguments_max) continue;
    emit_call(shape, found, at);
    return;
  }
}

// Where the value of the name at `at` begins: `name = v`, `name: v`, `['name'] = v`,
// `put('name', v)`. Nothing for comparisons and everything else.
std::optional<std::size_t> ScriptAnalysis::value_behind_name(std::size_t at) const {
  std::size_t next = at + 1;
  const bool is_string = script_.is_kind(at, Kind::kString);
  if (is_string && script_.is(next, "]")) ++next;
  if (script_.is(next, "=") || script_.is(next, ":")) return next + 1;
  if (!is_string || !script_.is(next, ",") || at < 2 || !script_.is(at - 1, "(")) {
    return std::nullopt;
  }
  if (!any_of(script_.word(at - 2), kPairCalls)) return std::nullopt;
  return next + 1;
}

// `'Basic ' + encode('user:secret')`: the text with the colon, wherever it stands inside.
std::optional<Text> ScriptAnalysis::login_inside(std::size_t first, std::size_t last) const {
  for (std::size_t i = first; i < last && i < first + 64; ++i) {
    const bool start = i == first || script_.is(i - 1, "(") || script_.is(i - 1, ",");
    const bool operand = script_.is_kind(i, Kind::kString) || script_.is_kind(i, Kind::kWord);
    if (!start || !operand) continue;
    const std::size_t end = std::min(script_.expression_end(i), last);
    ScriptValue value = values_.value(script_, i, end);
    if (value.kind == ValueKind::kUnknown && script_.is_kind(i, Kind::kWord)) {
      value = values_.value(script_, i, i + 1);
    }
    if (value.kind != ValueKind::kLiteral) continue;
    const std::string& text = value.text.text();
    if (text.find(':') != std::string::npos && text.find("://") == std::string::npos &&
        text.find(' ') == std::string::npos) {
      return value.text;
    }
  }
  return std::nullopt;
}

void ScriptAnalysis::read_header(std::size_t at, Bytes name, std::size_t first, std::size_t last) {
  const ScriptValue value = values_.value(script_, first, last);
  if (value.kind == ValueKind::kLiteral) {
    if (auto site = site_of_header(document_, name, value.text, path_)) {
      complete(*site, at, {});
      site->provider = "http";
      keep(std::move(*site));
    }
    return;
  }
  std::optional<Text> login = login_inside(first, last);
  if (!login && script_.is_kind(first, Kind::kWord) && last == first + 1) {
    const auto own = script_.constants.find(script_.word(first));
    if (own != script_.constants.end()) {
      login = login_inside(own->second.front().first, own->second.front().last);
    }
  }
  // `var auth = encode('u:p')` named inside `'Basic ' + auth`.
  for (std::size_t i = first; !login && i < last; ++i) {
    if (!script_.is_kind(i, Kind::kWord)) continue;
    const auto own = script_.constants.find(script_.word(i));
    if (own == script_.constants.end()) continue;
    login = login_inside(own->second.front().first, own->second.front().last);
  }
  if (!login) return;
  // Taken apart by the same rules as user-info, but the secret may hold anything.
  const std::size_t colon = login->text().find(':');
  Site site;
  site.path = path_;
  site.provider = "http";
  site.account = login->text().substr(0, colon);
  const Bytes secret = Bytes(login->text()).substr(colon + 1);
  const ValueForm judged = classify_value(secret);
  site.form = judged.form;
  site.form_detail = std::string(judged.name.empty() ? judged.reason : judged.name);
  site.secret_span = login->to_document({colon + 1, login->text().size()});
  site.account_span = login->to_document({0, colon});
  if (holds_secret(site.form)) site.secret = SecretText(secret);
  complete(site, at, {});
  keep(std::move(site));
}

void ScriptAnalysis::read_secret_pair(std::size_t at, Bytes name, std::size_t first,
                                      std::size_t last) {
  const ScriptValue value = values_.value(script_, first, last);
  if (value.kind != ValueKind::kLiteral) return;
  const std::string& text = value.text.text();
  // Words with blanks are labels and messages; a value equal to its name is a field's name.
  if (text.empty() || text.find_first_of(" \t\r\n") != std::string::npos || text == name) return;
  if (!holds_secret(classify_value(text).form)) return;
  // `$cfg('token') || 'NOT_FOUND'`: a sentinel, not a default that opens something.
  bool alternative = false;
  for (std::size_t i = first; i < last; ++i) {
    alternative = alternative || script_.is(i, "||") || script_.is(i, "??");
  }
  const auto in_sentinel = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  if (alternative && chars::all_are(text, in_sentinel)) return;
  Draft draft;
  draft.path = path_;
  draft.secret = &value.text;
  Site site = make_site(document_, draft);
  if (!holds_secret(site.form)) return;
  complete(site, at, name_parts(name).stem);
  keep(std::move(site));
}

void ScriptAnalysis::read_name(std::size_t at) {
  const bool is_string = script_.is_kind(at, Kind::kString);
  std::string name;
  if (is_string) {
    const std::size_t size = script_.tokens[at].end - script_.tokens[at].start;
    if (size > 66) return;
    name = read_literal(script_.text, script_.tokens[at]).text;
  } else {
    name = script_.word(at);
  }
  const bool header = is_login_header(name);
  if (!header && !is_secret_name(name)) return;
  const auto first = value_behind_name(at);
  if (!first) return;
  ++looked_into_;
  const std::size_t last = script_.expression_end(*first);
  if (last <= *first) return;
  if (header)
    read_header(at, name, *first, last);
  else
    read_secret_pair(at, name, *first, last);
}

void ScriptAnalysis::read_url(std::size_t at) {
  const ScriptToken& token = script_.tokens[at];
  const Bytes raw = Bytes(script_.text).substr(token.start, token.end - token.start);
  if (raw.size() < 12 || raw.size() > 4096) return;
  if (raw.find("://") == Bytes::npos && raw.find("jdbc:") == Bytes::npos &&
      raw.find('=') == Bytes::npos) {
    return;
  }
  ++looked_into_;
  // `'jdbc:…;password=' + pw`: the whole sum is the URL.
  const std::size_t last = script_.expression_end(at);
  ScriptValue value = values_.value(script_, at, last);
  if (value.kind != ValueKind::kLiteral) value = values_.value(script_, at, at + 1);
  if (value.kind != ValueKind::kLiteral) return;
  if (auto site = site_of_connection(document_, value.text, path_)) {
    if (site->secret.size() > 256 ||
        site->secret.reveal().find_first_of(" \n") != std::string_view::npos) {
      return;
    }
    keep(std::move(*site));
  }
}

// Users, places and URLs by name, for pairs that say only a password.
void ScriptAnalysis::collect_neighbours() {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < script_.tokens.size() && tried < kLookedIntoMax; ++i) {
    if (script_.is_kind(i, Kind::kString)) {
      const Bytes raw = script_.word(i);
      const bool url = raw.find("://") != Bytes::npos || raw.find("jdbc:") != Bytes::npos;
      if (url && raw.size() < 4096) {
        ++tried;
        ScriptValue value = values_.value(script_, i, script_.expression_end(i));
        if (value.kind != ValueKind::kLiteral) value = values_.value(script_, i, i + 1);
        const auto parts = parse_connection(value.text.text());
        if (parts && !parts->scheme.empty() &&
            (!parts->host.empty() || parts->scheme.starts_with("jdbc:"))) {
          targets_.push_back({i, {}, value.text});
        }
      }
    }
    if (script_.is(i, "getSession") && script_.is(i + 1, "(")) {  // JSch: user, host, port
      ++tried;
      const auto found = arguments(i + 1);
      if (found.size() >= 2) {
        ScriptValue user = values_.value(script_, found[0].first, found[0].last);
        ScriptValue host = values_.value(script_, found[1].first, found[1].last);
        if (user.kind == ValueKind::kLiteral) accounts_.push_back({i, {}, user.text});
        if (host.kind == ValueKind::kLiteral) targets_.push_back({i, {}, host.text});
      }
      continue;
    }
    if (script_.is(i, "connect") && script_.is(i + 1, "(") &&
        script_.is_kind(i + 2, Kind::kString)) {
      ++tried;
      targets_.push_back({i, {}, values_.value(script_, i + 2, i + 3).text});
      continue;
    }
    if (!script_.is_kind(i, Kind::kString) && !script_.is_kind(i, Kind::kWord)) continue;
    if (script_.tokens[i].end - script_.tokens[i].start > 66) continue;
    const auto first = value_behind_name(i);
    if (!first) continue;
    Bytes name = script_.word(i);
    if (script_.is_kind(i, Kind::kString)) name = name.substr(1, name.size() - 2);
    const NameParts parts = name_parts(name);
    if (parts.role != NameRole::kAccount && parts.role != NameRole::kTarget) continue;
    ++tried;
    const ScriptValue value = values_.value(script_, *first, script_.expression_end(*first));
    if (value.kind != ValueKind::kLiteral || value.text.empty()) continue;
    auto& list = parts.role == NameRole::kAccount ? accounts_ : targets_;
    list.push_back({i, parts.stem, value.text});
  }
}

// The one with the same stem, else the last before `at`, else the first after it.
const ScriptAnalysis::Neighbour* ScriptAnalysis::nearest(const std::vector<Neighbour>& list,
                                                         std::size_t at,
                                                         const std::string& stem) const {
  const auto after = std::partition_point(list.begin(), list.end(),
                                          [&](const Neighbour& one) { return one.at < at; });
  const std::size_t middle = static_cast<std::size_t>(after - list.begin());
  if (!stem.empty()) {
    for (std::size_t distance = 0; distance < 32; ++distance) {
      if (distance < middle && list[middle - 1 - distance].stem == stem) {
        return &list[middle - 1 - distance];
      }
      if (middle + distance < list.size() && list[middle + distance].stem == stem) {
        return &list[middle + distance];
      }
    }
  }
  constexpr std::size_t kFar = 400;  // tokens; beyond, it belongs to something else
  if (middle > 0 && at - list[middle - 1].at < kFar) return &list[middle - 1];
  if (middle < list.size() && list[middle].at - at < kFar) return &list[middle];
  return nullptr;
}

void ScriptAnalysis::complete(Site& site, std::size_t at, const std::string& stem) const {
  if (site.account.empty()) {
    if (const Neighbour* account = nearest(accounts_, at, stem)) {
      site.account = account->text.text();
      site.account_span = account->text.to_document();
    }
  }
  if (site.target.empty()) {
    if (const Neighbour* target = nearest(targets_, at, stem)) {
      site.target = target_of(target->text.text());
      site.target_span = target->text.to_document();
      if (site.provider.empty()) {
        const auto parts = parse_connection(target->text.text());
        if (parts) site.provider = provider_of(parts->scheme);
      }
    }
  }
}

std::vector<Site> ScriptAnalysis::run(bool pairs) {
  collect_neighbours();
  for (std::size_t i = 0; i < script_.tokens.size() && looked_into_ < kLookedIntoMax; ++i) {
    if (script_.is_kind(i, Kind::kWord)) read_call(i);
  }
  for (std::size_t i = 0; i < script_.tokens.size() && looked_into_ < kLookedIntoMax; ++i) {
    const bool is_string = script_.is_kind(i, Kind::kString);
    if (is_string) read_url(i);
    if (pairs && (is_string || script_.is_kind(i, Kind::kWord))) read_name(i);
  }
  return std::move(sites_);
}

// The script after all unescaping. Some tools escape twice: then the quotes are still entities.
std::unique_ptr<Parsed> parse(const Scalar& source) {
  const std::string& text = source.text;
  const bool twice =
      text.find("&apos;") != std::string::npos || text.find("&quot;") != std::string::npos ||
      text.find("&#39;") != std::string::npos || text.find("&#34;") != std::string::npos;
  const bool quotes = text.find('\'') != std::string::npos || text.find('"') != std::string::npos;
  if (!twice || quotes) return parse_script(text, source.map);
  Decoded inner = decode_xml_text(text);
  OffsetMap map;
  for (std::size_t i = 0; i < inner.bytes.size();) {
    const Span middle = inner.map.to_source({i, i + 1});
    std::size_t count = 1;
    while (i + count < inner.bytes.size() &&
           inner.map.to_source({i + count, i + count + 1}) == middle) {
      ++count;
    }
    map.replace(source.map.to_source(middle), count);
    i += count;
  }
  return parse_script(std::move(inner.bytes), std::move(map));
}

}  // namespace

void ScriptSet::add(Script script) {
  if (!script.source.text.empty()) scripts_.push_back(std::move(script));
}

std::vector<ScriptSite> ScriptSet::read() {
  std::vector<std::unique_ptr<Parsed>> parsed;
  for (const Script& script : scripts_) {
    parsed.push_back(parse(script.source));
    parsed.back()->shared = script.shared;
  }
  const ScriptValues values(parsed);
  std::set<Span> taken;
  std::vector<ScriptSite> out;
  for (std::size_t i = 0; i < scripts_.size(); ++i) {
    const Script& script = scripts_[i];
    const auto add = [&](std::vector<Site> sites, bool dormant) {
      for (Site& site : sites) {
        site.dormant = site.dormant || dormant;
        out.push_back({std::move(site), script.owner});
      }
    };
    add(ScriptAnalysis(document_, *parsed[i], values, script.path, taken).run(true),
        script.dormant);
    // Calls that were commented out still show a credential.
    std::string comments = comments_only(parsed[i]->text);
    if (comments.empty()) continue;
    const auto silent = parse_script(std::move(comments), parsed[i]->map);
    add(ScriptAnalysis(document_, *silent, values, script.path, taken).run(false), true);
  }
  return out;
}

}  // namespace nhi::definitions
