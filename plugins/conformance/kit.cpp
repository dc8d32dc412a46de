#include "plugins/conformance/kit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/conformance/checks.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr std::size_t kColumns = 96;

struct Group {
  CheckGroup group;
  std::vector<CheckResult> (*check)(Bed&);
};
// The secrets of all others are looked for at the end.
constexpr std::array<Group, 11> kGroups = {{{CheckGroup::kProbing, check_probing},
                                            {CheckGroup::kRepeats, check_repeats},
                                            {CheckGroup::kRevoking, check_revoking},
                                            {CheckGroup::kSlots, check_slots},
                                            {CheckGroup::kDryRun, check_dry_run},
                                            {CheckGroup::kHostileNames, check_hostile_names},
                                            {CheckGroup::kAuthority, check_authority},
                                            {CheckGroup::kKilled, check_killed},
                                            {CheckGroup::kLostReplies, check_lost_replies},
                                            {CheckGroup::kCancelling, check_cancelling},
                                            {CheckGroup::kSecrets, check_secrets}}};

void append(std::vector<CheckResult> more, KitReport& report) {
  report.results.insert(report.results.end(), std::make_move_iterator(more.begin()),
                        std::make_move_iterator(more.end()));
}

std::string line_of(CheckGroup group, const KitReport& report) {
  std::array<std::size_t, 3> counts{};
  for (const CheckResult& result : report.results) {
    if (result.group == group) ++counts.at(static_cast<std::size_t>(result.verdict));
  }
  std::string line = fmt::format("{:>3} {:<18}", static_cast<int>(group) + 1, to_string(group));
  if (counts[0] + counts[1] + counts[2] == 0) return line + "not tried\n";
  std::string tail;
  if (counts[1] > 0) tail += fmt::format("{} FAILED, ", counts[1]);
  tail += fmt::format("{} passed", counts[0]);
  if (counts[2] > 0) tail += fmt::format(", {} not tried", counts[2]);
  return line + tail + "\n";
}

}  // namespace

std::size_t KitReport::count(CheckVerdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [&](const CheckResult& result) { return result.verdict == verdict; }));
}

Result<KitReport> run_kit(const PluginPin& pin, const SessionOptions& options,
                          std::optional<Trial> trial,
                          const std::function<void(CheckGroup)>& progress) {
  KitReport report;
  if (progress) progress(CheckGroup::kHandshake);
  append(check_handshake(pin, options), report);
  if (!trial || !report.passed()) return report;
  NHI_TRY(Bed bed, Bed::create(pin, options, *std::move(trial)));
  for (const Group& group : kGroups) {
    if (progress) progress(group.group);
    append(group.check(bed), report);
  }
  return report;
}

std::string to_text(const KitReport& report) {
  std::string text;
  for (std::size_t i = 0; i < static_cast<std::size_t>(CheckGroup::kCount); ++i) {
    text += line_of(static_cast<CheckGroup>(i), report);
  }
  for (const CheckResult& result : report.results) {
    if (result.verdict != CheckVerdict::kFailed) continue;
    text += fmt::format("\nFAILED: {}: {}\n", to_string(result.group), shown(result.name));
    text += wrapped("it did: " + shown(result.what), 2, kColumns);
    text += wrapped("to do: " + shown(result.advice), 2, kColumns);
  }
  if (report.count(CheckVerdict::kNotTried) > 0) text += "\nnot tried:\n";
  for (const CheckResult& result : report.results) {
    if (result.verdict != CheckVerdict::kNotTried) continue;
    text += wrapped(
        fmt::format("{}: {} ({})", to_string(result.group), shown(result.name), shown(result.what)),
        2, kColumns);
  }
  return text;
}

Json to_json(const KitReport& report) {
  Json results = Json::array();
  for (const CheckResult& result : report.results) {
    results.push_back({{"group", to_string(result.group)},
                       {"name", valid_utf8(result.name)},
                       {"verdict", to_string(result.verdict)},
                       {"what", valid_utf8(result.what)},
                       {"advice", result.advice}});
  }
  return {{"schema", "nhisweep.rotator-check/1"},
          {"passed", report.passed()},
          {"results", std::move(results)}};
}

}  // namespace nhi
