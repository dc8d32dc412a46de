#include "scanner/report/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scanner/base/scrub.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/places.hpp"
#include "scanner/report/priority.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

using Json = nlohmann::ordered_json;

Json optional_date(const std::optional<Instant>& instant) {
  return instant ? Json(to_iso8601(*instant)) : Json(nullptr);
}

using Places = std::vector<const Finding*>;

// A thing with where it was seen, best place first.
template <class Thing>
struct Seen {
  const Thing& thing;
  Places places;
  std::size_t places_max;  // in text
};

// A credential with what its priority is made of.
struct RankedRow {
  Seen<Credential> seen;
  Priority priority;
};

Json to_json(const Places& places) {
  Json list = Json::array();
  for (const Finding* finding : places) {
    if (list.size() == kPlacesShownMax) break;
    const Provenance& place = finding->place;
    list.push_back({{"finding", finding->id},
                    {"root", place.root},
                    {"path", place.path ? Json(*place.path) : Json()},
                    {"member", place.member},
                    {"line", finding->first.line},
                    {"state", to_string(finding->presence)},
                    {"in_files_now", in_files_now(*finding)}});
  }
  return list;
}

// "  in app.properties:12:3 and 57 more"
std::string places_text(const Places& places, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most, places.size()); ++i) {
    const Finding& finding = *places[i];
    const char* where = in_files_now(finding) ? "in"
                        : is_present(finding) ? "in history of"
                                              : "gone from";
    text += fmt::format("  {} {}", where, printable(place_of(finding)));
    if (i + 1 == most && most < places.size()) {
      text += fmt::format(" and {} more", places.size() - most);
    }
    text += '\n';
  }
  return text;
}

Json to_json(const Priority& priority) {
  Json parts = Json::array();
  for (const PriorityPart& part : priority.parts) {
    parts.push_back({{"part", part.name}, {"points", part.points}, {"why", part.why}});
  }
  return Json{{"points", priority.points},
              {"of", kPriorityMax},
              {"set_aside", priority.set_aside.empty() ? Json() : Json(priority.set_aside)},
              {"why", std::move(parts)}};
}

// Who said what of its life, when, on what evidence; oldest first.
Json life_json(const Credential& row) {
  Json said = Json::array();
  for (const CredentialDecision& decision : row.life) {
    said.push_back({{"status", to_string(decision.status)},
                    {"who", decision.who},
                    {"when", to_iso8601(decision.when)},
                    {"evidence", decision.evidence}});
  }
  return said;
}

Json bindings_json(const Dependency& row) {
  Json out = Json::array();
  for (const BindingDecision& said : row.bindings) {
    out.push_back({{"credential_id", said.credential_id},
                   {"kind", to_string(said.kind)},
                   {"who", said.who},
                   {"when", to_iso8601(said.when)},
                   {"evidence", said.evidence}});
  }
  return out;
}

Json actions_json(const Credential& row) {
  Json out = Json::array();
  for (const ActionVerdict& verdict : row.actions) {
    out.push_back({{"dependency_id", verdict.dependency_id},
                   {"towards", verdict.towards},
                   {"action", verdict.action},
                   {"permitted", verdict.permitted},
                   {"rule", verdict.rule},
                   {"because", verdict.because},
                   {"conditions", verdict.conditions}});
  }
  return out;
}

Json to_json(const RankedRow& ranked) {
  const Credential& row = ranked.seen.thing;
  Json out = Json{{"schema", "nhisweep.credential/1"},
                  {"id", row.id},
                  {"fingerprint", row.fingerprint},
                  {"rule", row.rule},
                  {"category", row.category},
                  {"secret", row.redacted},
                  {"severity", to_string(row.severity)},
                  {"principal", to_string(row.principal)},
                  {"credential_status", to_string(row.status)},
                  {"credential_status_said", life_json(row)},
                  {"seen_again", row.seen_again},
                  {"part_of", row.part_of.empty() ? Json() : Json(row.part_of)},
                  {"parts", row.parts},
                  {"identities", row.identities},
                  {"systems", row.systems},
                  {"sites", row.sites},
                  {"sites_gone", row.sites_gone},
                  {"places", to_json(ranked.seen.places)},
                  {"in_head", row.in_head},
                  {"owners", row.owners},
                  {"priority", to_json(ranked.priority)},
                  {"age",
                   {{"source", to_string(row.staleness.source)},
                    {"since", optional_date(row.staleness.since)},
                    {"expires", optional_date(row.staleness.expires)}}},
                  {"long_lived", row.staleness.since ? Json(row.long_lived) : Json(nullptr)},
                  {"reused", row.reused}};
  if (!row.actions.empty()) out["actions"] = actions_json(row);
  return out;
}

Json to_json(const Seen<Identity>& seen) {
  const Identity& row = seen.thing;
  return Json{{"schema", "nhisweep.identity/1"},
              {"id", row.id},
              {"identity", row.key},
              {"principal", to_string(row.principal)},
              {"credentials", row.credentials},
              {"consumers", row.consumers},
              {"systems", row.systems},
              {"places", to_json(seen.places)}};
}

// A dependency on the day of the report.
struct DependencyRow {
  Seen<Dependency> seen;
  Instant as_of;
  Instant cis1_removal;
};

Json optional_day(const std::optional<Instant>& day) {
  return day ? Json(to_iso_date(*day)) : Json(nullptr);
}

Json history_json(const Dependency& row) {
  Json history = Json::array();
  for (const DependencyDecision& decision : row.history) {
    const bool state = decision.field == DependencyField::kState && !decision.value.empty();
    const bool owner = decision.field == DependencyField::kOwner;
    history.push_back({{"who", decision.who},
                       {"when", to_iso8601(decision.when)},
                       {"field", to_string(decision.field)},
                       {"value", decision.value},
                       {"source", to_string(decision.source)},
                       {"state", state ? Json(decision.value) : Json()},
                       {"owner", owner ? Json(decision.value) : Json()},
                       {"evidence", decision.evidence}});
  }
  return history;
}

Json to_json(const DependencyRow& on_day) {
  const Seen<Dependency>& seen = on_day.seen;
  const Dependency& row = seen.thing;
  const bool no_trace = row.traces == TraceStanding::kNone;
  return Json{{"schema", "nhisweep.dependency/1"},
              {"id", row.id},
              {"system", row.system},
              {"environment", to_string(row.environment)},
              {"place", to_string(row.place)},
              {"proposed", no_trace ? Json(nullptr) : Json(to_string(row.proposed))},
              {"because", row.proposed_because},
              {"decided", row.decided ? Json(to_string(*row.decided)) : Json(nullptr)},
              {"owner", row.owner_name.empty() ? Json(nullptr) : Json(row.owner_name)},
              {"will_stop", will_stop(row)},
              {"days_to_removal", days_between(on_day.as_of, on_day.cis1_removal)},
              {"criticality", row.criticality ? Json(to_string(*row.criticality)) : Json(nullptr)},
              {"side_states", row.side_states},
              {"exception_until", optional_day(row.exception_until)},
              {"supplier", row.supplier},
              {"supplier_date", optional_day(row.supplier_date)},
              {"review", optional_day(row.review)},
              {"blockers", row.blockers},
              {"conflicts", row.conflicts},
              {"traces", to_string(row.traces)},
              {"last_seen", optional_date(row.last_seen)},
              {"indicators", row.indicators},
              {"gone_traces", row.gone_traces},
              {"credentials", row.credentials},
              {"shared_spine", row.shared_spine},
              {"bindings", bindings_json(row)},
              {"places", to_json(seen.places)},
              {"history", history_json(row)}};
}

// An exception as of one instant: whether it holds is part of what is shown.
struct ExceptionRow {
  const Exception& exception;
  std::string_view state;  // in-force | ended | withdrawn
};

Json to_json(const ExceptionRow& row) {
  const Exception& e = row.exception;
  return Json{{"schema", "nhisweep.exception/1"},
              {"id", e.id},
              {"subject", e.subject},
              {"state", row.state},
              {"owner", e.owner},
              {"reason", e.reason},
              {"until", to_iso_date(e.until)},
              {"who", e.who},
              {"decided", to_iso8601(e.decided)},
              {"evidence", e.evidence}};
}

std::string to_text(const ExceptionRow& row) {
  const Exception& e = row.exception;
  std::string text =
      fmt::format("{}  {}  {} until {}\n  owner {}: {}\n  decided by {} on {}\n", printable(e.id),
                  printable(e.subject), row.state, to_iso_date(e.until), printable(e.owner),
                  printable(e.reason), printable(e.who), to_iso_date(e.decided));
  if (!e.evidence.empty()) text += "  evidence: " + printable(e.evidence) + "\n";
  return text;
}

std::string life_text(const Credential& row) {
  std::string text;
  for (const CredentialDecision& decision : row.life) {
    text += fmt::format("  {} by {} on {}{}\n", to_string(decision.status), printable(decision.who),
                        to_iso_date(decision.when),
                        decision.evidence.empty() ? "" : " (" + printable(decision.evidence) + ")");
  }
  if (row.seen_again)
    text += "  SEEN AGAIN in a place that was not known when it was said to be dead\n";
  return text;
}

// What may be done with it, a block a dependency; conditions once a block.
std::string actions_text(const Credential& row) {
  std::string text;
  std::string_view block;
  for (const ActionVerdict& verdict : row.actions) {
    if (block != verdict.dependency_id) {
      block = verdict.dependency_id;
      text += block.empty() ? std::string("  tied to no dependency on CIS1\n")
                            : fmt::format("  {} towards {}\n", verdict.towards, printable(block));
    }
    text += fmt::format("    {}: {}: {} [{}]\n", verdict.action, verdict.permitted ? "yes" : "NO",
                        verdict.because, verdict.rule);
    for (const std::string& condition : verdict.conditions) text += "      if " + condition + "\n";
  }
  return text;
}

std::string to_text(const RankedRow& ranked) {
  const Credential& row = ranked.seen.thing;
  std::string text = fmt::format("{}  {:8}  {}  {}\n", printable(row.id), to_string(row.severity),
                                 printable(row.redacted), printable(row.rule));
  if (!row.part_of.empty()) text += "  part of " + printable(row.part_of) + "\n";
  for (const std::string& part : row.parts) text += "  with its part " + printable(part) + "\n";
  text += "  priority " + priority_sentence(ranked.priority) + "\n";
  text += fmt::format("  {} place{}{}{}{}\n", row.sites, row.sites == 1 ? "" : "s",
                      row.sites_gone > 0 ? fmt::format(", {} gone", row.sites_gone) : "",
                      row.in_head ? "" : ", no longer in files", row.reused ? ", reused" : "");
  text += places_text(ranked.seen.places, ranked.seen.places_max);
  for (const std::string& key : row.identities) text += "  opens " + printable(key) + "\n";
  text += life_text(row);
  text += row.staleness.since ? fmt::format("  since {} ({})\n", to_iso_date(*row.staleness.since),
                                            to_string(row.staleness.source))
                              : std::string("  age unknown\n");
  return text + actions_text(row);
}

std::string to_text(const Seen<Identity>& seen) {
  const Identity& row = seen.thing;
  std::string text = fmt::format("{}  {}\n", printable(row.id), printable(row.key));
  text += fmt::format("  {}, {} credential{}\n", to_string(row.principal), row.credentials.size(),
                      row.credentials.size() == 1 ? "" : "s");
  for (const std::string& consumer : row.consumers) {
    text += "  used by " + printable(consumer) + "\n";
  }
  text += places_text(seen.places, seen.places_max);
  return text;
}

// Where it was last seen, if that was not this time.
std::string traces_line(const Dependency& row) {
  if (row.traces == TraceStanding::kThere) return {};
  if (row.traces == TraceStanding::kNone) return "  declared by people, no CIS1 trace was seen\n";
  const std::string seen =
      row.last_seen ? ", last seen " + to_iso_date(*row.last_seen) : std::string();
  if (row.traces == TraceStanding::kGone) return "  traces gone" + seen + "\n";
  return "  no trace was read this time: unverified" + seen + "\n";
}

// "  review 2026-12-15 (overdue)"; nothing where nobody named a day.
std::string day_line(const char* name, const std::optional<Instant>& day, Instant as_of,
                     const char* passed) {
  if (!day) return {};
  return fmt::format("  {} {}{}\n", name, to_iso_date(*day),
                     as_of < *day ? std::string() : fmt::format(" ({})", passed));
}

// What people say of it beside its state and owner.
std::string words_text(const DependencyRow& on_day) {
  const Dependency& row = on_day.seen.thing;
  const std::int64_t days = days_between(on_day.as_of, on_day.cis1_removal);
  std::string text;
  if (will_stop(row)) {
    text += fmt::format("  criticality {}, {}\n", criticality_word(row),
                        days > 0 ? fmt::format("stops in {} day{}", days, days == 1 ? "" : "s")
                                 : std::string("has stopped"));
  } else if (row.criticality) {
    text += fmt::format("  criticality {}\n", criticality_word(row));
  }
  if (!row.side_states.empty()) text += "  " + printable(row.side_states) + "\n";
  text += day_line("exception until", row.exception_until, on_day.as_of, "ended");
  if (!row.supplier.empty()) text += "  supplier " + printable(row.supplier) + "\n";
  text += day_line("supplier's date", row.supplier_date, on_day.as_of, "passed");
  text += day_line("review", row.review, on_day.as_of, "overdue");
  if (!row.blockers.empty()) text += "  blockers: " + printable(row.blockers) + "\n";
  for (const std::string& conflict : row.conflicts) {
    text += "  CONFLICT: " + printable(conflict) + "\n";
  }
  return text;
}

std::string history_text(const Dependency& row) {
  std::string text;
  for (const DependencyDecision& decision : row.history) {
    text +=
        fmt::format("  {} {}: {} {}{}{}\n", to_iso_date(decision.when), printable(decision.who),
                    to_string(decision.field),
                    decision.value.empty() ? std::string("taken back") : printable(decision.value),
                    decision.evidence.empty() ? "" : " (" + printable(decision.evidence) + ")",
                    decision.source == DecisionSource::kFile ? ", in the estate's file" : "");
  }
  return text;
}

std::string bindings_text(const Dependency& row) {
  std::string text;
  for (const BindingDecision& said : row.bindings) {
    text += fmt::format("  {} is {}, said by {} on {} ({})\n", printable(said.credential_id),
                        to_string(said.kind), printable(said.who), to_iso_date(said.when),
                        printable(said.evidence));
  }
  return text;
}

std::string to_text(const DependencyRow& on_day) {
  const Seen<Dependency>& seen = on_day.seen;
  const Dependency& row = seen.thing;
  std::string text = fmt::format("{}  {} ({})\n", printable(row.id), printable(row.system),
                                 to_string(row.environment));
  if (row.decided) text += fmt::format("  decided: {}\n", to_string(*row.decided));
  text += traces_line(row);
  if (row.traces != TraceStanding::kNone) {
    text += fmt::format("  proposed: {}: {}\n", to_string(row.proposed),
                        printable(row.proposed_because));
  }
  text += words_text(on_day);
  text += fmt::format("  {} traces, {} credentials beside them, {} shared Spine credentials\n",
                      row.indicators.size(), row.credentials.size(), row.shared_spine.size());
  text += places_text(seen.places, seen.places_max);
  text += row.owner_name.empty() ? std::string("  no owner\n")
                                 : "  owner " + printable(row.owner_name) + "\n";
  return text + bindings_text(row) + history_text(row);
}

template <class Row>
Result<std::string> render_rows(const std::vector<Row>& rows, const char* name,
                                ReportFormat format) {
  constexpr auto kReplace = Json::error_handler_t::replace;
  std::string text;
  if (format == ReportFormat::kText) {
    for (const Row& row : rows) text += to_text(row);
    return text.empty() ? std::string("none\n") : text;
  }
  if (format == ReportFormat::kJsonl) {
    for (const Row& row : rows) text += to_json(row).dump(-1, ' ', false, kReplace) + "\n";
    return text;
  }
  if (format == ReportFormat::kJson) {
    Json list = Json::array();
    for (const Row& row : rows) list.push_back(to_json(row));
    return Json{{"schema", std::string("nhisweep.") + name + "/1"}, {name, std::move(list)}}.dump(
               2, ' ', false, kReplace) +
           "\n";
  }
  return fail(ErrorCode::kBadUse, "this list comes as text, json or jsonl", "--format");
}

}  // namespace

Result<std::string> render_listing(Listing listing, ReportFormat format, const ReportData& data,
                                   std::size_t places_max) {
  const PlaceIndex index(data);
  const auto of = [&](std::string_view id) {
    const auto found = index.of(id);
    return Places(found.begin(), found.end());
  };
  switch (listing) {
    case Listing::kCredentials: {
      const Overview overview = make_overview(data);
      std::vector<RankedRow> rows;
      rows.reserve(overview.credentials.size());
      for (const CredentialView& view : overview.credentials) {
        const Credential& credential = *view.credential;
        rows.push_back({{credential, of(credential.id), places_max}, priority_of(view, data)});
      }
      return render_rows(rows, "credentials", format);
    }
    case Listing::kIdentities: {
      std::vector<Seen<Identity>> rows;
      for (const Identity& row : data.identities) rows.push_back({row, of(row.key), places_max});
      return render_rows(rows, "identities", format);
    }
    case Listing::kDependencies: {
      std::vector<DependencyRow> rows;
      for (const Dependency& row : data.dependencies) {
        std::vector<std::string> ids = row.indicators;
        if (row.traces == TraceStanding::kGone) {
          ids.insert(ids.end(), row.gone_traces.begin(), row.gone_traces.end());
        }
        rows.push_back({{row, index.of(ids), places_max}, data.as_of, data.cis1_removal});
      }
      return render_rows(rows, "dependencies", format);
    }
  }
  return fail(ErrorCode::kInternal, "no such list");
}

Result<std::string> render_exceptions(const std::vector<Exception>& exceptions, ReportFormat format,
                                      Instant as_of) {
  std::vector<ExceptionRow> rows;
  rows.reserve(exceptions.size());
  for (const Exception& exception : exceptions) {
    rows.push_back({exception, exception.withdrawn         ? "withdrawn"
                               : exception.in_force(as_of) ? "in-force"
                                                           : "ended"});
  }
  return render_rows(rows, "exceptions", format);
}

}  // namespace nhi
