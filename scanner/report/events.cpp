#include "scanner/report/events.hpp"

#include <fmt/format.h>

#include "scanner/base/clock.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

constexpr std::string_view kSchema = "nhisweep.event/1";

Json exception_value(const Exception& exception) {
  Json out;
  out["kind"] = "exception";
  out["id"] = valid_utf8(exception.id);
  out["withdrawn"] = exception.withdrawn;
  out["owner"] = valid_utf8(exception.owner);
  out["reason"] = valid_utf8(exception.reason);
  out["until"] = to_iso8601(exception.until);
  out["who"] = valid_utf8(exception.who);
  return out;
}

Json attestation_value(const CredentialDecision& decision) {
  Json out;
  out["kind"] = "credential-status";
  out["status"] = to_string(decision.status);
  out["who"] = valid_utf8(decision.who);
  out["evidence"] = valid_utf8(decision.evidence);
  return out;
}

}  // namespace

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::kAppeared:
      return "appeared";
    case EventKind::kKnown:
      return "known";
    case EventKind::kReturned:
      return "returned";
    case EventKind::kGone:
      return "gone";
    case EventKind::kUnverified:
      return "unverified";
    case EventKind::kDecided:
      return "decided";
  }
  return "unknown";
}

EventKind event_of(std::optional<Presence> from, Presence to) {
  switch (to) {
    case Presence::kNew:
      return EventKind::kAppeared;
    case Presence::kOpen:
      return from ? EventKind::kReturned : EventKind::kKnown;
    case Presence::kGone:
      return EventKind::kGone;
    case Presence::kUnverified:
      break;
  }
  return EventKind::kUnverified;
}

std::string event_id(const FindingEvent& event) {
  // Ids and words of ours hold no line end, so the parts cannot run into each other. Which sweep
  // was the last before a decision may be seen differently after the next one: it is no part.
  const bool decided = event.is_decision();
  std::string parts =
      fmt::format("{}\n{}\n{}\n{}\n{}", kSchema, event.finding->id, to_string(event.kind),
                  decided ? 0 : event.sweep, event.at.seconds);
  if (event.exception != nullptr) {
    parts += fmt::format("\n{}\n{}\n{}", event.exception->id, event.exception->withdrawn,
                         event.exception->until.seconds);
  }
  if (event.decision != nullptr) {
    parts += fmt::format("\n{}\n{}", to_string(event.decision->verdict), event.decision->number);
  }
  if (event.attestation != nullptr) {
    parts += fmt::format("\n{}", to_string(event.attestation->status));
  }
  return "v_" + to_hex(sha256(parts)).substr(0, 16);
}

std::string render_events(const std::vector<FindingEvent>& events) {
  std::string out;
  for (const FindingEvent& event : events) {
    Json line;
    line["schema"] = kSchema;
    line["id"] = event_id(event);
    line["event"] = to_string(event.kind);
    line["sweep"] = event.sweep;
    line["at"] = to_iso8601(event.at);
    if (!event.change.empty()) line["change"] = valid_utf8(event.change);
    if (event.exception != nullptr) line["decision"] = exception_value(*event.exception);
    if (event.decision != nullptr) line["decision"] = decision_value(*event.decision);
    if (event.attestation != nullptr) line["decision"] = attestation_value(*event.attestation);
    line["finding"] = finding_value(*event.finding, nullptr);
    out += dump_line(line);
    out += '\n';
  }
  return out;
}

}  // namespace nhi
