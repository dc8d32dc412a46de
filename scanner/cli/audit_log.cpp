#include "scanner/cli/audit_log.hpp"

#include <syslog.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>

#include "rotators/journal/actor.hpp"
#include "scanner/base/host_name.hpp"
#include "scanner/cli/audit_events.hpp"
#include "scanner/cli/version.hpp"

namespace nhi {
namespace {

std::int64_t nanoseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

AuditMoment system_moment() { return {nanoseconds(CLOCK_REALTIME), nanoseconds(CLOCK_BOOTTIME)}; }

std::string host_name() {
  const std::string name = own_host_name();
  return name.empty() ? "unknown" : name;
}

}  // namespace

Result<std::string> journal_path(const Options& options) {
  if (!options.journal.empty()) return options.journal;
  return Journal::usual_path();
}

std::string absolute_path(const std::string& path) {
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path, failed);
  return failed ? path : absolute.lexically_normal().string();
}

AuditLog::AuditLog(Journal journal, const Options& options)
    : journal_(std::move(journal)),
      inventory_(absolute_path(options.inventory)),
      to_syslog_(options.audit_syslog) {}

Result<AuditLog> AuditLog::open(const Options& options) {
  NHI_TRY(const std::string path, journal_path(options));
  NHI_TRY(const std::string key_path, AuditSigningKey::usual_path());
  NHI_TRY(AuditSigningKey key, AuditSigningKey::load_or_create(key_path));
  AuditStamp stamp;
  stamp.actor = actor_fields(process_facts(), options.on_behalf);
  stamp.host = host_name();
  stamp.version = std::string(kVersion);
  stamp.process = ::getpid();
  auto journal = Journal::open_to_append(path, std::move(stamp), system_moment, std::move(key));
  if (!journal) {
    Error& error = journal.error();
    if (error.hint.empty()) {
      error.hint =
          "what is done is recorded there first; --journal or NHISWEEP_JOURNAL names another file";
    }
    return fail(std::move(error));
  }
  return AuditLog(std::move(*journal), options);
}

Result<void> AuditLog::record(const std::vector<AuditEvent>& events) {
  if (events.empty()) return {};
  last_type_ = events.back().type;
  NHI_CHECK_OK(journal_.append(events));
  return {};
}

void AuditLog::failed(const Error& error) {
  AuditEvent event{"failed", {}};
  event.body.text("of", last_type_).text("error", to_string(error.code));
  event.body.text("what", error.message());
  if (journal_.append({&event, 1})) static_cast<void>(close());
}

Result<std::string> AuditLog::close() {
  NHI_TRY(const AuditHead head, journal_.checkpoint());
  std::string text = to_text(head);
  if (to_syslog_) {
    ::openlog("nhisweep", LOG_PID, LOG_AUTHPRIV);
    ::syslog(LOG_NOTICE, "audit %s %s", journal_.chain().c_str(), text.c_str());
    ::closelog();
  }
  return text;
}

Result<std::optional<AuditRecord>> AuditLog::newest(const std::string& type) {
  return journal_.newest(type, "inventory", inventory_);
}

Result<void> decide_recorded(const Options& options, AuditLog& log, Inventory& inventory,
                             const Decisions& decisions) {
  const std::vector<AuditEvent> events = events_of(decisions, absolute_path(options.inventory));
  if (events.empty()) return {};
  NHI_CHECK_OK(log.record(events));
  auto done = inventory.decide(decisions);
  if (!done) log.failed(done.error());
  return done;
}

Result<void> decide_recorded(const Options& options, Inventory& inventory,
                             const Decisions& decisions) {
  if (events_of(decisions, {}).empty()) return {};
  NHI_TRY(AuditLog log, AuditLog::open(options));
  NHI_CHECK_OK(decide_recorded(options, log, inventory, decisions));
  NHI_CHECK_OK(log.close());
  return {};
}

}  // namespace nhi
