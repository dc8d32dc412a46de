// manual_text.hpp - what the manual says beyond the table of commands.
#pragma once

#include <span>
#include <string_view>

namespace nhi {

struct ManualEntry {
  std::string_view term;
  std::string_view text;
};

struct ManualExample {
  std::string_view what;
  std::string_view command;  // lines as typed
};

/// Paragraphs about a command beyond its one line; empty if there is no more to say.
[[nodiscard]] std::span<const std::string_view> manual_description(std::string_view command);
[[nodiscard]] std::span<const ManualExample> manual_examples(std::string_view command);

/// Of the whole program.
[[nodiscard]] std::span<const ManualEntry> manual_exit_status();
[[nodiscard]] std::span<const ManualEntry> manual_files();
[[nodiscard]] std::span<const ManualEntry> manual_environment();

/// The keys of an estate file, in three groups.
[[nodiscard]] std::span<const ManualEntry> estate_keys();
[[nodiscard]] std::span<const ManualEntry> target_keys();
[[nodiscard]] std::span<const ManualEntry> policy_keys();
[[nodiscard]] std::string_view estate_example();

}  // namespace nhi
