#include "scanner/match/generic.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/match/key_name.hpp"
#include "scanner/match/letter_model.hpp"
#include "scanner/match/randomness.hpp"
#include "scanner/match/surroundings.hpp"

namespace nhi {
namespace {

using namespace chars;

std::string_view judge_password(const Surroundings& around, Bytes value, Match& match) {
  (void)around; (void)value;
  match.confidence = Level::kMedium;
  return {};
}

}  // namespace

std::string_view judge_generic(const Rule& rule, Bytes view, const ViewContext& context,
                               Match& match) {
  (void)rule; (void)context;
  const Bytes value = slice(view, match.secret);
  const Surroundings around = look_around(view, match.whole, match.secret);
  return judge_password(around, value, match);
}

}  // namespace nhi
