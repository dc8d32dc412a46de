#include "scanner/rules/builtin_rules.hpp"

#include "scanner/rules/rule_codec.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

Result<std::vector<Rule>> builtin_rules() {
  NHI_TRY(std::vector<Rule> rules, decode_rules(builtin_rules_bytes()));
  for (Rule& rule : rules) rule.proven = true;
  return rules;
}

}  // namespace nhi
