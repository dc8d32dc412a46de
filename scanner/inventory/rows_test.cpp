#include "scanner/inventory/rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;

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
  EXPECT_EQ(git.removed_date, Instant{-5});
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
  night.units = {test::unit_of(key, "s1", {test::full_finding(key)})};
  test::sweep(inventory, night);
  const auto found = test::must(inventory.findings({}));
  ASSERT_EQ(found.size(), 1U);
  expect_same_facts(found.front(), test::full_finding(key));
  expect_same_parts(found.front(), test::full_finding(key));
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
