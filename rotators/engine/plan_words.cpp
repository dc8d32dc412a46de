#include "rotators/engine/plan_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

std::string strategy_words(const Plan& plan) {
  switch (plan.strategy) {
    case Strategy::kTwin:
      return fmt::format("{} takes over from {}; both work meanwhile", plan.new_account,
                         plan.account);
    case Strategy::kSlots:
      return "the account has two values for a while";
    case Strategy::kCutOver:
      return "NO OVERLAP POSSIBLE: consumers cannot log in between the change and the writing of "
             "their place";
    case Strategy::kRevokeOnly:
      return "nothing new is made";
    case Strategy::kNoChange:
      break;
  }
  return "nothing is changed";
}

std::string means_words(const PlannedPlace& place) {
  switch (place.means) {
    case PlaceMeans::kFile:
      return "rewritten here, " + place.format;
    case PlaceMeans::kGit:
      return fmt::format("committed on a branch of {}; counts when {} holds it", place.git_root,
                         place.git_ref);
    case PlaceMeans::kGuided:
      break;
  }
  return "by a person: " + place.why_guided;
}

std::string duration_words(std::int64_t seconds) {
  if (seconds % 86400 == 0 && seconds != 0) return fmt::format("{} d", seconds / 86400);
  if (seconds % 3600 == 0 && seconds != 0) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} s", seconds);
}

std::string step_words(const PlannedStep& step) {
  std::string text = shown(step.what);
  if (step.no_return) text += "  [POINT OF NO RETURN]";
  if (!step.breaks.empty()) text += "\n       can break: " + shown(step.breaks);
  if (!step.back.empty()) text += "\n       back: " + shown(step.back);
  return text;
}

std::string verdict_words(const PlannedVerdict& verdict) {
  std::string text = fmt::format("{} {}: {} ({})", verdict.permitted ? "may" : "MUST NOT",
                                 verdict.action, verdict.rule, shown(verdict.because));
  if (!verdict.system.empty()) text = shown(verdict.system) + ": " + text;
  for (const std::string& condition : verdict.conditions) {
    text += "\n      if " + shown(condition);
  }
  return text;
}

struct Fact {
  std::string name;
  std::string value;
};

std::vector<Fact> facts_of(const Plan& plan, const std::string& hash) {
  std::vector<Fact> facts = {
      {"plan", hash},
      {"mode", std::string(to_string(plan.mode))},
      {"because of", std::string(to_string(plan.cause))},
      {"credential", fmt::format("{} {} ({})", plan.credential_id, plan.redacted, plan.rule)},
      {"identity", plan.identity},
      {"system",
       fmt::format("{}, {}", plan.system.empty() ? "not known" : plan.system, plan.environment)},
      {"owner", plan.owner.empty() ? "nobody" : plan.owner},
      {"rotator", fmt::format("{} {}", plan.rotator, plan.type)},
      {"how", strategy_words(plan)},
      {"from a sweep of", plan.sweep},
      {"planned by", plan.planner},
      {"ends", to_iso8601(plan.expires)}};
  if (plan.strategy == Strategy::kTwin || plan.strategy == Strategy::kSlots) {
    facts.push_back({"overlap", "at least " + duration_words(plan.overlap_s)});
    const auto& steps = plan.steps;
    const bool soaks = std::any_of(steps.begin(), steps.end(), [](const PlannedStep& step) {
      return step.kind == StepKind::kSoak;
    });
    if (soaks) facts.push_back({"soak", duration_words(plan.soak_s)});
  }
  if (!plan.stated.empty()) {
    facts.push_back({"people state", fmt::format("{}", fmt::join(plan.stated, ", "))});
  }
  if (plan.set_aside) {
    facts.push_back({"GUARD SET ASIDE",
                     fmt::format("by {} until {}: {}", plan.set_aside->who,
                                 to_iso_date(plan.set_aside->until), plan.set_aside->reason)});
  }
  std::string needs;
  if (plan.ticket_needed) needs += "a ticket, ";
  if (plan.clinical_needed) needs += "a clinical-safety reference (DCB0160), ";
  if (plan.four_eyes) needs += "another person than the planner, and another to run it, ";
  if (!needs.empty()) needs.resize(needs.size() - 2);
  facts.push_back({"approval needs", needs.empty() ? "nothing more" : needs});
  return facts;
}

void add_section(std::string& out, const std::string& title,
                 const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out += "\n" + title + "\n";
  for (const std::string& line : lines) out += "  " + line + "\n";
}

struct Section {
  std::string title;
  std::vector<std::string> lines;
};

std::vector<Section> sections_of(const Plan& plan) {
  Section places{"places of use", {}};
  for (const PlannedPlace& place : plan.places) {
    std::string line = fmt::format("{}  {}", shown(place.shown), shown(means_words(place)));
    if (!place.consumer.empty()) line += "\n      used by " + place.consumer;
    if (!place.reload.empty()) {
      line += "\n      told by " + shown(fmt::format("{}", fmt::join(place.reload, " ")));
    }
    if (!place.probe.empty()) {
      line += "\n      asked by " + shown(fmt::format("{}", fmt::join(place.probe, " ")));
    }
    places.lines.push_back(std::move(line));
  }
  Section steps{"steps", {}};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    steps.lines.push_back(fmt::format("{:>2}  {}", i + 1, step_words(plan.steps[i])));
  }
  Section guard{"guard", {}};
  for (const PlannedVerdict& verdict : plan.verdicts) guard.lines.push_back(verdict_words(verdict));
  Section spots{"what this plan does not see", {}};
  for (const BlindSpot& spot : plan.blind_spots) {
    spots.lines.push_back(fmt::format("{}  {}", spot.id, shown(spot.what)));
  }
  Section residue{"stays in history, of a dead credential", plan.residue};
  return {places, steps, guard, spots, residue};
}

}  // namespace

std::string plan_words(const Plan& plan, const std::string& hash) {
  std::string out = fmt::format("rotation {}\n\n", plan.run_id);
  for (const Fact& fact : facts_of(plan, hash)) {
    out += fmt::format("  {:<16} {}\n", fact.name, shown(fact.value));
  }
  for (const Section& section : sections_of(plan)) add_section(out, section.title, section.lines);
  if (plan.blind_spots.empty()) return out;
  out += plan.mode == RunMode::kScheduled
             ? "  each stops this plan, unless a named person accepts it: approve --accept ID\n"
             : "";
  return out;
}

std::string plan_page(const Plan& plan, const std::string& hash) {
  constexpr std::string_view kStyle =
      "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
      "color:#1b1f24;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.6rem}"
      "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:0}"
      "dt{color:#57606a}dd{margin:0;overflow-wrap:anywhere}li{margin:.4rem 0;white-space:pre-line;"
      "overflow-wrap:anywhere}.stop{border-left:.4rem solid #cf222e;padding-left:.8rem}"
      "@media print{body{margin:0;max-width:none}}";
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"><title>Rotation {0}</title><style>{1}</style></head><body><h1>Rotation "
      "{0}</h1><dl>",
      xml_escaped(plan.run_id), kStyle);
  for (const Fact& fact : facts_of(plan, hash)) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>", xml_escaped(fact.name),
                       xml_escaped(shown(fact.value)));
  }
  out += "</dl>\n";
  for (const Section& section : sections_of(plan)) {
    if (section.lines.empty()) continue;
    const bool stops = section.title.starts_with("what this plan");
    out += fmt::format("<h2>{}</h2><ul{}>", section.title, stops ? " class=\"stop\"" : "");
    for (const std::string& line : section.lines) out += "<li>" + xml_escaped(line) + "</li>";
    out += "</ul>\n";
  }
  return out + fmt::format(
                   "<p>Approve exactly this: <code>nhisweep rotate approve {} --plan {}"
                   "</code></p></body></html>\n",
                   xml_escaped(plan.run_id), xml_escaped(hash));
}

}  // namespace nhi
