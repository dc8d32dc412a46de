#include "scanner/inventory/rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;

Finding full_finding(const UnitKey& unit) {
  Finding f = test::finding_in(unit,
                               "conf/\xff\xfe"
                               "a.xml",
                               "value");
  f.kind = FindingKind::kSite;
  f.also = {"r2", "r3"};
  f.severity = Level::kCritical;
  f.confidence = Level::kLow;
  f.group = "g";
  f.role = Role::kAccount;
  f.host = "app01";
  f.place.member = std::string("inner\0.zip!/b", 13);
  f.place.file = FileFacts{"tomcat", 0640, Instant{5}, true};
  GitFacts git;
  git.blob = "aa";
  git.blobs = 37;
  git.introduced = {"bb", "A <a@x>", "C <c@x>", Instant{-6}};
  git.last_seen_commit = "cc";
  git.removed_commit = "dd";
  git.paths_total = 3;
  git.refs = {"main", "v1"};
  git.in_head = git.in_worktree = git.reachable = true;
  f.place.git = git;
  f.first = {12, 9};
  f.last = {13, 29};
  f.bytes = {310, 330};
  f.encoding = {"utf-16le", "base64"};
  SiteFacts site;
  site.format = "mirth.channel";
  site.component = {"ADT", "", "Destination \x1f 1"};
  site.component_id = "id";
  site.enabled = false;
  site.target = "jdbc:x";
  site.account = "svc";
  site.form = Form::kNone;
  site.form_detail = "detail";
  site.dormant = site.inbound = true;
  site.secret = {1, 2};
  site.account_span = {3, 4};
  f.site = site;
  f.identity = "mssql:pas01:1433/svc";
  f.principal = Principal::kUnknown;
  f.indicator = IndicatorFacts{"cis1.host.gas", IndicatorClass::kNeutral, "spine",
                               PlaceKind::kDocument, "gas.example"};
  f.dependency_id = "d_1";
  f.system = "TIE";
  f.environment = Environment::kDevelopment;
  f.owner_name = "platform";
  f.owner_source = "estate";
  f.staleness = {AgeSource::kFileTime, Instant{7}, Instant{8}};
  f.published_default = f.ignored_inline = true;
  f.ordinal = 2;
  return f;
}

// Field by field in binding order: two columns swapped by mistake differ in one of them.
void expect_same_facts(const Finding& got, const Finding& want) {
  EXPECT_EQ(got.kind, want.kind);
  EXPECT_EQ(got.rule, want.rule);
  EXPECT_EQ(got.also, want.also);
  EXPECT_EQ(got.category, want.category);
  EXPECT_EQ(got.severity, want.severity);
  EXPECT_EQ(got.confidence, want.confidence);
  EXPECT_EQ(got.why, want.why);
  EXPECT_EQ(got.fingerprint, want.fingerprint);
  EXPECT_EQ(got.credential_id, want.credential_id);
  EXPECT_EQ(got.group, want.group);
  EXPECT_EQ(got.role, want.role);
  EXPECT_EQ(got.redacted, want.redacted);
  EXPECT_EQ(got.length_class, want.length_class);
  EXPECT_EQ(got.host, want.host);
  EXPECT_EQ(got.target, want.target);
  EXPECT_EQ(got.place.root, want.place.root);
  EXPECT_EQ(got.place.path, want.place.path);
  EXPECT_EQ(got.place.member, want.place.member);
  EXPECT_EQ(got.first, want.first);
  EXPECT_EQ(got.last, want.last);
  EXPECT_EQ(got.bytes, want.bytes);
  EXPECT_EQ(got.encoding, want.encoding);
  EXPECT_EQ(got.identity, want.identity);
  EXPECT_EQ(got.principal, want.principal);
  EXPECT_EQ(got.dependency_id, want.dependency_id);
  EXPECT_EQ(got.system, want.system);
  EXPECT_EQ(got.environment, want.environment);
  EXPECT_EQ(got.owner_name, want.owner_name);
  EXPECT_EQ(got.owner_source, want.owner_source);
  EXPECT_EQ(got.staleness.source, want.staleness.source);
  EXPECT_EQ(got.staleness.since, want.staleness.since);
  EXPECT_EQ(got.staleness.expires, want.staleness.expires);
  EXPECT_EQ(got.published_default, want.published_default);
  EXPECT_EQ(got.ignored_inline, want.ignored_inline);
  EXPECT_EQ(got.ordinal, want.ordinal);
}

void expect_same_parts(const Finding& got, const Finding& want) {
  ASSERT_TRUE(got.place.file && got.place.git && got.site && got.indicator);
  EXPECT_EQ(got.place.file->owner, want.place.file->owner);
  EXPECT_EQ(got.place.file->mode, want.place.file->mode);
  EXPECT_EQ(got.place.file->mtime, want.place.file->mtime);
  EXPECT_EQ(got.place.file->world_readable, want.place.file->world_readable);
  const GitFacts& git = *got.place.git;
  EXPECT_EQ(git.blob, "aa");
  EXPECT_EQ(git.blobs, 37U);
  EXPECT_EQ(git.introduced.commit, "bb");
  EXPECT_EQ(git.introduced.author, "A <a@x>");
  EXPECT_EQ(git.introduced.committer, "C <c@x>");
  EXPECT_EQ(git.introduced.date, Instant{-6});
  EXPECT_EQ(git.last_seen_commit, "cc");
  EXPECT_EQ(git.removed_commit, "dd");
  EXPECT_EQ(git.paths_total, 3U);
  EXPECT_THAT(git.refs, ElementsAre("main", "v1"));
  EXPECT_TRUE(git.in_head && git.in_worktree && git.reachable);
  EXPECT_EQ(got.site->format, want.site->format);
  EXPECT_EQ(got.site->component, want.site->component);
  EXPECT_EQ(got.site->component_id, want.site->component_id);
  EXPECT_EQ(got.site->enabled, want.site->enabled);
  EXPECT_EQ(got.site->target, want.site->target);
  EXPECT_EQ(got.site->account, want.site->account);
  EXPECT_EQ(got.site->form, want.site->form);
  EXPECT_EQ(got.site->form_detail, want.site->form_detail);
  EXPECT_TRUE(got.site->dormant && got.site->inbound);
  EXPECT_EQ(got.site->secret, want.site->secret);
  EXPECT_EQ(got.site->account_span, want.site->account_span);
  EXPECT_EQ(got.indicator->kind, want.indicator->kind);
  EXPECT_EQ(got.indicator->indicator_class, want.indicator->indicator_class);
  EXPECT_EQ(got.indicator->subclass, want.indicator->subclass);
  EXPECT_EQ(got.indicator->place, want.indicator->place);
  EXPECT_EQ(got.indicator->text, want.indicator->text);
}

TEST(FindingRow, ComesBackWithEveryField) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const UnitKey key{"t", "t/r",
                    "conf/\xff\xfe"
                    "a.xml"};
  test::Night night;
  night.units = {test::unit_of(key, "s1", {full_finding(key)})};
  test::sweep(inventory, night);
  const auto found = test::must(inventory.findings({}));
  ASSERT_EQ(found.size(), 1U);
  expect_same_facts(found.front(), full_finding(key));
  expect_same_parts(found.front(), full_finding(key));
}

TEST(FindingRow, KeepsApartWhatIsEmptyAndWhatIsAbsent) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const UnitKey key{"t", "", ""};
  Finding bare;  // an unreachable object: no path, no file, no git facts, no site, no indicator
  bare.id = "f_bare";
  Finding empty = bare;
  empty.id = "f_empty";
  empty.place.path = "";
  empty.place.git.emplace();
  empty.place.file.emplace();
  empty.site.emplace();
  empty.indicator.emplace();
  test::Night night;
  night.units = {test::unit_of(key, "", {bare, empty})};
  test::sweep(inventory, night);
  const auto found = test::by_id(inventory);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found.at("f_bare").place.path.has_value());
  EXPECT_FALSE(found.at("f_bare").place.git.has_value());
  EXPECT_FALSE(found.at("f_bare").place.file.has_value());
  EXPECT_FALSE(found.at("f_bare").site.has_value());
  EXPECT_FALSE(found.at("f_bare").indicator.has_value());
  EXPECT_EQ(found.at("f_empty").place.path, "");
  EXPECT_TRUE(found.at("f_empty").place.git.has_value());
  EXPECT_FALSE(found.at("f_empty").place.git->removed_commit.has_value());
  EXPECT_TRUE(found.at("f_empty").place.file.has_value());
  EXPECT_FALSE(found.at("f_empty").site->enabled.has_value());
  EXPECT_TRUE(found.at("f_empty").indicator.has_value());
}

}  // namespace
}  // namespace nhi
