// Writes the sample reports into a folder, for checks that need the real files: the SARIF schema
// and a browser. Use: report_samples FOLDER [FINDINGS]
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/report/sample.hpp"

namespace {

bool write(const std::filesystem::path& path, nhi::ReportFormat format,
           const nhi::ReportData& data) {
  const auto text = nhi::render(format, data);
  std::ofstream out(path, std::ios::binary);
  if (text) out << *text;
  return text.has_value() && out.good();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  const auto count = argc > 2 ? static_cast<std::size_t>(std::strtoull(argv[2], nullptr, 10)) : 0;
  const std::string attack =
      "</script><img src=x onerror=document.title='owned'><!--\"'&\xff\x1b[31m";
  bool ok = true;
  const auto all = [&](const std::string& name, const nhi::ReportData& data) {
    ok = write(folder / (name + ".html"), nhi::ReportFormat::kHtml, data) && ok;
    ok = write(folder / (name + ".sarif"), nhi::ReportFormat::kSarif, data) && ok;
  };
  all("scan", nhi::testing::sample_scan());
  all("sweep", nhi::testing::sample_sweep());
  all("hostile", nhi::testing::hostile(attack));
  all("empty", nhi::ReportData{});
  if (count != 0) {
    ok = write(folder / "large.html", nhi::ReportFormat::kHtml, nhi::testing::large_sweep(count)) &&
         ok;
  }
  if (!ok) std::cerr << "cannot write the samples\n";
  return ok ? 0 : 1;
}
