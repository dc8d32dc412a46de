#include <fmt/format.h>

#include <unordered_map>

#include "scanner/base/clock.hpp"
#include "scanner/report/html.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/priority.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

/// JSON that may stand inside a script element: `</script` and `<!--` cannot be spelled.
std::string script_safe(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

// Most cells repeat (rules, owners, states), so a cell is a number and each string stands once.
class Block {
 public:
  explicit Block(std::vector<std::string_view> columns) : columns_(std::move(columns)) {}

  void begin_row() {
    rows_ += rows_.empty() ? "[" : ",\n[";
    cells_ = 0;
  }
  void add(std::string_view raw) {
    const auto [at, is_new] = known_.emplace(shown(raw), known_.size());
    if (is_new) {
      strings_ += known_.size() == 1 ? "" : ",\n";
      strings_ += dump_line(at->first);
    }
    if (cells_++ != 0) rows_ += ',';
    rows_ += fmt::format("{}", at->second);
  }
  void end_row() {
    NHI_ASSERT(cells_ == columns_.size());
    rows_ += ']';
  }
  [[nodiscard]] std::string text() const {
    Json columns = Json::array();
    for (const std::string_view column : columns_) columns.push_back(std::string(column));
    return script_safe(fmt::format("{{\"columns\":{},\n\"strings\":[{}],\n\"rows\":[{}]}}",
                                   dump_line(columns), strings_, rows_));
  }

 private:
  std::vector<std::string_view> columns_;
  std::unordered_map<std::string, std::size_t> known_;
  std::string strings_;
  std::string rows_;
  std::size_t cells_ = 0;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string joined_views(const std::vector<std::string_view>& parts) {
  std::string out;
  for (const std::string_view part : parts) (out += out.empty() ? "" : ", ") += part;
  return out;
}

std::string date(const std::optional<Instant>& instant) {
  return instant ? to_iso_date(*instant) : std::string();
}

std::string age_days(const ReportData& data, const Staleness& staleness) {
  if (!staleness.since) return {};
  return fmt::format("{}", std::max<std::int64_t>(0, days_between(*staleness.since, data.as_of)));
}

std::string commit_and_date(const std::string& commit, const std::optional<Instant>& at) {
  return commit.empty() ? std::string() : fmt::format("{} {}", commit.substr(0, 12), date(at));
}

void add_git(Block& block, const Finding& finding) {
  const auto& git = finding.place.git;
  block.add(git ? commit_and_date(git->introduced.commit, git->introduced.date) : std::string());
  block.add(git ? commit_and_date(git->removed_commit.value_or(""), git->removed_date)
                : std::string());
  block.add(git ? git->introduced.author : std::string());
  block.add(git ? joined(git->refs) : std::string());
}

std::string_view decision_word(const Finding& f) {
  if (!f.exception_id.empty()) return "accepted";
  return f.decision ? to_string(f.decision->verdict) : std::string_view("none");
}

void add_finding(Block& block, const ReportData& data, const Finding& f) {
  block.begin_row();
  block.add(f.id);
  block.add(to_string(f.kind));
  block.add(to_string(f.severity));
  block.add(to_string(f.confidence));
  block.add(f.rule);
  block.add(rule_title(data, f.rule));
  block.add(f.indicator ? f.indicator->text : f.redacted);
  block.add(f.identity.empty() && f.site ? f.site->account : f.identity);
  block.add(f.site ? f.site->target : std::string());
  block.add(place_of(f));
  block.add(component_of(f));
  // Only an inventory knows a state; a scan's findings were just found.
  block.add(f.first_seen ? to_string(f.presence) : std::string_view("found"));
  block.add(f.owner_name);
  block.add(age_days(data, f.staleness));
  block.add(to_string(f.principal));
  block.add(f.system);
  block.add(f.environment == Environment::kUnknown ? "" : to_string(f.environment));
  block.add(engine_of(f));
  block.add(f.credential_id);
  block.add(f.dependency_id);
  block.add(joined_views(whereabouts(f)));
  block.add(f.why);
  block.add(f.indicator ? to_string(f.indicator->indicator_class) : std::string_view());
  block.add(f.site ? to_string(f.site->form) : std::string_view());
  block.add(joined(f.encoding));
  block.add(f.first_seen ? to_string(f.credential_status) : std::string_view());
  block.add(f.exception_id.empty() ? "" : f.exception_id + " " + date(f.exception_until));
  block.add(decision_word(f));
  block.add(decision_sentence(f));
  block.add(date(f.first_seen));
  block.add(date(f.last_seen));
  block.add(date(f.staleness.expires));
  add_git(block, f);
  const std::string* value = revealed_of(data, f);
  block.add(value == nullptr ? std::string_view() : std::string_view(*value));
  block.end_row();
}

std::string list_names(const CredentialView& view) {
  std::string out;
  for (std::size_t i = 0; i < kCredentialListNames.size(); ++i) {
    if ((view.lists >> i & 1) == 0) continue;
    (out += out.empty() ? "" : " ") += kCredentialListNames[i];
  }
  return out;
}

}  // namespace

std::string findings_block(const ReportData& data) {
  Block block({"id",          "kind",
               "severity",    "confidence",
               "rule",        "rule_name",
               "secret",      "identity",
               "target",      "place",
               "component",   "state",
               "owner",       "age",
               "principal",   "system",
               "environment", "engine",
               "credential",  "dependency",
               "where",       "why",
               "class",       "form",
               "encoding",    "credential_status",
               "exception",   "decision",
               "decided",     "first_seen",
               "last_seen",   "expires",
               "introduced",  "removed",
               "author",      "refs",
               "value"});
  for (const Finding& finding : data.findings) add_finding(block, data, finding);
  return block.text();
}

std::string credentials_block(const ReportData& data, const Overview& overview) {
  Block block({"id", "severity", "rule", "rule_name", "secret", "status", "places", "gone",
               "identity", "system", "owner", "principal", "age", "expires", "dependency",
               "priority", "priority_why", "list"});
  for (const std::size_t at : priority_order(data, overview)) {
    const CredentialView& view = overview.credentials[at];
    const Priority priority = priority_of(view, data);
    const Credential& c = *view.credential;
    block.begin_row();
    block.add(c.id);
    block.add(to_string(c.severity));
    block.add(c.rule);
    block.add(rule_title(data, c.rule));
    block.add(c.redacted);
    block.add(to_string(c.status));
    block.add(fmt::format("{}", c.sites));
    block.add(fmt::format("{}", c.sites_gone));
    block.add(joined(c.identities));
    block.add(joined(c.systems));
    block.add(joined(c.owners));
    block.add(to_string(c.principal));
    block.add(age_days(data, c.staleness));
    block.add(date(c.staleness.expires));
    block.add(joined(view.dependencies));
    // What is set aside has no number to sort by: it stands behind all that counts.
    block.add(priority.set_aside.empty() ? fmt::format("{}", priority.points) : std::string());
    block.add(priority_sentence(priority));
    block.add(list_names(view));
    block.end_row();
  }
  return block.text();
}

}  // namespace nhi
