#include "rotators/engine/approval.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "plugins/host/command.hpp"
#include "rotators/engine/yaml_reader.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/private_folder.hpp"

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kVerifyTimeout{20'000};
constexpr const char* kVerifier = "/usr/bin/ssh-keygen";

Unexpected<Error> not_approved(const RunRow& run, std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadUse, std::move(what), run.id, std::move(hint));
}

// Whoever can write the list of approvers approves everything.
Result<void> check_closed(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return fail(os_error(errno, "cannot read the approvers", path));
  }
  const bool open = (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!open) return {};
  return fail(ErrorCode::kBadUse, "others can write to the list of approvers", path,
              "chmod go-w " + path);
}

bool may_approve(const Approver& approver, const Plan& plan) {
  const bool system =
      approver.systems.empty() ||
      std::any_of(approver.systems.begin(), approver.systems.end(),
                  [&](const std::string& glob) { return glob_match(glob, plan.system); });
  const auto environment = parse_environment(plan.environment).value_or(Environment::kUnknown);
  const auto& known = approver.environments;
  return system &&
         (known.empty() || std::find(known.begin(), known.end(), environment) != known.end());
}

// ssh-keygen(1) verifies against a list of principals and keys; the list is ours, the signature is
// the one that came, and the text is what we hold.
Result<std::size_t> signer_of(const std::string& text, const std::string& signature,
                              const std::vector<Approver>& approvers) {
  NHI_TRY(const PrivateFolder folder, PrivateFolder::make());
  std::string allowed;
  for (std::size_t i = 0; i < approvers.size(); ++i) {
    for (const std::string& key : approvers[i].keys) {
      allowed += fmt::format("approver{} namespaces=\"{}\" {}\n", i, kApprovalNamespace, key);
    }
  }
  NHI_CHECK_OK(write_new_file(folder.file("approvers"), allowed));
  NHI_CHECK_OK(write_new_file(folder.file("signature"), signature));
  for (std::size_t i = 0; i < approvers.size(); ++i) {
    if (approvers[i].keys.empty()) continue;
    NHI_TRY(const CommandResult ran,
            run_command({kVerifier, "-Y", "verify", "-f", folder.file("approvers"), "-I",
                         fmt::format("approver{}", i), "-n", std::string(kApprovalNamespace), "-s",
                         folder.file("signature")},
                        SecretText(text), kVerifyTimeout));
    if (ran.status == 0) return i;
  }
  return fail(
      ErrorCode::kBadUse, "the signature is of no approver over this plan", {},
      "it is over the text that `rotate show RUN --to-sign` prints, made with ssh-keygen -Y "
      "sign -n " +
          std::string(kApprovalNamespace));
}

class Reader {
 public:
  explicit Reader(const std::string& path) : yaml_(path) {}

  Result<std::vector<Approver>> read() const {
    std::vector<Approver> all;
    const auto whole = [&](const YAML::Node& root) -> Result<void> {
      if (root.IsNull()) return {};
      NHI_CHECK_OK(yaml_.check_keys(root, {"approvers"}));
      return yaml_.each(root, "approvers", [&](const YAML::Node& entry) -> Result<void> {
        NHI_TRY(Approver approver, approver_of(entry));
        all.push_back(std::move(approver));
        return {};
      });
    };
    NHI_CHECK_OK(yaml_.read(whole));
    return all;
  }

 private:
  Result<Approver> approver_of(const YAML::Node& entry) const {
    NHI_CHECK_OK(yaml_.check_keys(entry, {"name", "users", "keys", "systems", "environments"}));
    Approver made;
    NHI_TRY(made.name, yaml_.text(entry, "name"));
    NHI_TRY(made.users, yaml_.words(entry, "users"));
    NHI_TRY(made.keys, yaml_.words(entry, "keys"));
    NHI_TRY(made.systems, yaml_.words(entry, "systems"));
    NHI_TRY(made.environments, yaml_.environments(entry));
    if (made.name.empty()) return yaml_.wrong(entry, "an approver without a name");
    if (made.users.empty() && made.keys.empty()) {
      return yaml_.wrong(entry, "an approver without users and keys");
    }
    for (const std::string& key : made.keys) {
      if (key.find('\n') != std::string::npos || !key.starts_with("s")) {
        return yaml_.wrong(entry["keys"], "not a public key of SSH", "such as ssh-ed25519 AAAA…");
      }
    }
    return made;
  }

  YamlReader yaml_;
};

Result<void> check_words(const RunRow& run, const Plan& plan, const ApprovalWords& words) {
  if (plan.ticket_needed && words.ticket.empty()) {
    return not_approved(run, "a ticket is required", "--ticket");
  }
  if (plan.clinical_needed && words.clinical.empty()) {
    return not_approved(run, "a clinical-safety reference is required (DCB0160)",
                        "--clinical-safety");
  }
  for (const std::string& id : words.accepted) {
    const bool known = std::any_of(plan.blind_spots.begin(), plan.blind_spots.end(),
                                   [&](const BlindSpot& spot) { return spot.id == id; });
    if (!known) return not_approved(run, "the plan has no blind spot " + id, "--accept");
  }
  if (plan.mode != RunMode::kScheduled) return {};
  for (const BlindSpot& spot : plan.blind_spots) {
    const auto& named = words.accepted;
    if (std::find(named.begin(), named.end(), spot.id) != named.end()) continue;
    return not_approved(
        run, fmt::format("blind spot {}: {}", spot.id, spot.what),
        fmt::format("see to it and plan again, or accept it with --accept {}", spot.id));
  }
  return {};
}

}  // namespace

Result<std::vector<Approver>> read_approvers(const std::string& path) {
  NHI_CHECK_OK(check_closed(path));
  return Reader(path).read();
}

std::string approval_text(const std::string& run_id, const std::string& plan_hash,
                          const ApprovalWords& words) {
  return fmt::format("nhisweep-approval/1\n{}\n{}\nticket {}\nclinical-safety {}\naccepted {}\n",
                     run_id, plan_hash, words.ticket, words.clinical,
                     fmt::join(words.accepted, " "));
}

Result<ApprovalRow> approval_of(const RunRow& run, const Plan& plan, const ApprovalWords& words,
                                const ProcessFacts& who, const std::vector<Approver>& approvers,
                                Instant now) {
  if (now >= plan.expires) return not_approved(run, "the plan has ended", "plan it again");
  NHI_CHECK_OK(check_words(run, plan, words));
  AuditFields actor = actor_fields(who, words.on_behalf);
  const Approver* by = nullptr;
  if (!words.signature.empty()) {
    NHI_TRY(const std::size_t signer,
            signer_of(approval_text(run.id, run.plan_hash, words), words.signature, approvers));
    by = &approvers[signer];
    AuditFields signed_by;
    signed_by.text("auth", "ssh-signature").text("user", by->name);
    signed_by.fields("brought_by", std::move(actor));
    actor = std::move(signed_by);
  } else if (!approvers.empty()) {
    const auto found = std::find_if(approvers.begin(), approvers.end(), [&](const Approver& one) {
      return std::find(one.users.begin(), one.users.end(), who.user_name) != one.users.end();
    });
    if (found == approvers.end()) {
      return not_approved(run, fmt::format("'{}' is no approver", who.user_name),
                          "approvers.yaml names them");
    }
    by = &*found;
  }
  if (by != nullptr && !may_approve(*by, plan)) {
    return not_approved(run, fmt::format("{} may not approve for {} in {}", by->name, plan.system,
                                         plan.environment));
  }
  if (plan.four_eyes && actor.text_of("user") == plan.planner) {
    return not_approved(run, "who planned it may not approve it as well",
                        "`four_eyes` in rotation.yaml says where this holds");
  }
  AuditFields body;
  body.text("ticket", words.ticket).text("clinical_safety", words.clinical);
  body.list("accepted", words.accepted);
  return ApprovalRow{run.plan_hash, actor.to_json(), body.to_json(), now};
}

}  // namespace nhi
