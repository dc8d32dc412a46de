// place_io.hpp - the places of a plan, read and written through the sinks.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rotators/engine/plan.hpp"
#include "rotators/journal/wrapping_key.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// Tells a value by what is known of it: a keyed fingerprint, or the value itself.
using IsValue = std::function<bool(Bytes)>;

/// What a place is to say, and said before.
struct PlaceEdit {
  const SecretText* is = nullptr;
  const SecretText* becomes = nullptr;
  std::string account_is;  // only where the plan names accounts
  std::string account_becomes;
  bool restores = false;  // what stood there before
};

/// A change that is ready to be made. The versions may be written down, the content may not.
struct PlaceWrite {
  SecretText content;
  std::string expected;  // version of what it was made from
  std::string becomes;   // of `content`
  std::string blob;      // git: what it was made from
};

struct PlaceState {
  std::string version;        // keyed, of the whole artefact
  std::size_t holding = 0;    // planned values that are the one asked for
  std::size_t unplanned = 0;  // the same value elsewhere in the artefact
  std::string not_writable;   // why; empty: it is
};

/// Found in an artefact when a plan is made.
struct PlaceFound {
  std::string format;
  std::string version;
  std::vector<PlannedValue> secrets;
  std::vector<PlannedValue> accounts;  // one for each of `secrets`, or none at all
  std::string not_writable;
};

/// Of a finding: where its value and its account stood when it was read.
struct PlaceHint {
  Span secret;
  Span account;
  std::string account_text;
};

// Thread-compatible.
class PlaceIo {
 public:
  /// `key` is for versions: what may be stored of a content.
  explicit PlaceIo(SecretText key) : key_(std::move(key)) {}

  /// Errors: kNotFound if the value does not stand there; kMalformed for a document that has no
  /// grammar we can write and is no private key; those of reading.
  /// `place`: its means, path and repository are set.
  [[nodiscard]] Result<PlaceFound> find(const PlannedPlace& place, const IsValue& is_value,
                                        const std::vector<PlaceHint>& hints) const;
  /// The value at the first of the place's `secrets`.
  [[nodiscard]] Result<SecretText> read(const PlannedPlace& place) const;
  [[nodiscard]] Result<PlaceState> look(const PlannedPlace& place, const IsValue& is_value) const;
  /// What write() would put there: all of the place's values changed, or an error. Errors:
  /// kConflict if the place holds something else; kBadUse if the value cannot stand there.
  [[nodiscard]] Result<PlaceWrite> prepare(const PlannedPlace& place, const PlaceEdit& edit) const;
  /// Of kFile. Gives the new version. `tag` is the same in each attempt: what an attempt left
  /// behind is found by it. Errors: kConflict if the place changed meanwhile: nothing was changed.
  [[nodiscard]] Result<std::string> write(const PlannedPlace& place, const PlaceWrite& prepared,
                                          const std::string& tag) const;
  /// Of kGit: writes a commit of this time on `branch`, and gives its id. The same twice gives the
  /// same.
  [[nodiscard]] Result<std::string> commit(const PlannedPlace& place, PlaceWrite prepared,
                                           const std::string& branch, const std::string& message,
                                           Instant at) const;
  /// What an attempt left behind that was killed is taken away; the versions are those of its
  /// PlaceWrite.
  [[nodiscard]] Result<void> tidy(const PlannedPlace& place, const std::string& expected,
                                  const std::string& becomes, const std::string& tag) const;

 private:
  [[nodiscard]] Result<void> put_public_key(const PlannedPlace& place,
                                            const std::string& tag) const;
  SecretText key_;
};

/// With the key for versions that belongs to this wrapping key.
[[nodiscard]] PlaceIo place_io(const WrappingKey& key);

}  // namespace nhi
