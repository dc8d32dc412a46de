#include "scanner/report/html.hpp"

#include <fmt/format.h>

#include <map>

#include "scanner/base/clock.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/report/html_assets.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

/// Puts `parts` into `page` in one pass: what a part holds is never looked at again.
std::string filled(std::string_view page, const std::map<std::string_view, std::string>& parts) {
  std::string out;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t open = page.find("{{", at);
    const std::size_t close = open == std::string_view::npos ? open : page.find("}}", open);
    if (close == std::string_view::npos) return out.append(page.substr(at));
    out += page.substr(at, open - at);
    const auto part = parts.find(page.substr(open + 2, close - open - 2));
    NHI_ASSERT(part != parts.end());
    out += part->second;
    at = close + 2;
  }
  return out;
}

std::string source_hash(std::string_view content) {
  const Digest digest = sha256(content);
  std::string bytes;
  for (const std::uint8_t byte : digest) bytes += static_cast<char>(byte);
  return "'sha256-" + to_base64(bytes) + "'";
}

std::string policy() {
  return fmt::format(
      "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
      source_hash(kPage_js), source_hash(kPage_css));
}

std::string status(const ReportData& data) {
  const Coverage& coverage = data.coverage;
  if (coverage.unread_total == 0) {
    return "<p class=\"status complete\">Complete: everything in scope was read.</p>";
  }
  return fmt::format(
      "<p class=\"status incomplete\"><strong>Incomplete:</strong> <a href=\"#unread\">{} could "
      "not be read</a>. Nothing is known about what is in them.</p>",
      counted(coverage.unread_total, "place", "places"));
}

std::string facts(const ReportData& data) {
  std::string out =
      fmt::format("<span>As of <time datetime=\"{0}\">{0}</time></span>", to_iso8601(data.as_of));
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format(" <span>{} {}</span>", name, html_text(value));
  };
  add("nhisweep", data.version);
  add("ruleset", data.ruleset.substr(0, 19));
  add("key", data.key_id);
  add("audit", data.audit_head);
  return out;
}

}  // namespace

std::string html_text(std::string_view raw) {
  std::string out;
  const std::string text = shown(raw);
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string render_html(const ReportData& data) {
  const Overview overview = make_overview(data);
  const std::string title = data.estate.empty() ? "Non-human identities" : html_text(data.estate);
  std::map<std::string_view, std::string> parts;
  parts["policy"] = policy();
  parts["css"] = std::string(kPage_css);
  parts["js"] = std::string(kPage_js);
  parts["title"] = title;
  parts["facts"] = facts(data);
  parts["status"] = status(data);
  parts["headlines"] = headlines_html(data, overview);
  parts["trend"] = trend_html(data);
  parts["dependencies"] = dependencies_html(data, overview);
  parts["breakdown"] = breakdown_html(data, overview);
  parts["unread"] = unread_html(data.coverage);
  parts["findings_total"] = with_thousands(data.findings.size());
  parts["credentials_total"] = with_thousands(overview.credentials.size());
  parts["findings_json"] = findings_block(data);
  parts["credentials_json"] = credentials_block(data, overview);
  return filled(kPage_html, parts);
}

}  // namespace nhi
