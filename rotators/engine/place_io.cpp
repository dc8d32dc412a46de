#include "rotators/engine/place_io.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rotators/sinks/document_format.hpp"
#include "rotators/sinks/file_artefact.hpp"
#include "rotators/sinks/git_artefact.hpp"
#include "rotators/sinks/value_place.hpp"

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

GitPlace git_place(const PlannedPlace& place) {
  const std::string root = place.git_root + "/";
  GitPlace git{place.git_root, place.git_ref, place.path};
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
  if (!format) {
    return fail(ErrorCode::kMalformed, "nobody here knows how to write a file of this kind",
                place.shown);
  }
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
  NHI_TRY(const Format format, format_of(place));
  if (place.secrets.empty()) return fail(ErrorCode::kInternal, "no value is planned", place.shown);
  return value_at(now.bytes.reveal(), format, ref_of(place.secrets.front()));
}

Result<PlaceState> PlaceIo::look(const PlannedPlace& place, const IsValue& is_value) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  NHI_TRY(const Format format, format_of(place));
  PlaceState state;
  state.version = now.version;
  state.not_writable = now.not_writable;
  NHI_TRY(const std::vector<FoundValue> values, locate(now.bytes.reveal(), format, {}, is_value));
  for (const FoundValue& value : values) {
    const PlannedValue there = planned(value.secret);
    const bool ours =
        std::find(place.secrets.begin(), place.secrets.end(), there) != place.secrets.end();
    ++(ours ? state.holding : state.unplanned);
  }
  return state;
}

Result<PlaceWrite> PlaceIo::prepare(const PlannedPlace& place, const PlaceEdit& edit) const {
  NHI_TRY(const Held now, held(place, key_.reveal()));
  NHI_TRY(const Format format, format_of(place));
  const std::vector<ValueEdit> edits = edits_of(place, edit);
  NHI_TRY(RewrittenDocument fresh, rewritten(now.bytes.reveal(), format, edits));
  PlaceWrite prepared;
  prepared.expected = now.version;
  prepared.becomes = content_version(key_.reveal(), fresh.bytes.reveal());
  prepared.content = std::move(fresh.bytes);
  prepared.blob = now.blob;
  return prepared;
}

Result<std::string> PlaceIo::write(const PlannedPlace& place, const PlaceWrite& prepared,
                                   const std::string& tag) const {
  return replace_file(place.path, prepared.expected, prepared.content, tag, key_.reveal());
}

Result<std::string> PlaceIo::commit(const PlannedPlace& place, PlaceWrite prepared,
                                    const std::string& branch, const std::string& message) const {
  return git_commit_change(git_place(place),
                           {branch, message, prepared.blob, std::move(prepared.content)});
}

Result<void> PlaceIo::tidy(const PlannedPlace& place, const std::string& expected,
                           const std::string& becomes, const std::string& tag) const {
  if (place.means != PlaceMeans::kFile || expected.empty()) return {};
  NHI_TRY([[maybe_unused]] const FileRecovery found,
          recover_file(place.path, expected, becomes, tag, key_.reveal()));
  return {};
}

}  // namespace nhi
