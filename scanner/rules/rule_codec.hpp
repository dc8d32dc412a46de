// rule_codec.hpp - rules as bytes: for the digest, and for the rules built into the program.
#pragma once

#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

/// The fields that can change a result, as one byte string: equal only for equal fields. Left out
/// are examples, references and where the rule was read.
[[nodiscard]] std::string digest_fields(const Rule& rule);

/// Every field of every rule but `proven`. decode_rules() gives back what encode_rules() was given.
[[nodiscard]] std::string encode_rules(const std::vector<Rule>& rules);
/// Errors: kMalformed for bytes that encode_rules() does not make.
[[nodiscard]] Result<std::vector<Rule>> decode_rules(Bytes bytes);

}  // namespace nhi
