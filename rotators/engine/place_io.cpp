#include "rotators/engine/place_io.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/key_place.hpp"
#include "rotators/engine/place_document.hpp"
#include "rotators/sinks/file_artefact.hpp"
#include "rotators/sinks/git_artefact.hpp"
#include "rotators/sinks/public_key_file.hpp"
#include "scanner/identity/private_key.hpp"

namespace nhi {
namespace {

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

// Of the key in a file that is one.
Result<std::string> public_words(Bytes document, const PlannedValue& at) {
  NHI_TRY(const SecretText key, key_at(document, at));
  NHI_TRY(const PrivateKey read, PrivateKey::read(key.reveal()));
  return read.ssh_public();
}

// Why the value at `at` cannot be written; empty if it can. What lies beside a private key has to
// fit it.
Result<std::string> why_not(const PlannedPlace& place, const std::string& format, const Held& now,
                            const PlannedValue& at) {
  if (!now.not_writable.empty() || format != kKeyFormat) return now.not_writable;
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

}  // namespace

PlaceIo place_io(const WrappingKey& key) { return PlaceIo(key.derived("place version")); }

Result<PlaceFound> PlaceIo::find(const PlannedPlace& place, const IsValue& is_value,
                                 const std::vector<PlaceHint>& hints) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  const auto format = document_format(place.path, now.bytes.reveal());
  if (!format) {
    return fail(ErrorCode::kMalformed, "nobody here knows how to write a file of this kind",
                place.shown);
  }
  NHI_TRY(const std::vector<DocumentValue> values,
          values_in(now.bytes.reveal(), *format, hints.empty() ? PlaceHint() : hints.front(),
                    is_value));
  if (values.empty()) {
    return fail(ErrorCode::kNotFound,
                "it does not stand there any more, or in a form that is not "
                "written here",
                place.shown);
  }
  PlaceFound found;
  found.format = *format;
  found.version = now.version;
  for (const DocumentValue& value : values) {
    found.secrets.push_back(value.secret);
    if (value.account) found.accounts.push_back(*value.account);
  }
  NHI_TRY(found.not_writable, why_not(place, *format, now, found.secrets.front()));
  return found;
}

Result<SecretText> PlaceIo::read(const PlannedPlace& place) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  if (place.secrets.empty()) return fail(ErrorCode::kInternal, "no value is planned", place.shown);
  return value_in(now.bytes.reveal(), place.format, place.secrets.front());
}

Result<PlaceState> PlaceIo::look(const PlannedPlace& place, const IsValue& is_value) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  PlaceState state;
  state.version = now.version;
  NHI_TRY(const std::vector<DocumentValue> values,
          values_in(now.bytes.reveal(), place.format, {}, is_value));
  for (const DocumentValue& there : values) {
    const bool ours =
        std::find(place.secrets.begin(), place.secrets.end(), there.secret) != place.secrets.end();
    ++(ours ? state.holding : state.unplanned);
  }
  state.not_writable = now.not_writable;
  if (values.empty()) return state;
  NHI_TRY(state.not_writable, why_not(place, place.format, now, values.front().secret));
  return state;
}

Result<PlaceWrite> PlaceIo::prepare(const PlannedPlace& place, const PlaceEdit& edit) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  PlaceWrite prepared;
  NHI_TRY(prepared.content, changed_document(now.bytes.reveal(), place, edit));
  prepared.expected = now.version;
  prepared.becomes = content_version(key_.reveal(), prepared.content.reveal());
  prepared.blob = now.blob;
  return prepared;
}

Result<std::string> PlaceIo::write(const PlannedPlace& place, const PlaceWrite& prepared,
                                   const std::string& tag) const {
  const bool is_key = place.format == kKeyFormat;
  if (is_key) NHI_CHECK_OK(set_public_key_aside(place.path, tag));
  auto written = replace_file(place.path, prepared.expected, prepared.content, tag, key_.reveal());
  // With the key that is there now, whether it changed or not.
  if (is_key) NHI_CHECK_OK(put_public_key(place, tag));
  return written;
}

Result<void> PlaceIo::put_public_key(const PlannedPlace& place, const std::string& tag) const {
  const auto words = [&]() -> Result<std::string> {
    NHI_TRY(const Held now, held(place, key_.reveal()));
    return public_words(now.bytes.reveal(), place.secrets.front());
  };
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
  return place.format == kKeyFormat ? put_public_key(place, tag) : Result<void>();
}

}  // namespace nhi
