#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "rotators/engine/plan.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/rotation.hpp"

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kFollowPause{1'000};

Json row_json(const RunRow& run, const Json& facts) {
  return {{"run", run.id},
          {"identity", run.identity},
          {"mode", to_string(run.mode)},
          {"state", to_string(run.state)},
          {"plan_hash", run.plan_hash},
          {"created", to_iso8601(run.created)},
          {"expires", to_iso8601(run.expires)},
          {"ended", run.ended ? Json(to_iso8601(*run.ended)) : Json()},
          {"stopped", text_in(facts, "stopped")},
          {"hint", text_in(facts, "hint")},
          {"grade", text_in(facts, "grade")}};
}

std::string row_text(const RunRow& run, const Json& facts) {
  std::string text = fmt::format("{}  {:<14} {:<12} {}\n", run.id, to_string(run.state),
                                 to_string(run.mode), shown(run.identity));
  const std::string stopped = text_in(facts, "stopped");
  if (!stopped.empty() && !is_over(run.state)) {
    text += "  " + shown(stopped) + "\n";
    const std::string hint = text_in(facts, "hint");
    if (!hint.empty()) text += "  " + shown(hint) + "\n";
  }
  return text;
}

Result<std::string> list_of(const Options& options, RunStore& store) {
  NHI_TRY(const std::vector<RunRow> runs, store.runs());
  Json all = Json::array();
  std::string text;
  for (const RunRow& run : runs) {
    NHI_TRY(const Json facts, parse_json(run.facts));
    all.push_back(row_json(run, facts));
    text += row_text(run, facts);
  }
  if (options.format == "text") return text;
  const Json json = {{"schema", "nhisweep.runs/1"}, {"runs", std::move(all)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Steps that did not begin yet stand there as well: who looks wants to know what comes.
Result<std::string> one_of(const Options& options, RunStore& store, const std::string& id) {
  NHI_TRY(const RunRow run, store.run(id));
  NHI_TRY(const Plan plan, plan_from(run.plan));
  NHI_TRY(const Json facts, parse_json(run.facts));
  NHI_TRY(const std::vector<StepRow> rows, store.steps(run.id));
  Json json = row_json(run, facts);
  json["steps"] = Json::array();
  std::string text = row_text(run, facts);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto seq = static_cast<std::int64_t>(i) + 1;
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const StepRow& one) { return one.seq == seq; });
    const bool begun = row != rows.end();
    const std::string state = begun ? std::string(to_string(row->state)) : "";
    text += fmt::format("  {:>2} {:<10} {}\n", seq, state, shown(plan.steps[i].what));
    Json step = {{"step", seq}, {"kind", to_string(plan.steps[i].kind)}, {"state", state}};
    if (begun) {
      step["attempt"] = row->attempt;
      step["at"] = to_iso8601(row->intended);
      NHI_TRY(step["body"], parse_json(row->body));
    }
    json["steps"].push_back(std::move(step));
  }
  if (options.format == "text") return text;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<int> show_status(const Options& options) {
  NHI_TRY(const std::string path, journal_path(options));
  std::string last;
  for (;;) {
    NHI_TRY(Journal journal, Journal::open(path));
    RunStore store(journal);
    NHI_TRY(const std::string text,
            options.run.empty() ? list_of(options, store) : one_of(options, store, options.run));
    if (text != last) NHI_CHECK_OK(write_result(options, text));
    last = text;
    if (!options.rotate.follow || options.run.empty()) break;
    NHI_TRY(const RunRow run, store.run(options.run));
    if (is_over(run.state)) break;
    std::this_thread::sleep_for(kFollowPause);
  }
  if (last.empty()) note(options, "no rotation was planned yet");
  return kStatusClean;
}

Result<int> reconcile(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(Rotation rotation, Rotation::open(options, now));
  NHI_TRY(const RunRow run, rotation.store().run(options.run));
  NHI_TRY(const RunParts parts, rotation.parts());
  NHI_TRY(const Comparison seen, compare_run(parts, run.id));
  NHI_CHECK_OK(settle(options, rotation.log(), now));
  NHI_CHECK_OK(rotation.log().close());
  std::string text;
  for (const std::string& line : seen.lines) text += line + "\n";
  for (const std::string& problem : seen.problems) text += "NOT AS IT SHOULD BE: " + problem + "\n";
  NHI_CHECK_OK(write_result(options, text));
  return seen.problems.empty() ? kStatusClean : kStatusNeedsPerson;
}

}  // namespace

Result<int> cmd_rotate_status(const Options& options) {
  return options.rotate.verb == RotateVerb::kReconcile ? reconcile(options) : show_status(options);
}

Result<int> cmd_rotate(const Options& options) {
  switch (options.rotate.verb) {
    case RotateVerb::kPlan:
    case RotateVerb::kShow:
      return cmd_rotate_plan(options);
    case RotateVerb::kApprove:
    case RotateVerb::kReject:
      return cmd_rotate_approve(options);
    case RotateVerb::kRun:
    case RotateVerb::kConfirm:
    case RotateVerb::kRollback:
      return cmd_rotate_run(options);
    case RotateVerb::kStatus:
    case RotateVerb::kReconcile:
      break;
  }
  return cmd_rotate_status(options);
}

}  // namespace nhi
