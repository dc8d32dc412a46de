#include "rotators/engine/place_io.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/key_place.hpp"
#include "rotators/sinks/document_format.hpp"
#include "rotators/sinks/file_artefact.hpp"
#include "rotators/sinks/git_artefact.hpp"
#include "rotators/sinks/public_key_file.hpp"
#include "rotators/sinks/value_place.hpp"
#include "scanner/identity/private_key.hpp"

namespace nhi {
namespace {

ValueRef ref_of(const PlannedValue& value) {
  return {value.path, static_cast<std::size_t>(value.ordinal), value.part, value.encoding};
}
PlannedValue planned(const ValueRef& ref) {
  return {ref.path, ref.ordinal, ref.part, ref.encoding};
}

std::optional<Format> format_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(Format::kPgpass); ++i) {
    if (to_string(static_cast<Format>(i)) == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

GitFile git_place(const PlannedPlace& place) {
  const std::string root = place.git_root + "/";
  GitFile git{place.git_root, place.git_ref, place.path};
  if (place.path.starts_with(root)) git.path = place.path.substr(root.size());
  return git;
}

// The bytes of a place, wherever it lies, and what they were read from.
struct Held {
  SecretText bytes;
  std::string version;
  std::string blob;  // git
  std::string not_writable;
};

Result<Held> held(const PlannedPlace& place, Bytes key) {
  Held found;
  if (place.means == PlaceMeans::kGit) {
    NHI_TRY(GitContent content, git_content(git_place(place)));
    found.version = content_version(key, content.bytes.reveal());
    found.bytes = std::move(content.bytes);
    found.blob = content.blob;
    return found;
  }
  NHI_TRY(FileLook look, look_at_file(place.path, key));
  found.bytes = std::move(look.content);
  found.version = look.version;
  found.not_writable = look.facts.refusal;
  return found;
}

bool is_key_file(const PlannedPlace& place) { return place.format == kKeyFormat; }

// Of the key in a file that is one.
Result<std::string> public_words(Bytes document, const PlannedValue& at) {
  NHI_TRY(const SecretText key, key_at(document, at));
  NHI_TRY(const PrivateKey read, PrivateKey::read(key.reveal()));
  return read.ssh_public();
}

// What lies beside a private key and has to fit it.
Result<std::string> why_not_alone(const PlannedPlace& place, const Held& now,
                                  const PlannedValue& at) {
  if (std::string why = bound_to_key(now.bytes.reveal()); !why.empty()) return why;
  if (place.means == PlaceMeans::kGit) {
    PlannedPlace other = place;
    other.path += ".pub";
    auto beside = git_content(git_place(other));
    if (beside) {
      return std::string("its public half lies beside it in the repository, and has to change too");
    }
    if (beside.error().code == ErrorCode::kNotFound) return std::string();
    return fail(std::move(beside.error()));
  }
  if (has_certificate_beside(place.path)) {
    return std::string(
        "a certificate of the key lies beside it, which has to be issued for the new one");
  }
  NHI_TRY(const std::optional<std::string> beside, public_key_beside(place.path));
  if (!beside) return std::string();
  NHI_TRY(const std::string own, public_words(now.bytes.reveal(), at));
  return *beside == own ? std::string() : std::string("the .pub beside it is of another key");
}

Result<PlaceFound> found_keys(const PlannedPlace& place, const Held& now, const IsValue& is_value) {
  PlaceFound found;
  found.secrets = locate_keys(now.bytes.reveal(), is_value);
  if (found.secrets.empty()) {
    return fail(ErrorCode::kMalformed, "nobody here knows how to write a file of this kind",
                place.shown);
  }
  found.format = kKeyFormat;
  found.version = now.version;
  found.not_writable = now.not_writable;
  if (!found.not_writable.empty()) return found;
  NHI_TRY(found.not_writable, why_not_alone(place, now, found.secrets.front()));
  return found;
}

Result<Format> format_of(const PlannedPlace& place) {
  if (const auto format = format_named(place.format)) return *format;
  return fail(ErrorCode::kMalformed, "no such format: " + place.format, place.shown);
}

std::vector<ValueEdit> edits_of(const PlannedPlace& place, const PlaceEdit& edit) {
  std::vector<ValueEdit> edits;
  edits.reserve(place.secrets.size() + place.accounts.size());
  for (const PlannedValue& secret : place.secrets) {
    edits.push_back({ref_of(secret), edit.is->clone(), edit.becomes->clone(), edit.restores});
  }
  for (const PlannedValue& account : place.accounts) {
    ValueEdit change{ref_of(account), SecretText(edit.account_is), SecretText(edit.account_becomes),
                     edit.restores};
    // One account may stand for several values.
    const bool there = std::any_of(edits.begin(), edits.end(), [&](const ValueEdit& other) {
      return other.place == change.place;
    });
    if (!there) edits.push_back(std::move(change));
  }
  return edits;
}

}  // namespace

PlaceIo place_io(const WrappingKey& key) { return PlaceIo(key.derived("place version")); }

Result<PlaceFound> PlaceIo::find(const PlannedPlace& place, const IsValue& is_value,
                                 const std::vector<PlaceHint>& hints) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  const auto format = format_of_document(place.path, now.bytes.reveal());
  if (!format) return found_keys(place, now, is_value);
  PlaceHints about;
  if (!hints.empty()) about = {hints.front().account_text, hints.front().account};
  NHI_TRY(const std::vector<FoundValue> values,
          locate(now.bytes.reveal(), *format, about, is_value));
  if (values.empty()) {
    return fail(ErrorCode::kNotFound,
                "it does not stand there any more, or in a form that is not "
                "written here",
                place.shown);
  }
  PlaceFound found;
  found.format = to_string(*format);
  found.version = now.version;
  found.not_writable = now.not_writable;
  for (const FoundValue& value : values) {
    found.secrets.push_back(planned(value.secret));
    if (value.account) found.accounts.push_back(planned(*value.account));
  }
  return found;
}

Result<SecretText> PlaceIo::read(const PlannedPlace& place) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  if (place.secrets.empty()) return fail(ErrorCode::kInternal, "no value is planned", place.shown);
  if (is_key_file(place)) return key_at(now.bytes.reveal(), place.secrets.front());
  NHI_TRY(const Format format, format_of(place));
  return value_at(now.bytes.reveal(), format, ref_of(place.secrets.front()));
}

Result<PlaceState> PlaceIo::look(const PlannedPlace& place, const IsValue& is_value) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  PlaceState state;
  state.version = now.version;
  state.not_writable = now.not_writable;
  std::vector<PlannedValue> all;
  if (is_key_file(place)) {
    all = locate_keys(now.bytes.reveal(), is_value);
    if (!all.empty() && state.not_writable.empty()) {
      NHI_TRY(state.not_writable, why_not_alone(place, now, all.front()));
    }
  } else {
    NHI_TRY(const Format format, format_of(place));
    NHI_TRY(const std::vector<FoundValue> values, locate(now.bytes.reveal(), format, {}, is_value));
    for (const FoundValue& value : values) all.push_back(planned(value.secret));
  }
  for (const PlannedValue& there : all) {
    const bool ours =
        std::find(place.secrets.begin(), place.secrets.end(), there) != place.secrets.end();
    ++(ours ? state.holding : state.unplanned);
  }
  return state;
}

Result<PlaceWrite> PlaceIo::prepare(const PlannedPlace& place, const PlaceEdit& edit) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  PlaceWrite prepared;
  if (is_key_file(place)) {
    NHI_TRY(prepared.content, with_keys(now.bytes.reveal(), place.secrets, edit));
  } else {
    NHI_TRY(const Format format, format_of(place));
    const std::vector<ValueEdit> edits = edits_of(place, edit);
    NHI_TRY(RewrittenDocument fresh, rewritten(now.bytes.reveal(), format, edits));
    prepared.content = std::move(fresh.bytes);
  }
  prepared.expected = now.version;
  prepared.becomes = content_version(key_.reveal(), prepared.content.reveal());
  prepared.blob = now.blob;
  return prepared;
}

Result<std::string> PlaceIo::write(const PlannedPlace& place, const PlaceWrite& prepared,
                                   const std::string& tag) const {
  if (!is_key_file(place)) {
    return replace_file(place.path, prepared.expected, prepared.content, tag, key_.reveal());
  }
  NHI_CHECK_OK(set_public_key_aside(place.path, tag));
  auto written = replace_file(place.path, prepared.expected, prepared.content, tag, key_.reveal());
  // With the key that is there now, whether it changed or not.
  NHI_CHECK_OK(put_public_key(place, tag));
  return written;
}

Result<void> PlaceIo::put_public_key(const PlannedPlace& place, const std::string& tag) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  NHI_TRY(const std::string words, public_words(now.bytes.reveal(), place.secrets.front()));
  return put_public_key_back(place.path, tag, words, key_.reveal());
}

Result<std::string> PlaceIo::commit(const PlannedPlace& place, PlaceWrite prepared,
                                    const std::string& branch, const std::string& message,
                                    Instant at) const {
  return git_commit_change(git_place(place),
                           {branch, message, prepared.blob, std::move(prepared.content), at});
}

Result<void> PlaceIo::tidy(const PlannedPlace& place, const std::string& expected,
                           const std::string& becomes, const std::string& tag) const {
  if (place.means != PlaceMeans::kFile || expected.empty()) return {};
  NHI_TRY([[maybe_unused]] const FileRecovery found,
          recover_file(place.path, expected, becomes, tag, key_.reveal()));
  if (is_key_file(place)) return put_public_key(place, tag);
  return {};
}

}  // namespace nhi
