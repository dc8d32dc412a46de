// connection.hpp - one connection to Redis: commands out, answers in, within the time of the
// request. Nothing is repeated.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/redis/refusal.hpp"
#include "rotators/redis/socket.hpp"
#include "rotators/redis/target.hpp"

namespace nhi {

struct RedisAnswer {
  enum class Kind : std::uint8_t { kStatus, kError, kNumber, kText, kNothing, kList };
  Kind kind = Kind::kNothing;
  std::string text;  // of a status, an error or a text
  std::int64_t number = 0;
  std::vector<RedisAnswer> items;

  [[nodiscard]] bool ok() const { return kind == Kind::kStatus && text == "OK"; }
  [[nodiscard]] bool is_error() const { return kind == Kind::kError; }
  /// What stands behind `name` in a list of names and values, as RESP2 writes a map; else nothing.
  [[nodiscard]] const RedisAnswer& under(std::string_view name) const;
};

using RedisCommand = std::vector<std::string_view>;  // the words are kept by the caller

// Thread-compatible; `call` outlives it.
class RedisConnection {
 public:
  /// Connected within `limit` and the time of the request; nobody is logged in.
  [[nodiscard]] static Expected<RedisConnection, RedisFailure> open(const RedisTarget& target,
                                                                    const Endpoint& node,
                                                                    std::chrono::milliseconds limit,
                                                                    const RotatorCall& call);

  /// All are sent at once; an answer for each, which may be an error.
  [[nodiscard]] Expected<std::vector<RedisAnswer>, RedisFailure> run(
      const std::vector<RedisCommand>& commands);
  /// One; an error is a failure.
  [[nodiscard]] Expected<RedisAnswer, RedisFailure> run(const RedisCommand& command);

 private:
  RedisConnection(NetSocket socket, NetSocket::TimePoint until, const RotatorCall& call)
      : socket_(std::move(socket)), until_(until), call_(&call) {}

  NetSocket socket_;
  NetSocket::TimePoint until_;
  const RotatorCall* call_;
};

}  // namespace nhi
