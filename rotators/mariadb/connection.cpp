#include "rotators/mariadb/connection.hpp"

#include <mysql.h>
#include <poll.h>
#include <strings.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kRowsBytesMax = std::size_t{32} << 20;
constexpr unsigned long kPacketBytesMax = 16UL << 20;
// No others are loaded: some hand over the password as it is.
constexpr const char* kPluginsAllowed = "mysql_native_password,client_ed25519";

// A copy that ends with NUL, for libmariadb, and is wiped.
class CText {
 public:
  explicit CText(std::string_view text) : text_(text) {}
  CText(const CText&) = delete;
  CText& operator=(const CText&) = delete;
  ~CText() { wipe(text_); }
  [[nodiscard]] const char* get() const { return text_.c_str(); }

 private:
  std::string text_;
};

struct ResultCloser {
  void operator()(MYSQL_RES* result) const noexcept { ::mysql_free_result(result); }
};

// Waits for what libmariadb asks for. Nothing once it can go on.
std::optional<Trouble> wait_as_told(MYSQL* connection, int asked, Clock::time_point until,
                                    const RotatorCall& call) {
  short events = 0;
  if ((asked & MYSQL_WAIT_READ) != 0) events |= POLLIN;
  if ((asked & MYSQL_WAIT_WRITE) != 0) events |= POLLOUT;
  if ((asked & MYSQL_WAIT_EXCEPT) != 0) events |= POLLPRI;
  return wait_for(static_cast<int>(::mysql_get_socket(connection)), events, until, call);
}

// Goes on with an operation until it is done; `next` is its …_cont.
template <class Next>
std::optional<Trouble> finish(MYSQL* connection, int status, Clock::time_point until,
                              const RotatorCall& call, Next&& next) {
  while (status != 0) {
    if (const auto trouble = wait_as_told(connection, status, until, call)) return trouble;
    status = next(status & ~MYSQL_WAIT_TIMEOUT);
  }
  return std::nullopt;
}

MariaFailure trouble_of(Trouble how) { return {how, 0, std::string(text_of(how)), {}}; }

void set_tls(MYSQL* connection, const TlsChoice& tls, const std::string& mode) {
  const my_bool encrypted = mode != "disable" ? 1 : 0;
  const my_bool proven = mode == "verify-full" ? 1 : 0;
  ::mysql_optionsv(connection, MYSQL_OPT_SSL_ENFORCE, &encrypted);
  ::mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &proven);
  if (proven != 0) {
    const std::string ca = tls.ca.empty() ? kSystemCertificates : tls.ca;
    ::mysql_optionsv(connection, MYSQL_OPT_SSL_CA, ca.c_str());
  }
}

void set_options(MYSQL* connection, const Endpoint& node) {
  ::mysql_optionsv(connection, MYSQL_OPT_NONBLOCK, nullptr);
  const my_bool no = 0;
  ::mysql_optionsv(connection, MYSQL_OPT_RECONNECT, &no);
  const unsigned none = 0;
  ::mysql_optionsv(connection, MYSQL_OPT_LOCAL_INFILE, &none);
  ::mysql_optionsv(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  ::mysql_optionsv(connection, MARIADB_OPT_RESTRICTED_AUTH, kPluginsAllowed);
  ::mysql_optionsv(connection, MYSQL_OPT_MAX_ALLOWED_PACKET, &kPacketBytesMax);
  // Without it "localhost" would be a socket somewhere.
  const unsigned protocol = node.is_socket() ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  ::mysql_optionsv(connection, MYSQL_OPT_PROTOCOL, &protocol);
}

}  // namespace

std::string_view MariaRows::at(std::size_t row, std::size_t column) const {
  if (row >= rows.size() || column >= rows[row].size()) return {};
  return rows[row][column];
}

void MariaConnection::Closer::operator()(st_mysql* connection) const noexcept {
  if (connection->passwd != nullptr) {
    ::explicit_bzero(connection->passwd, std::strlen(connection->passwd));
  }
  ::mysql_close(connection);
}

MariaFailure MariaConnection::failure() const {
  return read_refusal(::mysql_errno(handle_.get()), ::mysql_error(handle_.get()));
}

Expected<MariaConnection, MariaFailure> MariaConnection::open(
    const MariaTarget& target, const Endpoint& node, const std::string& user,
    const SecretText& password, std::chrono::milliseconds limit, const RotatorCall& call) {
  const auto until = Clock::now() + std::min(limit, call.time_left());
  MariaConnection connection(Handle(::mysql_init(nullptr)), call);
  MYSQL* const handle = connection.handle_.get();
  if (handle == nullptr) return fail(MariaFailure{Trouble::kLost, 0, "libmariadb has no memory"});
  set_options(handle, node);
  set_tls(handle, target.tls, target.tls.mode_for(node));
  const CText secret(password.reveal());
  const bool socket = node.is_socket();
  MYSQL* opened = nullptr;
  const int status = ::mysql_real_connect_start(
      &opened, handle, socket ? nullptr : node.host.c_str(), user.c_str(), secret.get(), nullptr,
      socket ? 0 : node.port, socket ? node.host.c_str() : nullptr, 0);
  const auto trouble = finish(handle, status, until, call, [&](int ready) {
    return ::mysql_real_connect_cont(&opened, handle, ready);
  });
  if (trouble) return fail(trouble_of(*trouble));
  if (opened == nullptr) return fail(connection.failure());
  return connection;
}

Expected<MariaRows, MariaFailure> MariaConnection::run(std::string_view statement) {
  MYSQL* const handle = handle_.get();
  const auto until = Clock::now() + call_->time_left();
  int failed = 0;
  const int status = ::mysql_real_query_start(&failed, handle, statement.data(), statement.size());
  const auto trouble = finish(handle, status, until, *call_, [&](int ready) {
    return ::mysql_real_query_cont(&failed, handle, ready);
  });
  if (trouble) return fail(trouble_of(*trouble));
  if (failed != 0) return fail(failure());
  return read_rows(until);
}

Expected<MariaRows, MariaFailure> MariaConnection::read_rows(Clock::time_point until) {
  MYSQL* const handle = handle_.get();
  const std::unique_ptr<MYSQL_RES, ResultCloser> result(::mysql_use_result(handle));
  MariaRows rows;
  if (result == nullptr) {
    if (::mysql_errno(handle) != 0) return fail(failure());
    return rows;
  }
  std::size_t bytes = 0;
  for (;;) {
    MYSQL_ROW row = nullptr;
    const int status = ::mysql_fetch_row_start(&row, result.get());
    const auto trouble = finish(handle, status, until, *call_, [&](int ready) {
      return ::mysql_fetch_row_cont(&row, result.get(), ready);
    });
    if (trouble) return fail(trouble_of(*trouble));
    if (row == nullptr) break;
    const unsigned long* const lengths = ::mysql_fetch_lengths(result.get());
    auto& fields = rows.rows.emplace_back();
    for (unsigned i = 0; i < ::mysql_num_fields(result.get()); ++i) {
      fields.emplace_back(row[i] == nullptr ? "" : row[i], row[i] == nullptr ? 0 : lengths[i]);
      bytes += lengths[i];
    }
    if (bytes > kRowsBytesMax) {
      return fail(MariaFailure{Trouble::kLost, 0, "the answer is over 32 MiB"});
    }
  }
  if (::mysql_errno(handle) != 0) return fail(failure());
  return rows;
}

bool MariaConnection::is_mariadb() const { return ::mariadb_connection(handle_.get()) != 0; }

unsigned long MariaConnection::version() const { return ::mysql_get_server_version(handle_.get()); }

std::string MariaConnection::version_text() const {
  return plain_line(::mysql_get_server_info(handle_.get()));
}

std::string MariaConnection::quoted(std::string_view text) const {
  std::string escaped(text.size() * 2 + 1, '\0');
  escaped.resize(
      ::mysql_real_escape_string(handle_.get(), escaped.data(), text.data(), text.size()));
  std::string made = "'" + escaped + "'";
  wipe(escaped);
  return made;
}

}  // namespace nhi
