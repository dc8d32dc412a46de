// target_rotator.hpp - a rotator of one type, each of whose requests begins with reading its
// target.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

/// What a rotator does with a target that was read. A type that cannot do one of them has a class
/// of its own: there is no "left out" here.
template <class Target>
struct TargetSteps {
  using Step = Answer<StepReply> (*)(RotatorCall& call, const Target& target);
  Answer<Target> (*target)(const RotatorCall& call);
  Step create;
  Answer<ProbeReply> (*probe)(RotatorCall& call, const Target& target);
  Step suspend;
  Step resume;
  Step revoke;
  Step end_sessions;
};

/// inspect(), list(), reconcile() and describe() are left to the rotator itself.
template <class Target>
class TargetRotator : public Rotator {
 public:
  [[nodiscard]] std::vector<std::string> methods() const override { return rotator_methods(); }
  [[nodiscard]] Answer<StepReply> create(RotatorCall& call) override {
    return at(call, steps_.create);
  }
  [[nodiscard]] Answer<ProbeReply> probe(RotatorCall& call) override {
    return at(call, steps_.probe);
  }
  [[nodiscard]] Answer<StepReply> suspend(RotatorCall& call) override {
    return at(call, steps_.suspend);
  }
  [[nodiscard]] Answer<StepReply> resume(RotatorCall& call) override {
    return at(call, steps_.resume);
  }
  [[nodiscard]] Answer<StepReply> revoke(RotatorCall& call) override {
    return at(call, steps_.revoke);
  }
  [[nodiscard]] Answer<StepReply> end_sessions(RotatorCall& call) override {
    return at(call, steps_.end_sessions);
  }

 protected:
  explicit TargetRotator(TargetSteps<Target> steps) : steps_(steps) {}

 private:
  template <class Reply>
  Answer<Reply> at(RotatorCall& call, Answer<Reply> (*step)(RotatorCall&, const Target&)) const {
    NHI_TRY(const Target target, steps_.target(call));
    return step(call, target);
  }
  TargetSteps<Target> steps_;
};

/// The description of a rotator that has this type alone and needs the network.
[[nodiscard]] inline PluginDescription description_of(std::string name, std::string version,
                                                      std::string vendor, PluginType type) {
  PluginDescription it;
  it.name = std::move(name);
  it.version = std::move(version);
  it.vendor = std::move(vendor);
  it.types = {std::move(type)};
  it.needs = {"net"};
  return it;
}

}  // namespace nhi
