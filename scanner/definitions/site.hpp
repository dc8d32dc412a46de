// site.hpp - what a structured reader says: which component logs in where, as whom, with what.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/base/value_form.hpp"

namespace nhi {

/// Who owns a credential in a definition.
struct Owner {
  std::string format;                  // "mirth.channel", "mirth.properties", …
  std::vector<std::string> component;  // path of names: group, channel, connector
  std::string component_id;            // the engine's own id
  std::optional<bool> enabled;         // none = the file does not say
  std::optional<Instant> modified;     // the engine's own last-modified time
};

/// One place in a definition that holds, or names, a credential for an account at a target.
struct Site {
  Owner owner;
  std::string path;      // element path, as in reference/interface-engines.md
  std::string target;    // normal form: scheme, host, port, database or URL; scrubbed
  std::string provider;  // "mssql", "postgresql", "sftp", "http", "keystore", …; may be empty
  std::string account;   // empty if none
  SecretText secret;     // decoded value; empty unless holds_secret(form)
  Form form = Form::kNone;
  std::string form_detail;  // scheme of a reversible form, name behind a reference
  bool dormant = false;     // stored but switched off: component disabled, authentication false
  bool inbound = false;     // the caller's credential; the target is this component
  bool published_default = false;
  Span secret_span;  // in the text the reader was given
  Span account_span;
  Span target_span;
  std::vector<std::string> encoding;  // steps in the document, outermost first ("xml-entity", …)
};

/// A range of the text that belongs to one component: matches inside it get this owner.
struct Scope {
  Span span;
  Owner owner;
  std::string step;  // name of the script or step, for example "Transformer step 2"
};

struct Definition {
  std::string format;
  std::vector<Site> sites;    // ascending by span
  std::vector<Scope> scopes;  // ascending; inner scopes after outer ones
  /// Set when the document is damaged: what was read before the fault stands above.
  std::optional<Error> fault;
};

/// Recognises `text` (after character-set decoding) by content, `path` as a hint, and reads it.
/// Nothing if no reader knows it. Never fails: a fault is part of the definition.
[[nodiscard]] std::optional<Definition> read_definition(Bytes text, std::string_view path);

/// Whether `head`, the start of a text, is that of a document which read_definition() would read.
/// Knows documents by their content only, not those that are known by their name.
[[nodiscard]] bool begins_definition(Bytes head);
/// Stands in every text that read_definition() knows without a path, unless that
/// begins_definition().
inline constexpr std::string_view kDefinitionMark = "keystore.storepass";
/// Stands in every script that a reader knows by its name, which many other files have.
inline constexpr std::string_view kScriptMark =
    "DatabaseConnectionFactory.createDatabaseConnection";
/// Is a text of this name a definition, or may it be, whatever stands in it?
[[nodiscard]] bool is_settings_definition_name(std::string_view path);
/// Does a reader go by this name? What it says without a path is then not all.
[[nodiscard]] bool is_definition_name(std::string_view path);

/// Every format that a reader gives to Owner::format: what a sweep could have found a site of.
[[nodiscard]] std::vector<std::string_view> format_names();
/// Names of the readers, for coverage and `doctor`; their versions are part of the profile.
[[nodiscard]] std::vector<std::string_view> reader_names();
/// Raise whenever a reader's output can change, or what is said of parts that were not read.
inline constexpr int kReadersVersion = 4;

}  // namespace nhi
