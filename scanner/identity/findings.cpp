#include "scanner/identity/findings.hpp"

#include <algorithm>
#include <cctype>

#include "scanner/base/chars.hpp"
#include "scanner/grammar/token.hpp"
#include "scanner/identity/identity_key.hpp"
#include "scanner/identity/place.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

Level site_severity(const Site& site) {
  if (site.dormant) return Level::kLow;
  switch (site.form) {
    case Form::kPlaintext:
    case Form::kBase64:
    case Form::kReversible:
    case Form::kKeyMaterial:
      return Level::kHigh;
    case Form::kEncrypted:
    case Form::kHashed:
      return Level::kMedium;
    default:
      return Level::kLow;
  }
}

std::string one_line(std::string_view text) {
  std::string out = printable(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace

FindingMaker::FindingMaker(const FingerprintKey& key, const BlobInput& input,
                           const PlaceContext& context, const LineIndex& lines, Bytes text,
                           const std::optional<Definition>& definition)
    : key_(key),
      input_(input),
      context_(context),
      lines_(lines),
      text_(text),
      definition_(definition),
      place_(context.place != PlaceKind::kUnknown
                 ? context.place
                 : place_of_file(
                       input.place.path.value_or(""), text,
                       definition ? std::string_view(definition->format) : std::string_view())) {}

Finding FindingMaker::make(const Candidate& candidate, const Masker& masker) const {
  Finding finding;
  finding.rule = candidate.rule_id();
  finding.also = candidate.also;
  finding.confidence = candidate.confidence;
  finding.why = std::string(candidate.why);
  finding.target = context_.target;
  finding.host = context_.host;
  finding.system = context_.system;
  finding.environment = context_.environment;
  finding.owner_name = context_.owner_name;
  finding.owner_source = context_.owner_source;
  put_place(candidate, finding);
  if (candidate.is_indicator()) {
    put_indicator(candidate, masker, finding);
    return finding;
  }
  if (candidate.site != nullptr) {
    finding.kind =
        holds_secret(candidate.site->form) ? FindingKind::kCredential : FindingKind::kSite;
    finding.category = "definition";
    finding.severity = site_severity(*candidate.site);
    finding.published_default = candidate.site->published_default;
  } else {
    finding.category = candidate.rule->category;
    finding.severity = candidate.rule->severity;
    finding.principal = candidate.rule->principal;
    finding.role = candidate.rule->role;
  }
  // Base64 inside a definition is a sample message (reference/interface-engines.md 2.7): what a
  // human-named rule sees in it is a field of a message.
  if (definition_ && candidate.rule != nullptr && candidate.rule->generic &&
      !candidate.chain.empty() && candidate.chain.back() == Encoding::kBase64) {
    finding.confidence = Level::kLow;
  }
  put_site(candidate, masker, finding);
  if (finding.kind == FindingKind::kCredential) put_value(candidate, finding);
  // `pas.reader` beside a password is as often a service as a person: only what names a mailbox or
  // a smartcard takes a credential out of the counts.
  if (!candidate.account_beside || candidate.account.find('@') != std::string::npos ||
      chars::all_are(candidate.account, chars::is_digit)) {
    finding.principal = principal_of_account(candidate.account, finding.principal);
  }
  // A value to test with opens nothing: listed, and outside of every count.
  if (candidate.rule != nullptr && candidate.rule->generic && candidate.site == nullptr &&
      holds_test_values(input_.place.path.value_or(""))) {
    finding.principal = Principal::kHuman;
  }
  if (finding.principal == Principal::kHuman) finding.severity = Level::kLow;
  return finding;
}

void FindingMaker::put_value(const Candidate& candidate, Finding& finding) const {
  const SecretText canonical = canonical_value(candidate.value);
  finding.fingerprint = fingerprint(key_, canonical);
  finding.credential_id = credential_id(key_, finding.fingerprint);
  if (key_.former) {
    finding.former.fingerprint = fingerprint(*key_.former, canonical);
    finding.former.credential_id = credential_id(*key_.former, finding.former.fingerprint);
  }
  finding.redacted = redact(candidate.value, candidate.rule);
  finding.length_class = length_class(candidate.value.size());
  finding.published_default =
      finding.published_default || is_published_default(candidate.value.reveal());
  if (auto expires = token_expiry(candidate.value)) {
    finding.staleness.expires = expires;
    finding.staleness.source = AgeSource::kExpiry;
  } else if (candidate.site != nullptr && candidate.site->owner.modified) {
    finding.staleness = {AgeSource::kEngine, candidate.site->owner.modified, std::nullopt};
  } else if (input_.place.file) {
    finding.staleness = {AgeSource::kFileTime, input_.place.file->mtime, std::nullopt};
  }
}

void FindingMaker::put_place(const Candidate& candidate, Finding& finding) const {
  finding.place = input_.place;
  finding.bytes = {candidate.blob.start + input_.offset, candidate.blob.end + input_.offset};
  finding.first = lines_.at(candidate.text.start);
  finding.last = finding.first;
  if (!candidate.text.empty()) {
    // The end column is behind the last byte, on the line of the last byte.
    finding.last = lines_.at(candidate.text.end - 1);
    const Position behind = lines_.at(candidate.text.end);
    finding.last.column =
        behind.line == finding.last.line ? behind.column : finding.last.column + 1;
  }
  for (const Encoding step : candidate.chain) {
    finding.encoding.emplace_back(to_string(step));
  }
  if (candidate.site != nullptr) {
    for (const std::string& step : candidate.site->encoding) finding.encoding.push_back(step);
  }
}

void FindingMaker::put_site(const Candidate& candidate, const Masker& masker,
                            Finding& finding) const {
  const Scope* const scope = candidate.site == nullptr ? scope_of(candidate.text) : nullptr;
  const bool bare = candidate.site == nullptr && scope == nullptr && candidate.account.empty() &&
                    candidate.target.empty();
  if (bare) return;
  SiteFacts site;
  std::string provider;
  const Owner* owner = nullptr;
  if (candidate.site != nullptr) {
    owner = &candidate.site->owner;
    provider = candidate.site->provider;
    site.form = candidate.site->form;
    site.form_detail = candidate.site->form_detail;
    site.dormant = candidate.site->dormant;
    site.inbound = candidate.site->inbound;
  } else if (scope != nullptr) {
    owner = &scope->owner;
  }
  if (owner != nullptr) {
    site.format = owner->format;
    for (const std::string& part : owner->component) {
      site.component.push_back(masker.mask(one_line(part)));
    }
    if (scope != nullptr && !scope->step.empty()) {
      site.component.push_back(masker.mask(one_line(scope->step)));
    }
    site.component_id = masker.mask(one_line(owner->component_id));
    site.enabled = owner->enabled;
  }
  // A rule names the host at most; the connection string that holds the value says the rest.
  const std::string around = owner == nullptr ? connection_around(candidate) : std::string();
  site.target = masker.mask(one_line(scrub_url(around.empty() ? candidate.target : around)));
  // An account that equals its password stays: it names the account and tells nothing of the value.
  site.account = one_line(candidate.account);
  if (candidate.account != candidate.value.reveal()) site.account = masker.mask(site.account);
  site.secret = finding.bytes;
  site.account_span = candidate.account_blob;
  if (!site.account_span.empty()) {
    site.account_span = {site.account_span.start + input_.offset,
                         site.account_span.end + input_.offset};
  }
  finding.identity = identity_key(provider, site.target, site.account);
  finding.site = std::move(site);
}

void FindingMaker::put_indicator(const Candidate& candidate, const Masker& masker,
                                 Finding& finding) const {
  finding.kind = FindingKind::kIndicator;
  finding.category = candidate.rule->category;
  finding.severity = candidate.rule->severity;
  finding.principal = candidate.rule->principal;
  finding.indicator = IndicatorFacts{
      candidate.rule->indicator.empty() ? candidate.rule->id : candidate.rule->indicator,
      candidate.rule->indicator_class, candidate.rule->subclass, place_,
      masker.mask(one_line(scrub_url(candidate.value.reveal())))};
  finding.indicator->subclass =
      indicator_subclass(*finding.indicator, input_.place.path.value_or(""), context_.environment);
  Level confidence = indicator_confidence(*candidate.rule, place_);
  // Lifted by a neighbour in the file: the place still caps it.
  if (candidate.confidence > candidate.rule->confidence) {
    Rule lifted = *candidate.rule;
    lifted.confidence = candidate.confidence;
    confidence = indicator_confidence(lifted, place_);
  }
  finding.confidence = confidence;
}

// The URL or JDBC string of the text view that `candidate` is the password of, or nothing.
std::string FindingMaker::connection_around(const Candidate& candidate) const {
  constexpr std::string_view kEnds = " \t\r\n\"'<>`";
  constexpr std::uint64_t kReach = 1024;  // bytes on each side; longer ones are something else
  if (candidate.text.end > text_.size() || candidate.text.empty()) return {};
  std::uint64_t start = candidate.text.start;
  const std::uint64_t lowest = start > kReach ? start - kReach : 0;
  while (start > lowest && kEnds.find(text_[start - 1]) == std::string_view::npos) --start;
  std::uint64_t end = candidate.text.end;
  const std::uint64_t highest = std::min<std::uint64_t>(text_.size(), end + kReach);
  while (end < highest && kEnds.find(text_[end]) == std::string_view::npos) ++end;
  Bytes found = slice(text_, {start, end});
  const std::size_t scheme_end = found.find("://");
  if (scheme_end == Bytes::npos) return {};
  std::size_t scheme = scheme_end;
  while (scheme > 0 && (std::isalnum(static_cast<unsigned char>(found[scheme - 1])) != 0 ||
                        std::string_view("+.-:").find(found[scheme - 1]) != Bytes::npos)) {
    --scheme;
  }
  const Bytes connection = found.substr(scheme);
  const auto parts = parse_connection(connection);
  if (!parts || parts->host.empty()) return {};
  const std::uint64_t at = start + scheme;
  const Span secret{at + parts->secret.start, at + parts->secret.end};
  return secret.overlaps(candidate.text) ? std::string(connection) : std::string();
}

const Scope* FindingMaker::scope_of(Span text) const {
  if (!definition_) return nullptr;
  const Scope* found = nullptr;
  for (const Scope& scope : definition_->scopes) {
    if (scope.span.start > text.start) break;
    if (scope.span.contains(text)) found = &scope;  // inner scopes come after outer ones
  }
  return found;
}

std::uint64_t decoded_offset(const OffsetMap& map, std::uint64_t view_size, std::uint64_t source) {
  // Binary search over the view: to_source() ascends with it.
  std::uint64_t low = 0;
  std::uint64_t high = view_size;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (map.to_source({middle, middle + 1}).start < source) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace nhi
