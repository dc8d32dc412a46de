#include "scanner/sources/git/bundle_head.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace nhi {
namespace {

constexpr std::string_view kSecond = "# v2 git bundle\n";
constexpr std::string_view kThird = "# v3 git bundle\n";
constexpr std::size_t kIdDigits = 40;

Unexpected<Error> refuse(std::string_view reason) {
  return fail(ErrorCode::kGit, std::string(reason));
}

// A line of a capability, without its "@". `true` or an error.
Result<void> take_capability(std::string_view line) {
  constexpr std::string_view kFormat = "object-format=";
  if (line.starts_with(kFormat)) {
    line.remove_prefix(kFormat.size());
    if (line == "sha1") return {};
    return refuse(line == "sha256" ? "sha256-repository" : "unsupported-bundle");
  }
  // A partial clone's: what it left out is missing, and told as such.
  if (line.starts_with("filter=")) return {};
  return refuse("unsupported-bundle");
}

// "<id> <name>" of a ref, "<id>" and perhaps a comment of a prerequisite.
bool take_line(std::string_view line, GitRefs& refs) {
  const bool prerequisite = line.starts_with('-');
  if (prerequisite) line.remove_prefix(1);
  const auto id = GitId::parse(line);
  if (!id) return false;
  line.remove_prefix(kIdDigits);
  if (!line.empty() && line.front() != ' ') return false;
  if (prerequisite) {
    refs.prerequisites.push_back(*id);
    return true;
  }
  if (line.size() < 2) return false;
  line.remove_prefix(1);
  if (line == "HEAD") {
    refs.head = *id;
  } else {
    refs.refs.push_back({std::string(line), *id});
  }
  return true;
}

}  // namespace

Result<GitBundleHead> parse_bundle_head(Bytes text) {
  const bool third = text.starts_with(kThird);
  if (!third && !text.starts_with(kSecond)) return refuse("unsupported-bundle");
  GitBundleHead head;
  std::size_t at = kSecond.size();
  bool capabilities = third;  // stand before all else
  while (true) {
    const std::size_t end = text.find('\n', at);
    if (end == Bytes::npos) return refuse("corrupt-bundle");
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;
    if (capabilities && line.front() == '@') {
      NHI_CHECK_OK(take_capability(line.substr(1)));
      continue;
    }
    capabilities = false;
    if (!take_line(line, head.refs)) return refuse("corrupt-bundle");
  }
  head.pack_at = at;
  std::stable_sort(head.refs.refs.begin(), head.refs.refs.end(),
                   [](const GitRef& a, const GitRef& b) { return a.name < b.name; });
  return head;
}

}  // namespace nhi
