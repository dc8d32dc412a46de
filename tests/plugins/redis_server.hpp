// redis_server.hpp - a Redis of the test's own.
#pragma once

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "scanner/base/hash.hpp"
#include "tests/plugins/server_process.hpp"

namespace nhi::testing {

inline constexpr const char* kRedis = "usr/bin/redis-server";
inline constexpr const char* kSuperuser = "super";
inline constexpr const char* kSuperPassword = "super-canary-Zr7wq2Xk";
// As docs/rotators/redis.md says, with the commands in their parts.
inline constexpr const char* kRotatorRights =
    "on resetchannels -@all +acl|getuser +acl|setuser +acl|save +acl|dryrun +config|rewrite "
    "+client|list +client|kill";

inline std::string hash_rule(const std::string& value) { return "#" + to_hex(sha256(value)); }
inline std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), std::istream_iterator<std::string>()};
}

// A session of a test.
class Redis {
 public:
  Redis(int port, const std::string& user, const std::string& password) {
    connection_.reset(::redisConnectWithTimeout("127.0.0.1", port, {2, 0}));
    ::redisSetTimeout(connection_.get(), {2, 0});
    open_ = connection_->err == 0 && run({"AUTH", user, password}) == "OK";
  }
  [[nodiscard]] bool open() const { return open_; }
  /// The reply as text, a list in lines; "gone" where the connection is.
  std::string run(const std::vector<std::string>& words) {
    std::vector<const char*> starts;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      starts.push_back(word.data());
      lengths.push_back(word.size());
    }
    return text_of(::redisCommandArgv(connection_.get(), static_cast<int>(words.size()),
                                      starts.data(), lengths.data()));
  }
  std::string run(const std::string& command) { return run(words_of(command)); }
  /// What arrives without being asked for, until nothing does.
  std::string listen() {
    ::redisSetTimeout(connection_.get(), {0, 200'000});
    std::string all;
    for (void* reply = nullptr; ::redisGetReply(connection_.get(), &reply) == REDIS_OK;) {
      all += text_of(reply) + "\n";
    }
    return all;
  }
  bool ended() { return run("PING") == "gone"; }

 private:
  static std::string text_of(void* raw) {
    const std::unique_ptr<void, void (*)(void*)> reply(raw, ::freeReplyObject);
    return raw == nullptr ? "gone" : text_of(*static_cast<const redisReply*>(raw));
  }
  static std::string text_of(const redisReply& reply) {
    if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
    if (reply.type == REDIS_REPLY_NIL) return "";
    if (reply.type != REDIS_REPLY_ARRAY) return {reply.str, static_cast<std::size_t>(reply.len)};
    std::string all;
    for (std::size_t i = 0; i < reply.elements; ++i) all += text_of(*reply.element[i]) + "\n";
    return all;
  }
  std::unique_ptr<redisContext, void (*)(redisContext*)> connection_{nullptr, ::redisFree};
  bool open_ = false;
};

// Where it keeps its users.
enum class Keeps : bool { kAclFile, kConfigFile };

class RedisServer : public ServerProcess {
 public:
  explicit RedisServer(Keeps keeps = Keeps::kAclFile) : ServerProcess("redis") {
    make_certificate();
    const std::string users = std::string("user default off\nuser super on allkeys allchannels ") +
                              "+@all " + hash_rule(kSuperPassword) + "\n";
    std::string settings = "bind 127.0.0.1\nport " + std::to_string(port()) + "\ntls-port " +
                           std::to_string(tls_port_) + "\ntls-auth-clients no\ntls-cert-file " +
                           certificate() + "\ntls-key-file " + key() + "\nunixsocket " + socket() +
                           "\nunixsocketperm 777\ndir " + folder() +
                           "\nsave \"\"\nloglevel debug\nslowlog-log-slower-than 0\n";
    if (keeps == Keeps::kAclFile) {
      write("users.acl", users);
      settings += "aclfile " + folder() + "/users.acl\n";
    } else {
      settings += users;
    }
    write("redis.conf", settings);
    start();
  }
  ~RedisServer() { stop(); }

  void start() {
    ServerProcess::start({kRedis, folder() + "/redis.conf"}, [this] { return super().open(); });
  }
  void stop() { end(SIGTERM); }

  [[nodiscard]] int tls_port() const { return tls_port_; }
  [[nodiscard]] std::string socket() const { return folder() + "/socket"; }
  [[nodiscard]] Redis super() const { return {port(), kSuperuser, kSuperPassword}; }
  /// A user as it is to be, whatever it was.
  void set_user(const std::string& name, const std::string& rules) const {
    std::vector<std::string> words = {"ACL", "SETUSER", name, "reset"};
    for (const std::string& rule : words_of(rules)) words.push_back(rule);
    EXPECT_EQ(super().run(words), "OK");
  }
  /// All that the server tells of what it was asked.
  [[nodiscard]] std::string records() const {
    Redis redis = super();
    return redis.run("SLOWLOG GET 1000") + redis.run("ACL LOG 100") + log();
  }

 private:
  int tls_port_ = free_port();
};

}  // namespace nhi::testing
