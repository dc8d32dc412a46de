// model.hpp - the truth about a made estate: which place holds what tonight, and what a sweep must
// therefore say. It follows the words of the contract and shares no code with the scanner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nhi::testing {

/// What a line of a file gives away.
enum class Kind : std::uint8_t {
  kPassword,  // nobody knows whose
  kWard,      // a token that a local rule finds
  kWing,      // a token of a local rule that comes later
  kService,   // a password file's line of a service account
  kPerson,    // the same of a person: never counted
  kGas,       // a CIS1 address
  kRelay,     // a key of the CIS1 call itself, with its address
  kIssuer,    // the live CIS2 issuer
  kMesh,      // a credential of MESH: shared Spine, not CIS1
};

struct Item {
  Kind kind = Kind::kPassword;
  std::string tag;  // names the value; equal tags are equal values
};

struct File {
  std::vector<Item> items;
  int padding = 0;     // comment lines above: they move what stands below
  bool fixed = false;  // renamed in a repository: contents stay from then on

  [[nodiscard]] std::string text(const std::string& name) const;
};

/// What the scanner must say of an item. A relay key gives three: two traces and the key.
struct Fact {
  std::string rule;
  std::string tag;  // empty for traces
  bool trace = false;
  bool cis1 = false;
  bool cis2 = false;
  bool person = false;
};
[[nodiscard]] std::vector<Fact> facts_of(const Item& item);

/// A version of a file that a repository's history holds.
struct Version {
  std::string path;
  File file;
  std::string branch;  // empty: of the main branch, for good
};

struct Root {
  std::string target;
  std::string name;    // "target/folder", as findings print it
  std::string folder;  // on disk, under the sandbox
  std::string system;
  std::string owner;  // may be empty
  bool repository = false;
  std::map<std::string, File> files;  // the work tree
  std::vector<Version> history;       // of repositories: versions beside the work tree's own
  std::map<std::string, std::int64_t> since;  // tag -> day of the first commit

  // Tonight.
  bool unread = false;    // nothing of it can be read
  bool unproven = false;  // what it holds is read; what it lacks proves nothing
};

/// One finding as the contract wants it told. Days count from 1970-01-01.
struct Known {
  std::string root, path, system, owner;
  Fact fact;
  std::string state;  // new | open | gone | unverified
  bool in_files = true;
  std::int64_t first_seen = 0;
  std::int64_t last_seen = 0;
};

struct Night {
  std::int64_t day = 0;
  bool baseline = false;
  std::set<std::string> absent_rules;  // not asked tonight
};

using Headlines = std::map<std::string, std::int64_t>;

class Truth {
 public:
  /// Moves every finding to what tonight's sweep must say of it. Remembers what changed.
  void settle(const std::vector<Root>& roots, const Night& night);
  [[nodiscard]] Headlines headlines(std::int64_t day) const;
  /// "gone h1/etc|a.properties|rule|tag content": an event each, why only for what is lost.
  [[nodiscard]] const std::multiset<std::string>& events() const { return events_; }
  [[nodiscard]] const std::map<std::string, Known>& findings() const { return known_; }
  /// True if tonight's new findings hold one that nobody accepted.
  [[nodiscard]] bool has_fresh(std::int64_t day) const;

  void accept(const std::string& tag, std::int64_t until) { accepted_[tag] = until; }
  [[nodiscard]] bool is_accepted(const std::string& tag, std::int64_t day) const;
  void decide(const std::string& system, const std::string& state) { decided_[system] = state; }
  /// Of a system that no sweep sees.
  void declare(const std::string& system, const std::string& state) {
    decided_[system] = state;
    declared_.insert(system);
  }

  static constexpr std::int64_t kRemovalDay = 20877;  // 2027-02-28
  static constexpr std::int64_t kMaxAgeDays = 365;

 private:
  struct Dependency;
  struct Seen;
  [[nodiscard]] std::map<std::string, Dependency> dependencies() const;
  void see(const std::string& key, const Seen& seen, const Night& night);
  void miss(Known& known, const Root& root, const Night& night);
  void tell(const std::string& event, const Known& known, bool ruleset);

  std::map<std::string, Known> known_;         // by "root|path|rule|tag"
  std::map<std::string, std::int64_t> since_;  // tag -> first commit of any root it was seen in
  std::map<std::string, std::int64_t> accepted_;
  std::map<std::string, std::string> decided_;
  std::set<std::string> declared_;
  std::multiset<std::string> events_;
};

}  // namespace nhi::testing
