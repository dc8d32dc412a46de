// test_rotator.hpp - what holds for every rotator of this project before it has said a word to its
// server; for their own tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "plugins/sdk/test_call.hpp"

namespace nhi {

/// Its type, as nhisweep reads the handshake. Fails the test unless it is as the protocol wants.
inline PluginType described_type(const Rotator& rotator, const std::string& name) {
  PluginDescription it = rotator.describe();
  it.protocol = kProtocolMax;
  it.methods = rotator.methods();
  const auto read = description_from(to_json(it));
  EXPECT_TRUE(read) << read.error().message();
  const PluginType* const type = read ? read->type(name) : nullptr;
  EXPECT_NE(type, nullptr) << name;
  return type == nullptr ? PluginType() : *type;
}

/// `params`: of a target at which nothing listens; `foreign`: an id of somebody else.
inline void expect_only_its_own_id(Rotator& rotator, Json params, const Json& foreign) {
  params["id"] = foreign;
  params["expected"] = Json::array({foreign});
  FakeCall call("suspend", std::move(params));
  for (const auto& reply : {rotator.suspend(call), rotator.resume(call), rotator.revoke(call),
                            rotator.end_sessions(call)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kInvalidParams);
  }
  const auto reconciled = rotator.reconcile(call);
  ASSERT_FALSE(reconciled);
  EXPECT_EQ(reconciled.error().code, PluginErrorCode::kInvalidParams);
}

/// `params`: of a target that no system of this kind has.
inline void expect_target_is_refused(Rotator& rotator, Json params) {
  FakeCall call("create", std::move(params));
  const auto created = rotator.create(call);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, PluginErrorCode::kInvalidConfig);
  EXPECT_FALSE(rotator.inspect(call));
  EXPECT_FALSE(rotator.list(call));
  EXPECT_FALSE(rotator.probe(call));
}

}  // namespace nhi
