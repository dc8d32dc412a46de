#include "rotators/journal/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

class Verifier {
 public:
  explicit Verifier(const std::vector<AuditAnchor>& anchors) {
    for (const AuditAnchor& anchor : anchors) anchors_.emplace(anchor.head.seq, &anchor);
  }

  Result<bool> take(std::uint64_t seq, std::string_view text, Bytes hash) {
    if (seq != verdict_.head.seq + 1) {
      problem(seq, fmt::format("records {} to {} are missing", verdict_.head.seq + 1, seq - 1));
      verdict_.head.seq = seq - 1;  // what follows is checked all the same
    }
    const AuditHead before = verdict_.head;
    verdict_.head = followed_by(before, text);
    const Bytes computed(reinterpret_cast<const char*>(verdict_.head.hash.data()),
                         verdict_.head.hash.size());
    if (hash != computed) {
      problem(seq, "the hash does not follow: this record or one before it is not as it was");
      // Goes on from what is stored, so that each place is named once.
      std::copy_n(hash.begin(), std::min(hash.size(), verdict_.head.hash.size()),
                  verdict_.head.hash.begin());
    }
    auto record = AuditRecord::from_json(text);
    if (!record) {
      problem(seq, record.error().what);
    } else {
      look_at(seq, *record, before);
    }
    compare_with_anchors(seq);
    return verdict_.problems.size() < kAuditProblemsMax;
  }

  AuditVerdict end(const std::optional<AuditPublicKey>& pinned) {
    for (auto at = anchors_.upper_bound(verdict_.head.seq); at != anchors_.end(); ++at) {
      problem(0, fmt::format("the journal ends at {}, and {} noted record {}: its end was cut off",
                             verdict_.head.seq, at->second->where, at->first));
    }
    check_keys(pinned);
    if (verdict_.head.seq > verdict_.signed_up_to) {
      verdict_.remarks.push_back(
          counted(verdict_.head.seq - verdict_.signed_up_to, "record", "records") +
          " at the end not signed yet");
    }
    if (anchors_.empty()) {
      verdict_.remarks.emplace_back(
          "no anchor was given: whether records were cut off at the end cannot be told");
    }
    return std::move(verdict_);
  }

 private:
  void problem(std::uint64_t seq, std::string what) {
    if (verdict_.problems.size() < kAuditProblemsMax) {
      verdict_.problems.push_back({seq, std::move(what)});
    }
  }

  void look_at(std::uint64_t seq, const AuditRecord& record, const AuditHead& before) {
    if (record.seq != seq) {
      problem(seq, fmt::format("this is record {} in the place of another", record.seq));
    }
    if (record.at < verdict_.last_at) {
      verdict_.remarks.push_back(
          fmt::format("the clock was set back between records {} and {}", seq - 1, seq));
    }
    if (verdict_.first_at.empty()) verdict_.first_at = record.at;
    verdict_.last_at = std::max(verdict_.last_at, record.at);
    if ((record.type == kJournalCreated) != (seq == 1)) {
      problem(seq, seq == 1 ? "the journal does not begin with its beginning"
                            : "the journal begins a second time");
    }
    if (record.type == kJournalCreated) verdict_.chain = record.body.text_of("chain");
    if (record.type == kJournalCreated || record.type == kKeyChanged) take_key(seq, record.body);
    if (record.type == kCheckpoint) check_signature(seq, record.body, before);
  }

  void take_key(std::uint64_t seq, const AuditFields& body) {
    auto key = AuditPublicKey::from_pem(body.text_of("public_key"), {});
    if (!key || key->id() != body.text_of("key")) {
      problem(seq, "the key that it names is none, or another");
      return;
    }
    if (!verdict_.keys.empty()) {
      verdict_.remarks.push_back(
          fmt::format("record {}: another key signs from here on, {}; the one before it, {}, did "
                      "not say so",
                      seq, key->id(), verdict_.keys.back().id()));
    }
    verdict_.keys.push_back(std::move(*key));
  }

  void check_signature(std::uint64_t seq, const AuditFields& body, const AuditHead& before) {
    if (body.text_of("signs") != to_text(before)) {
      problem(seq, "the checkpoint signs another place of the chain");
      return;
    }
    const auto signature = from_base64(body.text_of("signature"));
    const bool right =
        !verdict_.keys.empty() && signature && body.text_of("key") == verdict_.keys.back().id() &&
        verdict_.keys.back().verifies(checkpoint_text(verdict_.chain, before), *signature);
    if (!right) {
      problem(seq, "the signature of the checkpoint is wrong");
      return;
    }
    ++verdict_.checkpoints;
    verdict_.signed_up_to = seq;
  }

  void compare_with_anchors(std::uint64_t seq) {
    const auto [from, to] = anchors_.equal_range(seq);
    for (auto at = from; at != to; ++at) {
      if (at->second->head == verdict_.head) continue;
      problem(seq, fmt::format("{} noted another hash here: the journal was made anew",
                               at->second->where));
    }
  }

  void check_keys(const std::optional<AuditPublicKey>& pinned) {
    if (verdict_.head.seq == 0) {
      problem(0, "there is no record");
      return;
    }
    if (!pinned) {
      verdict_.remarks.emplace_back(
          "no public key was given: signatures were checked with the keys that the journal names");
      return;
    }
    for (const AuditPublicKey& key : verdict_.keys) {
      if (key.id() == pinned->id()) continue;
      problem(0, fmt::format("key {} signed, which is not the one that was given", key.id()));
    }
    if (verdict_.keys.empty()) problem(0, "no key signed");
  }

  AuditVerdict verdict_;
  std::multimap<std::uint64_t, const AuditAnchor*> anchors_;
};

}  // namespace

Result<AuditVerdict> verify_journal(Journal& journal, const std::vector<AuditAnchor>& anchors,
                                    const std::optional<AuditPublicKey>& pinned) {
  Verifier verifier(anchors);
  NHI_CHECK_OK(journal.each(1, [&](std::uint64_t seq, std::string_view record, Bytes hash) {
    return verifier.take(seq, record, hash);
  }));
  return verifier.end(pinned);
}

}  // namespace nhi
