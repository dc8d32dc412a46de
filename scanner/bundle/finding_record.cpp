#include "scanner/bundle/finding_record.hpp"

#include <algorithm>

#include "scanner/bundle/record.hpp"

namespace nhi {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kPermissionBits = 0xFFFFFFFF;

// One list of fields for both ways; Finding, FileFacts and so on are const when written.
constexpr auto kFileFields = [](auto& record, auto& file) {
  record.text("owner", file.owner);
  record.instant("mtime", file.mtime);
  record.flag("world_readable", file.world_readable);
};

constexpr auto kGitFields = [](auto& record, auto& git) {
  record.text("blob", git.blob);
  record.count("blobs", git.blobs);
  record.text("commit", git.introduced.commit);
  record.text("author", git.introduced.author);
  record.text("committer", git.introduced.committer);
  record.instant("date", git.introduced.date);
  record.text("last_seen_commit", git.last_seen_commit);
  record.optional_text("removed_commit", git.removed_commit);
  record.optional_instant("removed_date", git.removed_date);
  record.count("paths_total", git.paths_total);
  record.list("refs", git.refs);
  record.flag("in_head", git.in_head);
  record.flag("in_worktree", git.in_worktree);
  record.flag("reachable", git.reachable);
};

constexpr auto kSiteFields = [](auto& record, auto& site) {
  record.text("format", site.format);
  record.list("component", site.component);
  record.text("component_id", site.component_id);
  record.optional_flag("enabled", site.enabled);
  record.text("target", site.target);
  record.text("account", site.account);
  record.code("form", site.form, Form::kNone);
  record.text("form_detail", site.form_detail);
  record.flag("dormant", site.dormant);
  record.flag("inbound", site.inbound);
  record.count("secret_start", site.secret.start);
  record.count("secret_end", site.secret.end);
  record.count("account_start", site.account_span.start);
  record.count("account_end", site.account_span.end);
};

constexpr auto kIndicatorFields = [](auto& record, auto& indicator) {
  record.text("kind", indicator.kind);
  record.code("class", indicator.indicator_class, IndicatorClass::kNeutral);
  record.text("subclass", indicator.subclass);
  record.code("place", indicator.place, PlaceKind::kDocument);
  record.text("text", indicator.text);
};

template <class Record, class AnyFinding>
void plain_fields(Record& record, AnyFinding& finding) {
  record.text("id", finding.id);
  record.code("kind", finding.kind, FindingKind::kSite);
  record.text("rule", finding.rule);
  record.list("also", finding.also);
  record.text("category", finding.category);
  record.code("severity", finding.severity, Level::kCritical);
  record.code("confidence", finding.confidence, Level::kCritical);
  record.text("why", finding.why);
  record.text("fingerprint", finding.fingerprint);
  record.text("credential_id", finding.credential_id);
  record.text("former", finding.former.fingerprint);
  record.text("group", finding.group);
  record.code("role", finding.role, Role::kAccount);
  record.text("redacted", finding.redacted);
  record.text("length", finding.length_class);
  record.text("host", finding.host);
  record.text("target", finding.target);
  record.list("encoding", finding.encoding);
  record.text("identity", finding.identity);
  record.code("principal", finding.principal, Principal::kUnknown);
  record.text("dependency_id", finding.dependency_id);
  record.text("system", finding.system);
  record.code("environment", finding.environment, Environment::kDevelopment);
  record.text("owner", finding.owner_name);
  record.text("owner_source", finding.owner_source);
  record.flag("published_default", finding.published_default);
  record.flag("ignored_inline", finding.ignored_inline);
  record.count("ordinal", finding.ordinal);
}

template <class Record, class AnyFinding>
void place_fields(Record& record, AnyFinding& finding) {
  record.text("root", finding.place.root);
  record.optional_text("path", finding.place.path);
  record.text("member", finding.place.member);
  record.count("line", finding.first.line);
  record.count("column", finding.first.column);
  record.count("last_line", finding.last.line);
  record.count("last_column", finding.last.column);
  record.count("start", finding.bytes.start);
  record.count("end", finding.bytes.end);
  record.code("age_source", finding.staleness.source, AgeSource::kFileTime);
  record.optional_instant("age_since", finding.staleness.since);
  record.optional_instant("age_expires", finding.staleness.expires);
  record.part("git", finding.place.git, kGitFields);
  record.part("site", finding.site, kSiteFields);
  record.part("indicator", finding.indicator, kIndicatorFields);
}

// The mode is 32 bits wide; records count in 64.
template <class Record, class Facts>
void file_part(Record& record, Facts& file) {
  record.part("file", file, [](auto& inner, auto& facts) {
    kFileFields(inner, facts);
    std::uint64_t mode = facts.mode;
    inner.count("mode", mode);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(facts)>>) {
      if (mode > kPermissionBits) inner.fault("mode", "no permission bits");
      facts.mode = static_cast<std::uint32_t>(mode & kPermissionBits);
    }
  });
}

template <class Record, class AnyCoverage>
void coverage_fields(Record& record, AnyCoverage& coverage) {
  record.count("files", coverage.files);
  record.count("bytes", coverage.bytes);
  record.count("git_objects", coverage.git_objects);
  record.count("archive_members", coverage.archive_members);
  record.count("carried_files", coverage.carried_files);
  record.count("carried_git_objects", coverage.carried_git_objects);
  record.optional_instant("carried_since", coverage.carried_since);
  record.count("unread_total", coverage.unread_total);
}

template <class Record, class Place>
void unread_fields(Record& record, Place& place) {
  record.text("root", place.root);
  record.text("path", place.path);
  record.text("reason", place.reason);
  record.count("bytes", place.bytes);
}

template <class Record, class Counts>
void count_fields(Record& record, Counts& counts) {
  record.count("units", counts.units);
  record.count("findings", counts.findings);
  record.count("clean", counts.clean);
}

template <class Record, class Header>
void header_fields(Record& record, Header& header) {
  record.text("host", header.host);
  record.text("estate", header.estate);
  record.text("version", header.version);
  record.text("ruleset", header.ruleset);
  record.text("profile", header.profile);
  record.text("key", header.key_id);
  record.text("key_check", header.key_check);
  record.text("former", header.former_id);
  record.text("former_check", header.former_check);
  record.instant("as_of", header.as_of);
}

bool is_key_word(std::string_view word) {
  constexpr std::size_t kMost = 64;
  return word.size() <= kMost &&
         std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<BundleTarget> target_of_json(const Json& record) {
  BundleTarget target;
  RecordReader reader(record);
  reader.text("name", target.name);
  reader.text("profile", target.profile);
  const Json* const roots = reader.take("roots");
  NHI_CHECK_OK(reader.done());
  if (roots == nullptr) return target;
  if (!roots->is_array() || roots->size() > kBundleTargetsMax) {
    return fail(ErrorCode::kMalformed, "roots: a list is expected");
  }
  for (const Json& entry : *roots) {
    BundleRoot root;
    RecordReader inner(entry);
    inner.text("path", root.path);
    inner.text("root", root.root);
    NHI_CHECK_OK(inner.done());
    target.roots.push_back(std::move(root));
  }
  return target;
}

}  // namespace

Json finding_to_json(const Finding& finding) {
  RecordWriter record;
  plain_fields(record, finding);
  place_fields(record, finding);
  file_part(record, finding.place.file);
  return record.take();
}

Result<Finding> finding_of_json(const Json& record) {
  Finding finding;
  RecordReader reader(record);
  plain_fields(reader, finding);
  place_fields(reader, finding);
  file_part(reader, finding.place.file);
  NHI_CHECK_OK(reader.done());
  return finding;
}

Json coverage_to_json(const Coverage& coverage) {
  RecordWriter record;
  coverage_fields(record, coverage);
  Json out = record.take();
  for (const Coverage::Policy& policy : coverage.by_policy) {
    out["by_policy"].push_back({policy.reason, policy.count, policy.bytes});
  }
  return out;
}

Result<Coverage> coverage_of_json(const Json& record) {
  Coverage coverage;
  RecordReader reader(record);
  coverage_fields(reader, coverage);
  const Json* const policies = reader.take("by_policy");
  NHI_CHECK_OK(reader.done());
  if (policies == nullptr) return coverage;
  constexpr std::size_t kReasonsMax = 1000;
  const auto bad = [] { return fail(ErrorCode::kMalformed, "by_policy: no list of ours"); };
  if (!policies->is_array() || policies->size() > kReasonsMax) return bad();
  for (const Json& entry : *policies) {
    if (!entry.is_array() || entry.size() != 3) return bad();
    const auto reason = text_of_json(entry[0]);
    constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
    for (const std::size_t at : {std::size_t{1}, std::size_t{2}}) {
      if (!entry[at].is_number_unsigned() || entry[at].get<std::uint64_t>() > kMost) return bad();
    }
    if (!reason || reason->empty()) return bad();
    coverage.by_policy.push_back(
        {*reason, entry[1].get<std::uint64_t>(), entry[2].get<std::uint64_t>()});
  }
  return coverage;
}

Json unread_to_json(const Unread& place) {
  RecordWriter record;
  unread_fields(record, place);
  return record.take();
}

Result<Unread> unread_of_json(const Json& record) {
  Unread place;
  RecordReader reader(record);
  unread_fields(reader, place);
  NHI_CHECK_OK(reader.done());
  if (place.reason.empty()) return fail(ErrorCode::kMalformed, "an unread place without a reason");
  return place;
}

Json counts_to_json(const BundleCounts& counts) {
  RecordWriter record;
  count_fields(record, counts);
  return record.take();
}

Result<BundleCounts> counts_of_json(const Json& record) {
  BundleCounts counts;
  RecordReader reader(record);
  count_fields(reader, counts);
  NHI_CHECK_OK(reader.done());
  return counts;
}

Json header_to_json(const BundleHeader& header) {
  RecordWriter record;
  record.text("format", std::string(kBundleFormat));
  header_fields(record, header);
  Json out = record.take();
  Json targets = Json::array();
  for (const BundleTarget& target : header.targets) {
    RecordWriter writer;
    writer.text("name", target.name);
    writer.text("profile", target.profile);
    Json entry = writer.take();
    for (const BundleRoot& root : target.roots) {
      RecordWriter inner;
      inner.text("path", root.path);
      inner.text("root", root.root);
      entry["roots"].push_back(inner.take());
    }
    targets.push_back(std::move(entry));
  }
  out["targets"] = std::move(targets);
  return out;
}

Result<BundleHeader> header_of_json(const Json& record) {
  BundleHeader header;
  RecordReader reader(record);
  std::string format;
  reader.text("format", format);
  if (format != kBundleFormat) {
    return fail(ErrorCode::kMalformed, "not a bundle that this version reads", format,
                "it reads " + std::string(kBundleFormat));
  }
  header_fields(reader, header);
  const Json* const targets = reader.take("targets");
  NHI_CHECK_OK(reader.done());
  if (!is_host_name(header.host)) return fail(ErrorCode::kMalformed, "host: no name of a host");
  const std::string* const words[] = {&header.key_id, &header.key_check, &header.former_id,
                                      &header.former_check};
  // Messages name them before the seal was looked at.
  if (!std::all_of(std::begin(words), std::end(words),
                   [](const std::string* word) { return is_key_word(*word); })) {
    return fail(ErrorCode::kMalformed, "key: no name of a key");
  }
  if (targets == nullptr || !targets->is_array() || targets->size() > kBundleTargetsMax) {
    return fail(ErrorCode::kMalformed, "targets: a list is expected");
  }
  for (const Json& entry : *targets) {
    NHI_TRY(BundleTarget target, target_of_json(entry));
    const bool ours = host_of_target(target.name) == header.host &&
                      target.name.size() > header.host.size() + 1 && !target.profile.empty();
    if (!ours) return fail(ErrorCode::kMalformed, "a target that is none of the host's");
    header.targets.push_back(std::move(target));
  }
  return header;
}

}  // namespace nhi
