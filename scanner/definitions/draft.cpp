#include "scanner/definitions/draft.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/definitions/names.hpp"

namespace nhi::definitions {

void Text::append(std::string_view text, const OffsetMap& map, Span raw) {
  pieces_.push_back({text_.size(), text.size(), map, raw});
  text_.append(text);
}

void Text::append(const Text& other) {
  for (Piece piece : other.pieces_) {
    piece.start += text_.size();
    pieces_.push_back(std::move(piece));
  }
  text_ += other.text_;
}

Span Text::to_document(Span part) const {
  Span all{};
  bool found = false;
  for (const Piece& piece : pieces_) {
    Span one{};
    if (piece.size == 0) {
      if (!text_.empty()) continue;
      one = piece.raw;
    } else {
      const std::size_t start = std::max<std::size_t>(part.start, piece.start);
      const std::size_t end = std::min<std::size_t>(part.end, piece.start + piece.size);
      if (start >= end) continue;
      one = piece.map.to_source({start - piece.start, end - piece.start});
    }
    all = found ? Span{std::min(all.start, one.start), std::max(all.end, one.end)} : one;
    found = true;
  }
  return all;
}

std::string provider_of(std::string_view scheme) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kProviders = {
      {{"jdbc:sqlserver", "mssql"},
       {"jdbc:jtds:sqlserver", "mssql"},
       {"jdbc:mysql", "mysql"},
       {"jdbc:mariadb", "mysql"},
       {"jdbc:postgresql", "postgresql"},
       {"jdbc:oracle", "oracle"},
       {"jdbc:iris", "iris"},
       {"jdbc:cache", "iris"},
       {"jdbc:db2", "db2"},
       {"jdbc:derby", "derby"},
       {"jdbc:sqlite", "sqlite"},
       {"https", "http"},
       {"http", "http"},
       {"ftps", "ftp"},
       {"smtps", "smtp"},
       {"amqps", "amqp"},
       {"ldaps", "ldap"},
       {"jdbc:sybase:tds", "sybase"}}};
  for (const auto& [prefix, provider] : kProviders) {
    if (scheme == prefix) return std::string(provider);
  }
  if (scheme.starts_with("jdbc:")) {
    const std::string_view rest = scheme.substr(5);
    return std::string(rest.substr(0, rest.find(':')));
  }
  return std::string(scheme);
}

std::string target_of(Bytes text) {
  const Bytes trimmed = chars::trim(text);
  const auto parts = parse_connection(trimmed);
  std::string target = parts ? connection_target(*parts) : std::string(trimmed);
  return scrub_url(target.substr(0, 2048));
}

std::string percent_decoded(Bytes text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && chars::is_hex(text[i + 1]) &&
        chars::is_hex(text[i + 2])) {
      if (const auto byte = from_hex(text.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

namespace {

// The judgement of base, and what the engines' own dialogs leave behind (`x`, `*`).
ValueForm judge(Bytes value) {
  const Bytes trimmed = chars::trim(value);
  if (!trimmed.empty() && trimmed.size() < 4 &&
      chars::all_are(trimmed, [](char c) { return c == '*' || c == 'x' || c == 'X'; })) {
    ValueForm masked;
    masked.form = Form::kMasked;
    masked.reason = "masked";
    return masked;
  }
  return classify_value(value);
}

void set_secret(Bytes document, const Text& text, Site& site) {
  const std::string& value = text.text();
  const ValueForm judged = judge(value);
  Span part{0, value.size()};
  site.form = judged.form;
  site.form_detail = std::string(judged.name.empty() ? judged.reason : judged.name);
  if (!judged.literal.empty()) {
    part = judged.literal;
    if (!holds_secret(site.form)) site.form = Form::kPlaintext;
  } else if (const Bytes trimmed = chars::trim(value); !trimmed.empty()) {
    part = span_of(value, trimmed);
  }
  const Bytes secret = slice(value, part);
  site.secret_span = text.to_document(part);
  if (!holds_secret(site.form)) return;
  site.secret = SecretText(secret);
  site.published_default = is_published_default(secret);
  if (slice(document, site.secret_span) != secret) site.encoding.emplace_back("xml-entity");
}

}  // namespace

Site make_site(Bytes document, const Draft& draft) {
  Site site;
  site.path = draft.path;
  site.target = draft.target;
  site.provider = draft.provider;
  site.dormant = draft.dormant;
  site.inbound = draft.inbound;
  set_secret(document, *draft.secret, site);
  if (draft.account != nullptr && !draft.account->empty()) {
    site.account = std::string(chars::trim(draft.account->text()));
    site.account_span = draft.account->to_document();
  }
  if (draft.place != nullptr && !draft.place->empty()) {
    site.target_span = draft.place->to_document();
  }
  return site;
}

std::optional<Site> site_of_connection(Bytes document, const Text& text, std::string_view path) {
  const auto parts = parse_connection(text.text());
  if (!parts || parts->secret.empty()) return std::nullopt;
  Site site;
  site.path = path;
  site.target = scrub_url(connection_target(*parts));
  site.provider = provider_of(parts->scheme);
  site.target_span = text.to_document();
  std::string account(slice(text.text(), parts->account));
  std::string secret(slice(text.text(), parts->secret));
  const ValueForm judged = judge(secret);
  site.form = judged.form;
  site.form_detail = std::string(judged.name.empty() ? judged.reason : judged.name);
  Span part = parts->secret;
  if (!judged.literal.empty()) {
    part = {parts->secret.start + judged.literal.start, parts->secret.start + judged.literal.end};
    if (!holds_secret(site.form)) site.form = Form::kPlaintext;
    secret = slice(text.text(), part);
  }
  site.secret_span = text.to_document(part);
  if (!parts->account.empty()) site.account_span = text.to_document(parts->account);
  if (slice(document, site.secret_span) != secret) site.encoding.emplace_back("xml-entity");
  if (parts->percent_encoded) {
    account = percent_decoded(account);
    if (secret.find('%') != std::string::npos) {
      std::string decoded = percent_decoded(secret);
      if (decoded != secret) site.encoding.emplace_back("percent");
      wipe(secret);
      secret = std::move(decoded);
    }
  }
  site.account = std::move(account);
  if (holds_secret(site.form)) {
    site.published_default = is_published_default(secret);
    site.secret = SecretText(secret);
  }
  wipe(secret);
  return site;
}

namespace {

// `Basic dXNlcjpwdw==`: the part behind the word, decoded.
bool take_basic(Bytes document, const Text& value, Span part, Site& site) {
  auto decoded = from_base64(slice(value.text(), part));
  if (!decoded || !is_utf8(*decoded)) return false;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return false;
  site.account = decoded->substr(0, colon);
  std::string secret = decoded->substr(colon + 1);
  wipe(*decoded);
  site.secret_span = value.to_document(part);
  site.account_span = site.secret_span;
  const ValueForm judged = judge(secret);
  if (holds_secret(judged.form)) {
    site.form = Form::kBase64;
    site.published_default = is_published_default(secret);
    site.secret = SecretText(secret);
    if (slice(document, site.secret_span) != slice(value.text(), part)) {
      site.encoding.emplace_back("xml-entity");
    }
    site.encoding.emplace_back("base64");
  } else {
    site.form = judged.form;
    site.form_detail = std::string(judged.name.empty() ? judged.reason : judged.name);
  }
  wipe(secret);
  return true;
}

}  // namespace

std::optional<Site> site_of_header(Bytes document, Bytes name, const Text& value,
                                   std::string_view path) {
  if (!is_login_header(name)) return std::nullopt;
  const std::string& text = value.text();
  std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string::npos) return std::nullopt;
  Site site;
  site.path = path;
  static constexpr std::array<std::string_view, 6> kSchemes = {"basic ",  "bearer ", "token ",
                                                               "apikey ", "bot ",    "key "};
  for (const std::string_view scheme : kSchemes) {
    if (!chars::starts_folded(Bytes(text).substr(start), scheme)) continue;
    start = std::min(text.find_first_not_of(' ', start + scheme.size()), text.size());
    const Bytes rest = chars::trim(Bytes(text).substr(start));
    if (scheme == "basic " && take_basic(document, value, span_of(text, rest), site)) return site;
    break;
  }
  const Bytes rest = chars::trim(Bytes(text).substr(start));
  if (rest.empty()) return std::nullopt;
  const Span part = span_of(text, rest);
  const ValueForm judged = judge(rest);
  site.form = judged.form;
  site.form_detail = std::string(judged.name.empty() ? judged.reason : judged.name);
  site.secret_span = value.to_document(part);
  if (holds_secret(site.form)) {
    site.secret = SecretText(rest);
    if (slice(document, site.secret_span) != rest) site.encoding.emplace_back("xml-entity");
  }
  return site;
}

}  // namespace nhi::definitions
