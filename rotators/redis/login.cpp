#include "rotators/redis/login.hpp"

#include "rotators/redis/connection.hpp"

namespace nhi {
namespace {

// For one node: the others are to be asked as well.
constexpr std::chrono::milliseconds kLoginMax{10'000};
// Source: Redis since 6.2.6 reads no longer words of who is not logged in.
constexpr std::size_t kValueBytesMax = 16'384;

NodeVerdict verdict_at(const RotatorCall& call, const RedisTarget& target, const Endpoint& node,
                       const SecretText& value) {
  NodeVerdict verdict{node.label(), ProbeVerdict::kAccepted, "OK", "logged in"};
  const auto answered = [&]() -> Expected<RedisAnswer, RedisFailure> {
    NHI_TRY(RedisConnection connection, RedisConnection::open(target, node, kLoginMax, call));
    return connection.run(RedisCommand{"AUTH", target.user, value.reveal()});
  }();
  if (answered && answered->ok()) return verdict;
  const RedisFailure failure =
      answered ? RedisFailure{Trouble::kLost, {}, "no answer of Redis"} : answered.error();
  verdict.verdict = verdict_of(failure);
  verdict.code = failure.code;
  verdict.text = failure.text;
  return verdict;
}

}  // namespace

Answer<ProbeReply> probe_user(RotatorCall& call, const RedisTarget& target) {
  NHI_TRY(const std::string kind, probe_kind(call));
  NHI_TRY(const SecretText value, call.secret("value"));
  std::vector<NodeVerdict> verdicts;
  for (const Endpoint& node : target.nodes) {
    if (value.empty() || value.size() > kValueBytesMax) {
      verdicts.push_back({node.label(), ProbeVerdict::kInconclusive, "",
                          "no value that is sent to Redis: empty, or over 16 KiB"});
      continue;
    }
    verdicts.push_back(verdict_at(call, target, node, value));
    if (call.cancelled()) return fail(cancelled_without_effect());
  }
  return combined(kind, verdicts);
}

}  // namespace nhi
