#include "rotators/journal/journal.hpp"

#include <openssl/rand.h>

#include <array>

#include "rotators/journal/schema.hpp"
#include "scanner/base/own_file.hpp"
#include "scanner/sqlite/lock.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

struct Journal::State {
  std::string path;
  std::unique_ptr<SQLite::Database> database;
  AuditStamp stamp = {};
  Clock clock = nullptr;  // none if it was opened for reading
  std::optional<AuditSigningKey> key = std::nullopt;
  std::string chain = {};

  [[nodiscard]] AuditHead head() const;
  [[nodiscard]] Result<AuditHead> add(AuditHead before, const AuditEvent& event);
  [[nodiscard]] std::optional<AuditRecord> newest_about_keys();
};

namespace {

constexpr OwnPlace kPlace = {"journal",        "NHISWEEP_JOURNAL", "/var/lib/nhisweep/journal.db",
                             "XDG_STATE_HOME", ".local/state",     "nhisweep/journal.db"};
// A command that makes or checks the file holds the lock for less than a second.
constexpr std::chrono::seconds kLockWait{10};
constexpr std::size_t kChainBytes = 16;

Error not_appending(const std::string& path) {
  return {ErrorCode::kInternal, "the journal was opened for reading", path, {}};
}

Result<std::string> random_chain() {
  std::array<unsigned char, kChainBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return fail(ErrorCode::kInternal, "the system gave no random bytes");
  }
  return to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Digest digest_of(std::string_view bytes) {
  Digest digest{};
  for (std::size_t i = 0; i < std::min(bytes.size(), digest.size()); ++i) {
    digest[i] = static_cast<std::uint8_t>(bytes[i]);
  }
  return digest;
}

AuditFields key_fields(const AuditPublicKey& key) {
  return AuditFields().text("key", key.id()).verbatim("public_key", key.pem());
}

// What is stored is a stranger's until it is verified: no record of ours is as if none were there.
std::optional<AuditRecord> record_of(const std::string& text) {
  auto record = AuditRecord::from_json(text);
  return record ? std::optional<AuditRecord>(std::move(*record)) : std::nullopt;
}

}  // namespace

std::string checkpoint_text(std::string_view chain, const AuditHead& head) {
  return "nhisweep-checkpoint/1\n" + std::string(chain) + "\n" + to_text(head) + "\n";
}

AuditHead Journal::State::head() const {
  SQLite::Statement query(*database, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1");
  if (!query.executeStep()) return {};
  const SQLite::Column hash = query.getColumn(1);
  return {static_cast<std::uint64_t>(query.getColumn(0).getInt64()),
          digest_of({static_cast<const char*>(hash.getBlob()),
                     static_cast<std::size_t>(hash.getBytes())})};
}

Result<AuditHead> Journal::State::add(AuditHead before, const AuditEvent& event) {
  AuditRecord record;
  const AuditMoment now = clock();
  record.seq = before.seq + 1;
  record.at = to_iso8601_ns(now.unix_ns);
  record.mono_ns = now.mono_ns;
  record.host = stamp.host;
  record.process = stamp.process;
  record.version = stamp.version;
  record.actor = stamp.actor;
  record.type = event.type;
  record.body = event.body;
  const std::string text = record.to_json();
  if (text.size() > kAuditRecordBytesMax) {
    return fail(ErrorCode::kTooLarge, "a record of the audit is over 1 MiB", event.type);
  }
  const AuditHead after = followed_by(before, text);
  SQLite::Statement insert(*database, "INSERT INTO event (seq, record, hash) VALUES (?, ?, ?)");
  Binder(insert).count(after.seq).text(text).blob(
      {reinterpret_cast<const char*>(after.hash.data()), after.hash.size()});
  insert.exec();
  return after;
}

std::optional<AuditRecord> Journal::State::newest_about_keys() {
  SQLite::Statement query(*database,
                          "SELECT record FROM event WHERE json_valid(record) AND"
                          " json_extract(record, '$.type') IN (?, ?, ?) ORDER BY seq DESC LIMIT 1");
  Binder(query).text(kJournalCreated).text(kKeyChanged).text(kCheckpoint);
  return query.executeStep() ? record_of(query.getColumn(0).getString()) : std::nullopt;
}

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<std::string> Journal::usual_path() { return own_path(kPlace); }

Result<Journal> Journal::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  NHI_TRY(state->database, open_store(journal_kind(), path, Access::kRead));
  return Journal(std::move(state));
}

Result<Journal> Journal::open_to_append(const std::string& path, AuditStamp stamp, Clock clock,
                                        AuditSigningKey key) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->stamp = std::move(stamp);
  state->clock = std::move(clock);
  state->key = std::move(key);
  NHI_CHECK_OK(make_folders_of(path, kPlace.noun));
  // For making the file and for its steps only: SQLite lets processes append in turn.
  NHI_TRY(const FileHandle lock, take_writer_lock(path, kPlace.noun, kLockWait));
  NHI_TRY(state->database, open_store(journal_kind(), path, Access::kWrite));
  Journal journal(std::move(state));
  NHI_CHECK_OK(journal.begin_chain());
  return journal;
}

Result<void> Journal::begin_chain() {
  State& state = *state_;
  return adapt(state.path, [&]() -> Result<void> {
    WriteTransaction transaction(*state.database);
    const AuditHead head = state.head();
    const AuditPublicKey& key = state.key->public_key();
    if (head.seq == 0) {
      NHI_TRY(state.chain, random_chain());
      AuditFields body = key_fields(key);
      body.text("chain", state.chain);
      NHI_CHECK_OK(state.add(head, {std::string(kJournalCreated), std::move(body)}));
      transaction.commit();
      return {};
    }
    const std::string first =
        state.database->execAndGet("SELECT record FROM event WHERE seq = 1").getString();
    const auto created = record_of(first);
    if (created) state.chain = created->body.text_of("chain");
    const auto last = state.newest_about_keys();
    const std::string former = last ? last->body.text_of("key") : std::string();
    if (former == key.id()) return {};
    AuditFields body = key_fields(key);
    body.text("chain", state.chain).text("former", former);
    NHI_CHECK_OK(state.add(head, {std::string(kKeyChanged), std::move(body)}));
    transaction.commit();
    return {};
  });
}

Result<AuditHead> Journal::append(std::span<const AuditEvent> events) {
  return append_with(events, [](SQLite::Database&) -> Result<void> { return {}; });
}

Result<AuditHead> Journal::append_with(std::span<const AuditEvent> events, const Change& change) {
  State& state = *state_;
  if (!state.clock) return fail(not_appending(state.path));
  return adapt(state.path, [&]() -> Result<AuditHead> {
    WriteTransaction transaction(*state.database);
    NHI_CHECK_OK(change(*state.database));
    AuditHead head = state.head();
    for (const AuditEvent& event : events) {
      NHI_TRY(head, state.add(head, event));
    }
    transaction.commit();
    return head;
  });
}

Result<void> Journal::write(std::span<const AuditEvent> events, const Change& change) {
  NHI_TRY([[maybe_unused]] const AuditHead head, append_with(events, change));
  return {};
}

Result<void> Journal::on_file(const Change& body) {
  return adapt(state_->path, [&]() -> Result<void> { return body(*state_->database); });
}

Result<AuditHead> Journal::checkpoint() {
  State& state = *state_;
  if (!state.clock) return fail(not_appending(state.path));
  return adapt(state.path, [&]() -> Result<AuditHead> {
    WriteTransaction transaction(*state.database);
    AuditHead head = state.head();
    SQLite::Statement query(*state.database, "SELECT record FROM event WHERE seq = ?");
    Binder(query).count(head.seq);
    const auto last =
        query.executeStep() ? record_of(query.getColumn(0).getString()) : std::nullopt;
    query.reset();
    if (last && last->type == kCheckpoint) return head;
    NHI_TRY(const std::string signature, state.key->sign(checkpoint_text(state.chain, head)));
    AuditFields body;
    body.text("key", state.key->public_key().id()).text("signs", to_text(head));
    body.verbatim("signature", to_base64(signature));
    NHI_TRY(head, state.add(head, {std::string(kCheckpoint), std::move(body)}));
    transaction.commit();
    return head;
  });
}

const std::string& Journal::path() const { return state_->path; }

const std::string& Journal::chain() const { return state_->chain; }

Result<AuditHead> Journal::head() {
  return adapt(state_->path, [&]() -> Result<AuditHead> { return state_->head(); });
}

Result<void> Journal::each(std::uint64_t from, const Row& row) {
  return adapt(state_->path, [&]() -> Result<void> {
    const ReadSnapshot snapshot(*state_->database);
    SQLite::Statement query(*state_->database,
                            "SELECT seq, record, hash FROM event WHERE seq >= ? ORDER BY seq");
    Binder(query).count(from);
    while (query.executeStep()) {
      const SQLite::Column record = query.getColumn(1);
      const SQLite::Column hash = query.getColumn(2);
      NHI_TRY(const bool more, row(static_cast<std::uint64_t>(query.getColumn(0).getInt64()),
                                   {record.getText(), static_cast<std::size_t>(record.getBytes())},
                                   {static_cast<const char*>(hash.getBlob()),
                                    static_cast<std::size_t>(hash.getBytes())}));
      if (!more) break;
    }
    return {};
  });
}

Result<std::optional<AuditRecord>> Journal::newest(std::string_view type, const std::string& field,
                                                   const std::string& value) {
  using Found = Result<std::optional<AuditRecord>>;
  return adapt(state_->path, [&]() -> Found {
    SQLite::Statement query(*state_->database,
                            "SELECT record FROM event WHERE json_valid(record) AND"
                            " json_extract(record, '$.type') = ? AND"
                            " json_extract(record, '$.body.' || ?) = ? ORDER BY seq DESC LIMIT 1");
    Binder(query).text(type).text(field).text(value);
    return query.executeStep() ? record_of(query.getColumn(0).getString()) : std::nullopt;
  });
}

}  // namespace nhi
