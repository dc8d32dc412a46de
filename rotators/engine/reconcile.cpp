#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

std::string id_words(const CredentialId& id) {
  std::string words;
  for (const auto& [name, value] : id) {
    words += fmt::format("{}{}={}", words.empty() ? "" : " ", shown(name), shown(value));
  }
  return words;
}

}  // namespace

Result<Comparison> Runner::compare() {
  NHI_CHECK_OK(begin());
  Comparison seen;
  seen.lines.push_back(fmt::format("journal: {}", to_string(run_.state)));
  for (const auto& [seq, row] : rows_) {
    const bool open = row.state == StepState::kIntended || row.state == StepState::kAmbiguous;
    if (!open) continue;
    seen.problems.push_back(
        fmt::format("step {} ({}) was begun and nobody knows if it took effect", seq, row.kind));
  }
  auto compared = compare_places(seen);
  if (compared) compared = compare_provider(seen);
  if (compared) compared = compare_ids(seen);
  static_cast<void>(store_.release(lease_));
  if (!compared) return fail(std::move(compared.error()));
  return seen;
}

// Values may be shredded by now; their fingerprints are not.
Result<void> Runner::compare_places(Comparison& seen) {
  const std::string fresh = text_fact("new_fingerprint");
  const auto holds = [&](const std::string& wanted) -> IsValue {
    return [&, wanted](Bytes value) {
      return fingerprint(*parts_->fingerprint_key, canonical_value(SecretText(value))) == wanted;
    };
  };
  for (std::size_t i = 0; i < plan_.places.size(); ++i) {
    const PlannedPlace& place = plan_.places[i];
    if (place.means == PlaceMeans::kGuided) {
      seen.lines.push_back(place.shown + ": a person answers for it");
      continue;
    }
    const auto with_old = places_.look(place, holds(plan_.fingerprint));
    if (!with_old) {
      seen.problems.push_back(fmt::format("{}: {}", place.shown, with_old.error().message()));
      continue;
    }
    const auto with_new = fresh.empty() ? with_old : places_.look(place, holds(fresh));
    const bool old = with_old->holding == place.secrets.size();
    const bool has_new = !fresh.empty() && with_new && with_new->holding == place.secrets.size();
    const char* const what = has_new ? "the new value" : old ? "the old value" : "something else";
    seen.lines.push_back(fmt::format("{}: holds {}", place.shown, what));
    const bool written = std::any_of(rows_.begin(), rows_.end(), [&](const auto& entry) {
      const PlannedStep& step = plan_.steps.at(static_cast<std::size_t>(entry.first - 1));
      return step.kind == StepKind::kWrite && step.place == i &&
             entry.second.state == StepState::kDone && place.means == PlaceMeans::kFile;
    });
    if (written && !has_new) {
      seen.problems.push_back(fmt::format("{} was written and holds {} now", place.shown, what));
    }
    if (!old && !has_new) seen.problems.push_back(place.shown + " was changed by somebody else");
  }
  return {};
}

Result<void> Runner::compare_provider(Comparison& seen) {
  const auto ask = [&](const std::string& account, const Json& ref) -> Result<void> {
    NHI_TRY(const auto told, inspect(ref));
    if (!told.reply) {
      seen.problems.push_back(fmt::format("{}: {}", account, told.what));
      return {};
    }
    const char* const state = !told.reply->exists            ? "is not there"
                              : told.reply->enabled == true  ? "is switched on"
                              : told.reply->enabled == false ? "is switched off"
                                                             : "is there";
    seen.lines.push_back(fmt::format("{} {}, {}", shown(account), state,
                                     counted(told.reply->clients.size(), "client", "clients")));
    if (run_.state == RunState::kDone && account == plan_.new_account && plan_.has_new() &&
        told.reply->enabled == false) {
      seen.problems.push_back(shown(account) + " should be in use and is switched off");
    }
    return {};
  };
  NHI_CHECK_OK(ask(plan_.account, plan_.ref));
  if (plan_.new_account == plan_.account) return {};
  return ask(plan_.new_account, plan_.new_ref);
}

Result<void> Runner::compare_ids(Comparison& seen) {
  if (!plan_.capability.listable) return {};
  NHI_TRY(const auto listed, list(plan_.new_ref));
  if (!listed.reply) {
    seen.problems.push_back("the provider does not list its credentials: " + listed.what);
    return {};
  }
  const CredentialId known[] = {id_fact("old_id"), id_fact("new_id")};
  for (const ListedCredential& item : listed.reply->items) {
    const bool ours = std::find(std::begin(known), std::end(known), item.id) != std::end(known);
    seen.lines.push_back(fmt::format("{}: {}{}", id_words(item.id), shown(item.status),
                                     ours ? ""
                                          : ", not of this "
                                            "rotation"));
    if (!ours && item.marker.starts_with("nhi-" + run_.id)) {
      seen.problems.push_back(id_words(item.id) + " was made by this rotation and is not used");
    }
  }
  return {};
}

Result<Comparison> compare_run(const RunParts& parts, const std::string& run_id) {
  NHI_TRY(Runner runner, Runner::open(parts, run_id));
  return runner.compare();
}

}  // namespace nhi
