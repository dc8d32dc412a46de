// generic.hpp - is the value of a human-named key a secret, and how sure can one be?
//
// Password-like keys hold what people chose: words, years and signs are normal there, so nothing
// is dropped for being readable; it is ranked low where it says nothing but "password". Token-like
// keys hold what machines made: there a value that reads like a name is a name.
#pragma once

#include <string_view>

#include "scanner/match/assignment.hpp"
#include "scanner/match/key_name.hpp"
#include "scanner/match/letter_model.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/match/surroundings.hpp"

namespace nhi {

[[nodiscard]] constexpr bool is_deployed(const ViewContext& context) {
  return !context.test_path &&
         (context.syntax == Syntax::kConfig || context.syntax == Syntax::kData);
}

/// A value with everything that its judges look at.
struct JudgedValue {
  Bytes value;
  Bytes account;
  Surroundings around;
  ViewContext context;
  KeyKind key = KeyKind::kPassword;
  NameFamily family = NameFamily::kNone;   // of a rule of names
  const Assignment* assignment = nullptr;  // how a rule of names read the value
  WordShape shape;

  [[nodiscard]] bool quoted() const { return around.quote != '\0'; }
  /// Nobody knows the path: what may be a secret at any is none to be refused.
  [[nodiscard]] bool nowhere() const { return context.syntax == Syntax::kUnknown && !context.path; }
  /// Configuration or data outside tests: somebody runs with it.
  [[nodiscard]] bool deployed() const { return is_deployed(context); }
};

/// Why the place can hold no literal (a call, an expression, a template, …), or empty. Certain.
[[nodiscard]] std::string_view refuse_place(const JudgedValue& candidate);

/// What rules of thumb say of a literal.
struct PlainVerdict {
  std::string_view refused;  // counter word, or empty
  Level confidence = Level::kMedium;
  std::string_view why;
  bool settled = false;  // the model is not asked: what the words say outweighs how they look
};
[[nodiscard]] PlainVerdict judge_plainly(const JudgedValue& candidate);

/// Whether the name alone says that the value is no secret, by a word for the counter; else empty.
/// In living settings that is the last word, so nothing about the value needs to be asked: most
/// names there are names of something else. Encrypted values and hashes are kept under any name.
[[nodiscard]] std::string_view refuse_name(const Rule& rule, Bytes view, const ViewContext& context,
                                           const Assignment* assignment);

/// A quoted literal outside tests, no words, of all that a policy asks for: a password of letters
/// in both cases, digits and signs; a key or token of twenty letters in both cases and digits.
[[nodiscard]] bool made_for_policy(const JudgedValue& candidate);
/// A quoted password outside of tests, of words or not, with all that a policy asks for.
[[nodiscard]] bool chosen_for_policy(const JudgedValue& candidate);

/// Judges the value of a generic match; may set confidence and why. Returns the counter word if
/// the match is to be dropped, else empty. References, fillers and dummies were judged before.
[[nodiscard]] std::string_view judge_generic(const Rule& rule, Bytes view,
                                             const ViewContext& context, Match& match,
                                             const Assignment* assignment);

/// The candidate that judge_generic() judges; for tools that show what it sees.
[[nodiscard]] JudgedValue make_candidate(const Rule& rule, Bytes view, const ViewContext& context,
                                         const Match& match, const Assignment* assignment);

}  // namespace nhi
