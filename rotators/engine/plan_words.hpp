// plan_words.hpp - a plan as people read it: in a terminal, and as one page for an approver.
#pragma once

#include <string>

#include "rotators/engine/plan.hpp"

namespace nhi {

[[nodiscard]] std::string plan_words(const Plan& plan, const std::string& hash);
/// One page without scripts.
[[nodiscard]] std::string plan_page(const Plan& plan, const std::string& hash);

}  // namespace nhi
