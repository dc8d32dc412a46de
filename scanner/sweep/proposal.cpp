#include "scanner/sweep/proposal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <map>
#include <set>

#include "scanner/base/scrub.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sweep/estate_text.hpp"

namespace nhi {
namespace {

// The place of `path` below `folder`, as a glob of `exclude`; none where it has glob signs.
std::optional<std::string> exclude_of(const std::string& folder, const std::string& pattern) {
  if (!is_inside(folder, pattern) || pattern.size() <= folder.size()) return std::nullopt;
  const std::string below = pattern.substr(folder == "/" ? 1 : folder.size() + 1) + "/**";
  if (below.find_first_of("?[]{}\\") != std::string::npos) return std::nullopt;
  return below;
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

class Writer {
 public:
  Writer(const Survey& survey, const ProposalFacts& facts) : survey_(survey), facts_(facts) {}

  Proposal write() {
    split_repositories();
    head();
    for (const FolderGroup& group : groups_) git_target(group);
    for (const FoundPlace& place : survey_.places) place_target(place);
    for (const FoundFolder& folder : survey_.folders) folder_target(folder);
    commented_places();
    tail();
    out_.repositories = grouped_;
    return std::move(out_);
  }

 private:
  void line(std::string_view text) { out_.text.append(text).append("\n"); }
  void comment(std::string_view indent, const std::string& text) {
    line(fmt::format("{}# {}", indent, printable(text)));
  }

  // A repository that is itself a target's folder, or lies in an engine's, is read with that.
  void split_repositories() {
    std::vector<std::string> alone;
    for (const FoundRepository& repository : survey_.repositories) {
      const bool covered =
          std::any_of(survey_.folders.begin(), survey_.folders.end(),
                      [&](const auto& folder) { return folder.path == repository.path; }) ||
          std::any_of(survey_.places.begin(), survey_.places.end(),
                      [&](const auto& place) { return is_inside(place.path, repository.path); });
      if (!covered) alone.push_back(repository.path);
    }
    grouped_ = alone.size();
    groups_ = group_folders(alone);
  }

  void head() {
    comment("", fmt::format(
                    "Proposed by nhisweep {} on {}, {}. What was found is below; what it is,",
                    facts_.version, facts_.host.empty() ? "this host" : facts_.host, facts_.date));
    comment("",
            "only you know: fill in owner, system and environment, take out what is not yours.");
    comment("", "An estate of many hosts has one such file: put the targets of all into it.");
    line("");
    const std::string name = facts_.host.empty() ? "Our estate" : "Estate of " + facts_.host;
    line(fmt::format("estate: {}   # the name of your trust or team", yaml_text(name)));
    line("targets:");
  }

  std::string name_for(const std::string& path) {
    std::string name;
    for (const char c : path) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
      if (plain) name += c;
      if (!plain && !name.empty() && name.back() != '-') name += '-';
    }
    while (!name.empty() && name.back() == '-') name.pop_back();
    if (name.empty()) name = "root";
    std::string unique = name;
    for (int i = 2; !names_.insert(unique).second; ++i) unique = fmt::format("{}-{}", name, i);
    return unique;
  }

  void begin_target(const std::string& why, const std::string& path) {
    ++out_.targets;
    comment("  ", why);
    line("  - name: " + yaml_text(name_for(path)));
  }
  void list(std::string_view key, const std::vector<std::string>& values) {
    if (values.size() == 1) {
      line(fmt::format("    {}: [{}]", key, yaml_text(values.front())));
      return;
    }
    line(fmt::format("    {}:", key));
    for (const std::string& value : values) line("      - " + yaml_text(value));
  }
  void fill_in(std::string_view place, std::string_view owner_note) {
    if (!place.empty()) line(fmt::format("    place: {}", place));
    if (!facts_.host.empty()) line("    host: " + yaml_text(facts_.host));
    line(fmt::format("    # owner: the team that answers for it{}", owner_note));
    line("    # system: PAS, RIS, TIE, or what you call it");
    line("    # environment: live, integration, training or development");
  }
  void mount_point(const std::vector<std::string>& paths) {
    std::set<std::string> mounts;
    for (const std::string& path : paths) {
      if (std::string mount = own_mount_point(path); !mount.empty() && is_utf8(mount)) {
        mounts.insert(std::move(mount));
      }
    }
    if (mounts.empty()) return;
    line("      # Without this mount the folder is empty, which must not look like a success.");
    line("      mount_points:");
    for (const std::string& mount : mounts) line("        - " + yaml_text(mount));
  }
  // Nothing is read twice: what has a target of its own is left out here.
  void excludes(const std::string& folder) {
    std::set<std::string> found;
    for (const FolderGroup& group : groups_) {
      for (const std::string& pattern : group.patterns) {
        if (auto glob = exclude_of(folder, pattern)) found.insert(std::move(*glob));
      }
    }
    for (const FoundPlace& place : survey_.places) {
      if (place.path.find('*') != std::string::npos || !is_utf8(place.path)) continue;
      if (auto glob = exclude_of(folder, place.path)) found.insert(std::move(*glob));
    }
    if (found.empty()) return;
    line("    # These have targets of their own.");
    list("exclude", {found.begin(), found.end()});
  }

  void git_target(const FolderGroup& group) {
    std::size_t bare = 0;
    std::size_t owned = 0;
    std::size_t engines = 0;
    for (const FoundRepository& one : survey_.repositories) {
      if (!std::binary_search(group.folders.begin(), group.folders.end(), one.path)) continue;
      bare += one.bare ? 1 : 0;
      owned += one.codeowners ? 1 : 0;
      engines += one.engine ? 1 : 0;
    }
    begin_target(
        fmt::format("{}, {} of them bare.",
                    plural(group.folders.size(), "git repository", "git repositories"), bare),
        group.parent);
    list("git", group.patterns);
    if (engines > 0) {
      comment("    ", fmt::format("{} exports of an interface engine; if all do: place: engine",
                                  engines == 1 ? "One holds" : fmt::format("{} hold", engines)));
    }
    fill_in("", owned == 0 ? ""
                           : fmt::format("; {} CODEOWNERS, which is read and comes first",
                                         owned == 1 ? "one has" : fmt::format("{} have", owned)));
    line("    expect:");
    line(fmt::format("      min_repositories: {}", group.folders.size()));
    line("      # max_age: 2d   # for mirrors: how long ago the last fetch may be");
    mount_point(group.folders);
    line("");
  }

  void place_target(const FoundPlace& place) {
    const bool exports = place.kind == FoundKind::kEngineExports;
    const bool engine = exports || place.kind == FoundKind::kEngineInstallation;
    engine ? ++out_.engines : ++out_.folders;
    begin_target(fmt::format("Here lies: {}.", place.what), place.path);
    list("path", {estate_pattern(place.path)});
    excludes(place.path);
    fill_in(engine ? "engine" : "application", "");
    expectation({place.path}, exports);
  }
  void folder_target(const FoundFolder& folder) {
    ++out_.folders;
    begin_target(fmt::format("Configuration of this host: {} outside of repositories.",
                             plural(folder.files, "file", "files")),
                 folder.path);
    list("path", {estate_pattern(folder.path)});
    excludes(folder.path);
    fill_in("host", "");
    expectation({folder.path}, false);
  }
  void expectation(const std::vector<std::string>& paths, bool exports) {
    const std::size_t before = out_.text.size();
    line("    expect:");
    const std::size_t empty = out_.text.size();
    mount_point(paths);
    if (out_.text.size() == empty) out_.text.resize(before);
    if (exports) line("    # expect: {max_age: 7d}   # how old the newest export may be");
    line("");
  }

  void commented_places() {
    for (const FoundMount& mount : survey_.network_mounts) {
      comment("  ",
              fmt::format("A network mount ({} from {}): not looked into. Ask who runs the server,",
                          mount.type, mount.source));
      comment("  ", "then take the comment signs away.");
      comment("  ", "- name: " + yaml_text(name_for(mount.path)));
      comment("  ", "  path: [" + yaml_text(estate_pattern(mount.path)) + "]");
      comment("  ", "  network: true");
      comment("  ", "  expect: {mount_points: [" + yaml_text(estate_pattern(mount.path)) + "]}");
      line("");
    }
    for (const std::string& home : survey_.homes) {
      comment(
          "  ",
          "Home folders often hold keys (.ssh, .aws, .pgpass), and personal files: decide with");
      comment("  ", "your data-protection officer.");
      comment("  ", "- name: " + yaml_text(name_for(home)));
      comment("  ", "  path: [" + yaml_text(estate_pattern(home)) + "]");
      line("");
    }
  }

  void tail() {
    line("# owners: ./owners.yaml   # glob: team");
    line("# policy: {max_age_days: 365, cis1_removal: 2027-02-28}");
    line("");
    line("# Looked at, by name only (heads of some XML files and settings of engines were read):");
    for (const LookedAt& place : survey_.looked_at) {
      std::string text = fmt::format("  {}: {}", place.path,
                                     plural(place.entries, "file or folder", "files and folders"));
      if (place.closed > 0) text += fmt::format(", {} closed to this user", place.closed);
      if (place.too_deep > 0) text += fmt::format(", {} too deep", place.too_deep);
      if (!place.stopped.empty()) text += ", left " + place.stopped + ": name it to init by itself";
      comment("", text);
    }
    if (survey_.left_out.empty()) return;
    line("# Not looked at:");
    for (const std::string& path : survey_.left_out) comment("", "  " + path);
  }

  const Survey& survey_;
  const ProposalFacts& facts_;
  Proposal out_;
  std::vector<FolderGroup> groups_;
  std::size_t grouped_ = 0;
  std::set<std::string> names_;
};

}  // namespace

Proposal propose(const Survey& survey, const ProposalFacts& facts) {
  return Writer(survey, facts).write();
}

}  // namespace nhi
