#include "scanner/identity/blob_pass.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "scanner/base/value_form.hpp"
#include "scanner/match/coded_value.hpp"
#include "scanner/match/value_text.hpp"

namespace nhi {
namespace {

// Above it the blob is listed as unread rather than the report drowned: a list of a hundred
// thousand secrets in one file is one thing to look at, not a hundred thousand.
constexpr std::size_t kCandidatesMax = 100'000;

// An engine may run with any word, so what stands for a value is listed, but below all others.
void rank_site(const Site& site, Candidate& candidate) {
  candidate.confidence = Level::kHigh;
  candidate.why = holds_secret(site.form) ? "the definition says it is a credential"
                                          : "the definition names a credential here";
  if (site.form == Form::kEncrypted || site.form == Form::kHashed) {
    candidate.confidence = Level::kLow;
    candidate.why = "the definition holds it encrypted or hashed";
  } else if (holds_secret(site.form) &&
             (!dummy_reason(site.secret.reveal()).empty() || tells_where(site.secret.reveal()))) {
    candidate.confidence = Level::kLow;
    candidate.why = "the definition has a placeholder here";
  }
}

}  // namespace

void ViewSink::on_match(const Match& match) {
  if (was_found_in_parent(match.whole)) return;
  const Span blob = view_.to_blob(match.secret);
  if (!pass_.input.whole && view_.to_blob(match.whole).start >= pass_.input.fresh) return;
  if (pass_.candidates.size() >= kCandidatesMax) {
    ++pass_.dropped;
    return;
  }
  Candidate candidate;
  candidate.rule = &pass_.rules.rule(match.rule);
  candidate.value = SecretText(slice(view_.bytes, match.secret));
  candidate.blob = blob;
  candidate.text = view_.to_text(match.secret);
  candidate.chain = view_.chain();
  candidate.account = std::string(slice(view_.bytes, match.account));
  if (!match.account.empty()) candidate.account_blob = view_.to_blob(match.account);
  candidate.target = std::string(slice(view_.bytes, match.target));
  candidate.confidence = match.confidence;
  candidate.why = match.why;
  candidate.verified = match.verified;
  candidate.match = view_.to_text(match.whole);
  unwrap(match.secret, candidate);
  pass_.candidates.push_back(std::move(candidate));
}

// The innermost secret is the value: the same password is one credential wherever it stands.
void ViewSink::unwrap(Span secret, Candidate& candidate) const {
  auto coded = read_coded_value(candidate.rule->structure, candidate.value.reveal());
  if (!coded) return;
  const auto in_view = [&](Span code) {
    return Span{secret.start + code.start, secret.start + code.end};
  };
  candidate.blob = view_.to_blob(in_view(coded->secret_code));
  candidate.text = view_.to_text(in_view(coded->secret_code));
  candidate.chain.push_back(Encoding::kBase64);
  if (candidate.account.empty() && !coded->user.empty()) {
    candidate.account = std::move(coded->user);
    candidate.account_blob = view_.to_blob(in_view(coded->user_code));
  }
  candidate.value = std::move(coded->secret);
}

// True if the match and one byte on each side, which `\b` and `$` look at, stand in the parent
// as they are. At the ends of the view nobody can tell: drop_repeats() decides.
bool ViewSink::was_found_in_parent(Span whole) const {
  const bool at_an_end = whole.start == 0 || whole.end >= view_.bytes.size();
  if (view_.parent == nullptr || at_an_end) return false;
  return view_.stands_in_parent({whole.start - 1, whole.end + 1});
}

void add_sites(BlobPass& pass, const View& text) {
  for (const Site& site : pass.definition->sites) {
    if (pass.candidates.size() >= kCandidatesMax) {
      ++pass.dropped;
      continue;
    }
    Candidate candidate;
    candidate.site = &site;
    candidate.value = site.secret.clone();
    candidate.text = site.secret_span;
    candidate.blob = text.to_blob(site.secret_span);
    candidate.account_blob = text.to_blob(site.account_span);
    candidate.chain = text.chain();
    candidate.account = site.account;
    candidate.target = site.target;
    rank_site(site, candidate);
    candidate.verified = true;
    pass.candidates.push_back(std::move(candidate));
  }
}

void drop_repeats(std::vector<Candidate>& candidates) {
  std::map<std::tuple<const Rule*, std::uint64_t, std::uint64_t>, std::size_t> least;
  const auto key = [](const Candidate& candidate) {
    return std::make_tuple(candidate.rule, candidate.blob.start, candidate.blob.end);
  };
  for (const Candidate& candidate : candidates) {
    if (candidate.rule == nullptr) continue;
    const auto [hit, fresh] = least.try_emplace(key(candidate), candidate.chain.size());
    if (!fresh) hit->second = std::min(hit->second, candidate.chain.size());
  }
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return candidate.rule != nullptr && candidate.chain.size() > least.at(key(candidate));
  });
}

}  // namespace nhi
