#include "scanner/bundle/bundle_writer.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "scanner/bundle/finding_check.hpp"
#include "scanner/bundle/finding_record.hpp"
#include "scanner/bundle/record.hpp"

namespace nhi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kPlacesALine = 500;

bool is_clean(const UnitResult& unit) {
  return unit.findings.empty() && unit.coverage.unread_total == 0 &&
         unit.coverage.by_policy.empty();
}

// Each place of the unit's findings once, also those that nobody owns.
Json owners_of(const UnitResult& unit) {
  std::map<std::string, const Finding*> by_path;
  for (const Finding& finding : unit.findings) {
    by_path.emplace(finding.place.path.value_or(""), &finding);
  }
  Json owners = Json::array();
  for (const auto& [path, finding] : by_path) {
    owners.push_back({text_to_json(path), text_to_json(finding->owner_name),
                      text_to_json(finding->owner_source)});
  }
  return owners;
}

// What the reader would refuse is not written: here the place is known, there the night is over.
template <class T>
Result<void> readable(const Result<T>& checked, const std::string& subject) {
  if (checked) return {};
  return fail(ErrorCode::kTooLarge, "cannot be put into a bundle: " + checked.error().what, subject,
              "leave it out with --exclude");
}

}  // namespace

Result<BundleWriter> BundleWriter::create(const std::string& path, const BundleHeader& header,
                                          const SecretText& key) {
  NHI_TRY(ReplacementFile file, ReplacementFile::create(path));
  BundleWriter writer(std::move(file), bundle_seal(key));
  writer.two_keys_ = !header.former_check.empty();
  const Json record = header_to_json(header);
  NHI_CHECK_OK(readable(header_of_json(record), "the targets of " + header.host));
  NHI_CHECK_OK(writer.line("bundle", record, "the targets of " + header.host));
  NHI_CHECK_OK(writer.line("rules", header.rules, "the rules"));
  return writer;
}

Result<void> BundleWriter::line(const char* kind, const Json& record, const std::string& subject) {
  std::string text = Json{{kind, record}}.dump();
  text += '\n';
  if (text.size() > kBundleLineBytesMax) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("one {} of a bundle is over {} bytes", kind, kBundleLineBytesMax),
                subject);
  }
  seal_.add(text);
  return file_.append(text);
}

Result<void> BundleWriter::unit(const UnitResult& unit) {
  const std::string place = unit.key.root + "/" + unit.key.path;
  if (is_clean(unit)) {
    ++counts_.clean;
    if (clean_target_ != unit.key.target || clean_root_ != unit.key.root ||
        clean_.size() >= kPlacesALine) {
      NHI_CHECK_OK(flush_clean());
    }
    clean_target_ = unit.key.target;
    clean_root_ = unit.key.root;
    clean_.emplace_back(unit.key.path, unit.stamp);
    return {};
  }
  if (unit.findings.size() > kUnitFindingsMax) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("over {} findings in one place", kUnitFindingsMax), place,
                "leave it out with --exclude, or give it a target of its own");
  }
  ++counts_.units;
  counts_.findings += unit.findings.size();
  RecordWriter record;
  record.text("target", unit.key.target);
  record.text("root", unit.key.root);
  record.text("path", unit.key.path);
  record.text("stamp", unit.stamp);
  record.count("findings", unit.findings.size());
  Json out = record.take();
  out["coverage"] = coverage_to_json(unit.coverage);
  for (const Unread& missing : unit.coverage.unread) {
    out["unread"].push_back(unread_to_json(missing));
  }
  if (Json owners = owners_of(unit); !owners.empty()) out["owners"] = std::move(owners);
  NHI_CHECK_OK(line("unit", out, place));
  for (const Finding& finding : unit.findings) {
    const Json facts = finding_to_json(finding);
    NHI_CHECK_OK(readable(finding_of_json(facts), place));
    NHI_CHECK_OK(readable(check_finding(finding, unit.key, two_keys_), place));
    NHI_CHECK_OK(line("finding", facts, place));
  }
  return {};
}

Result<void> BundleWriter::flush_clean() {
  if (clean_.empty()) return {};
  Json units = Json::array();
  for (const auto& [path, stamp] : clean_) {
    units.push_back({text_to_json(path), text_to_json(stamp)});
  }
  clean_.clear();
  return line("clean",
              {{"target", text_to_json(clean_target_)},
               {"root", text_to_json(clean_root_)},
               {"units", std::move(units)}},
              clean_root_);
}

Result<void> BundleWriter::places(const char* kind, const std::vector<std::string>& places) {
  for (std::size_t i = 0; i < places.size();) {
    Json list = Json::array();
    for (; i < places.size() && list.size() < kPlacesALine; ++i) {
      list.push_back(text_to_json(places[i]));
    }
    NHI_CHECK_OK(line(kind, list, kind));
  }
  return {};
}

Result<void> BundleWriter::absence(const AbsenceEvidence& evidence) {
  NHI_CHECK_OK(flush_clean());
  NHI_CHECK_OK(places("listed", evidence.listed));
  NHI_CHECK_OK(places("refused", evidence.refused));
  NHI_CHECK_OK(places("distrusted", evidence.distrusted));
  for (std::size_t i = 0; i < evidence.empty.size();) {
    Json list = Json::array();
    for (; i < evidence.empty.size() && list.size() < kPlacesALine; ++i) {
      list.push_back({text_to_json(evidence.empty[i].first), evidence.empty[i].second});
    }
    NHI_CHECK_OK(line("empty", list, "empty folders"));
  }
  return {};
}

Result<void> BundleWriter::coverage(const Coverage& coverage) {
  NHI_CHECK_OK(flush_clean());
  NHI_CHECK_OK(line("coverage", coverage_to_json(coverage), "coverage"));
  for (const Unread& place : coverage.unread) {
    NHI_CHECK_OK(line("unread", unread_to_json(place), place.root));
  }
  return {};
}

Result<void> BundleWriter::finish() {
  NHI_CHECK_OK(flush_clean());
  NHI_CHECK_OK(line("counts", counts_to_json(counts_), "counts"));
  NHI_CHECK_OK(file_.append(Json{{"seal", to_hex(seal_.finish())}}.dump() + "\n"));
  return file_.commit();
}

}  // namespace nhi
