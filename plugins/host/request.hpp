// request.hpp - the params of a request to a rotator. Source: docs/plugin-protocol.md, section 4.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "plugins/host/secret_desk.hpp"
#include "plugins/protocol/limits.hpp"
#include "plugins/protocol/reply.hpp"

namespace nhi {

/// What is null, empty or none is left out.
struct RotatorRequest {
  std::string method;
  std::string run;
  std::int64_t step = 1;
  std::int64_t attempt = 1;
  std::string idem;  // 64 hex digits
  std::string as_of;
  bool dry_run = false;
  std::chrono::milliseconds timeout = kCallTimeout;
  std::string type;
  Json ref;
  Json config = Json::object();
  const SecretText* auth = nullptr;
  const SecretText* fresh = nullptr;  // "new"
  const SecretText* old = nullptr;
  const SecretText* value = nullptr;  // of a probe
  std::string kind = "new";           // of a probe
  CredentialId id;
  Json intent;  // of create
  Json prev;
  std::string cookie;
  std::vector<CredentialId> expected;  // of reconcile
  std::vector<CredentialId> remove;
  std::vector<std::string> slots = {"made", "made", "made"};  // purposes of what it may leave
};

/// "nhi-r_01J…-3": what a credential is marked with, one a run and step.
[[nodiscard]] std::string marker_of(const std::string& run, std::int64_t step);

/// The secrets go to `desk`; the params have their handles.
[[nodiscard]] Json params_of(const RotatorRequest& request, SecretDesk& desk);

}  // namespace nhi
