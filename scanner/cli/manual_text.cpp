#include "scanner/cli/manual_text.hpp"

#include <algorithm>
#include <array>

namespace nhi {
namespace {

using Paragraphs = std::span<const std::string_view>;

constexpr std::string_view kProgram[] = {
    "It reads files, folders, git repositories with all their history, and exports of interface "
    "engines; says which account at which system a secret opens; and counts what still hangs on "
    "NHS CIS1 Authentication. scan looks once and stores nothing; sweep keeps an inventory and "
    "says what is new, gone, and unverified because its place was not read.",
    "No secret is stored, logged or printed, unless --reveal asks for it. Fingerprints are keyed; "
    "keep a backup of the key, without it findings lose their ids."};

constexpr std::string_view kScan[] = {
    "PATH is a file, a folder or a git repository, bare or not; a lone - reads standard input. Of "
    "a repository every object is read, reachable or not.",
    "--staged looks at what the next commit brings in, as it is staged; --since REV at what the "
    "commits brought in that HEAD reaches and REV does not, and at their messages. PATH is then a "
    "repository or a folder in one, by default the current folder's. Values that stood at the same "
    "path before are left out, and so are those of files that are only moved. REV is an id, a "
    "branch, a tag, origin/main, or HEAD~2.",
    "Lines that carry nhisweep:allow, gitleaks:allow, betterleaks:allow, kingfisher:ignore or "
    "pragma: allowlist secret are left out of the status."};

constexpr std::string_view kHook[] = {
    "install writes a pre-commit hook that runs scan --staged. It prints nothing while nothing is "
    "found, and stops the commit where something is found, where something that is staged could "
    "not be read, and where nhisweep is gone; git commit --no-verify goes around it. It stands in "
    "the hooks of the git folder, or where the repository's core.hooksPath says. A hook of another "
    "program is never replaced: the message says what to add to it. uninstall removes ours only.",
    "Flags of the scan stand in nhisweep.yaml at the top of the repository, accept-closed for "
    "archives and documents among them."};

constexpr std::string_view kSweep[] = {
    "What to read is named by PATH or by an estate file, nhisweep-estate(5). Files and "
    "repositories that did not change since the last sweep are not read again. A sweep that is "
    "killed loses nothing: the next one takes over what was finished.",
    "A finding is gone only if its place was read without it, or is proven to be absent. What "
    "could not be read makes its findings unverified, and the status 3."};

constexpr std::string_view kCollect[] = {
    "Reads what a sweep reads and writes all of it to one file, a bundle: findings with keyed "
    "fingerprints, places, coverage; no secret. It is sealed with the estate key: a bundle that "
    "was "
    "changed or cut, or that another key sealed, is refused by import. Targets are put under the "
    "name of the host: etc becomes app01/etc in places and in ids.",
    "The key must be there, key import brings it: a host that made one of its own would collect "
    "for no estate. While the key is rotated a bundle tells what both keys make of each value.",
    "Without --cache everything is read each time; with it only what changed. The status is that "
    "of a sweep; with 0, 1 and 3 a bundle was written, else none. With - it goes to standard "
    "output when it is whole."};

constexpr std::string_view kImport[] = {
    "All bundles of one call are one sweep of the inventory. They are checked before anything is "
    "stored, and nothing is seen before the last one is stored. A bundle that was merged before "
    "changes nothing; one older than that, two of one host, and one from the future are refused.",
    "While the key is rotated a host may come with both keys, or with the former one still: what "
    "is known keeps ids, dates and decisions either way. One that has the new key alone is refused "
    "while findings of it are known under the former key only.",
    "Of the estate file its hosts, owners, accepted_unread and policy count. A host it names "
    "without a bundle that is young enough makes the status 3; what is known of the host becomes "
    "unverified. Hosts that it does not name, and that sent nothing, are left as they were."};

constexpr std::string_view kDoctor[] = {
    "Walks the targets as a sweep would, opens nothing but a sample, and prints what this user may "
    "not read together with the smallest grants, as commands for an administrator. It estimates "
    "how long the first sweep will take. Run it as the user that will sweep."};

constexpr std::string_view kKey[] = {
    "All fingerprints and ids of an estate are made with one key of 32 bytes. Hosts of one estate "
    "share it: export it on one, import it on the others, carry it by a safe way. The first key of "
    "every estate is k1: create, export and import print a check value that tells it from others, "
    "and reports carry it as key_check. scan and sweep make a key where there is none; collect, "
    "import, key export and key rotate do not.",
    "rotate makes a new key and keeps the former one beside it, in the same file. The next sweeps "
    "read everything again and compute it under both: what is known keeps ids, dates and "
    "decisions, "
    "what is new gets an id of the new key. What could not be read stays as it was and waits. "
    "rotate --finish forgets the former key; it refuses while something waits, or a host's newest "
    "bundle is not of the new key, and names both. With --force it says what is left behind: that "
    "keeps id and decisions, but read later it is new. A kept id still "
    "rests on the former key: whoever has that key and an id can test a guess of the value, as "
    "before. If the key was stolen, change the credentials too."};

constexpr std::string_view kPrune[] = {
    "Removes findings that are gone since before --older-than ago, with their places, authors, "
    "file "
    "owners, accounts and the decisions about them; old lists of what could not be read; and names "
    "of roots under which nothing is known. It then writes the inventory anew, so that no byte of "
    "them is left in it. That needs free space of twice its size beside it, and as much once more "
    "for temporary files.",
    "What is there, unverified, accepted or was decided about since stays. So does what is gone "
    "while its credential is not known to be dead, but without authors and file owners. Numbers of "
    "earlier sweeps stay: they hold no names. A finding that comes back after it was forgotten is "
    "new, and nothing is decided about it."};

constexpr std::string_view kAudit[] = {
    "What is done is recorded before it is done: sweeps and imports with what they leave out, "
    "decisions of people, --reveal, operations on the fingerprint key, prune. What cannot be "
    "recorded is not done. Each record holds the hash of the one before it, and each command ends "
    "with a signature over all of them.",
    "verify finds records that were changed, cut out, put in or moved, and ends with 5 if there "
    "are any. That the end was cut off shows only by a head that was noted elsewhere: those that "
    "the inventory keeps of its sweeps, and those given with --anchor. That all of it was made "
    "anew shows by the public key, which head --public-key writes: keep it where the journal is "
    "checked.",
    "export writes audit.html to read and audit.jsonl for programs into a folder; docs/audit.md "
    "says how to check the latter without this program."};

constexpr ManualExample kAuditExamples[] = {
    {"Keep head and key elsewhere, and check the journal with them later:",
     "nhisweep audit head --public-key audit.pub\nnhisweep audit verify --public-key audit.pub "
     "--anchor 17:9f2c..."},
    {"Evidence of November:",
     "nhisweep audit export --output november --from 2026-11-01 --to 2026-12-01"}};

constexpr std::string_view kRotators[] = {
    "Rotators are programs of their own that speak a documented protocol "
    "(docs/plugin-protocol.md). They run only if they are registered in rotation.yaml with their "
    "SHA-256, and are held in: no network, no other programs, no files but the system's libraries "
    "unless 'allow' says so.",
    "check tries one as its bad days will (docs/conformance.md): killed, cut off, repeated, with "
    "hostile names, on the system that --trial describes. That system gets broken: never a live "
    "one. If all passed, the lines to register it follow; status 5 if something failed.",
    "list starts each registered one and shows what it can, what rights it needs and what nothing "
    "holds it back from."};

constexpr ManualExample kRotatorsExamples[] = {
    {"The handshake of a program alone, then everything, on a server of its own:",
     "nhisweep rotators check ./acme-rotator --allow net\nnhisweep rotators check ./acme-rotator "
     "--allow net --trial trial.yaml"},
    {"A script:",
     "nhisweep rotators check ./acme.py --interpreter /usr/bin/python3 --argument=-I --allow net"}};

constexpr std::string_view kRotate[] = {
    "plan reads the inventory, asks the provider and looks at every place of use, and says what "
    "would be done: the steps in order, what can break when, how each is taken back, what the "
    "guard says, and what the plan does not see. approve allows exactly that plan, by its hash; "
    "run carries it out. Nothing is changed before run.",
    "Every step is written into the journal before it has its effect. A rotation that was cut off "
    "at any moment is gone on with by resume, which finds out what happened; one that waits, for "
    "time or for people, by resume as well. rollback takes back what was done up to the point of "
    "no "
    "return. The status is 4 while a rotation needs somebody or something.",
    "In mode scheduled each blind spot of a plan has to be accepted by name. Where the environment "
    "is live, who planned, who approves and who runs are different people, unless rotation.yaml "
    "says otherwise. docs/rotation.md describes rotation.yaml and the approvers."};
constexpr ManualExample kRotateExamples[] = {
    {"From a credential to its end:",
     "nhisweep rotate plan --credential c_3c9a --estate estate.yaml\nnhisweep rotate approve r_51 "
     "--plan 9f2c --ticket CHG-1\nnhisweep rotate run r_51 --wait 2h"},
    {"What stands where, and what comes next:", "nhisweep rotate status r_51"}};

constexpr std::string_view kExceptions[] = {
    "An exception says who answers for a finding (f_...) or a credential with all its places "
    "(c_...), why, and until which day. Until then it is listed and does not make status 1; on "
    "that day it counts again. Without ids it is for what the filter finds."};

constexpr std::string_view kCredentials[] = {
    "show says too whether a credential may be rotated or revoked, towards each dependency that it "
    "has to do with, and which rule says so; docs/guard.md has the table.",
    "A credential is outstanding until it is dead, wherever its bytes are: taking it out of a file "
    "does not kill it. attest records that somebody knows it to be dead, on what evidence; none "
    "takes that back. Where a dead one is seen in a place that was not known then, or comes back, "
    "it stays dead and list --measure seen-again shows it.",
    "An id of an identity or a finding, and a filter, stand for the credentials behind them, but "
    "for shared Spine credentials: those are no part of CIS1 and are attested by their own id."};

constexpr std::string_view kDependencies[] = {
    "The evidence only proposes where a dependency on CIS1 stands; people decide. Decisions are "
    "appended, never changed, and survive further sweeps. retired is taken only from cis2-only, "
    "and once every credential of the CIS1 call is dead.",
    "bind says what credentials are towards a dependency. What stands in one file with a CIS1 call "
    "may as well be Spine's: until somebody says what it is, nothing permits to revoke it. A "
    "certificate, MESH or SDS credential is no part of CIS1, whatever anybody says.",
    "A dependency stays listed when its last CIS1 trace is gone: that proves nothing without "
    "evidence that the traffic has ended. list --measure traces-gone lists those of which nobody "
    "decided that they are over.",
    "A system that no sweep saw can be declared, by import or by the file that the estate names "
    "under dependencies; nhisweep-estate(5) says what stands in it. The list begins with what "
    "will stop, the most critical first."};

constexpr std::string_view kCompletion[] = {
    "Prints a script for the shell. An installed package brings all three; from an archive the "
    "lines below do."};

constexpr std::string_view kMan[] = {
    "Prints a page as roff, for systems where the pages are not installed."};

constexpr std::string_view kInit[] = {
    "Looks at names on this machine, at most 200,000 files and folders and 20 seconds a place, and "
    "writes an estate file with what it finds: git repositories, interface engines and their "
    "exports, folders of configuration. Comments say why each target is there and what to fill in. "
    "Network mounts and home folders are named as comments and not looked into.",
    "Without PATH it looks at the whole machine. A PATH that holds a folder etc is taken for a "
    "machine's root; any other is proposed as it is. A file that is there is never replaced."};

constexpr std::string_view kEstate[] = {
    "An estate file is a YAML mapping that names the targets of a sweep, the systems they belong "
    "to, what is expected of them and who owns what is found there. Relative paths start at the "
    "folder of the file.",
    "What is not as expected is not read in the sense of the status: the sweep ends with 3, and "
    "known findings there become unverified, never gone."};

struct About {
  std::string_view command;
  Paragraphs paragraphs;
};
constexpr About kAbout[] = {
    {"", kProgram},
    {"scan", kScan},
    {"sweep", kSweep},
    {"collect", kCollect},
    {"import", kImport},
    {"doctor", kDoctor},
    {"hook", kHook},
    {"init", kInit},
    {"key", kKey},
    {"audit", kAudit},
    {"rotate", kRotate},
    {"rotators", kRotators},
    {"prune", kPrune},
    {"exceptions", kExceptions},
    {"credentials", kCredentials},
    {"man", kMan},
    {"dependencies", kDependencies},
    {"estate", kEstate},
    {"completion", kCompletion},
};

constexpr ManualExample kProgramExamples[] = {
    {"What is in this checkout, now:", "nhisweep scan ."},
    {"Every night, kind to what runs beside it:",
     "nhisweep sweep --estate /etc/nhisweep/estate.yaml --background --until 06:00"},
    {"What the last sweep changed, for a program:",
     "nhisweep findings list --since-sweep last --format jsonl"}};
constexpr ManualExample kScanExamples[] = {
    {"In a pipeline, as tests:", "nhisweep scan . --format junit --output nhisweep.xml"},
    {"Only what an earlier report of these paths does not hold:",
     "nhisweep scan . --baseline baseline.json"},
    {"What a branch brings in, on a pull request:", "nhisweep scan --since origin/main"},
    {"Of what another program prints:", "zcat app.log.gz | nhisweep scan -"}};
constexpr ManualExample kSweepExamples[] = {
    {"The first night; what is old is known, not new:",
     "nhisweep sweep --estate estate.yaml --baseline --html report.html"},
    {"At most 20 MiB a second, until six in the morning:",
     "nhisweep sweep --estate estate.yaml --max-read-rate 20MiB --until 06:00"}};
constexpr ManualExample kCollectExamples[] = {
    {"On every host, reading only what changed since the last time:",
     "nhisweep collect --estate /etc/nhisweep/estate.yaml --output app01.bundle \\\n"
     "  --cache /var/lib/nhisweep/collect.db"},
    {"From another machine:",
     "ssh app01 nhisweep collect --estate /etc/nhisweep/estate.yaml --output - > app01.bundle"}};
constexpr ManualExample kImportExamples[] = {
    {"Everything that the hosts sent tonight:",
     "nhisweep import --estate estate.yaml --html report.html /var/lib/nhisweep/bundles"}};
constexpr ManualExample kFindingsExamples[] = {
    {"What is new, the most urgent first:", "nhisweep findings list --state new --sort priority"},
    {"Everything about one:", "nhisweep findings show f_3c9a"}};
constexpr ManualExample kExceptionsExamples[] = {
    {"Until the vendor delivers:",
     "nhisweep exceptions add f_3c9a --for pas-team --reason \"vendor lock\" --until 2027-01-31"}};
constexpr ManualExample kDependenciesExamples[] = {
    {"Sign-ins go through CIS2 by now:",
     "nhisweep dependencies set-state d_dfd5 cis2-primary --evidence \"CHG-1\" --by \"Ada Ward\""}};
constexpr ManualExample kPruneExamples[] = {
    {"Once a month; look first:", "nhisweep prune --older-than 400d --dry-run"}};
constexpr ManualExample kReportExamples[] = {
    {"The page for the migration lead:", "nhisweep report --format html --output report.html"}};
constexpr ManualExample kCompletionExamples[] = {
    {"In ~/.bashrc:", "source <(nhisweep completion bash)"},
    {"In ~/.zshrc, after compinit:", "source <(nhisweep completion zsh)"},
    {"In ~/.config/fish/config.fish:", "nhisweep completion fish | source"}};
constexpr ManualExample kManExamples[] = {{"To read a page:", "nhisweep man sweep | man -l -"}};
constexpr ManualExample kConfigurationExamples[] = {
    {"Of a host that is swept every night:",
     "estate: /etc/nhisweep/estate.yaml\ninventory: /var/lib/nhisweep/nhisweep.db\n"
     "until: \"06:00\"\nbackground: true\nexclude: ['**/node_modules/**', '**/*.iso']"}};

struct Examples {
  std::string_view command;
  std::span<const ManualExample> examples;
};
constexpr Examples kExamples[] = {
    {"", kProgramExamples},
    {"scan", kScanExamples},
    {"sweep", kSweepExamples},
    {"collect", kCollectExamples},
    {"import", kImportExamples},
    {"findings", kFindingsExamples},
    {"exceptions", kExceptionsExamples},
    {"dependencies", kDependenciesExamples},
    {"report", kReportExamples},
    {"prune", kPruneExamples},
    {"completion", kCompletionExamples},
    {"man", kManExamples},
    {"audit", kAuditExamples},
    {"rotate", kRotateExamples},
    {"rotators", kRotatorsExamples},
    {"nhisweep.yaml", kConfigurationExamples},
};

constexpr ManualEntry kExitStatus[] = {
    {"0", "Everything in scope was read; nothing to report, for a sweep nothing new."},
    {"1",
     "Everything was read; there is something to report: a credential of a non-human identity or a "
     "trace of CIS1, not excepted. For a sweep: something new."},
    {"2", "Bad use or bad configuration; nothing was done."},
    {"3", "Something in scope could not be read. What was found is still reported."},
    {"4", "A rotation needs a person."},
    {"5", "Started and failed: store, disk, verification. What was stored is not lost."}};

constexpr ManualEntry kFiles[] = {
    {"./nhisweep.db", "The inventory, unless --inventory names another."},
    {"./nhisweep.yaml", "Flags that need not be typed; see nhisweep.yaml(5)."},
    {"/var/lib/nhisweep/journal.db",
     "The journal of what root does: the audit. Made by the first command that records."},
    {"~/.local/state/nhisweep/journal.db", "The journal of another user."},
    {"/etc/nhisweep/audit.key, ~/.config/nhisweep/audit.key",
     "The key that signs the audit, of root and of another user."},
    {"/etc/nhisweep/fingerprint.key", "The fingerprint key where root runs the program."},
    {"~/.config/nhisweep/fingerprint.key",
     "The fingerprint key of another user. It has mode 0600 and is made by the first scan or "
     "sweep, "
     "or key create."}};

constexpr ManualEntry kEnvironment[] = {
    {"NHISWEEP_KEY_FILE", "The file of the fingerprint key."},
    {"NHISWEEP_JOURNAL", "The journal, unless --journal names another."},
    {"NHISWEEP_AUDIT_KEY_FILE", "The file of the key that signs the audit."},
    {"XDG_CONFIG_HOME, XDG_STATE_HOME, HOME",
     "Where keys and journal of a user stand if these are not set."},
    {"TZ", "The zone in which --until names a time."}};

constexpr ManualEntry kEstateKeys[] = {
    {"estate:", "Its name, as reports show it."},
    {"targets:", "A list of mappings; see below. An estate has targets, hosts or both."},
    {"hosts:",
     "Hosts whose bundles import expects: a list of names, or of {name, max_age}. A host without "
     "a bundle younger than that (20h unless said) makes the import incomplete."},
    {"rules:", "Rule files and folders; builtin stands for the built-in rules."},
    {"owners:",
     "A file that maps globs of places to teams; the last that matches wins. Where it "
     "is silent, CODEOWNERS of the repository, then the target's owner, speaks."},
    {"dependencies:",
     "A file of what people say of dependencies on CIS1. Under dependencies: a list of entries "
     "with "
     "system, environment, state, decided_by, date and evidence, and criticality (low, medium, "
     "high, critical), owner, side_states (supplier-blocked, break-glass, exception), "
     "exception_until, supplier, supplier_date, review and blockers. What it says anew is recorded "
     "as a decision when a sweep or import ends; of it and a command the later day holds, and "
     "what differs is shown."},
    {"accepted_unread:",
     "A list of {path, owner, reason, expires}: places that may stay unread until that day without "
     "making the sweep incomplete, also archives and other containers that are not opened. With "
     "host, a name or glob, the place is one of that host, for "
     "collect and import; its path / stands for the host itself."},
    {"policy:", "See below."}};

constexpr ManualEntry kTargetKeys[] = {
    {"name:", "Required, without a slash. It begins the printed places and is part of ids."},
    {"path:", "A file or folder, or a list of them; globs are expanded."},
    {"git:", "The same, where each must hold a git repository."},
    {"place:", "application, engine, host, network or document."},
    {"system:", "The system that this belongs to."},
    {"environment:", "live, integration, training or development."},
    {"owner:", "The team that answers for it unless something nearer says otherwise."},
    {"host:", "The host whose files these are."},
    {"exclude:", "Globs of places to leave out, counted."},
    {"one_file_system:", "true: do not cross mount points."},
    {"network:", "true: enter network and FUSE mounts too."},
    {"expect:",
     "A mapping of min_repositories (a number), max_age (2d, 12h) and mount_points (a "
     "list of paths that must be mounted)."}};

constexpr ManualEntry kPolicyKeys[] = {
    {"stale_after_days:", "Without use for so long a credential is stale, where use is known."},
    {"max_age_days:", "An older credential is long-lived."},
    {"cis1_removal:", "The day on which CIS1 is switched off."},
    {"inline_ignores:", "report: say who ignored what and count it; honour: leave it out."}};

constexpr std::string_view kEstateExample =
    R"(estate: North Ward Trust
targets:
  - name: config-repos
    git: [/srv/git/*.git]
    owner: platform
    expect: {min_repositories: 600, max_age: 2d}
  - name: engine-exports
    path: /srv/mirth-exports
    place: engine
    system: TIE
    environment: live
    expect: {max_age: 7d, mount_points: [/srv/mirth-exports]}
  - name: app-hosts
    path: [/etc, /opt, /srv/app]
    host: app01
    exclude: ['**/cache/**']
owners: ./owners.yaml
accepted_unread:
  - {path: /srv/legacy, owner: pas-team, reason: vendor lock, expires: 2027-01-31}
policy: {max_age_days: 365, cis1_removal: 2027-02-28})";

template <class Table>
auto row_of(const Table& table, std::string_view command) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& row) { return row.command == command; });
}

}  // namespace

Paragraphs manual_description(std::string_view command) {
  const auto* const row = row_of(kAbout, command);
  return row == std::end(kAbout) ? Paragraphs{} : row->paragraphs;
}

std::span<const ManualExample> manual_examples(std::string_view command) {
  const auto* const row = row_of(kExamples, command);
  return row == std::end(kExamples) ? std::span<const ManualExample>{} : row->examples;
}

std::span<const ManualEntry> manual_exit_status() { return kExitStatus; }
std::span<const ManualEntry> manual_files() { return kFiles; }
std::span<const ManualEntry> manual_environment() { return kEnvironment; }
std::span<const ManualEntry> estate_keys() { return kEstateKeys; }
std::span<const ManualEntry> target_keys() { return kTargetKeys; }
std::span<const ManualEntry> policy_keys() { return kPolicyKeys; }
std::string_view estate_example() { return kEstateExample; }

}  // namespace nhi
