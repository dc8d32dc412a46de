// beside.hpp - the account and the target of a secret, from the settings that stand beside it.
//
// A wrong account is worse than none: names must belong together (setting_names.hpp), settings must
// stand in the same container (setting_tree.hpp), the value must be one literal that can be an
// account, and there must be no second candidate. Whatever is ambiguous gives nothing.
#pragma once

#include <string>
#include <vector>

#include "scanner/base/line_index.hpp"
#include "scanner/identity/candidate.hpp"
#include "scanner/identity/setting_tree.hpp"

namespace nhi {

/// What the settings of one container say of the secret in `secret`.
struct Beside {
  const DocumentSetting* account = nullptr;  // null: none, or more than one
  std::string account_text;                  // decoded
  const DocumentSetting* target = nullptr;
  std::string target_text;  // URL, host or host:port
};

/// Shapes: `secret` is a setting of `tree` that holds a secret. `coded`: the secret is base64, so
///         that its account may be too (Kubernetes). `taken` are places of other secrets, in order
///         of position: what stands there is a finding of its own and no account.
[[nodiscard]] Beside settings_beside(const SettingTree& tree, const DocumentSetting& secret,
                                     const LineIndex& lines, bool coded,
                                     const std::vector<Span>& taken);

/// The settings around `candidates`, if the file is structured and any of them may have a part or
/// an account beside it. Costs one pass over the file.
[[nodiscard]] std::optional<SettingTree> settings_around(const std::vector<Candidate>& candidates,
                                                         std::string_view path, Bytes text);

/// Takes away what stands right before a password and can be no account.
void drop_false_accounts(std::vector<Candidate>& candidates);

/// Fills account and target of secrets that have none. Of rules of names, whose accounts are known
/// by nearness alone, it also takes away what the structure does not confirm.
/// Shapes: `map` leads from the text view to the blob; null where both are the same.
void put_beside(std::vector<Candidate>& candidates, const SettingTree& tree, const LineIndex& lines,
                const OffsetMap* map);

}  // namespace nhi
