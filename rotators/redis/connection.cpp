#include "rotators/redis/connection.hpp"

#include <hiredis/hiredis.h>
#include <strings.h>

#include <algorithm>
#include <memory>

namespace nhi {
namespace {

// Of the answers to one batch; the list of ten thousand clients takes 4 MiB.
constexpr std::size_t kAnswersBytesMax = std::size_t{32} << 20;

struct ReaderCloser {
  void operator()(redisReader* reader) const noexcept { ::redisReaderFree(reader); }
};
struct ReplyCloser {
  void operator()(redisReply* reply) const noexcept { ::freeReplyObject(reply); }
};

// Commands as they are sent, values among them: wiped.
class Batch {
 public:
  Batch() = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() { wipe(bytes_); }

  bool add(const RedisCommand& command) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const std::string_view word : command) {
      words.push_back(word.data());
      lengths.push_back(word.size());
    }
    char* formatted = nullptr;
    const int size = ::redisFormatCommandArgv(&formatted, static_cast<int>(words.size()),
                                              words.data(), lengths.data());
    if (size < 0) return false;
    const auto count = static_cast<std::size_t>(size);
    // Never grown in place: that would leave a copy behind.
    std::string all;
    all.reserve(bytes_.size() + count);
    all.append(bytes_).append(formatted, count);
    wipe(bytes_);
    bytes_ = std::move(all);
    ::explicit_bzero(formatted, count);
    ::redisFreeCommand(formatted);
    return true;
  }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// As deep as hiredis reads them: it refuses what is nested more.
RedisAnswer answer_of(const redisReply& reply) {
  using Kind = RedisAnswer::Kind;
  RedisAnswer answer;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      answer.kind = Kind::kNumber;
      answer.number = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      answer.kind = Kind::kList;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        answer.items.push_back(answer_of(*reply.element[i]));
      }
      break;
    case REDIS_REPLY_NIL:
      break;
    default:
      answer.kind = reply.type == REDIS_REPLY_STATUS  ? Kind::kStatus
                    : reply.type == REDIS_REPLY_ERROR ? Kind::kError
                                                      : Kind::kText;
      answer.text.assign(reply.str, static_cast<std::size_t>(reply.len));
  }
  return answer;
}

}  // namespace

const RedisAnswer& RedisAnswer::under(std::string_view name) const {
  static const RedisAnswer kNothing{};
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return items[i + 1];
  }
  return kNothing;
}

Expected<RedisConnection, RedisFailure> RedisConnection::open(const RedisTarget& target,
                                                              const Endpoint& node,
                                                              std::chrono::milliseconds limit,
                                                              const RotatorCall& call) {
  const auto until = std::chrono::steady_clock::now() + std::min(limit, call.time_left());
  NHI_TRY(NetSocket socket, NetSocket::open(node, target.tls, until, call));
  return RedisConnection(std::move(socket), until, call);
}

Expected<std::vector<RedisAnswer>, RedisFailure> RedisConnection::run(
    const std::vector<RedisCommand>& commands) {
  Batch batch;
  for (const RedisCommand& command : commands) {
    if (!batch.add(command)) return fail(RedisFailure{Trouble::kLost, {}, "hiredis has no memory"});
  }
  // The first batch, which logs in, has what was given for that; others the request's time.
  const auto until = std::exchange(until_, std::chrono::steady_clock::now() + call_->time_left());
  NHI_CHECK_OK(socket_.write(batch.bytes(), until));
  const std::unique_ptr<redisReader, ReaderCloser> reader(::redisReaderCreate());
  if (reader == nullptr) return fail(RedisFailure{Trouble::kLost, {}, "hiredis has no memory"});
  std::vector<RedisAnswer> answers;
  std::size_t bytes = 0;
  while (answers.size() < commands.size()) {
    void* raw = nullptr;
    if (::redisReaderGetReply(reader.get(), &raw) != REDIS_OK) {
      return fail(RedisFailure{Trouble::kLost, {}, "what answers does not speak as Redis does"});
    }
    if (raw != nullptr) {
      const std::unique_ptr<redisReply, ReplyCloser> reply(static_cast<redisReply*>(raw));
      answers.push_back(answer_of(*reply));
      continue;
    }
    NHI_TRY(const std::string_view piece, socket_.read(until));
    bytes += piece.size();
    if (bytes > kAnswersBytesMax) {
      return fail(RedisFailure{Trouble::kLost, {}, "the answer is over 32 MiB"});
    }
    ::redisReaderFeed(reader.get(), piece.data(), piece.size());
  }
  return answers;
}

Expected<RedisAnswer, RedisFailure> RedisConnection::run(const RedisCommand& command) {
  NHI_TRY(std::vector<RedisAnswer> answers, run(std::vector<RedisCommand>{command}));
  if (answers.front().is_error()) return fail(read_refusal(answers.front().text));
  return std::move(answers.front());
}

}  // namespace nhi
