#include "plugins/conformance/checks.hpp"

namespace nhi {

void Checks::expect(bool good, std::string name, std::string what, std::string_view advice) {
  CheckResult result;
  result.group = group_;
  result.name = std::move(name);
  if (!good) {
    result.verdict = CheckVerdict::kFailed;
    result.what = std::move(what);
    result.advice = std::string(advice);
  }
  results_.push_back(std::move(result));
}

void Checks::not_tried(std::string name, std::string why) {
  results_.push_back({group_, std::move(name), CheckVerdict::kNotTried, std::move(why), {}});
}

void Checks::broken(std::string name, const Error& error) {
  results_.push_back({group_, std::move(name), CheckVerdict::kFailed,
                      "the trial does not work: " + error.message(),
                      "see to the commands of the trial first"});
}

}  // namespace nhi
