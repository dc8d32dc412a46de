// gitleaks_allowlist.hpp - one allowlist of a configuration of Gitleaks, key by key.
//
// Source: gitleaks 8.30, config/allowlist.go and config/config.go.
#pragma once

#include <memory>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/rules/conditions.hpp"
#include "scanner/rules/toml_keys.hpp"

namespace nhi {

/// A pattern of Go as one of ours.
[[nodiscard]] Result<void> read_go_pattern(const TomlKeys& keys, const YamlEntry& entry,
                                           const YamlNode& node, std::string& into);

/// `key` is one of description, condition, commits, paths, regextarget, regexes, stopwords.
[[nodiscard]] Result<void> read_allow_entry(const TomlKeys& keys, const std::string& key,
                                            const YamlEntry& entry, Allowlist& allowlist);

/// Errors: kBadRule if it holds no condition.
[[nodiscard]] Result<std::shared_ptr<const Allowlist>> finish_allowlist(const TomlKeys& keys,
                                                                        Allowlist allowlist,
                                                                        std::size_t line);

}  // namespace nhi
