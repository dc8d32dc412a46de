#include <fmt/format.h>

#include "plugins/host/command.hpp"
#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kCommandTimeout{60'000};
constexpr std::chrono::milliseconds kProbePause{1'000};
constexpr std::size_t kSaidBytesMax = 400;

std::string branch_of(const std::string& run) { return "nhisweep/" + run; }

}  // namespace

Result<PlaceEdit> Runner::edit_of(bool back) {
  PlaceEdit edit;
  NHI_TRY(const SecretText* const old, old_value());
  NHI_TRY(const SecretText* const fresh, new_value());
  if (old == nullptr || fresh == nullptr) {
    return fail(ErrorCode::kInternal, "the values of the rotation are not kept any more", run_.id);
  }
  edit.is = back ? fresh : old;
  edit.becomes = back ? old : fresh;
  edit.account_is = back ? plan_.new_account : plan_.account;
  edit.account_becomes = back ? plan_.account : plan_.new_account;
  edit.restores = back;
  return edit;
}

// What an earlier attempt left beside the file is taken away before anything is looked at.
Result<void> Runner::tidy_place(const PlannedPlace& place) {
  if (row(at_).attempt == 0) return {};
  NHI_TRY(const Json body, parse_json(row(at_).body));
  const Json& intent = member(body, "intent");
  return places_.tidy(place, text_in(intent, "expected_version"),
                      text_in(intent, "becomes_version"),
                      fmt::format("{}-{}", run_.id, row(at_).seq));
}

Result<StepEnd> Runner::write_place(const PlannedPlace& place, const PlaceEdit& edit) {
  const auto failed = [&](const Error& error) -> Result<StepEnd> {
    if (row(at_).state == StepState::kIntended) {
      NHI_CHECK_OK(conclude(StepState::kFailed, {{"because", error.message()}}));
    }
    return step_failed(fmt::format("{}: {}", place.shown, error.message()), error.hint);
  };
  if (auto tidied = tidy_place(place); !tidied) return failed(tidied.error());
  const auto state =
      places_.look(place, [&](Bytes value) { return value == edit.becomes->reveal(); });
  if (!state) return failed(state.error());
  if (place.means == PlaceMeans::kFile && state->holding == place.secrets.size()) {
    NHI_CHECK_OK(intend({{"expected_version", state->version}}));
    NHI_CHECK_OK(
        conclude(StepState::kDone, {{"version", state->version}, {"code", "already_done"}}));
    return step_done();
  }
  auto prepared = places_.prepare(place, edit);
  if (!prepared) {
    NHI_CHECK_OK(intend());
    return failed(prepared.error());
  }
  const bool git = place.means == PlaceMeans::kGit;
  Json intent = {{"expected_version", prepared->expected}, {"becomes_version", prepared->becomes}};
  if (git) intent["branch"] = branch_of(run_.id);
  NHI_CHECK_OK(intend(intent));
  const auto version =
      git ? places_.commit(place, *std::move(prepared), branch_of(run_.id),
                           fmt::format("Rotate the credential of {}\n\nnhisweep run {}\n",
                                       plan_.account, run_.id),
                           plan_.created)
          : places_.write(place, *prepared, fmt::format("{}-{}", run_.id, row(at_).seq));
  if (!version) return failed(version.error());
  NHI_CHECK_OK(
      conclude(StepState::kDone, {{git ? "commit" : "version", *version}, {"code", "done"}}));
  return step_done();
}

Result<StepEnd> Runner::do_write(std::size_t index) {
  NHI_TRY(const PlaceEdit edit, edit_of(false));
  return write_place(plan_.places.at(index), edit);
}

Result<StepEnd> Runner::do_await(std::size_t index) {
  const PlannedPlace& place = plan_.places.at(index);
  const std::string seq = fmt::format("{}", row(at_).seq);
  NHI_CHECK_OK(begin_waiting());
  if (place.means == PlaceMeans::kGuided) {
    const Json& said = member(member(facts_, "confirmed"), seq);
    if (!said.is_object()) {
      NHI_CHECK_OK(conclude(StepState::kWaiting, {{"because", place.why_guided}}));
      return step_waits(
          fmt::format("a person has to bring the new value to {}: {}", place.shown,
                      place.why_guided),
          std::nullopt,
          fmt::format("then: nhisweep rotate confirm {} --step {} --evidence TEXT", run_.id, seq));
    }
    NHI_CHECK_OK(conclude(StepState::kDone, {{"confirmed_by", text_in(said, "who")},
                                             {"evidence", text_in(said, "evidence")}}));
    return step_done();
  }
  NHI_TRY(const SecretText* const fresh, new_value());
  auto state = places_.look(place, [&](Bytes value) { return value == fresh->reveal(); });
  if (state && state->holding == place.secrets.size()) {
    NHI_CHECK_OK(conclude(StepState::kDone, {{"version", state->version}}));
    return step_done();
  }
  NHI_CHECK_OK(conclude(StepState::kWaiting, {{"branch", branch_of(run_.id)}}));
  return step_waits(
      fmt::format("{} of {} does not hold the new value yet", place.git_ref, place.shown),
      std::nullopt, fmt::format("merge branch {} of {}", branch_of(run_.id), place.git_root));
}

std::string Runner::run_program(const std::vector<std::string>& words, int tries) {
  std::string what;
  for (int i = 0; i < tries; ++i) {
    if (i > 0 && parts_->wait) parts_->wait(kProbePause);
    const auto ran = run_command(words, SecretText(), kCommandTimeout);
    if (ran && ran->status == 0) return {};
    what = ran ? fmt::format("{} ended with {}: {}", words.front(), ran->status,
                             shown(ran->errors.substr(0, kSaidBytesMax)))
               : ran.error().message();
  }
  return what;
}

Result<StepEnd> Runner::do_command(const std::vector<std::string>& words,
                                   const std::string& about) {
  NHI_CHECK_OK(intend({{"program", words.front()}}));
  const std::string what = run_program(words, about == "probe" ? kConsumerTries : 1);
  if (what.empty()) {
    NHI_CHECK_OK(conclude(StepState::kDone, {{"program", words.front()}, {"status", 0}}));
    return step_done();
  }
  NHI_CHECK_OK(conclude(StepState::kFailed, {{"because", what}}));
  return step_failed(fmt::format("the {} of {} failed: {}", about, row(at_).target, what));
}

}  // namespace nhi
