// words.hpp - what reports say of findings, in words that stay the same in every format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/shown_text.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// "repo-a/conf/app.properties!/inner.txt:12:9", raw; an unreachable object is named by its blob.
[[nodiscard]] std::string place_of(const Finding& finding);
/// "folder/Channel > Connector"; empty without a site.
[[nodiscard]] std::string component_of(const Finding& finding);
/// Where the bytes are: "file", "work tree", "HEAD", "history" or "unreachable", strongest first.
[[nodiscard]] std::vector<std::string_view> whereabouts(const Finding& finding);
/// "assigned to pas-team, ticket CHG-1: moves in March"; empty if nobody decided anything.
[[nodiscard]] std::string decision_sentence(const FindingDecision& decision);
[[nodiscard]] std::string decision_sentence(const Finding& finding);
/// Whom an inline ignore goes back to, as far as that is known: the author of the commit that
/// brought the value, else the owner of the file. Whoever wrote the comment later may be somebody
/// else.
struct IgnoredBy {
  std::string name;         // raw; "unknown" without a source
  std::string_view source;  // "git-author", "file-owner" or "unknown"
};
[[nodiscard]] IgnoredBy ignored_by(const Finding& finding);
/// "mirth" of "mirth.channel"; empty without a site.
[[nodiscard]] std::string engine_of(const Finding& finding);

}  // namespace nhi
