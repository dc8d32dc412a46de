#include "scanner/bundle/bundle_parser.hpp"

#include <nlohmann/json.hpp>

#include "scanner/base/json_depth.hpp"
#include "scanner/bundle/finding_check.hpp"
#include "scanner/bundle/finding_record.hpp"
#include "scanner/bundle/record.hpp"

namespace nhi {
namespace {

using Json = nlohmann::json;

Unexpected<Error> malformed(std::string what) {
  return fail(ErrorCode::kMalformed, std::move(what));
}

// The only member of a line.
Result<std::pair<std::string, Json>> member_of(std::string_view line) {
  NHI_TRY(Json json, bundle_json(line));
  if (!json.is_object() || json.size() != 1) return malformed("a line is not one record");
  const auto first = json.begin();
  return std::pair(first.key(), std::move(first.value()));
}

bool is_finding_line(std::string_view text) { return text.starts_with("{\"finding\":"); }

Result<std::vector<PlaceOwner>> owners_of_json(const Json* owners) {
  std::vector<PlaceOwner> out;
  if (owners == nullptr) return out;
  const auto bad = [] { return malformed("owners: a list of places and owners is expected"); };
  if (!owners->is_array() || owners->size() > kBundleListMax) return bad();
  for (const Json& entry : *owners) {
    if (!entry.is_array() || entry.size() != 3) return bad();
    auto path = text_of_json(entry[0]);
    auto name = text_of_json(entry[1]);
    auto source = text_of_json(entry[2]);
    if (!path || !name || !source) return bad();
    out.push_back({std::move(*path), {std::move(*name), std::move(*source)}});
  }
  return out;
}

}  // namespace

Result<Json> bundle_json(std::string_view line) {
  if (json_nests_deeper(line, kBundleDepthMax)) return malformed("brackets are nested too deep");
  Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) return malformed("a line is no JSON");
  return json;
}

Result<BundleHeader> parse_bundle_header(std::string_view line) {
  NHI_TRY(const auto member, member_of(line));
  if (member.first != "bundle") return malformed("not a bundle");
  return header_of_json(member.second);
}

Result<std::vector<std::string>> parse_bundle_rules(std::string_view line) {
  NHI_TRY(const auto member, member_of(line));
  const Json& list = member.second;
  if (member.first != "rules" || !list.is_array() || list.size() > kBundleRulesMax) {
    return malformed("the rules are missing");
  }
  std::vector<std::string> rules;
  for (const Json& entry : list) {
    auto id = text_of_json(entry);
    if (!id || id->empty()) return malformed("rules: no text of ours");
    rules.push_back(std::move(*id));
  }
  return rules;
}

BundleParser::BundleParser(const BundleHeader& header, BundleSink& sink)
    : header_(header), sink_(sink) {
  for (const BundleTarget& target : header_.targets) profiles_[target.name] = &target.profile;
}

Result<void> BundleParser::line(std::string_view text) {
  if (said_) return malformed("lines behind the counts");
  if (findings_left_ > 0) return finding(text);
  NHI_TRY(const auto member, member_of(text));
  return record(member.first, member.second);
}

Result<void> BundleParser::enter(Part part) {
  if (part < part_) return malformed("records are out of order");
  part_ = part;
  return {};
}

Result<void> BundleParser::record(std::string_view kind, const Json& value) {
  if (kind == "unit") return begin_unit(value);
  if (kind == "clean") return clean(value);
  if (kind == "listed" || kind == "refused" || kind == "distrusted" || kind == "empty") {
    NHI_CHECK_OK(enter(Part::kAbsence));
    if (!value.is_array() || value.size() > kBundleListMax) return malformed("a list is expected");
    for (const Json& entry : value) NHI_CHECK_OK(place(kind, entry));
    return {};
  }
  if (kind == "coverage") {
    NHI_CHECK_OK(enter(Part::kCoverage));
    if (has_coverage_) return malformed("coverage stands twice");
    has_coverage_ = true;
    NHI_TRY(coverage_, coverage_of_json(value));
    return {};
  }
  if (kind == "unread") {
    if (part_ != Part::kCoverage) return malformed("records are out of order");
    NHI_TRY(Unread missing, unread_of_json(value));
    if (host_of_target(missing.root) != header_.host) return malformed("a place of another host");
    if (coverage_.unread.size() >= kUnreadListedMax ||
        coverage_.unread.size() >= coverage_.unread_total) {
      return malformed("more unread places than were counted");
    }
    coverage_.unread.push_back(std::move(missing));
    return {};
  }
  if (kind == "counts") {
    NHI_CHECK_OK(enter(Part::kCounts));
    NHI_TRY(said_, counts_of_json(value));
    return {};
  }
  return malformed("a record that this version does not know");
}

Result<UnitKey> BundleParser::unit_key(std::string target, std::string root,
                                       std::string path) const {
  UnitKey key{std::move(target), std::move(root), std::move(path)};
  if (!profiles_.contains(key.target)) return malformed("a unit of no target of this bundle");
  const bool under = key.root.starts_with(key.target) &&
                     (key.root.size() == key.target.size() || key.root[key.target.size()] == '/');
  if (!under || !is_plain_path(key.path)) return malformed("a unit outside its target");
  return key;
}

Result<void> BundleParser::begin_unit(const Json& value) {
  NHI_CHECK_OK(enter(Part::kUnits));
  if (++seen_.units + seen_.clean > kBundleUnitsMax) {
    return fail(ErrorCode::kTooLarge, "too many units");
  }
  std::string target;
  std::string root;
  std::string path;
  unit_ = {};
  RecordReader reader(value);
  reader.text("target", target);
  reader.text("root", root);
  reader.text("path", path);
  reader.text("stamp", unit_.stamp);
  reader.count("findings", findings_left_);
  const Json* const coverage = reader.take("coverage");
  const Json* const unread = reader.take("unread");
  const Json* const owners = reader.take("owners");
  NHI_CHECK_OK(reader.done());
  if (findings_left_ > kUnitFindingsMax) {
    return fail(ErrorCode::kTooLarge, "too many findings in one unit");
  }
  NHI_TRY(unit_.key, unit_key(std::move(target), std::move(root), std::move(path)));
  unit_.profile = *profiles_.at(unit_.key.target);
  if (coverage == nullptr) return malformed("a unit without coverage");
  NHI_TRY(unit_.coverage, coverage_of_json(*coverage));
  if (unread != nullptr) {
    if (!unread->is_array() || unread->size() > kUnreadListedMax ||
        unread->size() > unit_.coverage.unread_total) {
      return malformed("more unread places than were counted");
    }
    for (const Json& entry : *unread) {
      NHI_TRY(Unread missing, unread_of_json(entry));
      unit_.coverage.unread.push_back(std::move(missing));
    }
  }
  NHI_TRY(const std::vector<PlaceOwner> who, owners_of_json(owners));
  NHI_TRY(wanted_, sink_.begin_unit(unit_, who));
  if (findings_left_ == 0) return end_unit();
  return {};
}

// What the sink does not want is sealed all the same, and costs no parsing.
Result<void> BundleParser::finding(std::string_view text) {
  if (!is_finding_line(text)) return malformed("a finding is missing");
  ++seen_.findings;
  --findings_left_;
  if (wanted_) {
    NHI_TRY(const auto member, member_of(text));
    NHI_TRY(Finding finding, finding_of_json(member.second));
    NHI_CHECK_OK(check_finding(finding, unit_.key, !header_.former_check.empty()));
    unit_.findings.push_back(std::move(finding));
  }
  return findings_left_ == 0 ? end_unit() : Result<void>();
}

Result<void> BundleParser::end_unit() {
  if (!wanted_) return {};
  wanted_ = false;
  return sink_.unit(std::move(unit_));
}

Result<void> BundleParser::clean(const Json& value) {
  NHI_CHECK_OK(enter(Part::kUnits));
  std::string target;
  std::string root;
  RecordReader reader(value);
  reader.text("target", target);
  reader.text("root", root);
  const Json* const units = reader.take("units");
  NHI_CHECK_OK(reader.done());
  if (units == nullptr || !units->is_array() || units->size() > kBundleListMax) {
    return malformed("units: a list is expected");
  }
  for (const Json& entry : *units) {
    if (!entry.is_array() || entry.size() != 2) return malformed("units: a path and a stamp");
    auto path = text_of_json(entry[0]);
    auto stamp = text_of_json(entry[1]);
    if (!path || !stamp) return malformed("units: no text of ours");
    if (seen_.units + ++seen_.clean > kBundleUnitsMax) {
      return fail(ErrorCode::kTooLarge, "too many units");
    }
    NHI_TRY(UnitKey key, unit_key(target, root, std::move(*path)));
    NHI_CHECK_OK(sink_.clean_unit(std::move(key), std::move(*stamp), *profiles_.at(target)));
  }
  return {};
}

Result<void> BundleParser::place(std::string_view kind, const Json& entry) {
  if (++places_ > 4 * kAbsencePlacesMax) {
    return fail(ErrorCode::kTooLarge, "too many places that prove absence");
  }
  const bool is_empty = kind == "empty";
  if (is_empty && (!entry.is_array() || entry.size() != 2)) return malformed("a folder and a mark");
  auto text = text_of_json(is_empty ? entry[0] : entry);
  auto mark = is_empty ? text_of_json(entry[1]) : std::string();
  if (!text || !mark) return malformed("places: no text of ours");
  if (host_of_target(*text) != header_.host) return malformed("a place of another host");
  if (is_empty) {
    sink_.empty_folder(std::move(*text), std::move(*mark));
  } else if (kind == "listed") {
    sink_.listed(std::move(*text));
  } else if (kind == "refused") {
    sink_.refused(std::move(*text));
  } else {
    sink_.distrusted(std::move(*text));
  }
  return {};
}

Result<void> BundleParser::end() {
  if (!said_ || !has_coverage_ || findings_left_ > 0) return malformed("the end is missing");
  if (said_->units != seen_.units || said_->findings != seen_.findings ||
      said_->clean != seen_.clean) {
    return malformed("the counts are not those of its records");
  }
  return {};
}

}  // namespace nhi
