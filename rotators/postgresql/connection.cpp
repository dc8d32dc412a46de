#include "rotators/postgresql/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <optional>

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Of these libpq finds no file, and takes that for "there is none"; an empty text would send it to
// the home folder.
constexpr const char* kNoFile = "/dev/null/none";

void drop_notice(void* /*unused*/, const PGresult* /*notice*/) {}

// A copy that ends with NUL, for libpq, and is wiped.
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
  void operator()(PGresult* result) const noexcept { ::PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ResultCloser>;

PGconn* start(const PgLogin& login, const char* password, milliseconds limit) {
  const bool proves = login.tls == "verify-ca" || login.tls == "verify-full";
  const std::string ca = !login.ca.empty() ? login.ca : proves ? kSystemCertificates : kNoFile;
  const std::string port = std::to_string(login.node.port);
  const std::string limit_ms = std::to_string(limit.count());
  // Whatever is absent here comes from PG… of the environment or from a file.
  const std::array<const char*, 18> names = {"host",
                                             "port",
                                             "dbname",
                                             "user",
                                             "password",
                                             "passfile",
                                             "sslmode",
                                             "sslrootcert",
                                             "sslcert",
                                             "sslkey",
                                             "sslcrl",
                                             "options",
                                             "gssencmode",
                                             "requirepeer",
                                             "application_name",
                                             "client_encoding",
                                             "tcp_user_timeout",
                                             nullptr};
  const std::array<const char*, 18> values = {login.node.host.c_str(),
                                              port.c_str(),
                                              login.database.c_str(),
                                              login.user.c_str(),
                                              password,
                                              kNoFile,
                                              login.tls.c_str(),
                                              ca.c_str(),
                                              kNoFile,
                                              kNoFile,
                                              kNoFile,
                                              "",
                                              "disable",
                                              "",
                                              "nhisweep",
                                              "UTF8",
                                              limit_ms.c_str(),
                                              nullptr};
  return ::PQconnectStartParams(names.data(), values.data(), /*expand_dbname=*/0);
}

// All that the server answered to one statement, or why it cannot be had.
std::optional<Trouble> read_answer(PGconn* connection, Clock::time_point until,
                                   const RotatorCall& call, ResultHandle& last) {
  for (;;) {
    while (::PQisBusy(connection) != 0) {
      if (const auto trouble = wait_for(::PQsocket(connection), POLLIN, until, call)) {
        return trouble;
      }
      if (::PQconsumeInput(connection) == 0) return Trouble::kLost;
    }
    ResultHandle result(::PQgetResult(connection));
    if (result == nullptr) return std::nullopt;
    last = std::move(result);
    if (::PQstatus(connection) == CONNECTION_BAD) return std::nullopt;
  }
}

std::optional<Trouble> flush(PGconn* connection, Clock::time_point until, const RotatorCall& call) {
  for (;;) {
    const int state = ::PQflush(connection);
    if (state == 0) return std::nullopt;
    if (state < 0) return Trouble::kLost;
    if (const auto trouble = wait_for(::PQsocket(connection), POLLOUT, until, call)) return trouble;
  }
}

std::string field_of(const PGresult* result, int field) {
  const char* const text = ::PQresultErrorField(result, field);
  return text == nullptr ? std::string() : std::string(text);
}

PgRows rows_of(const PGresult* result) {
  PgRows rows;
  rows.tag = ::PQcmdStatus(const_cast<PGresult*>(result));
  for (int row = 0; row < ::PQntuples(result); ++row) {
    auto& fields = rows.rows.emplace_back();
    for (int column = 0; column < ::PQnfields(result); ++column) {
      fields.emplace_back(::PQgetvalue(result, row, column),
                          static_cast<std::size_t>(::PQgetlength(result, row, column)));
    }
  }
  return rows;
}

}  // namespace

PgLogin role_login(const PgTarget& target, const Endpoint& node) {
  return {node, target.role, target.database, target.tls.mode_for(node), target.tls.ca};
}
PgLogin admin_login(const PgTarget& target, const Endpoint& node) {
  return {node, target.admin, target.admin_database, target.tls.mode_for(node), target.tls.ca};
}

std::string_view PgRows::at(std::size_t row, std::size_t column) const {
  if (row >= rows.size() || column >= rows[row].size()) return {};
  return rows[row][column];
}

void PgConnection::Closer::operator()(pg_conn* connection) const noexcept {
  ::PQfinish(connection);
}

PgFailure PgConnection::failure(Trouble how) const {
  PgFailure failure;
  if (how == Trouble::kLost)
    failure = read_refusal(::PQerrorMessage(handle_.get()));
  else
    failure.how = how;
  if (failure.text.empty()) failure.text = text_of(how);
  failure.used_password = used_password();
  return failure;
}

Expected<PgConnection, PgFailure> PgConnection::open(const PgLogin& login,
                                                     const SecretText& password, milliseconds limit,
                                                     const RotatorCall& call) {
  limit = std::min(limit, call.time_left());
  const auto until = Clock::now() + limit;
  const CText text(password.reveal());
  PgConnection connection(Handle(start(login, text.get(), limit)), call);
  PGconn* const handle = connection.handle_.get();
  if (handle == nullptr) return Unexpected<PgFailure>(PgFailure{.text = "libpq has no memory"});
  ::PQsetNoticeReceiver(handle, drop_notice, nullptr);
  ::PQsetErrorVerbosity(handle, PQERRORS_VERBOSE);
  PostgresPollingStatusType state =
      ::PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (const auto trouble = wait_for(::PQsocket(handle), events, until, call)) {
      return Unexpected<PgFailure>(connection.failure(*trouble));
    }
    state = ::PQconnectPoll(handle);
  }
  if (state != PGRES_POLLING_OK || ::PQsetnonblocking(handle, 1) != 0) {
    return Unexpected<PgFailure>(connection.failure(Trouble::kLost));
  }
  return connection;
}

Expected<PgRows, PgFailure> PgConnection::run(const std::string& statement,
                                              const std::vector<std::string>& parameters) {
  PGconn* const handle = handle_.get();
  const auto until = Clock::now() + call_->time_left();
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (::PQsendQueryParams(handle, statement.c_str(), static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) == 0) {
    return Unexpected<PgFailure>(failure(Trouble::kLost));
  }
  ResultHandle result;
  auto trouble = flush(handle, until, *call_);
  if (!trouble) trouble = read_answer(handle, until, *call_, result);
  if (!trouble && result == nullptr) trouble = Trouble::kLost;
  if (trouble) {
    // Its text may quote what was sent; what libpq itself has to say here is nothing more.
    return Unexpected<PgFailure>(PgFailure{*trouble, {}, {}, std::string(text_of(*trouble)), true});
  }
  const ExecStatusType status = ::PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return rows_of(result.get());
  PgFailure refused;
  refused.code = field_of(result.get(), PG_DIAG_SQLSTATE);
  // Without a SQLSTATE it was libpq that gave up: the connection broke.
  refused.how = refused.code.empty() ? Trouble::kLost : Trouble::kRefused;
  refused.routine = plain_line(field_of(result.get(), PG_DIAG_SOURCE_FUNCTION));
  refused.text = refused.code.empty() ? std::string(text_of(Trouble::kLost))
                                      : plain_line(field_of(result.get(), PG_DIAG_MESSAGE_PRIMARY));
  return Unexpected<PgFailure>(std::move(refused));
}

bool PgConnection::used_password() const { return ::PQconnectionUsedPassword(handle_.get()) != 0; }

int PgConnection::version() const { return ::PQserverVersion(handle_.get()); }

std::string PgConnection::identifier(std::string_view name) const {
  char* const quoted = ::PQescapeIdentifier(handle_.get(), name.data(), name.size());
  if (quoted == nullptr) return {};
  std::string text(quoted);
  ::PQfreemem(quoted);
  return text;
}

SecretText PgConnection::literal(const SecretText& text) const {
  const std::string_view bytes = text.reveal();
  char* const quoted = ::PQescapeLiteral(handle_.get(), bytes.data(), bytes.size());
  if (quoted == nullptr) return {};
  SecretText literal{std::string_view(quoted)};
  ::explicit_bzero(quoted, literal.size());
  ::PQfreemem(quoted);
  return literal;
}

SecretText PgConnection::verifier(const SecretText& password, const std::string& role) const {
  const CText text(password.reveal());
  char* const made =
      ::PQencryptPasswordConn(handle_.get(), text.get(), role.c_str(), "scram-sha-256");
  if (made == nullptr) return {};
  SecretText verifier{std::string_view(made)};
  ::explicit_bzero(made, verifier.size());
  ::PQfreemem(made);
  return verifier;
}

}  // namespace nhi
