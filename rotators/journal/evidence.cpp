#include "rotators/journal/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr std::string_view kStyle =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;"
    "color:#1b1f24;background:#fff}h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d8dde3}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}dl{margin:0;display:grid;"
    "grid-template-columns:max-content 1fr;gap:0 .6rem}dt{color:#57606a}dd{margin:0;"
    "overflow-wrap:anywhere}.whole{border-left:.4rem solid #1a7f37;padding-left:.8rem}"
    ".broken{border-left:.4rem solid #cf222e;padding-left:.8rem}.mono{font-family:monospace;"
    "overflow-wrap:anywhere}time{white-space:nowrap}.checkpoint td{color:#57606a}@media "
    "print{body{margin:0;max-width:none}}";

// The first moment of a second, as records have it.
std::string start_of(Instant instant) { return to_iso8601_ns(instant.seconds * 1'000'000'000); }

bool is_wanted(const AuditRecord& record, const EvidenceRange& range) {
  if (range.from && record.at < start_of(*range.from)) return false;
  if (range.to && record.at >= start_of(*range.to)) return false;
  return range.run.empty() || record.body.text_of("run_id") == range.run;
}

std::string words_of(const EvidenceRange& range) {
  std::string out;
  if (!range.run.empty()) out += "rotation " + range.run;
  if (range.from) out += (out.empty() ? "from " : ", from ") + to_iso8601(*range.from);
  if (range.to) out += (out.empty() ? "before " : ", before ") + to_iso8601(*range.to);
  return out.empty() ? "the whole journal" : out;
}

std::string html_value(const AuditFields::Value& value);

std::string html_fields(const AuditFields& fields) {
  std::string out = "<dl>";
  for (const auto& [name, value] : fields.all()) {
    const std::string shown_value = html_value(value);
    if (shown_value.empty()) continue;  // a list of none, a word that was not said
    out += "<dt>" + xml_escaped(name) + "</dt><dd>" + shown_value + "</dd>";
  }
  return out + "</dl>";
}

struct HtmlOfValue {
  std::string operator()(bool value) const { return value ? "yes" : "no"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const {
    std::string out;
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end = std::min(value.find('\n', at), value.size());
      out += (at == 0 ? "" : "<br>") + xml_escaped(std::string_view(value).substr(at, end - at));
      at = end + 1;
    }
    return out;
  }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string out;
    for (const std::string& value : values) {
      out += (out.empty() ? "" : "<br>") + xml_escaped(value);
    }
    return out;
  }
  std::string operator()(const AuditFields& fields) const { return html_fields(fields); }
};

std::string html_value(const AuditFields::Value& value) { return std::visit(HtmlOfValue{}, value); }

std::string who(const AuditFields& actor) {
  std::string out = actor.text_of("user");
  const auto add = [&](std::string_view words, const std::string& value) {
    if (!value.empty() && value != actor.text_of("user")) {
      out += fmt::format(" ({} {})", words, value);
    }
  };
  add("logged in as", actor.text_of("login"));
  add("service", actor.text_of("unit"));
  add("for", actor.text_of("for"));
  return out;
}

std::string html_verdict(const AuditVerdict& verdict) {
  std::string out =
      verdict.whole() ? "<div class=\"whole\"><p><strong>The journal is whole.</strong> No record "
                        "was changed, cut out, put in or moved, and every signature is right.</p>"
                      : "<div class=\"broken\"><p><strong>The journal is not as it was written."
                        "</strong></p><ul>";
  for (const AuditProblem& problem : verdict.problems) {
    out += "<li>" + (problem.seq == 0 ? std::string() : fmt::format("record {}: ", problem.seq)) +
           xml_escaped(problem.what) + "</li>";
  }
  if (!verdict.whole()) out += "</ul>";
  out += "<dl><dt>chain</dt><dd class=\"mono\">" + xml_escaped(verdict.chain) + "</dd>";
  out += "<dt>head</dt><dd class=\"mono\">" + to_text(verdict.head) + "</dd>";
  out += fmt::format("<dt>signed</dt><dd>up to record {}, {}</dd>", verdict.signed_up_to,
                     counted(verdict.checkpoints, "checkpoint", "checkpoints"));
  for (const AuditPublicKey& key : verdict.keys) {
    out += "<dt>key</dt><dd class=\"mono\">" + xml_escaped(key.id()) + "</dd>";
  }
  for (const std::string& remark : verdict.remarks) {
    out += "<dt>remark</dt><dd>" + xml_escaped(remark) + "</dd>";
  }
  return out + "</dl></div>";
}

}  // namespace

Result<EvidencePack> collect_evidence(Journal& journal, const EvidenceRange& range) {
  EvidencePack evidence;
  NHI_CHECK_OK(
      journal.each(1, [&](std::uint64_t seq, std::string_view text, Bytes hash) -> Result<bool> {
        auto record = AuditRecord::from_json(text);
        if (!record) {
          return fail(record.error().code, record.error().what, fmt::format("record {}", seq));
        }
        if (!is_wanted(*record, range)) return true;
        if (evidence.records.size() == kEvidenceRecordsMax) {
          return fail(ErrorCode::kTooLarge, "more than a million records", "",
                      "name a shorter period");
        }
        // The record stands there as one text: exactly what was hashed.
        evidence.lines.push_back(
            nlohmann::json{{"hash", to_hex(hash)}, {"record", std::string(text)}}.dump());
        evidence.records.push_back(std::move(*record));
        return true;
      }));
  return evidence;
}

std::string evidence_lines(const EvidencePack& evidence, const EvidenceRange& range,
                           const AuditVerdict& verdict) {
  AuditFields head;
  head.text("schema", "nhisweep.audit/1").text("of", words_of(range));
  head.text("chain", verdict.chain).text("head", to_text(verdict.head));
  head.flag("whole", verdict.whole()).count("signed_up_to", verdict.signed_up_to);
  head.count("records", evidence.records.size());
  std::vector<std::string> problems;
  for (const AuditProblem& problem : verdict.problems) {
    problems.push_back(fmt::format("{}: {}", problem.seq, problem.what));
  }
  std::vector<std::string> keys;
  for (const AuditPublicKey& key : verdict.keys) keys.push_back(key.pem());
  head.list("problems", problems).list("remarks", verdict.remarks).verbatim("public_keys", keys);
  std::string out = head.to_json() + "\n";
  for (const std::string& line : evidence.lines) out += line + "\n";
  return out;
}

std::string evidence_page(const EvidencePack& evidence, const EvidenceRange& range,
                          const AuditVerdict& verdict) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"><title>Audit of nhisweep</title><style>{}</style></head><body>"
      "<h1>Audit of nhisweep: {}</h1>\n{}\n<h2>{}</h2>\n<table><thead><tr><th>no.</th><th>when"
      "</th><th>who</th><th>what</th><th></th></tr></thead><tbody>\n",
      kStyle, xml_escaped(words_of(range)), html_verdict(verdict),
      counted(evidence.records.size(), "record", "records"));
  for (const AuditRecord& record : evidence.records) {
    out += fmt::format(
        "<tr{}><td class=\"n\">{}</td><td><time datetime=\"{}\">{}</time><br>{}</td><td>{}</td>"
        "<td>{}</td><td>{}</td></tr>\n",
        record.type == kCheckpoint ? " class=\"checkpoint\"" : "", record.seq,
        xml_escaped(record.at), xml_escaped(record.at.substr(0, 19) + "Z"),
        xml_escaped(record.host), xml_escaped(who(record.actor)), xml_escaped(record.type),
        html_fields(record.body));
  }
  return out + "</tbody></table></body></html>\n";
}

}  // namespace nhi
