#include "scanner/cli/foreign_import.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/foreign.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

Result<std::string> root_of(const Options& options, const std::vector<Finding>& findings) {
  std::set<std::string> roots;
  for (const Finding& finding : findings) roots.insert(finding.place.root);
  if (roots.contains(options.root) && !options.root.empty()) return options.root;
  const std::vector<std::string_view> names(roots.begin(), roots.end());
  if (!options.root.empty()) {
    const std::string_view best = nearest_name(options.root, names);
    return fail(ErrorCode::kBadUse, "no finding is under this root", "--root " + options.root,
                best.empty() ? "findings list prints it before each path"
                             : "did you mean '" + std::string(best) + "'?");
  }
  if (roots.size() == 1) return *roots.begin();
  return fail(
      ErrorCode::kBadUse,
      fmt::format("the inventory holds {} roots: in which do these paths begin?", roots.size()),
      "--root", roots.empty() ? "" : "for example --root '" + *roots.begin() + "'");
}

std::string place_of_entry(const ForeignEntry& entry, const std::string& list) {
  std::string text = entry.path;
  if (entry.line != 0) text += fmt::format(":{}", entry.line);
  if (!entry.rule.empty()) text += " (" + entry.rule + ")";
  if (entry.list_line != 0) text += fmt::format(", {}:{}", list, entry.list_line);
  return text;
}

// One finding, and what the list says of it.
struct Wish {
  const ForeignEntry* entry = nullptr;
  bool contradicted = false;  // by another entry about the same finding
};

class Importer {
 public:
  Importer(std::string list, Decider& decider) : list_(std::move(list)), decider_(decider) {}

  void look_up(const PlacesOfRoot& places, const std::vector<ForeignEntry>& entries) {
    for (const ForeignEntry& entry : entries) {
      if (entry.verdict == Verdict::kNone) {
        ++not_audited_;
        continue;
      }
      const PlacesOfRoot::Answer answer = places.look_up(entry);
      if (answer.found.empty()) leave(entry, answer.why_not);
      for (const Finding* finding : answer.found) {
        const auto [wish, fresh] = wishes_.emplace(finding->id, Wish{&entry, false});
        if (!fresh && wish->second.entry->verdict != entry.verdict) {
          wish->second.contradicted = true;
        }
      }
    }
  }

  Result<void> decide() {
    for (const auto& [id, wish] : wishes_) {
      const ForeignEntry& entry = *wish.entry;
      if (wish.contradicted) {
        leave(entry, "the list calls it real and false at once");
        continue;
      }
      const FindingDecision* const before = decider_.verdict_on(id);
      if (before != nullptr && before->verdict != entry.verdict) {
        leave(entry, fmt::format("decided here already: {}, by {}", to_string(before->verdict),
                                 before->who));
        continue;
      }
      DecisionWords words;
      words.as = to_string(entry.verdict);
      words.reason = before != nullptr ? before->reason : reason_of(entry);
      if (before != nullptr) words.evidence = before->evidence;
      if (const auto problem = decider_.add(id, words, true)) {
        return fail(ErrorCode::kBadUse, problem->what, id, problem->hint);
      }
    }
    return {};
  }

  [[nodiscard]] ForeignLeft left() && {
    ForeignLeft left;
    left.lines = std::move(lines_);
    if (left_ != 0) left.sentence += fmt::format(", {} left", left_);
    if (not_audited_ != 0) left.sentence += fmt::format(", {} not audited", not_audited_);
    return left;
  }

 private:
  [[nodiscard]] std::string reason_of(const ForeignEntry& entry) const {
    return entry.list_line != 0 ? "gitleaks ignores " + place_of_entry(entry, list_)
                                : "audited in " + list_ + ": " + place_of_entry(entry, list_);
  }
  void leave(const ForeignEntry& entry, const std::string& why) {
    ++left_;
    lines_ += "left  " + printable(place_of_entry(entry, list_) + ": " + why) + "\n";
  }

  std::string list_;
  Decider& decider_;
  std::map<std::string, Wish> wishes_;  // by finding id
  std::string lines_;
  std::size_t left_ = 0;
  std::size_t not_audited_ = 0;
};

}  // namespace

Result<void> check_root(const Options& options) {
  if (options.root.empty() || options.from != "csv") return {};
  return fail(ErrorCode::kBadUse, "a CSV file goes by id: it needs no root", "--root",
              "--from gitleaksignore or --from detect-secrets goes by path");
}

Result<ForeignLeft> take_foreign(Inventory& inventory, const Options& options, Decider& decider) {
  NHI_TRY(const std::string text, read_small_file(options.csv, kConfigFileBytesMax));
  std::vector<ForeignEntry> entries;
  if (options.from == "gitleaksignore") {
    SheetFaults faults(options.csv);
    entries = read_gitleaks_ignore(text, faults);
    NHI_CHECK_OK(faults.settle());
  } else {
    NHI_TRY(entries, read_detect_secrets(text, options.csv));
  }
  NHI_TRY(const std::vector<Finding> findings, inventory.findings({}));
  NHI_TRY(const std::string root, root_of(options, findings));
  // Without its folders: they say where somebody keeps it, not what it is.
  Importer importer(std::filesystem::path(options.csv).filename().string(), decider);
  importer.look_up(PlacesOfRoot(findings, root), entries);
  NHI_CHECK_OK(importer.decide());
  return std::move(importer).left();
}

}  // namespace nhi
