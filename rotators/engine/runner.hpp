// runner.hpp - one run while it is carried out; of run.cpp and the step_*.cpp beside it only.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/host/request.hpp"
#include "plugins/protocol/reply.hpp"
#include "rotators/engine/place_io.hpp"
#include "rotators/engine/run.hpp"

namespace nhi {

/// Of a consumer that is asked whether it works.
inline constexpr int kConsumerTries = 3;

enum class StepResult : std::uint8_t { kDone, kWaiting, kFailed };
struct StepEnd {
  StepResult result = StepResult::kDone;
  std::string what;
  std::optional<Instant> until;  // of kWaiting; none: a person
  std::string hint;
};
[[nodiscard]] StepEnd step_done(std::string what = {});
[[nodiscard]] StepEnd step_failed(std::string what, std::string hint = {});
[[nodiscard]] StepEnd step_waits(std::string what, std::optional<Instant> until = {},
                                 std::string hint = {});

/// What a rotator answered, taken apart: a reply, or why there is none.
template <class Reply>
struct Told {
  std::optional<Reply> reply;
  std::string what;                  // why there is none, for people
  std::optional<PluginError> error;  // of the rotator
  bool maybe_done = false;           // an effect cannot be excluded
};

class Runner {
 public:
  [[nodiscard]] static Result<Runner> open(const RunParts& parts, const std::string& run_id);
  [[nodiscard]] Result<RunReport> go();
  [[nodiscard]] Result<RunReport> undo(const std::string& reason);
  [[nodiscard]] Result<Comparison> compare();
  [[nodiscard]] Result<void> confirm(std::int64_t seq, const std::string& who,
                                     const std::string& evidence);

 private:
  Runner(const RunParts& parts, RunRow run, Plan plan);

  // run.cpp: the loop and what it writes.
  [[nodiscard]] Result<void> check_allowed() const;
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<RunReport> loop();
  [[nodiscard]] std::optional<StepEnd> held_up(StepKind kind) const;
  [[nodiscard]] Result<StepEnd> step(std::size_t index);
  [[nodiscard]] Result<StepEnd> perform(const PlannedStep& planned);
  [[nodiscard]] Result<RunReport> stop(const StepEnd& end);
  [[nodiscard]] Result<RunReport> finish();
  [[nodiscard]] StepRow& row(std::size_t index);
  [[nodiscard]] bool is_done(StepKind kind) const;
  [[nodiscard]] bool is_past_no_return() const;
  /// Writes the intent of the step at hand, with what recovery needs; nothing may happen before.
  [[nodiscard]] Result<void> intend(const Json& intent = Json::object());
  /// The same for a step that only waits: again only if the run comes from another state.
  [[nodiscard]] Result<void> begin_waiting();
  [[nodiscard]] Result<void> conclude(StepState state, const Json& outcome);
  [[nodiscard]] Result<void> keep_fact(const std::string& name, Json value);
  [[nodiscard]] AuditEvent event(std::string type, AuditFields body) const;
  void boundary(std::string_view what) const;
  [[nodiscard]] Instant now() const { return parts_->now(); }
  void tell(std::string_view what) const;
  /// False if the time is not there yet and is longer away than the caller waits.
  [[nodiscard]] bool reach(Instant until);
  [[nodiscard]] std::string text_fact(const std::string& name) const {
    return text_in(facts_, name);
  }

  // calls.cpp: the rotator.
  [[nodiscard]] Result<PluginSession*> session();
  [[nodiscard]] RotatorRequest request(std::string method, const Json& ref) const;
  [[nodiscard]] Result<void> keys_in_one_form(RotatorRequest& request,
                                              std::deque<SecretText>& kept) const;
  [[nodiscard]] Result<PluginCall> call(RotatorRequest request);
  [[nodiscard]] Result<Told<StepReply>> ask_step(const RotatorRequest& request);
  [[nodiscard]] Result<Told<InspectReply>> inspect(const Json& ref);
  [[nodiscard]] Result<Told<ListReply>> list(const Json& ref);
  [[nodiscard]] Result<Told<ProbeReply>> probe(const Json& ref, const SecretText& value,
                                               const std::string& kind);
  [[nodiscard]] Result<const SecretText*> authority();
  [[nodiscard]] Result<const SecretText*> old_value();
  [[nodiscard]] Result<const SecretText*> new_value();
  [[nodiscard]] CredentialId id_fact(const std::string& name) const;
  [[nodiscard]] bool is_unexplained(const std::string& client) const;

  // step_preflight.cpp
  [[nodiscard]] Result<StepEnd> do_preflight();
  [[nodiscard]] Result<StepEnd> check_world();
  [[nodiscard]] Result<StepEnd> check_places();
  [[nodiscard]] Result<StepEnd> check_provider();
  [[nodiscard]] Result<StepEnd> check_old_value();
  [[nodiscard]] Result<StepEnd> check_twin();
  [[nodiscard]] Result<StepEnd> try_create();

  // step_create.cpp
  [[nodiscard]] Result<StepEnd> do_create();
  [[nodiscard]] Result<StepEnd> create_again();
  [[nodiscard]] Result<StepEnd> create_after_server_secret();
  [[nodiscard]] Result<StepEnd> call_create();
  [[nodiscard]] Result<StepEnd> created(const StepReply& reply);
  [[nodiscard]] Result<void> seal_new(bool symbols, bool replace);
  [[nodiscard]] Result<StepEnd> take_away_orphan();
  [[nodiscard]] Result<StepEnd> do_enable();

  // step_place.cpp
  [[nodiscard]] Result<StepEnd> do_write(std::size_t place);
  [[nodiscard]] Result<StepEnd> write_place(const PlannedPlace& place, const PlaceEdit& edit);
  [[nodiscard]] Result<void> tidy_place(const PlannedPlace& place);
  [[nodiscard]] Result<StepEnd> do_await(std::size_t place);
  /// Runs a program of the configuration until it ends with 0; what it said last otherwise.
  [[nodiscard]] std::string run_program(const std::vector<std::string>& words, int tries);
  [[nodiscard]] Result<StepEnd> do_command(const std::vector<std::string>& words,
                                           const std::string& about);
  [[nodiscard]] Result<PlaceEdit> edit_of(bool back);

  // step_proof.cpp
  [[nodiscard]] Result<StepEnd> do_verify_new();
  [[nodiscard]] Result<StepEnd> do_overlap();
  [[nodiscard]] Result<StepEnd> do_soak();
  [[nodiscard]] Result<StepEnd> do_verify_dead();
  [[nodiscard]] Result<StepEnd> dead_by_records();
  [[nodiscard]] Result<std::string> who_uses_old();
  [[nodiscard]] std::string failing_consumer();

  // step_end.cpp
  [[nodiscard]] Result<StepEnd> do_suspend();
  [[nodiscard]] Result<StepEnd> do_revoke();
  [[nodiscard]] Result<StepEnd> do_end_sessions();
  [[nodiscard]] Result<StepEnd> step_call(const std::string& method, const Json& ref,
                                          const CredentialId& id, const SecretText* old);

  // reconcile.cpp
  [[nodiscard]] Result<void> compare_places(Comparison& seen);
  [[nodiscard]] Result<void> compare_provider(Comparison& seen);
  [[nodiscard]] Result<void> compare_ids(Comparison& seen);

  // roll_back.cpp
  [[nodiscard]] Result<RunReport> undo_steps();
  [[nodiscard]] Result<StepEnd> undo_step(const PlannedStep& planned);
  [[nodiscard]] Result<StepEnd> undo_create();
  [[nodiscard]] Result<StepEnd> undo_suspend();
  [[nodiscard]] Result<StepEnd> undo_write(std::size_t place);

  const RunParts* parts_;
  RunStore store_;
  RunRow run_;
  Plan plan_;
  Lease lease_;
  Json facts_;
  std::map<std::int64_t, StepRow> rows_;  // by seq: index + 1
  std::size_t at_ = 0;                    // index of the step at hand
  PlaceIo places_;
  std::optional<PluginSession> session_;
  std::optional<SecretText> auth_;
  std::optional<SecretText> old_;
  std::optional<SecretText> new_;
};

}  // namespace nhi
