#include "scanner/report/report.hpp"

#include <array>

#include "scanner/report/csv.hpp"
#include "scanner/report/html.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/junit.hpp"
#include "scanner/report/prometheus.hpp"
#include "scanner/report/sarif.hpp"
#include "scanner/report/text.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 8> kFormats = {"text", "json", "jsonl", "sarif",
                                                      "csv",  "html", "junit", "prometheus"};

}  // namespace

std::optional<ReportFormat> parse_report_format(std::string_view text) {
  for (std::size_t i = 0; i < kFormats.size(); ++i) {
    if (kFormats[i] == text) return static_cast<ReportFormat>(i);
  }
  return std::nullopt;
}

Result<std::string> render(ReportFormat format, const ReportData& data, const TextStyle& style) {
  switch (format) {
    case ReportFormat::kText:
      return render_text(data, style);
    case ReportFormat::kJson:
      return render_json(data);
    case ReportFormat::kJsonl:
      return render_jsonl(data);
    case ReportFormat::kSarif:
      return render_sarif(data);
    case ReportFormat::kCsv:
      return render_csv(data);
    case ReportFormat::kHtml:
      return render_html(data);
    case ReportFormat::kJunit:
      return render_junit(data);
    case ReportFormat::kPrometheus:
      return render_prometheus(data);
  }
  return fail(ErrorCode::kInternal, "unknown report format");
}

}  // namespace nhi
