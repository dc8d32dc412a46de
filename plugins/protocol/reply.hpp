// reply.hpp - what a rotator answers to each method, checked before anything rests on it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/protocol/message.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// Names a credential at its provider: texts, no secrets.
using CredentialId = std::map<std::string, std::string>;

struct Evidence {
  std::string kind;  // "sql", "http"
  std::string text;
  std::string code;
  std::string at;  // ISO 8601
};

enum class StepOutcome : std::uint8_t { kDone, kAlreadyDone, kNotDone, kAmbiguous, kPending };
[[nodiscard]] std::string_view to_string(StepOutcome outcome);

/// Of create, suspend, resume, revoke, end_sessions.
struct StepReply {
  StepOutcome outcome = StepOutcome::kAmbiguous;
  CredentialId id;
  std::string secret;                         // a slot's handle; empty if there is none
  std::map<std::string, std::string> sealed;  // names to slots' handles
  Json state = Json::object();
  std::string undo;  // a method; empty if nothing takes it back
  std::int64_t converge_ms = 0;
  std::int64_t ended = 0;
  std::vector<Evidence> evidence;
  std::string cookie;
  std::int64_t retry_after_ms = 0;
};

enum class ProbeVerdict : std::uint8_t { kAccepted, kRejected, kInconclusive };
[[nodiscard]] std::string_view to_string(ProbeVerdict verdict);

struct ProbeReply {
  ProbeVerdict verdict = ProbeVerdict::kInconclusive;
  std::string code;
  bool from_metadata = false;  // what records say; nothing was tried
  std::string node;
  std::vector<Evidence> evidence;
};

struct InspectReply {
  bool exists = false;
  std::optional<bool> enabled;
  CredentialId id;
  std::optional<std::int64_t> slots_used;
  std::string last_used;
  std::vector<std::string> clients;
  std::string server;
  bool rights_ok = false;
  std::vector<std::string> rights_missing;
  bool locked = false;
};

struct ListedCredential {
  CredentialId id;
  std::string status;  // active, suspended, expired, unknown
  std::string created;
  std::string last_used;
  std::string marker;
};
struct ListReply {
  std::vector<ListedCredential> items;
};

struct ReconcileReply {
  std::vector<CredentialId> unknown;
  std::vector<CredentialId> missing;
  std::vector<CredentialId> removed;
};

// Errors of all: kMalformed for what the protocol does not allow; kTooLarge.
[[nodiscard]] Result<StepReply> step_reply_from(const Json& json);
[[nodiscard]] Result<ProbeReply> probe_reply_from(const Json& json);
[[nodiscard]] Result<InspectReply> inspect_reply_from(const Json& json);
[[nodiscard]] Result<ListReply> list_reply_from(const Json& json);
[[nodiscard]] Result<ReconcileReply> reconcile_reply_from(const Json& json);
[[nodiscard]] Result<CredentialId> credential_id_from(const Json& json);

[[nodiscard]] Json to_json(const StepReply& reply);
[[nodiscard]] Json to_json(const ProbeReply& reply);
[[nodiscard]] Json to_json(const InspectReply& reply);
[[nodiscard]] Json to_json(const ListReply& reply);
[[nodiscard]] Json to_json(const ReconcileReply& reply);

}  // namespace nhi
