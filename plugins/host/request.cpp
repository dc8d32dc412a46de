#include "plugins/host/request.hpp"

#include <fmt/format.h>

namespace nhi {

std::string marker_of(const std::string& run, std::int64_t step) {
  return fmt::format("nhi-{}-{}", run, step);
}

Json params_of(const RotatorRequest& request, SecretDesk& desk) {
  Json slots = Json::array();
  for (const std::string& purpose : request.slots) slots.push_back(secret_json(desk.slot(purpose)));
  Json params = {{"ctx",
                  {{"run", request.run},
                   {"step", request.step},
                   {"attempt", request.attempt},
                   {"idem", request.idem},
                   {"marker", marker_of(request.run, request.step)},
                   {"deadline_ms", request.timeout.count()},
                   {"dry_run", request.dry_run},
                   {"as_of", request.as_of}}},
                 {"target", {{"type", request.type}, {"ref", request.ref}}},
                 {"config", request.config},
                 {"slots", std::move(slots)}};
  const auto give = [&](const char* name, const SecretText* value) {
    if (value != nullptr) params[name] = secret_json(desk.offer(name, value->clone()));
  };
  give("auth", request.auth);
  give("new", request.fresh);
  give("old", request.old);
  give("value", request.value);
  if (request.value != nullptr) params["kind"] = request.kind;
  if (!request.id.empty()) params["id"] = request.id;
  if (!request.intent.is_null()) params["intent"] = request.intent;
  if (!request.prev.is_null()) params["prev"] = request.prev;
  if (!request.cookie.empty()) params["cookie"] = request.cookie;
  if (request.method == "reconcile") {
    params["expected"] = request.expected;
    params["remove"] = request.remove;
  }
  return params;
}

}  // namespace nhi
