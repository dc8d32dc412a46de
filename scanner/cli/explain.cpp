#include "scanner/cli/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/explain_words.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/decode/views.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/report/report_reader.hpp"

namespace nhi {
namespace {

// What reading the file again gave; `words` is always said.
struct Again {
  std::string words;
  std::optional<Finding> now;
  std::optional<ValueStory> story;
};

Result<Finding> stored_finding(const Options& options) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  FindingFilter filter;
  filter.id_prefix = options.finding;
  NHI_TRY(StoredView view, stored_view(inventory, filter));
  std::set<std::string> ids;
  for (const Finding& finding : view.findings) ids.insert(finding.id);
  NHI_TRY(const std::string id, whole_id(ids, options.finding));
  return std::move(*std::find_if(view.findings.begin(), view.findings.end(),
                                 [&](const Finding& finding) { return finding.id == id; }));
}

Result<Finding> finding_of(const Options& options) {
  // Reports for people show ids of credentials.
  if (options.finding.starts_with("c_")) {
    return fail(ErrorCode::kBadUse, "this is the id of a credential, not of a finding",
                options.finding,
                "ids of findings begin with f_: 'findings list' or a report in JSON has them");
  }
  if (options.report.empty()) return stored_finding(options);
  NHI_TRY(const std::string text, read_small_file(options.report, kReportBytesMax));
  return read_reported_finding(text, options.report, options.finding);
}

// A report is a stranger's text: its path must not lead out of the folder that it is below.
bool stays_below(std::string_view path) {
  const std::filesystem::path parts(path);
  return !parts.empty() && !parts.is_absolute() &&
         std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part == ".."; });
}

std::vector<std::string> places_of(const Options& options, const Finding& finding) {
  const std::string& path = *finding.place.path;
  if (!options.at.empty()) return {options.at + "/" + path};
  const std::string& root = finding.place.root;
  std::vector<std::string> places = {root.empty() ? path : root + "/" + path};
  // The target of `sweep .` is called by the name of the folder.
  std::error_code error;
  const std::string here = std::filesystem::current_path(error).filename().string();
  if (!error && root == here) places.push_back(path);
  if (!error && root.starts_with(here + "/")) {
    places.push_back(root.substr(here.size() + 1) + "/" + path);
  }
  return places;
}

// Finds the match of one finding in the views of its file, to tell how its value was judged.
class FindMatch : public MatchSink {
 public:
  FindMatch(const RuleSet& rules, const View& view, const ViewContext& context,
            const Finding& wanted, std::optional<ValueStory>& story)
      : rules_(rules), view_(view), context_(context), wanted_(wanted), story_(story) {}
  void on_match(const Match& match) override {
    const Rule& rule = rules_.rule(match.rule);
    if (story_ || rule.id != wanted_.rule || rule.names == NameFamily::kNone) return;
    if (view_.to_blob(match.secret) != wanted_.bytes) return;
    story_ = tell_named_value(rule, view_.bytes, context_, match);
  }

 private:
  const RuleSet& rules_;
  const View& view_;
  const ViewContext& context_;
  const Finding& wanted_;
  std::optional<ValueStory>& story_;
};

std::optional<ValueStory> story_of(const RuleSet& rules, Bytes text, const Finding& now) {
  const std::string path = now.place.path.value_or("");
  const ViewContext context{syntax_of(path), is_test_path(path), path};
  Matcher matcher(rules);
  std::optional<ValueStory> story;
  for_each_view(text, DecodeLimits{}, [&](const View& view) {
    FindMatch sink(rules, view, context, now, story);
    return matcher.scan(view.bytes, context, sink).has_value() && !story;
  });
  return story;
}

// Equal values at one place are told apart by where they stand: the nearest is meant.
std::optional<Finding> same_in(std::vector<Finding>& findings, const Finding& wanted) {
  const auto gap = [&](const Finding& finding) {
    const std::uint64_t a = finding.bytes.start;
    const std::uint64_t b = wanted.bytes.start;
    return a > b ? a - b : b - a;
  };
  std::optional<Finding> best;
  for (Finding& finding : findings) {
    const bool equal =
        wanted.fingerprint.empty()
            ? finding.rule == wanted.rule && finding.fingerprint.empty() &&
                  (!wanted.indicator ||
                   (finding.indicator && finding.indicator->text == wanted.indicator->text))
            : finding.fingerprint == wanted.fingerprint;
    if (equal && (!best || gap(finding) < gap(*best))) best = std::move(finding);
  }
  return best;
}

Again examine_again(const RuleSet& rules, const FingerprintKey& key, const Finding& finding,
                    const std::string& place, const std::string& text) {
  Examiner examiner(rules, key, {false, false});
  BlobInput input;
  input.bytes = text;
  input.place.root = finding.place.root;
  input.place.path = finding.place.path;
  Examined examined = examiner.examine(input, {});
  Again again;
  again.now = same_in(examined.findings, finding);
  if (!again.now) {
    again.words = fmt::format(
        "'{}' was read and holds this no more: it changed, or other rules "
        "found it (--rules)",
        printable(place));
    return again;
  }
  const bool moved = again.now->bytes != finding.bytes;
  again.words = fmt::format("'{}' still holds it{}", printable(place),
                            moved ? fmt::format(", now in line {}", again.now->first.line) : "");
  if (again.now->rule != finding.rule) {
    again.words += "; the rule that finds it now is " + again.now->rule;
  }
  again.story = story_of(rules, text, *again.now);
  return again;
}

Again read_again(const Options& options, const RuleSet& rules, const Finding& finding) {
  const Provenance& place = finding.place;
  const auto not_read = [](std::string words) { return Again{std::move(words), {}, {}}; };
  if (!place.path || !place.member.empty()) return not_read("it stands in no file of its own");
  if (place.git && !place.git->in_worktree && !place.git->in_head) {
    return not_read("not read: it stands in the history only, in object " + place.git->blob);
  }
  if (!stays_below(*place.path)) return not_read("not read: its path leads out of the root");
  const auto key = key_in_place();
  if (!key) return not_read("not read: " + key.error().message());
  const std::string ours = "hmac-sha256:" + key->id + ":";
  if (!finding.fingerprint.empty() && !finding.fingerprint.starts_with(ours)) {
    return not_read("not read: its fingerprint is of another key than the one at hand");
  }
  std::string reason;
  for (const std::string& at : places_of(options, finding)) {
    const auto text = read_small_file(at, kSegmentBytes);
    if (text) return examine_again(rules, *key, finding, at, *text);
    if (reason.empty()) reason = fmt::format("'{}': {}", printable(at), text.error().what);
  }
  return not_read("not read: " + reason +
                  (options.at.empty() ? "; --at FOLDER says where its root is now" : ""));
}

void print_rows(std::string_view label, const std::vector<std::string>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    fmt::print("  {:<13}{}\n", i == 0 ? label : "", rows[i]);
  }
}

std::vector<std::string> where_rows(const Finding& finding) {
  const Provenance& place = finding.place;
  std::string at = place.root;
  if (place.path) at += (at.empty() ? "" : "/") + *place.path;
  if (!place.member.empty()) at += " " + place.member;
  std::vector<std::string> rows = {fmt::format("{}, line {}, bytes {} to {}", printable(at),
                                               finding.first.line, finding.bytes.start,
                                               finding.bytes.end)};
  if (!finding.encoding.empty()) {
    std::string steps;
    for (const std::string& step : finding.encoding) steps += (steps.empty() ? "" : ", ") + step;
    rows.push_back("decoded from " + printable(steps));
  }
  if (finding.site && !finding.site->account.empty()) {
    rows.push_back("account " + printable(finding.site->account));
  }
  if (finding.site && !finding.site->target.empty()) {
    rows.push_back("target " + printable(finding.site->target));
  }
  return rows;
}

std::string rule_row(const Finding& finding, const Rule* rule) {
  if (rule != nullptr) return rule->id + "  " + rule->name;
  if (finding.rule.starts_with("site.")) return printable(finding.rule) + "  a native reader";
  return printable(finding.rule) + "  not among the rules at hand (--rules)";
}

}  // namespace

Result<int> explain_finding(const Options& options, const RuleSet& rules) {
  NHI_TRY(const Finding finding, finding_of(options));
  const Again again = read_again(options, rules, finding);
  // What is so now explains more than what was written down: of the same value.
  const Finding& shown = again.now && again.now->rule == finding.rule ? *again.now : finding;
  const Rule* const rule = rules.find(finding.rule);
  fmt::print("{}  {}  {}\n", printable(finding.id), to_string(finding.kind),
             printable(finding.redacted));
  print_rows("rule", {rule_row(finding, rule)});
  if (!finding.also.empty()) {
    std::string others;
    for (const std::string& id : finding.also) others += (others.empty() ? "" : ", ") + id;
    print_rows("also", {printable(others)});
  }
  print_rows("where", where_rows(finding));
  print_rows("kept because", {why_sentence(shown)});
  const bool known = rule != nullptr || finding.rule.starts_with("site.");
  if (known) print_rows("confidence", confidence_sentences(shown, rule, again.story));
  if (known) print_rows("checked", checked_sentences(rule));
  if (again.story) print_rows("judged", story_sentences(*again.story));
  if (known) print_rows("dropped if", dropped_sentences(rule, again.story));
  print_rows("read again", {again.words});
  return kStatusClean;
}

}  // namespace nhi
