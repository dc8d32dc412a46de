#include "plugins/protocol/reply.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/protocol/limits.hpp"
#include "plugins/protocol/words.hpp"

namespace nhi {
namespace {

constexpr Words<5> kOutcomes = {"done", "already_done", "not_done", "ambiguous", "pending"};
constexpr Words<3> kVerdicts = {"accepted", "rejected", "inconclusive"};
constexpr Words<2> kGrades = {"probed", "metadata"};
constexpr Words<4> kStatuses = {"active", "suspended", "expired", "unknown"};
constexpr std::size_t kIdEntriesMax = 16;
constexpr std::size_t kWordBytesMax = 128;
constexpr std::size_t kIdTextBytesMax = 512;
constexpr std::size_t kListedMax = 10'000;
constexpr std::size_t kClientsMax = 256;
constexpr std::int64_t kWaitMsMax = std::int64_t{24} * 60 * 60 * 1000;

Unexpected<Error> malformed(std::string what) {
  return fail(ErrorCode::kMalformed, std::move(what));
}

// A handle that stands under `name`; empty where nothing does.
Result<std::string> handle_under(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  if (value.is_null()) return std::string();
  std::string handle = handle_in(value);
  if (handle.empty()) return malformed(fmt::format("'{}' is no handle of a secret", name));
  return handle;
}

// The id that stands under "id"; empty where none does.
Result<CredentialId> id_under(const Json& json) {
  const Json& id = member(json, "id");
  if (id.is_null()) return CredentialId();
  return credential_id_from(id);
}

Result<std::map<std::string, std::string>> sealed_of(const Json& json) {
  std::map<std::string, std::string> sealed;
  const Json& values = member(json, "sealed");
  if (values.is_null()) return sealed;
  if (!values.is_object() || values.size() > kIdEntriesMax) {
    return malformed("'sealed' is no object of few handles");
  }
  for (const auto& entry : values.items()) {
    const std::string handle = handle_in(entry.value());
    if (handle.empty()) return malformed("'sealed' has a value that is no handle");
    sealed[entry.key()] = handle;
  }
  return sealed;
}

// Too much of it is cut: it is for people, and nothing is decided by it.
std::vector<Evidence> evidence_of(const Json& json) {
  std::vector<Evidence> evidence;
  const Json& list = member(json, "evidence");
  if (!list.is_array()) return evidence;
  for (const Json& entry : list) {
    if (evidence.size() == kEvidenceEntriesMax) break;
    evidence.push_back({text_in(entry, "kind").substr(0, kWordBytesMax),
                        text_in(entry, "text").substr(0, kEvidenceTextBytesMax),
                        text_in(entry, "code").substr(0, kWordBytesMax),
                        text_in(entry, "at").substr(0, kWordBytesMax)});
  }
  return evidence;
}

Json to_json(const std::vector<Evidence>& evidence) {
  Json list = Json::array();
  for (const Evidence& one : evidence) {
    list.push_back({{"kind", one.kind}, {"text", one.text}, {"code", one.code}, {"at", one.at}});
  }
  return list;
}

// `object` without its empty texts, lists and objects.
Json without_empty(Json object) {
  for (auto entry = object.begin(); entry != object.end();) {
    const bool empty = entry->is_null() ||
                       (entry->is_string() && entry->get<std::string>().empty()) ||
                       (entry->is_structured() && entry->empty());
    entry = empty ? object.erase(entry) : std::next(entry);
  }
  return object;
}

Result<std::vector<CredentialId>> ids_of(const Json& json, std::string_view name) {
  std::vector<CredentialId> ids;
  const Json& list = member(json, name);
  if (!list.is_array() || list.size() > kListedMax) {
    return malformed(fmt::format("'{}' is no list of at most {}", name, kListedMax));
  }
  for (const Json& entry : list) {
    NHI_TRY(CredentialId id, credential_id_from(entry));
    ids.push_back(std::move(id));
  }
  return ids;
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& entry : list) {
    if (texts.size() == kClientsMax) break;
    if (entry.is_string()) texts.push_back(entry.get<std::string>().substr(0, kIdTextBytesMax));
  }
  return texts;
}

}  // namespace

std::string_view to_string(StepOutcome outcome) {
  return kOutcomes.at(static_cast<std::size_t>(outcome));
}
std::string_view to_string(ProbeVerdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}

Result<CredentialId> credential_id_from(const Json& json) {
  CredentialId id;
  if (!json.is_object() || json.empty() || json.size() > kIdEntriesMax) {
    return malformed("an id is no object of texts");
  }
  for (const auto& entry : json.items()) {
    if (!entry.value().is_string()) return malformed("an id has a member that is no text");
    std::string text = entry.value().get<std::string>();
    if (text.size() > kIdTextBytesMax) return malformed("an id has a text over 512 bytes");
    id[entry.key()] = std::move(text);
  }
  return id;
}

Result<StepReply> step_reply_from(const Json& json) {
  StepReply reply;
  const auto outcome = value_of<StepOutcome>(text_in(json, "outcome"), kOutcomes);
  if (!outcome) return malformed("'outcome' is missing or has an unknown word");
  reply.outcome = *outcome;
  NHI_TRY(reply.id, id_under(json));
  NHI_TRY(reply.secret, handle_under(json, "secret"));
  NHI_TRY(reply.sealed, sealed_of(json));
  const Json& state = member(json, "state");
  if (!state.is_null() && !state.is_object()) return malformed("'state' is no object");
  if (state.is_object()) {
    if (state.dump().size() > kStateBytesMax) {
      return fail(ErrorCode::kTooLarge, fmt::format("'state' is over {} bytes", kStateBytesMax));
    }
    reply.state = state;
  }
  reply.undo = text_in(member(json, "undo"), "method");
  reply.converge_ms = std::clamp<std::int64_t>(number_in(json, "converge_ms"), 0, kWaitMsMax);
  reply.ended = std::max<std::int64_t>(number_in(json, "ended"), 0);
  reply.evidence = evidence_of(json);
  reply.cookie = text_in(json, "cookie");
  reply.retry_after_ms = std::clamp<std::int64_t>(number_in(json, "retry_after_ms"), 0, kWaitMsMax);
  if (reply.outcome == StepOutcome::kPending && reply.cookie.empty()) {
    return malformed("'pending' without a cookie");
  }
  if (reply.cookie.size() > kStateBytesMax) return malformed("'cookie' is over 65536 bytes");
  return reply;
}

Result<ProbeReply> probe_reply_from(const Json& json) {
  ProbeReply reply;
  const auto verdict = value_of<ProbeVerdict>(text_in(json, "verdict"), kVerdicts);
  if (!verdict) return malformed("'verdict' is missing or has an unknown word");
  const std::string grade = text_in(json, "grade");
  if (!value_of<std::size_t>(grade, kGrades)) {
    return malformed("'grade' is missing or has an unknown word");
  }
  reply.verdict = *verdict;
  reply.from_metadata = grade == kGrades[1];
  reply.code = text_in(json, "code").substr(0, kIdTextBytesMax);
  reply.node = text_in(json, "node").substr(0, kIdTextBytesMax);
  reply.evidence = evidence_of(json);
  return reply;
}

Result<InspectReply> inspect_reply_from(const Json& json) {
  InspectReply reply;
  if (!member(json, "exists").is_boolean()) return malformed("'exists' is missing or no flag");
  const Json& rights = member(json, "rights");
  if (!member(rights, "ok").is_boolean()) return malformed("'rights' is missing or says no 'ok'");
  reply.exists = flag_in(json, "exists");
  if (member(json, "enabled").is_boolean()) reply.enabled = flag_in(json, "enabled");
  NHI_TRY(reply.id, id_under(json));
  if (member(json, "slots_used").is_number_integer()) {
    reply.slots_used = number_in(json, "slots_used");
  }
  reply.last_used = text_in(json, "last_used").substr(0, kIdTextBytesMax);
  reply.clients = texts_of(member(json, "clients"));
  reply.server = text_in(json, "server").substr(0, kIdTextBytesMax);
  reply.rights_ok = flag_in(rights, "ok");
  reply.rights_missing = texts_of(member(rights, "needs"));
  reply.locked = flag_in(json, "locked");
  return reply;
}

Result<ListReply> list_reply_from(const Json& json) {
  ListReply reply;
  const Json& items = member(json, "items");
  if (!items.is_array() || items.size() > kListedMax) {
    return malformed(fmt::format("'items' is no list of at most {}", kListedMax));
  }
  for (const Json& entry : items) {
    ListedCredential listed;
    NHI_TRY(listed.id, credential_id_from(member(entry, "id")));
    listed.status = text_in(entry, "status");
    if (!value_of<std::size_t>(listed.status, kStatuses)) {
      return malformed("'status' of an item is missing or has an unknown word");
    }
    listed.created = text_in(entry, "created").substr(0, kIdTextBytesMax);
    listed.last_used = text_in(entry, "last_used").substr(0, kIdTextBytesMax);
    listed.marker = text_in(entry, "marker").substr(0, kIdTextBytesMax);
    reply.items.push_back(std::move(listed));
  }
  return reply;
}

Result<ReconcileReply> reconcile_reply_from(const Json& json) {
  ReconcileReply reply;
  NHI_TRY(reply.unknown, ids_of(json, "unknown"));
  NHI_TRY(reply.missing, ids_of(json, "missing"));
  NHI_TRY(reply.removed, ids_of(json, "removed"));
  return reply;
}

Json to_json(const StepReply& reply) {
  Json json = without_empty({{"outcome", to_string(reply.outcome)},
                             {"id", reply.id},
                             {"state", reply.state},
                             {"evidence", to_json(reply.evidence)},
                             {"cookie", reply.cookie}});
  if (!reply.secret.empty()) json["secret"] = secret_json(reply.secret);
  for (const auto& [name, handle] : reply.sealed) json["sealed"][name] = secret_json(handle);
  if (!reply.undo.empty()) json["undo"] = {{"method", reply.undo}};
  if (reply.converge_ms > 0) json["converge_ms"] = reply.converge_ms;
  if (reply.ended > 0) json["ended"] = reply.ended;
  if (reply.retry_after_ms > 0) json["retry_after_ms"] = reply.retry_after_ms;
  return json;
}

Json to_json(const ProbeReply& reply) {
  return without_empty({{"verdict", to_string(reply.verdict)},
                        {"code", reply.code},
                        {"grade", kGrades.at(reply.from_metadata ? 1 : 0)},
                        {"node", reply.node},
                        {"evidence", to_json(reply.evidence)}});
}

Json to_json(const InspectReply& reply) {
  Json json = without_empty({{"exists", reply.exists},
                             {"id", reply.id},
                             {"last_used", reply.last_used},
                             {"clients", reply.clients},
                             {"server", reply.server},
                             {"locked", reply.locked}});
  json["rights"] = {{"ok", reply.rights_ok}, {"needs", reply.rights_missing}};
  if (reply.enabled) json["enabled"] = *reply.enabled;
  if (reply.slots_used) json["slots_used"] = *reply.slots_used;
  return json;
}

Json to_json(const ListReply& reply) {
  Json items = Json::array();
  for (const ListedCredential& listed : reply.items) {
    items.push_back(without_empty({{"id", listed.id},
                                   {"status", listed.status},
                                   {"created", listed.created},
                                   {"last_used", listed.last_used},
                                   {"marker", listed.marker}}));
  }
  return {{"items", std::move(items)}};
}

Json to_json(const ReconcileReply& reply) {
  return {{"unknown", reply.unknown}, {"missing", reply.missing}, {"removed", reply.removed}};
}

}  // namespace nhi
