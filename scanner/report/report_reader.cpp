#include "scanner/report/report_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace nhi {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBegin = "{\"schema\":\"nhisweep.finding/1\"";

// What a stranger may have written in its place is read as nothing.
std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}
bool truth_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_boolean() && at->get<bool>();
}
std::vector<std::string> texts_of(const Json& object, const char* key) {
  std::vector<std::string> out;
  const auto at = object.find(key);
  if (at == object.end() || !at->is_array()) return out;
  for (const Json& one : *at) {
    if (one.is_string()) out.push_back(one.get<std::string>());
  }
  return out;
}
std::optional<Span> pair_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_array() || at->size() != 2) return std::nullopt;
  if (!(*at)[0].is_number_unsigned() || !(*at)[1].is_number_unsigned()) return std::nullopt;
  return Span{(*at)[0].get<std::uint64_t>(), (*at)[1].get<std::uint64_t>()};
}

void read_place(const Json& object, Finding& finding) {
  finding.place.root = text_of(object, "root");
  finding.place.member = text_of(object, "member");
  if (const auto at = object.find("path"); at != object.end() && at->is_string()) {
    finding.place.path = at->get<std::string>();
  }
  const Span lines = pair_of(object, "lines").value_or(Span{});
  const Span columns = pair_of(object, "columns").value_or(Span{});
  finding.first = {lines.start, columns.start};
  finding.last = {lines.end, columns.end};
  finding.bytes = pair_of(object, "bytes").value_or(Span{});
  const auto git = object.find("git");
  if (git == object.end() || !git->is_object()) return;
  GitFacts facts;
  facts.blob = text_of(*git, "blob");
  facts.in_worktree = truth_of(*git, "in_worktree");
  facts.in_head = truth_of(*git, "in_head");
  finding.place.git = std::move(facts);
}

void read_more(const Json& object, Finding& finding) {
  if (const auto site = object.find("site"); site != object.end() && site->is_object()) {
    finding.site.emplace();
    finding.site->format = text_of(*site, "format");
    finding.site->account = text_of(*site, "account");
    finding.site->target = text_of(*site, "target");
  }
  const auto indicator = object.find("indicator");
  if (indicator != object.end() && indicator->is_object()) {
    finding.indicator.emplace();
    finding.indicator->kind = text_of(*indicator, "kind");
    finding.indicator->text = text_of(*indicator, "text");
  }
}

Result<Finding> finding_of(std::string_view line, const std::string& file) {
  while (!line.empty() && (line.back() == ',' || line.back() == '\r' || line.back() == ' ')) {
    line.remove_suffix(1);
  }
  const Json object = Json::parse(line, nullptr, false);
  const auto kind = object.is_object() ? parse_finding_kind(text_of(object, "kind")) : std::nullopt;
  const auto severity =
      object.is_object() ? parse_level(text_of(object, "severity")) : std::nullopt;
  const auto confidence =
      object.is_object() ? parse_level(text_of(object, "confidence")) : std::nullopt;
  if (!kind || !severity || !confidence) {
    return fail(ErrorCode::kMalformed, "a finding of the report cannot be read", file);
  }
  Finding finding;
  finding.id = text_of(object, "id");
  finding.kind = *kind;
  finding.severity = *severity;
  finding.confidence = *confidence;
  finding.rule = text_of(object, "rule");
  finding.also = texts_of(object, "also");
  finding.category = text_of(object, "category");
  finding.why = text_of(object, "why");
  finding.fingerprint = text_of(object, "fingerprint");
  finding.redacted = text_of(object, "secret");
  finding.group = text_of(object, "group");
  finding.encoding = texts_of(object, "encoding");
  finding.principal = parse_principal(text_of(object, "principal")).value_or(Principal::kUnknown);
  read_place(object, finding);
  read_more(object, finding);
  return finding;
}

}  // namespace

Result<Finding> read_reported_finding(std::string_view text, const std::string& file,
                                      std::string_view prefix) {
  // No id holds a sign that JSON escapes.
  const std::string wanted = fmt::format(",\"id\":\"{}", prefix);
  std::optional<Finding> found;
  bool any = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(kBegin)) continue;
    any = true;
    if (!line.substr(kBegin.size()).starts_with(wanted)) continue;
    if (line.size() > kReportLineBytesMax) {
      return fail(ErrorCode::kTooLarge, "a finding of the report is too long", file);
    }
    NHI_TRY(Finding finding, finding_of(line, file));
    // Keys given twice: the last one counts, and it was not the one that was seen.
    if (!finding.id.starts_with(prefix)) {
      return fail(ErrorCode::kMalformed, "a finding of the report has two ids", file);
    }
    if (finding.id == prefix) return finding;
    if (found && found->id != finding.id) {
      return fail(ErrorCode::kBadUse, "this beginning stands for more than one id",
                  std::string(prefix), "give more of it: " + found->id + " or " + finding.id);
    }
    found = std::move(finding);
  }
  if (found) return std::move(*found);
  if (!any) {
    return fail(ErrorCode::kBadUse, "no findings as nhisweep writes them, one a line", file,
                "give a report of --format json or jsonl as it was written");
  }
  return fail(ErrorCode::kBadUse, "nothing in the report has this id", std::string(prefix));
}

}  // namespace nhi
