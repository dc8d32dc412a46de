#include "rotators/sinks/file_artefact.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rotators/sinks/test_support.hpp"

namespace nhi {
namespace {

using test::Folder;
using test::read_text;
using test::write_text;

constexpr std::string_view kKey = "0123456789abcdef";

std::string version_of(std::string_view content) { return content_version(kKey, content); }

Result<std::string> replace(const Folder& folder, std::string_view expected,
                            std::string_view becomes, const FileReplaceOptions& options = {}) {
  return replace_file(folder.path("f"), version_of(expected), SecretText(becomes), "run-1", kKey,
                      options);
}

TEST(FileArtefact, IsReplacedWithAllItHas) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  ASSERT_EQ(::chmod(folder.path("f").c_str(), 0644), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(folder.path("f").c_str(), 1234, 4321), 0);
  }
  const auto before = look_at_file(folder.path("f"), kKey);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->content.reveal(), "old");
  EXPECT_EQ(before->facts.refusal, "");
  const auto version = replace(folder, "old", "new");
  ASSERT_TRUE(version.has_value()) << version.error().message();
  const auto after = look_at_file(folder.path("f"), kKey);
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->content.reveal(), "new");
  EXPECT_EQ(after->version, *version);
  EXPECT_EQ(after->facts.mode, 0644U);
  EXPECT_EQ(after->facts.owner, before->facts.owner);
  EXPECT_EQ(after->facts.group, before->facts.group);
  EXPECT_EQ(folder.entries(), 1U);
  // Once more: it is done already.
  EXPECT_EQ(*replace(folder, "old", "new"), *version);
}

TEST(FileArtefact, OfALinkTheTargetIsReplaced) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  std::filesystem::create_symlink("f", folder.path("link"));
  ASSERT_TRUE(replace_file(folder.path("link"), version_of("old"), SecretText("new"), "t", kKey)
                  .has_value());
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
  EXPECT_EQ(read_text(folder.path("f")), "new");
}

TEST(FileArtefact, IsLeftAloneWhenItIsAnother) {
  const Folder folder;
  write_text(folder.path("f"), "other");
  EXPECT_EQ(replace(folder, "old", "new").error().code, ErrorCode::kConflict);
  EXPECT_EQ(read_text(folder.path("f")), "other");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(FileArtefact, IsRefusedWithAReason) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  ASSERT_EQ(::link(folder.path("f").c_str(), folder.path("g").c_str()), 0);
  EXPECT_NE(look_at_file(folder.path("f"), kKey)->facts.refusal, "");
  const auto refused = replace(folder, "old", "new");
  EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
  EXPECT_NE(refused.error().what.find("hard link"), std::string::npos);
  EXPECT_EQ(look_at_file(folder.path(""), kKey).error().code, ErrorCode::kBadUse);
  EXPECT_EQ(look_at_file(folder.path("f"), "short").error().code, ErrorCode::kBadUse);
  EXPECT_EQ(replace_file(folder.path("f"), "", SecretText("x"), "../t", kKey).error().code,
            ErrorCode::kBadUse);
  ASSERT_EQ(::truncate(folder.path("f").c_str(), ::off_t{kArtefactBytesMax} + 1), 0);
  EXPECT_EQ(look_at_file(folder.path("f"), kKey).error().code, ErrorCode::kTooLarge);
}

// Another writer at each step: its content is never lost, and never taken for the old one.
TEST(FileArtefactRace, AnotherWritersContentStays) {
  for (const bool by_rename : {true, false}) {
    for (int at = 0; at < static_cast<int>(FileStep::kExchanged); ++at) {
      const Folder folder;
      write_text(folder.path("f"), "old");
      FileReplaceOptions options;
      options.after_step = [&](FileStep step) {
        if (static_cast<int>(step) != at) return;
        if (!by_rename) {
          write_text(folder.path("f"), "theirs");
          return;
        }
        write_text(folder.path("g"), "theirs");
        std::filesystem::rename(folder.path("g"), folder.path("f"));
      };
      EXPECT_EQ(replace(folder, "old", "new", options).error().code, ErrorCode::kConflict);
      EXPECT_EQ(read_text(folder.path("f")), "theirs");
      EXPECT_EQ(folder.entries(), 1U);
    }
  }
}

TEST(FileArtefactRace, AModeThatChangedMeanwhileIsDrift) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  FileReplaceOptions options;
  options.after_step = [&](FileStep step) {
    if (step == FileStep::kNamed) ::chmod(folder.path("f").c_str(), 0400);
  };
  EXPECT_EQ(replace(folder, "old", "new", options).error().code, ErrorCode::kConflict);
  EXPECT_EQ(read_text(folder.path("f")), "old");
}

TEST(FileArtefactRace, AWriterRightBehindIsNotTakenForOurs) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  FileReplaceOptions options;
  options.after_step = [&](FileStep step) {
    if (step != FileStep::kExchanged) return;
    write_text(folder.path("g"), "theirs");
    std::filesystem::rename(folder.path("g"), folder.path("f"));
  };
  EXPECT_EQ(replace(folder, "old", "new", options).error().code, ErrorCode::kConflict);
  EXPECT_EQ(read_text(folder.path("f")), "theirs");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(FileArtefactRace, TheNewestOfThreeStays) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  FileReplaceOptions options;
  options.after_step = [&](FileStep step) {
    if (step == FileStep::kNamed) write_text(folder.path("f"), "second");
    if (step != FileStep::kExchanged) return;
    write_text(folder.path("g"), "third");
    std::filesystem::rename(folder.path("g"), folder.path("f"));
  };
  EXPECT_EQ(replace(folder, "old", "new", options).error().code, ErrorCode::kConflict);
  EXPECT_EQ(read_text(folder.path("f")), "third");
  EXPECT_EQ(folder.entries(), 1U);
}

// Runs a replacement in a child that is killed behind `last`; `before` does something first.
void replace_and_die(const Folder& folder, FileStep last, bool may_exchange,
                     const std::function<void(FileStep)>& before = {}) {
  const pid_t child = ::fork();
  if (child == 0) {
    FileReplaceOptions options;
    options.may_exchange = may_exchange;
    options.after_step = [&](FileStep step) {
      if (before) before(step);
      if (step == last) ::_exit(9);
    };
    const auto ended = replace(folder, "old", "new", options);
    ::_exit(ended ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
}

Result<FileRecovery> recover(const Folder& folder) {
  return recover_file(folder.path("f"), version_of("old"), version_of("new"), "run-1", kKey);
}

TEST(FileArtefactKilled, AtAnyStepItIsOneOrTheOther) {
  for (const bool may_exchange : {true, false}) {
    for (int at = 0; at < static_cast<int>(FileStep::kCount); ++at) {
      for (const bool again : {true, false}) {
        const Folder folder;
        write_text(folder.path("f"), "old");
        replace_and_die(folder, static_cast<FileStep>(at), may_exchange);
        const std::string there = read_text(folder.path("f"));
        ASSERT_TRUE(there == "old" || there == "new") << there;
        if (again) {  // without asking first: the same arguments converge
          ASSERT_TRUE(replace(folder, "old", "new").has_value());
        } else {
          const auto recovery = recover(folder);
          ASSERT_TRUE(recovery.has_value());
          EXPECT_EQ(recovery->outcome, there == "new" ? FileOutcome::kDone : FileOutcome::kNotDone);
          EXPECT_EQ(recovery->version, version_of(there));
          EXPECT_EQ(read_text(folder.path("f")), there);
        }
        EXPECT_EQ(folder.entries(), 1U);
      }
    }
  }
}

TEST(FileArtefactKilled, AStrangersContentThatWasMovedAwayIsPutBack) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  replace_and_die(folder, FileStep::kExchanged, true, [&](FileStep step) {
    if (step == FileStep::kNamed) write_text(folder.path("f"), "theirs");
  });
  ASSERT_EQ(read_text(folder.path("f")), "new");
  const auto recovery = recover(folder);
  ASSERT_TRUE(recovery.has_value());
  EXPECT_EQ(recovery->outcome, FileOutcome::kDrift);
  EXPECT_TRUE(recovery->cleared);
  EXPECT_EQ(read_text(folder.path("f")), "theirs");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(FileArtefactKilled, WhatIsLeftGoesWhenTheFileIsGoneToo) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  replace_and_die(folder, FileStep::kNamed, true);
  std::filesystem::remove(folder.path("f"));
  EXPECT_EQ(recover(folder).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(FileArtefactKilled, FilesOfAnotherTagAreNotTouched) {
  const Folder folder;
  write_text(folder.path("f"), "old");
  replace_and_die(folder, FileStep::kWritten, true);
  const auto other =
      recover_file(folder.path("f"), version_of("old"), version_of("new"), "run-2", kKey);
  ASSERT_TRUE(other.has_value());
  EXPECT_FALSE(other->cleared);
  EXPECT_EQ(folder.entries(), 2U);
}

}  // namespace
}  // namespace nhi
