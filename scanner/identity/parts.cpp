#include "scanner/identity/parts.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "scanner/base/hash.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// Lines first: of two neighbours of a list, the one on the same row.
struct Distance {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  friend auto operator<=>(const Distance&, const Distance&) = default;
};

Distance distance(const Finding& a, const Finding& b) {
  const bool before = a.bytes.start <= b.bytes.start;
  const Finding& first = before ? a : b;
  const Finding& second = before ? b : a;
  const std::uint64_t bytes =
      second.bytes.start > first.bytes.end ? second.bytes.start - first.bytes.end : 0;
  const std::uint64_t lines =
      second.first.line > first.last.line ? second.first.line - first.last.line : 0;
  return {lines, bytes};
}

// One head with its reach, or one part, of what a prefix declares.
struct Member {
  std::size_t finding = 0;
  const Part* declared = nullptr;  // heads only
  std::size_t partner = kNone;     // position in the other list
  bool settled = false;            // paired, or nobody can say with whom
};

// The heads and parts of one prefix, and who belongs to whom.
class Pairing {
 public:
  Pairing(const std::vector<Finding>& findings, const SettingTree* tree,
          const std::vector<const DocumentSetting*>& settings)
      : findings_(findings), tree_(tree), settings_(settings) {}

  std::vector<Member> heads;  // in file order
  std::vector<Member> parts;

  void run() {
    if (tree_ != nullptr) {
      pair_by_names();
      pair_by_container();
    }
    pair_by_distance();
    undo_crossed();
  }

 private:
  [[nodiscard]] const Finding& of(const Member& member) const { return findings_[member.finding]; }
  [[nodiscard]] const DocumentSetting* setting(const Member& member) const {
    return settings_.empty() ? nullptr : settings_[member.finding];
  }
  [[nodiscard]] bool is_generic(const Member& part) const { return of(part).category == "generic"; }
  void pair(std::size_t head, std::size_t part) {
    heads[head].partner = part;
    parts[part].partner = head;
    heads[head].settled = parts[part].settled = true;
  }

  // Container -> members of it.
  using ByContainer = std::map<std::uint32_t, std::pair<std::vector<std::size_t>,  //
                                                        std::vector<std::size_t>>>;
  [[nodiscard]] ByContainer containers() const {
    ByContainer by;
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (const auto* at = setting(heads[i])) by[at->container].first.push_back(i);
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (const auto* at = setting(parts[i])) by[at->container].second.push_back(i);
    }
    return by;
  }

  // Names of one family and stem, once each in the container.
  void pair_by_names() {
    using Name = std::pair<SettingFamily, std::string_view>;
    for (const auto& [container, members] : containers()) {
      std::map<Name, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> by_name;
      for (const std::size_t head : members.first) {
        for (const auto& reading : setting(heads[head])->readings) {
          if (reading.part != SettingPart::kAccount) continue;
          by_name[{reading.family, reading.stem}].first.push_back(head);
        }
      }
      for (const std::size_t part : members.second) {
        for (const auto& reading : setting(parts[part])->readings) {
          if (reading.part != SettingPart::kSecret) continue;
          by_name[{reading.family, reading.stem}].second.push_back(part);
        }
      }
      for (const auto& [name, both] : by_name) {
        if (both.first.empty() || both.second.empty()) continue;
        if (both.first.size() == 1 && both.second.size() == 1) {
          const bool open = !heads[both.first[0]].settled && !parts[both.second[0]].settled;
          if (open) pair(both.first[0], both.second[0]);
          continue;
        }
        for (const std::size_t head : both.first) heads[head].settled = true;
        for (const std::size_t part : both.second) parts[part].settled = true;
      }
    }
  }

  // One of each in a map, section, element or list of pairs. A generic value needs the right name.
  void pair_by_container() {
    for (const auto& [container, members] : containers()) {
      if (tree_->is_file(container)) continue;
      if (members.first.size() != 1 || members.second.size() != 1) continue;
      const std::size_t head = members.first[0];
      const std::size_t part = members.second[0];
      if (heads[head].settled || parts[part].settled || is_generic(parts[part])) continue;
      pair(head, part);
    }
  }

  [[nodiscard]] bool in_reach(const Member& head, const Member& part) const {
    if (!head.declared->lines) return false;
    const Distance far = distance(of(head), of(part));
    if (far.lines > *head.declared->lines) return false;
    if (far.bytes > head.declared->bytes.value_or(kPartBytesUsual)) return false;
    const DocumentSetting* const a = setting(head);
    const DocumentSetting* const b = setting(part);
    if (a == nullptr || b == nullptr) return true;
    // Where both have names, those of a generic value would have said so.
    return !is_generic(part) && !tree_->apart(a->container, b->container);
  }

  // The nearest open member of `others` on either side, or none: also if two are as near.
  template <class InReach>
  [[nodiscard]] std::size_t nearest(const Member& from, const std::vector<Member>& others,
                                    InReach reaches) const {
    const std::uint64_t start = of(from).bytes.start;
    const auto next = std::lower_bound(
        others.begin(), others.end(), start,
        [&](const Member& member, std::uint64_t at) { return of(member).bytes.start < at; });
    const auto position = [&](auto at) { return static_cast<std::size_t>(at - others.begin()); };
    std::optional<std::pair<Distance, std::size_t>> best;
    bool tied = false;
    const auto consider = [&](std::size_t other) {
      if (others[other].settled || !reaches(others[other])) return;
      const Distance far = distance(of(from), of(others[other]));
      tied = best && best->first == far;
      if (!best || far < best->first) best = {far, other};
    };
    if (next != others.end()) consider(position(next));
    if (next != others.begin()) consider(position(next) - 1);
    return best && !tied ? best->second : kNone;
  }

  void pair_by_distance() {
    std::vector<std::size_t> wished(heads.size(), kNone);
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (heads[i].settled) continue;
      wished[i] =
          nearest(heads[i], parts, [&](const Member& part) { return in_reach(heads[i], part); });
    }
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].settled) continue;
      const std::size_t head =
          nearest(parts[i], heads, [&](const Member& other) { return in_reach(other, parts[i]); });
      if (head != kNone && wished[head] == i) pairs.emplace_back(head, i);
    }
    for (const auto& [head, part] : pairs) pair(head, part);
    by_distance_ = std::move(pairs);
  }

  // `id id secret secret`: the two in the middle are nearest, and wrong. A pair between a head and
  // a part that are left over within reach of one another is undone.
  void undo_crossed() {
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (heads[i].settled) continue;
      for (const std::size_t part : left_over_beside(heads[i])) {
        const auto [low, high] = std::minmax(of(heads[i]).bytes.start, of(parts[part]).bytes.start);
        note_pairs_between(low, high);
      }
    }
    for (const std::size_t head : crossed_) {
      if (heads[head].partner == kNone) continue;
      parts[heads[head].partner].partner = kNone;
      heads[head].partner = kNone;
    }
  }

  // Pairs are in the order of their parts; of one that crosses an end, the part may lie beyond.
  void note_pairs_between(std::uint64_t low, std::uint64_t high) {
    auto at = std::lower_bound(by_distance_.begin(), by_distance_.end(), low,
                               [&](const auto& pair, std::uint64_t start) {
                                 return of(parts[pair.second]).bytes.start < start;
                               });
    if (at != by_distance_.begin()) --at;
    for (; at != by_distance_.end(); ++at) {
      const std::uint64_t head = of(heads[at->first]).bytes.start;
      const std::uint64_t part = of(parts[at->second]).bytes.start;
      if ((low < head && head < high) || (low < part && part < high)) crossed_.push_back(at->first);
      if (part > high) return;
    }
  }

  // The first part without a partner on each side, within reach.
  [[nodiscard]] std::vector<std::size_t> left_over_beside(const Member& head) const {
    std::vector<std::size_t> found;
    const std::uint64_t start = of(head).bytes.start;
    const auto next = std::lower_bound(
        parts.begin(), parts.end(), start,
        [&](const Member& member, std::uint64_t at) { return of(member).bytes.start < at; });
    for (auto at = next; at != parts.end() && in_reach(head, *at); ++at) {
      if (at->settled) continue;
      found.push_back(static_cast<std::size_t>(at - parts.begin()));
      break;
    }
    for (auto at = next; at != parts.begin() && in_reach(head, *(at - 1)); --at) {
      if ((at - 1)->settled) continue;
      found.push_back(static_cast<std::size_t>(at - 1 - parts.begin()));
      break;
    }
    return found;
  }

  const std::vector<Finding>& findings_;
  const SettingTree* tree_;
  const std::vector<const DocumentSetting*>& settings_;
  std::vector<std::pair<std::size_t, std::size_t>> by_distance_;
  std::vector<std::size_t> crossed_;
};

// Findings by every rule that hit them. Losers of a fusion count: a native reader's site is still
// the secret of its key id.
using ByRule = std::map<std::string_view, std::vector<std::size_t>>;

ByRule by_rule(const std::vector<Finding>& findings) {
  ByRule by;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].kind != FindingKind::kCredential) continue;
    by[findings[i].rule].push_back(i);
    for (const std::string& rule : findings[i].also) by[rule].push_back(i);
  }
  return by;
}

void put_members(const std::vector<std::size_t>& from, const Part* declared,
                 std::vector<Member>& into) {
  for (const std::size_t finding : from) into.push_back({finding, declared, kNone, false});
}

void order(std::vector<Member>& members) {
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.finding < b.finding; });
  members.erase(
      std::unique(members.begin(), members.end(),
                  [](const Member& a, const Member& b) { return a.finding == b.finding; }),
      members.end());
}

// Joins findings into groups.
class Groups {
 public:
  explicit Groups(std::size_t count) : root_(count), joined_(count) {
    std::iota(root_.begin(), root_.end(), std::size_t{0});
  }
  void join(std::size_t a, std::size_t b) {
    root_[find(b)] = find(a);
    joined_[a] = joined_[b] = true;
  }
  [[nodiscard]] bool joined(std::size_t a) const { return joined_[a]; }
  [[nodiscard]] std::size_t find(std::size_t a) {
    while (root_[a] != a) a = root_[a] = root_[root_[a]];
    return a;
  }

 private:
  std::vector<std::size_t> root_;
  std::vector<bool> joined_;
};

// By what the parts are, not where they stand: a moved line keeps the group.
void put_groups(const FingerprintKey& key, Groups& groups, std::vector<Finding>& findings) {
  std::map<std::size_t, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].group.clear();
    if (groups.joined(i)) members[groups.find(i)].push_back(i);
  }
  for (auto& [root, all] : members) {
    std::sort(all.begin(), all.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(findings[a].role, findings[a].fingerprint) >
             std::tie(findings[b].role, findings[b].fingerprint);
    });
    FieldBytes fields;
    for (const std::size_t one : all) fields.add(findings[one].fingerprint);
    for (const std::size_t one : all) findings[one].group = keyed_id(key, "g_", fields.bytes());
  }
}

}  // namespace

void group_parts(const RuleSet& rules, const FingerprintKey& key, std::vector<Finding>& findings,
                 const SettingTree* tree, const std::vector<const DocumentSetting*>& settings) {
  const ByRule by = by_rule(findings);
  std::map<std::string_view, std::vector<Member>> heads;  // by the prefix of what they look for
  for (const auto& [id, hits] : by) {
    const Rule* const rule = rules.find(id);
    if (rule == nullptr) continue;
    for (const Part& part : rule->parts) put_members(hits, &part, heads[part.prefix]);
  }
  if (heads.empty()) return;
  Groups groups(findings.size());
  std::vector<bool> has_secret(findings.size());
  // Prefixes of generic rules last: they help out where no rule of the format found the secret.
  const auto run = [&](bool generic) {
    for (auto& [prefix, members] : heads) {
      if (prefix.starts_with("generic") != generic) continue;
      Pairing pairing(findings, tree, settings);
      pairing.heads = members;
      std::erase_if(pairing.heads,
                    [&](const Member& head) { return generic && has_secret[head.finding]; });
      for (auto hit = by.lower_bound(prefix); hit != by.end() && hit->first.starts_with(prefix);
           ++hit) {
        put_members(hit->second, nullptr, pairing.parts);
      }
      // What a rule of the format found too was looked at under its own prefix.
      std::erase_if(pairing.parts, [&](const Member& part) {
        const Finding& finding = findings[part.finding];
        return generic && (groups.joined(part.finding) || finding.category != "generic");
      });
      order(pairing.heads);
      order(pairing.parts);
      pairing.run();
      for (const Member& head : pairing.heads) {
        if (head.partner == kNone) continue;
        const std::size_t part = pairing.parts[head.partner].finding;
        if (part == head.finding) continue;
        groups.join(head.finding, part);
        if (findings[part].role == Role::kSecret) has_secret[head.finding] = true;
      }
    }
  };
  run(false);
  run(true);
  put_groups(key, groups, findings);
}

}  // namespace nhi
