// rule_words.hpp - the words that stand for the enumerations of a rule, in enumeration order.
#pragma once

#include <array>
#include <string_view>

namespace nhi {

inline constexpr std::array<std::string_view, 2> kKindWords = {"credential", "indicator"};
inline constexpr std::array<std::string_view, 4> kLevelWords = {"low", "medium", "high",
                                                                "critical"};
inline constexpr std::array<std::string_view, 6> kPrincipalWords = {
    "machine", "application", "session", "emergency", "human", "unknown"};
inline constexpr std::array<std::string_view, 3> kClassWords = {"CIS1", "CIS2", "neutral"};
inline constexpr std::array<std::string_view, 3> kRoleWords = {"secret", "id", "account"};
inline constexpr std::array<std::string_view, 7> kStructureWords = {
    "none", "jwt", "private-key-pem", "base64", "uuid", "url-userinfo", "basic-credentials"};
inline constexpr std::array<std::string_view, 7> kNameFamilyWords = {
    "none", "password", "secret", "token", "key", "auth", "salt"};
inline constexpr std::array<std::string_view, 2> kChecksumKindWords = {"crc32-base62", "crc32-hex"};
inline constexpr std::array<std::string_view, 4> kSemanticsWords = {"nhisweep", "gitleaks",
                                                                    "kingfisher", "betterleaks"};
inline constexpr std::array<std::string_view, 3> kAllowTargetWords = {"secret", "match", "line"};

}  // namespace nhi
