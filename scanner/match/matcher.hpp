// matcher.hpp - finds the places in one view where any rule matches.
//
// A RuleSet is built once and shared by const reference; each worker owns one Matcher. A literal
// prefilter finds where a rule can match at all; RE2 decides in a window around it; checks on the
// value (entropy, checksum, structure, dummies, references, language) follow. Most views stop at
// the prefilter. Truth is each rule's successive leftmost-first matches over the view.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/text_change.hpp"
#include "scanner/match/match_trace.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

/// Raise whenever the same rules can find other things: checks, rules of thumb, the model. What was
/// read under another number is read again.
inline constexpr int kMatcherVersion = 8;

/// How a file writes values; decides what is a literal (false-positives.md section 6).
enum class Syntax : std::uint8_t {
  kUnknown,  // permissive: nothing is dropped for its syntax
  kCLike,    // C, C++, C#, Java, Kotlin, Go, Rust, Swift, Scala, JavaScript, TypeScript
  kScript,   // Python, Ruby, Perl, PHP, Lua
  kShell,    // shell, Dockerfile, Makefile
  kPowerShell,
  kConfig,  // properties, ini, env, YAML, TOML, HCL
  kData,    // JSON, XML, HTML, CSV
  kSql,
  kProse,  // Markdown, text, documentation
};
/// From the file name (extension or whole name), never from the folder.
[[nodiscard]] Syntax syntax_of(std::string_view path);

struct ViewContext {
  Syntax syntax = Syntax::kUnknown;
  bool test_path = false;  // tests, fixtures, examples, documentation: ranks lower, drops nothing
  /// Below the root, raw bytes; empty for what has none (standard input, a commit message); none
  /// where nobody knows it, so that no condition on it can be judged.
  std::optional<std::string_view> path = std::nullopt;
  std::string_view commit = {};  // that brought the bytes, hex; empty outside of history
};
/// True for paths whose words say test, fixture, example, sample, mock, spec or documentation.
[[nodiscard]] bool is_test_path(std::string_view path);
/// True where values are there to test with: fixtures, mocks, specs, and code (not settings: a
/// folder `test` of a configuration repository is an environment) among tests, examples and
/// samples.
[[nodiscard]] bool holds_test_values(std::string_view path);

struct Match {
  RuleIndex rule{};
  Span whole;             // of the pattern
  Span secret;            // the value; inside `whole`
  Span account;           // empty if the rule captures none
  Span target;            // empty if the rule captures none
  Level confidence{};     // the rule's, lowered or raised by checks
  std::string_view why;   // static text: the check that decided, for example "checksum correct"
  bool verified = false;  // checksum or structure proven
};

/// Duties: must not keep spans beyond the call's view; must not throw.
class MatchSink {
 public:
  virtual ~MatchSink() = default;
  virtual void on_match(const Match& match) = 0;
};

/// Why candidates were dropped: nothing is dropped in silence. Reason word -> count.
struct MatchStats {
  std::uint64_t views = 0;
  std::uint64_t bytes = 0;
  std::uint64_t windows = 0;
  std::uint64_t searched_bytes = 0;  // upper bound of what RE2 looked at
  std::uint64_t matches = 0;
  std::uint64_t engine_failures = 0;  // a search gave up: reported as unread, never "no match"
  std::map<std::string, std::uint64_t, std::less<>> rejected;
  void merge(const MatchStats& other);
};

/// Which rules a call looks for. Most rules of settings around a system count only beside a match
/// of another rule (`needs`): they are looked for once such a match has been seen.
enum class RuleShare : std::uint8_t { kAll, kAlone, kInCompany };

// Thread-compatible: one a worker; the RuleSet must outlive it.
class Matcher {
 public:
  explicit Matcher(const RuleSet& rules);
  ~Matcher();
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;

  /// Hands each match in `view` to `sink`, ordered by start, then rule.
  /// Shapes: `view` is raw bytes of any encoding, up to kWholeBytesMax.
  /// Units:  offsets in bytes from the first byte of `view`.
  /// Errors: kEngineMemory if RE2 ran out of memory for some rule on some window: matches already
  ///         handed over are real, others may be missing; the caller lists the blob as unread.
  [[nodiscard]] Result<void> scan(Bytes view, const ViewContext& context, MatchSink& sink,
                                  RuleShare share = RuleShare::kAll);

  /// The judge: every rule's RE2 alone over the whole view, then the same checks. Slow.
  [[nodiscard]] Result<void> scan_plainly(Bytes view, const ViewContext& context, MatchSink& sink,
                                          RuleShare share = RuleShare::kAll);

  /// Does a text hold anything, of which is known how it came of another? Looks only at what the
  /// change may have touched.
  /// Shapes: `before` is the trace of the old text, empty for TextChange::all_new(). Without a
  ///         path in `context`, or with the same one. `after` is filled, unless a search
  ///         gave up or rules of `share` look at the whole of every text: then it is empty, and the
  ///         answer kUnsure.
  [[nodiscard]] Held look_over(Bytes view, const ViewContext& context, RuleShare share,
                               const TextChange& change, const MatchTrace& before,
                               MatchTrace& after);

  [[nodiscard]] const MatchStats& stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Shannon entropy of the byte distribution of `text`, in bits a byte; 0 for the empty text.
[[nodiscard]] double shannon_bits_per_byte(Bytes text);

}  // namespace nhi
