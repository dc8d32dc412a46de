#include "scanner/identity/beside.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/value_form.hpp"
#include "scanner/grammar/connection.hpp"
#include "scanner/match/coded_value.hpp"

namespace nhi {
namespace {

constexpr std::size_t kAccountBytesMax = 256;  // a distinguished name of an LDAP directory
constexpr std::size_t kHostBytesMax = 253;     // RFC 1035 section 3.1
// In a file without structure, names without a stem (`user`, `password`) belong together only this
// near: somebody wrote them as one block.
constexpr std::uint64_t kBlockLines = 10;

constexpr auto kNoAccounts = std::to_array<std::string_view>(
    {"true", "false", "yes", "no", "on", "off", "null", "none", "nil", "undefined", "string",
     "required", "optional", "user", "username", "login", "account", "userid"});

bool is_literal(Bytes text) {
  return classify_value(text).form == Form::kPlaintext && text.find("://") == Bytes::npos &&
         dummy_reason(text).empty();
}

bool is_account(Bytes text) {
  if (text.empty() || text.size() > kAccountBytesMax) return false;
  // `svc@example.org` is a made-up place, not a made-up name.
  const Bytes local = text.substr(0, text.find('@'));
  if (chars::is_any_of(text, kNoAccounts) || !is_literal(local.empty() ? text : local))
    return false;
  const bool name = text.find('=') != Bytes::npos;  // cn=svc,ou=People Services,dc=trust
  constexpr std::string_view kNever = "\"'`<>{}()[]$%|;*!?#";
  return std::any_of(text.begin(), text.end(), chars::is_letter) &&
         std::none_of(text.begin(), text.end(), [&](char c) {
           const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           return control || kNever.find(c) != std::string_view::npos || (c == ' ' && !name) ||
                  (c == '=' && !name);
         });
}

// A token in the place of a user (GitHub, npm) is a secret, and must not be printed as an account.
// Ids of clients and keys are random by design: this is for what people call a user.
bool reads_like_a_token(const DocumentSetting& setting, Bytes text) {
  constexpr std::size_t kTokenBytesMin = 20;
  constexpr double kTokenBitsMin = 3.2;  // hexadecimal of that length stays above
  constexpr std::size_t kTurnsMin = 4;   // svc-engine-01 has one
  const bool user = std::any_of(
      setting.readings.begin(), setting.readings.end(),
      [](const SettingReading& reading) { return reading.family == SettingFamily::kLogin; });
  std::size_t turns = 0;  // from letter to digit and back
  for (std::size_t i = 1; i < text.size(); ++i) {
    turns += chars::is_digit(text[i - 1]) != chars::is_digit(text[i]) ? 1 : 0;
  }
  return user && text.size() >= kTokenBytesMin &&
         chars::all_are(text, [](char c) { return chars::is_base64(c); }) && turns >= kTurnsMin &&
         shannon_bits_per_byte(text) >= kTokenBitsMin;
}

bool is_host(Bytes text, bool bare_word) {
  const std::size_t colon = text.find(':');
  const Bytes host = text.substr(0, colon);
  const Bytes port = colon == Bytes::npos ? Bytes() : text.substr(colon + 1);
  if (host.empty() || host.size() > kHostBytesMax || chars::is_any_of(host, kNoAccounts)) {
    return false;
  }
  if (colon != Bytes::npos && (port.empty() || port.size() > 5)) return false;
  const bool dotted = host.find('.') != Bytes::npos && !host.starts_with('.');
  const bool named = std::any_of(host.begin(), host.end(), chars::is_letter);
  return chars::all_are(port, chars::is_digit) && (dotted || bare_word) &&
         chars::all_are(host,
                        [](char c) {
                          return chars::is_letter(c) || chars::is_digit(c) || c == '.' ||
                                 c == '-' || c == '_';
                        }) &&
         (named || std::count(host.begin(), host.end(), '.') == 3);
}

// The host of a target, for telling one from another; empty if the text names none.
std::string host_of(const DocumentSetting& setting) {
  const Bytes text = setting.text;
  if (text.empty()) return {};
  const auto parts = parse_connection(text);
  if (parts && !parts->host.empty()) {
    // A host that a template fills in is no answer.
    return is_host(parts->host, true) || parts->host.find(':') != std::string::npos ? parts->host
                                                                                    : std::string();
  }
  const auto words = chars::folded(setting.name);
  const bool place = words.ends_with("host") || words.ends_with("hostname") ||
                     words.ends_with("server") || words.ends_with("name");
  if (!is_literal(text) || !is_host(text, place)) return {};
  return chars::folded(text.substr(0, text.find(':')));
}

std::uint64_t gap(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

bool stands_on(const std::vector<Span>& taken, Span span) {
  const auto next =
      std::lower_bound(taken.begin(), taken.end(), span.start,
                       [](const Span& one, std::uint64_t at) { return one.end <= at; });
  return next != taken.end() && next->start < span.end;
}

// Looks for the parts of one secret among the settings of its container.
class Search {
 public:
  Search(const SettingTree& tree, const DocumentSetting& secret, const LineIndex& lines)
      : secret_(secret), settings_(tree.of(secret.container)), lines_(lines) {
    in_file_ = tree.is_file(secret.container);
    line_ = lines.line_of(secret.value.start);
    for (const SettingReading& reading : secret.readings) {
      if (reading.part == SettingPart::kSecret && reading.family != SettingFamily::kApi) {
        mine_.push_back(reading);
      }
    }
    leave_token_to_password();
  }

  // The settings of this part, those that belong to a longer ending of the secret's name first.
  [[nodiscard]] std::vector<const DocumentSetting*> all(SettingPart part) const {
    std::vector<const DocumentSetting*> found;
    for (const DocumentSetting& other : settings_) {
      if (&other != &secret_ && fits(other, part)) found.push_back(&other);
    }
    return found;
  }

 private:
  // Where a user has a password, a token beside them may be for anything.
  void leave_token_to_password() {
    std::erase_if(mine_, [&](const SettingReading& own) {
      if (own.family != SettingFamily::kToken) return false;
      return std::any_of(settings_.begin(), settings_.end(), [&](const DocumentSetting& other) {
        return std::any_of(other.readings.begin(), other.readings.end(), [&](const auto& reading) {
          return reading.family == SettingFamily::kLogin && reading.part == SettingPart::kSecret &&
                 reading.stem == own.stem;
        });
      });
    });
  }

  [[nodiscard]] bool fits(const DocumentSetting& other, SettingPart part) const {
    for (std::size_t i = 0; i < other.readings.size(); ++i) {
      const SettingReading& reading = other.readings[i];
      if (reading.part != part) continue;
      // `base_url` may be the URL of a map, not of whatever stands beside it in a file.
      const bool compound = part == SettingPart::kTarget && i + 1 < other.readings.size();
      if (compound && in_file_ && reading.stem.empty()) continue;
      for (const SettingReading& own : mine_) {
        if (!belong_together(own, reading)) continue;
        if (own.stem.empty() && in_file_ &&
            gap(line_, lines_.line_of(other.value.start)) > kBlockLines) {
          continue;
        }
        return true;
      }
    }
    return false;
  }

  const DocumentSetting& secret_;
  std::span<const DocumentSetting> settings_;
  const LineIndex& lines_;
  std::vector<SettingReading> mine_;
  std::uint64_t line_ = 0;
  bool in_file_ = false;
};

void find_account(const Search& search, bool coded, const std::vector<Span>& taken, Beside& out) {
  for (const DocumentSetting* const setting : search.all(SettingPart::kAccount)) {
    if (setting->text.empty()) continue;
    std::string text = setting->text;
    if (coded) {
      if (auto inner = read_coded_value(Structure::kBase64, text)) text = inner->secret.reveal();
    }
    text = chars::trim(text);
    // Something stands here that is no account, or is a secret: nobody can say who it is.
    const bool secret = stands_on(taken, setting->value) || reads_like_a_token(*setting, text);
    if (!is_account(text) || secret) {
      out = {};
      return;
    }
    if (out.account != nullptr && out.account_text != text) {
      out = {};
      return;
    }
    if (out.account == nullptr) out.account = setting;
    out.account_text = std::move(text);
  }
}

std::string port_beside(const Search& search) {
  std::string port;
  for (const DocumentSetting* const setting : search.all(SettingPart::kPort)) {
    const Bytes text = chars::trim(setting->text);
    const bool good = !text.empty() && text.size() <= 5 && chars::all_are(text, chars::is_digit);
    if (!good || (!port.empty() && port != text)) return {};
    port = text;
  }
  return port;
}

void find_target(const Search& search, const std::vector<Span>& taken, Beside& out) {
  std::string host;
  for (const DocumentSetting* const setting : search.all(SettingPart::kTarget)) {
    if (setting->text.empty()) continue;
    const std::string named = host_of(*setting);
    const bool other = !host.empty() && named != host;
    if (named.empty() || other) {
      out.target = nullptr;
      return;
    }
    host = named;
    // Of several that name one host, the one that says most.
    if (out.target == nullptr || setting->text.size() > out.target->text.size()) {
      out.target = setting;
    }
  }
  if (out.target == nullptr || stands_on(taken, out.target->value)) {
    out.target = nullptr;
    return;
  }
  out.target_text = chars::trim(out.target->text);
  const bool bare = out.target_text.find(':') == std::string::npos &&
                    out.target_text.find('/') == std::string::npos;
  if (!bare) return;
  if (const std::string port = port_beside(search); !port.empty()) out.target_text += ":" + port;
}

// The user who is named right before a password, in whatever notation: nearness is all that speaks
// for it, so what cannot be an account is none.
bool is_near_account(const Candidate& candidate) {
  return candidate.rule != nullptr && candidate.site == nullptr &&
         candidate.rule->names != NameFamily::kNone && !candidate.account.empty();
}

void drop_account(Candidate& candidate) {
  candidate.account.clear();
  candidate.account_blob = {};
}

bool is_coded(const Candidate& candidate) {
  const bool seen = !candidate.chain.empty() && candidate.chain.back() == Encoding::kBase64;
  return seen || read_coded_value(Structure::kBase64, candidate.value.reveal());
}

bool may_have_company(const Candidate& candidate) {
  return candidate.rule != nullptr && candidate.site == nullptr && !candidate.is_indicator() &&
         !candidate.text.empty();
}

}  // namespace

Beside settings_beside(const SettingTree& tree, const DocumentSetting& secret,
                       const LineIndex& lines, bool coded, const std::vector<Span>& taken) {
  Beside out;
  const Search search(tree, secret, lines);
  find_account(search, coded, taken, out);
  find_target(search, taken, out);
  return out;
}

std::optional<SettingTree> settings_around(const std::vector<Candidate>& candidates,
                                           std::string_view path, Bytes text) {
  const auto format = settings_format(path);
  if (!format) return std::nullopt;
  std::vector<Span> wanted;
  for (const Candidate& candidate : candidates) {
    if (may_have_company(candidate)) wanted.push_back(candidate.text);
  }
  if (wanted.empty()) return std::nullopt;
  std::sort(wanted.begin(), wanted.end());
  return read_settings(*format, text, wanted);
}

void drop_false_accounts(std::vector<Candidate>& candidates) {
  for (Candidate& candidate : candidates) {
    if (is_near_account(candidate) && !is_account(candidate.account)) drop_account(candidate);
  }
}

void put_beside(std::vector<Candidate>& candidates, const SettingTree& tree, const LineIndex& lines,
                const OffsetMap* map) {
  std::vector<Span> taken;
  for (const Candidate& candidate : candidates) {
    if (!candidate.is_indicator() && !candidate.text.empty()) taken.push_back(candidate.text);
  }
  std::sort(taken.begin(), taken.end());
  for (Candidate& candidate : candidates) {
    if (!may_have_company(candidate) || candidate.rule->role != Role::kSecret) continue;
    const DocumentSetting* const secret = tree.find(candidate.text);
    if (secret == nullptr) continue;
    // Structure knows better than nearness, also where it knows of none.
    if (is_near_account(candidate)) drop_account(candidate);
    if (!candidate.account.empty() && !candidate.target.empty()) continue;
    Beside beside = settings_beside(tree, *secret, lines, is_coded(candidate), taken);
    if (candidate.account.empty() && beside.account != nullptr) {
      candidate.account = std::move(beside.account_text);
      const Span at = beside.account->value;
      candidate.account_blob = map == nullptr ? at : map->to_source(at);
      candidate.account_beside = true;
    }
    if (candidate.target.empty() && beside.target != nullptr) {
      candidate.target = std::move(beside.target_text);
    }
  }
}

}  // namespace nhi
