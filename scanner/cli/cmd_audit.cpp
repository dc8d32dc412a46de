#include <fmt/format.h>

#include <filesystem>

#include "rotators/journal/evidence.hpp"
#include "rotators/journal/verify.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"

namespace nhi {
namespace {

constexpr std::size_t kPublicKeyBytesMax = 4096;

Result<std::optional<AuditPublicKey>> pinned_key(const Options& options) {
  std::optional<AuditPublicKey> key;
  if (options.public_key.empty()) return key;
  NHI_TRY(const std::string pem, read_small_file(options.public_key, kPublicKeyBytesMax));
  auto read = AuditPublicKey::from_pem(pem, options.public_key);
  if (!read) {
    read.error().code = ErrorCode::kBadUse;
    return fail(std::move(read.error()));
  }
  key = std::move(*read);
  return key;
}

// Heads that people wrote down, and those that sweeps noted in the inventory.
Result<std::vector<AuditAnchor>> anchors_of(const Options& options) {
  std::vector<AuditAnchor> anchors;
  for (const std::string& text : options.anchors) {
    const auto head = parse_head(text);
    if (!head) {
      return fail(ErrorCode::kBadUse, "not a head of the audit", "--anchor " + text,
                  "as reports and audit head print it: 17: and 64 hexadecimal digits");
    }
    anchors.push_back({*head, "--anchor"});
  }
  // Without --inventory the usual one is asked only if it is there.
  std::error_code ignored;
  const bool usual = options.inventory == Options{}.inventory;
  if (usual && !std::filesystem::exists(options.inventory, ignored)) return anchors;
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const std::vector<Inventory::SweepRow> sweeps, inventory.finished_sweeps());
  for (const Inventory::SweepRow& sweep : sweeps) {
    if (const auto head = parse_head(sweep.audit_head)) {
      anchors.push_back({*head, fmt::format("sweep {} in {}", static_cast<std::int64_t>(sweep.id),
                                            options.inventory)});
    }
  }
  return anchors;
}

std::string verdict_text(const std::string& path, const AuditVerdict& verdict,
                         std::size_t anchors) {
  std::string out = verdict.whole() ? fmt::format("{}: whole\n", printable(path))
                                    : fmt::format("{}: NOT as it was written\n", printable(path));
  for (const AuditProblem& problem : verdict.problems) {
    out += problem.seq == 0
               ? fmt::format("  {}\n", printable(problem.what))
               : fmt::format("  record {}: {}\n", problem.seq, printable(problem.what));
  }
  out += fmt::format("{}, {} to {}\n", counted(verdict.head.seq, "record", "records"),
                     printable(verdict.first_at), printable(verdict.last_at));
  out += fmt::format("signed up to record {} by {}; {} compared\n", verdict.signed_up_to,
                     counted(verdict.checkpoints, "checkpoint", "checkpoints"),
                     counted(anchors, "anchor", "anchors"));
  for (const std::string& remark : verdict.remarks) out += "remark: " + printable(remark) + "\n";
  return out + "head: " + to_text(verdict.head) + "\n";
}

struct Verified {
  std::string path;
  Journal journal;
  std::vector<AuditAnchor> anchors;
  AuditVerdict verdict;
};

Result<Verified> verified(const Options& options) {
  NHI_TRY(const auto pinned, pinned_key(options));
  NHI_TRY(std::vector<AuditAnchor> anchors, anchors_of(options));
  NHI_TRY(std::string path, journal_path(options));
  NHI_TRY(Journal journal, Journal::open(path));
  NHI_TRY(AuditVerdict verdict, verify_journal(journal, anchors, pinned));
  return Verified{std::move(path), std::move(journal), std::move(anchors), std::move(verdict)};
}

Result<int> verify(const Options& options) {
  NHI_TRY(const Verified all, verified(options));
  NHI_CHECK_OK(write_result(options, verdict_text(all.path, all.verdict, all.anchors.size())));
  return all.verdict.whole() ? kStatusClean : kStatusFailed;
}

Result<std::optional<Instant>> day_of(const std::string& flag, const std::string& text) {
  if (text.empty()) return std::optional<Instant>();
  auto day = parse_instant(text);
  if (!day) {
    day.error().subject = flag + " " + text;
    return fail(std::move(day.error()));
  }
  return std::optional<Instant>(*day);
}

Result<int> give(const Options& options) {
  EvidenceRange range;
  NHI_TRY(range.from, day_of("--from", options.from_date));
  NHI_TRY(range.to, day_of("--to", options.to_date));
  range.run = options.run;
  NHI_TRY(Verified all, verified(options));
  NHI_TRY(const EvidencePack evidence, collect_evidence(all.journal, range));
  // A folder that is there may hold an earlier pack; its files are replaced one by one.
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) return fail(os_error(error.value(), "cannot make the folder", options.output));
  const std::pair<const char*, std::string> files[] = {
      {"audit.jsonl", evidence_lines(evidence, range, all.verdict)},
      {"audit.html", evidence_page(evidence, range, all.verdict)},
  };
  for (const auto& [name, text] : files) {
    NHI_CHECK_OK(write_file_atomically(options.output + "/" + name, text));
  }
  note(options, fmt::format("{} in {}: audit.html to read, audit.jsonl for programs",
                            counted(evidence.records.size(), "record", "records"), options.output));
  if (all.verdict.whole()) return kStatusClean;
  note(options, "the journal is NOT as it was written; both files say where");
  return kStatusFailed;
}

Result<int> head(const Options& options) {
  NHI_TRY(const std::string path, journal_path(options));
  NHI_TRY(Journal journal, Journal::open(path));
  if (!options.public_key.empty()) {
    NHI_TRY(const AuditVerdict verdict, verify_journal(journal, {}, std::nullopt));
    if (verdict.keys.empty()) return fail(ErrorCode::kStore, "the journal names no key", path);
    NHI_CHECK_OK(write_file_atomically(options.public_key, verdict.keys.back().pem()));
    note(options, "public key " + verdict.keys.back().id() + " is in " + options.public_key);
  }
  NHI_TRY(const AuditHead now, journal.head());
  NHI_CHECK_OK(write_result(options, to_text(now) + "\n"));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_audit(const Options& options) {
  if (options.command == Command::kAuditVerify) return verify(options);
  if (options.command == Command::kAuditExport) return give(options);
  return head(options);
}

}  // namespace nhi
