#include "tests/nights/model.hpp"

#include <algorithm>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

std::string key_of(const Root& root, const std::string& path, const Fact& fact) {
  return root.name + "|" + path + "|" + fact.rule + "|" + fact.tag;
}

std::string line_of(const Item& item) {
  switch (item.kind) {
    case Kind::kPassword:
      return "db.password=" + fake(item.tag, 20) + "\n";
    case Kind::kWard:
      return "t=ward_" + fake(item.tag, 32) + "\n";
    case Kind::kWing:
      return "t=wing_" + fake(item.tag, 32) + "\n";
    case Kind::kService:
      return "db01:5432:pas:svc_" + item.tag + ":" + fake(item.tag, 20) + "\n";
    case Kind::kPerson:
      return "db01:5432:pas:jane.smith:" + fake(item.tag, 20) + "\n";
    case Kind::kGas:
      return "auth.url=https://gas.national.ncrs.nhs.uk/\n";
    case Kind::kRelay:
      return "url=https://relay.example/saml/RoleAssertion\nx-api-key: " + fake(item.tag, 40) +
             "\n";
    case Kind::kIssuer:
      return "issuer=https://am.nhsidentity.spineservices.nhs.uk/openam/oauth2/realms/root/"
             "realms/oidc\n";
    case Kind::kMesh:
      return "mesh.password=" + fake(item.tag, 20) + "\n";
  }
  return {};
}

bool counts(const Known& known) { return !known.fact.person; }

}  // namespace

std::string File::text(const std::string& name) const {
  std::string text = "# " + name + "\n";
  for (int i = 0; i < padding; ++i) text += "# a line of words that open nothing\n";
  for (const Item& item : items) text += line_of(item);
  return text;
}

std::vector<Fact> facts_of(const Item& item) {
  switch (item.kind) {
    case Kind::kPassword:
    case Kind::kMesh:
      return {{.rule = "generic-password", .tag = item.tag}};
    case Kind::kWard:
      return {{.rule = "ward-token", .tag = item.tag}};
    case Kind::kWing:
      return {{.rule = "wing-token", .tag = item.tag}};
    case Kind::kService:
      return {{.rule = "pgpass-line", .tag = item.tag}};
    case Kind::kPerson:
      return {{.rule = "pgpass-line", .tag = item.tag, .person = true}};
    case Kind::kGas:
      return {{.rule = "cis1.host.gas", .tag = "", .trace = true, .cis1 = true}};
    case Kind::kRelay:
      return {{.rule = "cis1.path.saml", .tag = "", .trace = true, .cis1 = true},
              {.rule = "cis1.credential.ref.header", .tag = "", .trace = true, .cis1 = true},
              {.rule = "cis1.relay.key", .tag = item.tag}};
    case Kind::kIssuer:
      return {{.rule = "cis2.issuer", .tag = "", .trace = true, .cis2 = true}};
  }
  return {};
}

struct Truth::Seen {
  const Root* root;
  std::string path;
  Fact fact;
  bool in_files;
};

void Truth::tell(const std::string& event, const Known& known, bool ruleset) {
  const bool lost = event == "gone" || event == "unverified";
  const std::string why = !lost ? "" : ruleset ? " ruleset" : " content";
  events_.insert(event + " " + known.root + "|" + known.path + "|" + known.fact.rule + "|" +
                 known.fact.tag + why);
}

void Truth::see(const std::string& key, const Seen& seen, const Night& night) {
  const auto [at, fresh] = known_.try_emplace(key);
  Known& known = at->second;
  const std::string before = known.state;
  known.root = seen.root->name;
  known.path = seen.path;
  known.system = seen.root->system;
  known.owner = seen.root->owner;
  known.fact = seen.fact;
  known.in_files = seen.in_files;
  known.last_seen = night.day;
  if (fresh) known.first_seen = night.day;
  known.state = fresh && !night.baseline ? "new" : "open";
  if (const auto day = seen.root->since.find(seen.fact.tag); day != seen.root->since.end()) {
    const auto [old, first] = since_.try_emplace(seen.fact.tag, day->second);
    if (!first) old->second = std::min(old->second, day->second);
  }
  if (fresh) {
    tell(night.baseline ? "known" : "appeared", known, false);
  } else if (before == "gone" || before == "unverified") {
    tell("returned", known, false);
  }
}

void Truth::miss(Known& known, const Root& root, const Night& night) {
  if (known.state == "gone") return;  // proven once
  const bool unread = root.unread || root.unproven;
  // Absence of the whole file is a proof under any rules; a history has no such place.
  const bool absent = !root.repository && !root.files.contains(known.path);
  const bool rules = night.absent_rules.contains(known.fact.rule) && !absent;
  const std::string state = unread || rules ? "unverified" : "gone";
  if (state == known.state) return;
  known.state = state;
  tell(state, known, !unread && rules);
}

void Truth::settle(const std::vector<Root>& roots, const Night& night) {
  events_.clear();
  std::map<std::string, Seen> seen;
  std::map<std::string, const Root*> by_name;
  for (const Root& root : roots) {
    by_name[root.name] = &root;
    if (root.unread) continue;
    const auto add = [&](const std::string& path, const File& file, bool in_files) {
      for (const Item& item : file.items) {
        for (const Fact& fact : facts_of(item)) {
          if (night.absent_rules.contains(fact.rule)) continue;
          seen.try_emplace(key_of(root, path, fact), Seen{&root, path, fact, in_files});
        }
      }
    };
    for (const auto& [path, file] : root.files) add(path, file, true);
    for (const Version& version : root.history) add(version.path, version.file, false);
  }
  for (const auto& [key, what] : seen) see(key, what, night);
  for (auto& [key, known] : known_) {
    if (!seen.contains(key)) miss(known, *by_name.at(known.root), night);
  }
}

bool Truth::is_accepted(const std::string& tag, std::int64_t day) const {
  const auto at = accepted_.find(tag);
  return !tag.empty() && at != accepted_.end() && day < at->second;
}

bool Truth::has_fresh(std::int64_t day) const {
  return std::any_of(known_.begin(), known_.end(), [&](const auto& entry) {
    const Known& known = entry.second;
    if (known.state != "new" || known.fact.person || known.fact.cis2) return false;
    return !is_accepted(known.fact.tag, day);
  });
}

struct Truth::Dependency {
  std::string state;
  std::set<std::pair<std::string, std::string>> cis1_files;  // root, path
};

// One for each system that holds or held a CIS1 trace, all of them live and in applications here:
// that the last trace went proves nothing, so it has no state then but what people decided.
std::map<std::string, Truth::Dependency> Truth::dependencies() const {
  std::map<std::string, Dependency> out;
  std::set<std::string> cis2;
  for (const auto& [key, known] : known_) {
    if (known.fact.cis1) out[known.system];
    if (known.state == "gone") continue;
    if (known.fact.cis1) out[known.system].cis1_files.insert({known.root, known.path});
    if (known.fact.cis2) cis2.insert(known.system);
  }
  for (const std::string& system : declared_) out[system];
  for (auto& [system, dependency] : out) {
    dependency.state = dependency.cis1_files.empty() ? "traces-gone"
                       : cis2.contains(system)       ? "dual"
                                                     : "cis1-only";
    const auto decided = decided_.find(system);
    if (decided != decided_.end()) dependency.state = decided->second;
  }
  return out;
}

Headlines Truth::headlines(std::int64_t day) const {
  struct Credential {
    bool in_files = false, owned = false, stale = false, bound = false, mesh = false;
    bool beside = false;
    std::set<std::string> systems;
  };
  const std::map<std::string, Dependency> dependencies = this->dependencies();
  Headlines h = {{"new", 0}, {"open", 0}, {"gone", 0}, {"unverified", 0}};
  std::map<std::string, Credential> credentials;
  for (const auto& [key, known] : known_) {
    if (!counts(known)) continue;
    ++h["findings"];
    ++h[known.state];
    if (known.fact.cis1) ++h["cis1_traces"];
    if (known.fact.tag.empty()) continue;
    Credential& credential = credentials[known.fact.tag];
    const bool present = known.state != "gone";
    credential.in_files = credential.in_files || (present && known.in_files);
    credential.owned = credential.owned || !known.owner.empty();
    credential.systems.insert(known.system);
    const auto dependency = dependencies.find(known.system);
    if (dependency == dependencies.end()) continue;
    const bool mesh = known.fact.tag.starts_with("mesh");
    if (known.fact.rule == "cis1.relay.key") {
      // Not dead, wherever its bytes are: a key that was taken out of the files stays stale.
      credential.bound = true;
      credential.stale =
          credential.stale || dependency->second.state == "cis2-only" || day >= kRemovalDay;
    }
    credential.mesh = credential.mesh || (mesh && present);
    credential.beside =
        credential.beside ||
        (present && dependency->second.cis1_files.contains({known.root, known.path}));
  }
  for (const auto& [tag, credential] : credentials) {
    ++h["credentials"];
    h["removed_not_dead"] += credential.in_files ? 0 : 1;
    h["cis1_stale"] += credential.stale && !credential.mesh ? 1 : 0;
    h["shared_spine"] += credential.mesh ? 1 : 0;
    h["unbound"] += credential.beside && !credential.mesh && !credential.bound ? 1 : 0;
    h["unowned"] += credential.owned ? 0 : 1;
    h["reused"] += credential.systems.size() > 1 ? 1 : 0;
    const auto since = since_.find(tag);
    h["long_lived"] += since != since_.end() && day - since->second > kMaxAgeDays ? 1 : 0;
  }
  h["outstanding"] = h["credentials"];  // nothing here is ever proven dead
  h["residue"] = 0;
  h["long_lived_unknown"] = 0;  // what no commit dates, the time of its file does: it is young
  h["will_stop"] = std::count_if(dependencies.begin(), dependencies.end(), [](const auto& entry) {
    return entry.second.state == "cis1-only";
  });
  h["declared"] = static_cast<std::int64_t>(declared_.size());
  h["traces_gone"] =
      std::count_if(dependencies.begin(), dependencies.end(), [&](const auto& entry) {
        return entry.second.cis1_files.empty() && entry.second.state != "cis2-only" &&
               !declared_.contains(entry.first);
      });
  return h;
}

}  // namespace nhi::testing
