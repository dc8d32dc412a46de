// Lines of a bundle whose seal is right: refused or read, and what was read is written the same.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/bundle/bundle_parser.hpp"
#include "scanner/bundle/finding_check.hpp"
#include "scanner/bundle/finding_record.hpp"

namespace {

class Sink : public nhi::BundleSink {
 public:
  nhi::Result<bool> begin_unit(const nhi::UnitResult& unit,
                               const std::vector<nhi::PlaceOwner>&) override {
    NHI_ASSERT(nhi::is_plain_path(unit.key.path) && unit.findings.empty());
    return wants_;
  }
  nhi::Result<void> unit(nhi::UnitResult unit) override {
    for (const nhi::Finding& finding : unit.findings) {
      const nlohmann::json record = nhi::finding_to_json(finding);
      const auto again = nhi::finding_of_json(nlohmann::json::parse(record.dump()));
      NHI_ASSERT(again.has_value() && nhi::finding_to_json(*again) == record);
      NHI_ASSERT(finding.target == unit.key.target && finding.bytes.start <= finding.bytes.end);
    }
    wants_ = !wants_;
    return {};
  }
  nhi::Result<void> clean_unit(nhi::UnitKey key, std::string, const std::string&) override {
    NHI_ASSERT(nhi::is_plain_path(key.path));
    return {};
  }
  void listed(std::string place) override { own(place); }
  void empty_folder(std::string place, std::string) override { own(place); }
  void refused(std::string place) override { own(place); }
  void distrusted(std::string place) override { own(place); }

 private:
  static void own(std::string_view place) { NHI_ASSERT(nhi::host_of_target(place) == "app01"); }
  bool wants_ = true;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  nhi::BundleHeader header;
  header.host = "app01";
  header.targets = {{"app01/etc", "p1", {}}};
  Sink sink;
  nhi::BundleParser parser(header, sink);
  bool going = true;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + (line.size() < text.size() ? 1 : 0));
    const auto head = nhi::parse_bundle_header(line);
    if (head.has_value()) NHI_ASSERT(nhi::is_host_name(head->host));
    static_cast<void>(nhi::parse_bundle_rules(line));
    if (going) going = parser.line(line).has_value();
  }
  static_cast<void>(parser.end());
  return 0;
}
