// inventory.cpp - the room's door: opens the file, keeps the lock, hands calls to the parts.
#include "scanner/inventory/inventory.hpp"

#include "scanner/inventory/decisions.hpp"
#include "scanner/inventory/export.hpp"
#include "scanner/inventory/finish.hpp"
#include "scanner/inventory/key_settler.hpp"
#include "scanner/inventory/prune.hpp"
#include "scanner/inventory/reader.hpp"
#include "scanner/inventory/schema.hpp"
#include "scanner/inventory/writer.hpp"
#include "scanner/sqlite/lock.hpp"
#include "scanner/sqlite/store_file.hpp"

namespace nhi {

// Members end in reverse order: the writer's statements, then the database, then the lock.
struct Inventory::State {
  std::string path;
  FileHandle lock;
  std::unique_ptr<SQLite::Database> database;
  std::unique_ptr<SweepWriter> writer;  // none in kRead mode

  [[nodiscard]] Result<SweepWriter*> writing() const {
    if (writer) return writer.get();
    return fail(ErrorCode::kInternal, "the inventory was opened for reading", path);
  }
};

Inventory::Inventory(std::unique_ptr<State> state) : state_(std::move(state)) {}
Inventory::Inventory(Inventory&&) noexcept = default;
Inventory& Inventory::operator=(Inventory&&) noexcept = default;
Inventory::~Inventory() = default;

Result<Inventory> Inventory::open(const std::string& path, Mode mode) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return fail(ErrorCode::kBadUse, "the inventory needs a file name", path);
  }
  auto state = std::make_unique<State>();
  state->path = path;
  if (mode == Mode::kWrite) {
    NHI_TRY(state->lock, take_writer_lock(path, inventory_kind().noun));
  }
  NHI_TRY(state->database, open_store(inventory_kind(), path,
                                      mode == Mode::kWrite ? Access::kWrite : Access::kRead));
  if (mode == Mode::kRead) return Inventory(std::move(state));
  NHI_CHECK_OK(adapt(path, [&]() -> Result<void> {
    state->writer = std::make_unique<SweepWriter>(*state->database, path);
    return {};
  }));
  return Inventory(std::move(state));
}

Result<SweepId> Inventory::begin_sweep(const SweepFacts& facts) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->begin(facts);
}

Result<bool> Inventory::reuse(SweepId sweep, const UnitKey& key, std::string_view stamp,
                              std::string_view profile, Coverage& carried) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->reuse(sweep, key, stamp, profile, carried);
}

Result<void> Inventory::store(SweepId sweep, const UnitResult& unit) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->store(sweep, unit);
}

Result<QuietObjects> Inventory::quiet_objects(SweepId sweep, const UnitKey& key,
                                              std::string_view profile) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->quiet_objects(sweep, key, profile);
}

Result<void> Inventory::add_quiet(SweepId sweep, const UnitKey& key, const std::string& profile,
                                  std::string_view ids) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->add_quiet(sweep, key, profile, ids);
}

Result<void> Inventory::forget_quiet(SweepId sweep, const UnitKey& key) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->forget_quiet(sweep, key);
}

Result<void> Inventory::checkpoint() {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  return writer->checkpoint();
}

Result<std::vector<Inventory::KnownPlace>> Inventory::known_places(
    const std::vector<std::string>& targets) {
  return read_known_places(*state_->database, state_->path, targets);
}

Result<std::vector<std::string>> Inventory::targets() {
  return read_targets(*state_->database, state_->path);
}

Result<std::vector<HostBundle>> Inventory::bundles() {
  return read_bundles(*state_->database, state_->path);
}

Result<void> Inventory::export_units(const std::function<Result<void>(UnitResult)>& each) {
  return read_units(*state_->database, state_->path, each);
}

Result<SweepOutcome> Inventory::finish_sweep(SweepId sweep, const SweepEnd& end) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  NHI_TRY(RunningSweep* const running, writer->settled(sweep));
  NHI_TRY(const SweepOutcome outcome, end_sweep(*state_->database, state_->path, *running, end));
  writer->ended();
  return outcome;
}

Result<void> Inventory::store_audit_head(SweepId sweep, const std::string& head) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  NHI_CHECK_OK(writer->close_batch());
  return adapt(state_->path, [&]() -> Result<void> {
    SQLite::Statement update(*state_->database,
                             "UPDATE sweep SET audit_head = ? WHERE sweep_id = ?");
    Binder(update).text(head).integer(static_cast<std::int64_t>(sweep));
    update.exec();
    return {};
  });
}

Result<void> Inventory::store_measures(SweepId sweep, const std::vector<Measure>& measures) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  NHI_CHECK_OK(writer->close_batch());
  return adapt(state_->path, [&]() -> Result<void> {
    const auto id = static_cast<std::int64_t>(sweep);
    WriteTransaction transaction(*state_->database);
    SQLite::Statement clear(*state_->database, "DELETE FROM measure WHERE sweep_id = ?");
    clear.bind(1, id);
    clear.exec();
    SQLite::Statement insert(*state_->database, "INSERT INTO measure VALUES (?,?,?,?)");
    for (std::size_t i = 0; i < measures.size(); ++i) {
      Use use(insert);
      Binder binder = use.bind();
      binder.integer(id).count(i).text(measures[i].name);
      if (measures[i].value) {
        binder.integer(*measures[i].value);
      } else {
        binder.null();
      }
      use->exec();
    }
    transaction.commit();
    return {};
  });
}

Result<void> Inventory::decide(const Decisions& decisions) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  NHI_CHECK_OK(writer->close_batch());
  return append_decisions(*state_->database, state_->path, decisions);
}

Result<std::vector<FindingDecision>> Inventory::finding_decisions() {
  return read_finding_decisions(*state_->database, state_->path);
}

Result<std::vector<DependencyDecision>> Inventory::dependency_decisions() {
  return read_dependency_decisions(*state_->database, state_->path);
}

Result<std::vector<Exception>> Inventory::exceptions() {
  return read_exceptions(*state_->database, state_->path);
}

Result<std::vector<BindingDecision>> Inventory::binding_decisions() {
  return read_binding_decisions(*state_->database, state_->path);
}

Result<std::vector<CredentialDecision>> Inventory::credential_decisions() {
  return read_credential_decisions(*state_->database, state_->path);
}

Result<std::optional<Inventory::KeyState>> Inventory::key_state() {
  return read_key_state(*state_->database, state_->path);
}

Result<std::map<std::string, std::uint64_t>> Inventory::waiting_for_key(const KeyState& key) {
  return count_waiting(*state_->database, state_->path, key);
}

Result<std::vector<Inventory::Prunable>> Inventory::prunable(Instant before) {
  return read_prunable(*state_->database, state_->path, before);
}

Result<PruneOutcome> Inventory::prune(const PruneOrder& order) {
  NHI_TRY(SweepWriter* const writer, state_->writing());
  NHI_CHECK_OK(writer->close_batch());
  NHI_TRY(const PruneOutcome outcome, remove_facts(*state_->database, state_->path, order));
  if (!order.dry_run) NHI_CHECK_OK(write_anew(*state_->database, state_->path));
  return outcome;
}

Result<std::optional<Inventory::SweepRow>> Inventory::current_sweep() {
  return read_current_sweep(*state_->database, state_->path);
}

Result<std::vector<Inventory::SweepRow>> Inventory::finished_sweeps() {
  return read_finished_sweeps(*state_->database, state_->path);
}

Result<std::vector<Inventory::PresenceRow>> Inventory::presence_changes(SweepId after) {
  return read_presence_changes(*state_->database, state_->path, after);
}

Result<std::vector<Finding>> Inventory::findings(const FindingFilter& filter) {
  return read_findings(*state_->database, state_->path, filter);
}

}  // namespace nhi
