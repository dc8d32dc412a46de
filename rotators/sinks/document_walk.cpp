#include "rotators/sinks/document_walk.hpp"

#include "rotators/sinks/value_steps.hpp"

namespace nhi::sinks {

WantedPlaces::WantedPlaces(const std::vector<ValueRef>& places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    lengths_.insert(places[i].path.size());
    paths_[places[i].path].by_ordinal[places[i].ordinal].push_back(i);
  }
}

std::vector<std::size_t> WantedPlaces::at(std::string_view path) {
  if (path.size() > kPlacePathBytesMax || !lengths_.contains(path.size())) return {};
  const auto found = paths_.find(std::string(path));
  if (found == paths_.end()) return {};
  const auto place = found->second.by_ordinal.find(found->second.seen++);
  return place == found->second.by_ordinal.end() ? std::vector<std::size_t>() : place->second;
}

Result<void> visit_places(Format format, Bytes text, const std::vector<ValueRef>& wanted,
                          const PlaceVisitor& visit) {
  WantedPlaces places(wanted);
  PathTracker path(format);
  Result<void> status;
  NHI_CHECK_OK(tokenize(format, text, [&](const Token& token) {
    path.on(token);
    if (!is_scalar(token)) return true;
    status = visit(token, places.at(path.path()));
    return status.has_value();
  }));
  return status;
}

Result<SecretText> unwrapped_all(const std::vector<std::string>& steps, Bytes text) {
  if (steps.size() > kStepsMax) return fail(ErrorCode::kBadUse, "too many encodings of a value");
  SecretText inner(text);
  for (const std::string& step : steps) {
    NHI_TRY(SecretText next, unwrapped(step, inner.reveal()));
    inner = std::move(next);
  }
  return inner;
}

bool pairs_behind(const std::vector<std::string>& steps) {
  return !steps.empty() && steps.back() == "base64";
}

}  // namespace nhi::sinks
