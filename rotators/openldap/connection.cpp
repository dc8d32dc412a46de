#include "rotators/openldap/connection.hpp"

#include <fmt/format.h>
#include <ldap.h>
#include <openldap.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include "rotators/openldap/socket.hpp"

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLook{50};  // how often a cancelled request is noticed
constexpr int kEntriesMax = 10'000;
constexpr ber_len_t kMessageBytesMax = ber_len_t{4} << 20;
constexpr std::size_t kAnswerBytesMax = std::size_t{32} << 20;

struct LdapMemory {
  void operator()(char* text) const noexcept { ::ldap_memfree(text); }
};
using LdapText = std::unique_ptr<char, LdapMemory>;
struct ControlsFreer {
  void operator()(LDAPControl** controls) const noexcept { ::ldap_controls_free(controls); }
};
struct BervalsFreer {
  void operator()(berval** values) const noexcept { ::ldap_value_free_len(values); }
};
struct BerFreer {
  void operator()(BerElement* element) const noexcept { ::ber_free(element, 0); }
};

LdapFailure lost(std::string text) {
  LdapFailure failure;
  failure.text = std::move(text);
  return failure;
}
LdapFailure trouble(Trouble how) {
  LdapFailure failure;
  failure.how = how;
  failure.text = text_of(how);
  return failure;
}

// What libldap compares a certificate with is the host of this.
std::string url_of(const Endpoint& node) {
  if (node.host.find(':') == std::string::npos) {
    return fmt::format("ldap://{}:{}", node.host, node.port);
  }
  std::string host = node.host;
  if (const std::size_t zone = host.find('%'); zone != std::string::npos) {
    host.replace(zone, 1, "%25");
  }
  return fmt::format("ldap://[{}]:{}", host, node.port);
}

berval berval_of(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};  // libldap reads it only
}

// Of a policy's control, if the server sent one.
PolicyReason reason_in(LDAP* handle, LDAPControl** controls) {
  LDAPControl* const control =
      ::ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, nullptr);
  if (control == nullptr) return PolicyReason::kNone;
  ber_int_t expires = 0;
  ber_int_t grace = 0;
  LDAPPasswordPolicyError error = PP_noError;
  const int status = ::ldap_parse_passwordpolicy_control(handle, control, &expires, &grace, &error);
  const bool known =
      status == LDAP_SUCCESS && error >= PP_passwordExpired && error <= PP_passwordInHistory;
  return known ? static_cast<PolicyReason>(error) : PolicyReason::kNone;
}

bool is_session_end(int status) {
  return status == LDAP_SERVER_DOWN || status == LDAP_CONNECT_ERROR ||
         status == LDAP_DECODING_ERROR;
}

// Asks a policy to say why it refuses.
class PolicyControl {
 public:
  [[nodiscard]] LDAPControl** list() { return list_.data(); }

 private:
  std::string oid_ = LDAP_CONTROL_PASSWORDPOLICYREQUEST;
  LDAPControl control_{oid_.data(), {0, nullptr}, 0};
  std::array<LDAPControl*, 2> list_{&control_, nullptr};
};

}  // namespace

void prepare_ldap_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    ::setenv("LDAPNOINIT", "1", 1);  // no file and no variable
    ::signal(SIGPIPE, SIG_IGN);      // libldap writes to connections that have gone
  });
}

const LdapAttribute* LdapEntry::find(std::string_view name) const {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const LdapAttribute& one) {
        return one.name.size() == name.size() &&
               ::strncasecmp(one.name.data(), name.data(), name.size()) == 0;
      });
  return found == attributes.end() ? nullptr : &*found;
}

std::string LdapEntry::text(std::string_view name) const {
  const LdapAttribute* const attribute = find(name);
  if (attribute == nullptr || attribute->values.empty()) return {};
  return std::string(attribute->values.front().reveal());
}

void LdapConnection::Closer::operator()(ldap* handle) const noexcept {
  ::ldap_unbind_ext(handle, nullptr, nullptr);
}
void LdapConnection::MessageFreer::operator()(ldapmsg* message) const noexcept {
  ::ldap_msgfree(message);
}

Expected<LdapConnection, LdapFailure> LdapConnection::open(const LdapTarget& target,
                                                           const Endpoint& node, milliseconds limit,
                                                           const RotatorCall& call) {
  prepare_ldap_library();
  const auto until = Clock::now() + std::min(limit, call.time_left());
  NHI_TRY(const int descriptor, connected_socket(node, until, call));
  LDAP* handle = nullptr;
  const std::string url = url_of(node);
  const int status = node.is_socket()
                         ? ::ldap_init_fd(descriptor, LDAP_PROTO_IPC, "ldapi:///", &handle)
                         : ::ldap_init_fd(descriptor, LDAP_PROTO_TCP, url.c_str(), &handle);
  if (status != LDAP_SUCCESS || handle == nullptr) {
    ::close(descriptor);
    return fail(lost(std::string("libldap: ") + ::ldap_err2string(status)));
  }
  LdapConnection connection(handle, until, call);
  const int version = LDAP_VERSION3;
  ::ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
  ::ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ::ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_OFF);
  Sockbuf* buffer = nullptr;
  ber_len_t most = kMessageBytesMax;
  if (::ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS) {
    ::ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most);
  }
  if (target.tls.mode_for(node) != "disable") NHI_CHECK_OK(connection.secure(target, node));
  return connection;
}

Expected<void, LdapFailure> LdapConnection::secure(const LdapTarget& target, const Endpoint& node) {
  LDAP* const handle = handle_.get();
  if (!target.is_ldaps(node)) {
    int number = 0;
    const int status = ::ldap_start_tls(handle, nullptr, nullptr, &number);
    if (status != LDAP_SUCCESS) return fail(unsent(status));
    if (auto begun = result(number, until_); !begun) {
      LdapFailure failure = std::move(begun.error());
      // Whatever it says, nobody is asked for a password without TLS.
      if (failure.how == Trouble::kRefused) failure = lost("StartTLS: " + failure.text);
      return fail(std::move(failure));
    }
  }
  // With certificates of one's own to trust even `require` looks at the server's.
  const bool verifies = target.tls.mode != "require" || !target.tls.ca.empty();
  const int demand = verifies ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER;
  const int version = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  const int client = 0;
  const std::string ca = target.tls.ca.empty() ? kSystemCertificates : target.tls.ca;
  ::ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  ::ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &version);
  if (verifies) ::ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, ca.c_str());
  if (::ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS) {
    return fail(lost("the certificates to trust cannot be read"));
  }
  // Only in this form does libldap keep to a time while it shakes hands.
  const auto left = std::chrono::ceil<milliseconds>(until_ - Clock::now());
  const timeval limit = {std::max<std::int64_t>(left.count(), 1) / 1000,
                         std::max<std::int64_t>(left.count(), 1) % 1000 * 1000};
  ::ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &limit);
  ::ldap_set_option(handle, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_ON);
  const int status = ::ldap_install_tls(handle);
  ::ldap_set_option(handle, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_OFF);
  if (status == LDAP_SUCCESS) return {};
  if (call_->cancelled()) return fail(trouble(Trouble::kCancelled));
  if (status == LDAP_TIMEOUT) return fail(trouble(Trouble::kTimedOut));
  char* said = nullptr;
  ::ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
  const LdapText owner(said);
  return fail(lost(std::string("TLS: ") +
                   (said != nullptr && *said != '\0' ? plain_line(said) : "no agreement")));
}

LdapFailure LdapConnection::unsent(int status) const {
  if (call_->cancelled()) return trouble(Trouble::kCancelled);
  return is_session_end(status) ? trouble(Trouble::kLost)
                                : lost(std::string("libldap: ") + ::ldap_err2string(status));
}

LdapConnection::TimePoint LdapConnection::time_for_one() {
  return std::exchange(until_, Clock::now() + call_->time_left());
}

Expected<LdapConnection::Message, LdapFailure> LdapConnection::next(int number,
                                                                    TimePoint until) const {
  for (;;) {
    if (call_->cancelled()) return fail(trouble(Trouble::kCancelled));
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    if (left.count() <= 0) return fail(trouble(Trouble::kTimedOut));
    timeval look = {0, std::min(left, kLook).count() * 1000};
    LDAPMessage* message = nullptr;
    const int kind = ::ldap_result(handle_.get(), number, LDAP_MSG_ONE, &look, &message);
    if (kind > 0) return Message(message);
    if (kind < 0) return fail(trouble(Trouble::kLost));
  }
}

Expected<PolicyReason, LdapFailure> LdapConnection::result_in(ldapmsg* message) const {
  int code = LDAP_OTHER;
  char* matched = nullptr;
  char* said = nullptr;
  LDAPControl** controls = nullptr;
  const int status =
      ::ldap_parse_result(handle_.get(), message, &code, &matched, &said, nullptr, &controls, 0);
  const LdapText owned_matched(matched);
  const LdapText owned_said(said);
  const std::unique_ptr<LDAPControl*, ControlsFreer> owned(controls);
  // libldap has negative codes of its own, which are no server's.
  if (status != LDAP_SUCCESS || code < 0) return fail(lost("what answers does not speak LDAP"));
  const PolicyReason reason = reason_in(handle_.get(), controls);
  if (code == LDAP_SUCCESS) return reason;
  LdapFailure failure =
      read_refusal(code, said == nullptr ? "" : said, matched == nullptr ? "" : matched);
  failure.reason = reason;
  return fail(std::move(failure));
}

Expected<PolicyReason, LdapFailure> LdapConnection::result(int number, TimePoint until) const {
  NHI_TRY(const Message message, next(number, until));
  return result_in(message.get());
}

Expected<PolicyReason, LdapFailure> LdapConnection::bind(const std::string& dn,
                                                         const SecretText& value) {
  if (value.empty()) return fail(lost("an empty password is no login"));
  PolicyControl policy;
  berval password = berval_of(value.reveal());
  int number = 0;
  const int status = ::ldap_sasl_bind(handle_.get(), dn.c_str(), LDAP_SASL_SIMPLE, &password,
                                      policy.list(), nullptr, &number);
  if (status != LDAP_SUCCESS) return fail(unsent(status));
  return result(number, time_for_one());
}

LdapEntry LdapConnection::entry_in(ldapmsg* message) const {
  LDAP* const handle = handle_.get();
  LdapEntry entry;
  if (const LdapText dn(::ldap_get_dn(handle, message)); dn != nullptr) entry.dn = dn.get();
  BerElement* position = nullptr;
  LdapText name(::ldap_first_attribute(handle, message, &position));
  const std::unique_ptr<BerElement, BerFreer> owner(position);
  for (; name != nullptr; name.reset(::ldap_next_attribute(handle, message, position))) {
    LdapAttribute& attribute = entry.attributes.emplace_back();
    attribute.name = name.get();
    const std::unique_ptr<berval*, BervalsFreer> values(
        ::ldap_get_values_len(handle, message, name.get()));
    for (berval** one = values.get(); one != nullptr && *one != nullptr; ++one) {
      const berval& value = **one;
      attribute.values.emplace_back(std::string_view(value.bv_val, value.bv_len));
      ::explicit_bzero(value.bv_val, value.bv_len);
    }
  }
  return entry;
}

Expected<std::vector<LdapEntry>, LdapFailure> LdapConnection::search(const LdapSearch& asked) {
  std::vector<std::string> names = asked.attributes;
  std::vector<char*> wanted;
  wanted.reserve(names.size() + 1);
  for (std::string& name : names) wanted.push_back(name.data());
  wanted.push_back(nullptr);
  const int scope = asked.scope == LdapScope::kEntry ? LDAP_SCOPE_BASE : LDAP_SCOPE_ONELEVEL;
  int number = 0;
  const int status =
      ::ldap_search_ext(handle_.get(), asked.base.c_str(), scope, asked.filter.c_str(),
                        asked.attributes.empty() ? nullptr : wanted.data(), 0, nullptr, nullptr,
                        nullptr, kEntriesMax, &number);
  if (status != LDAP_SUCCESS) return fail(unsent(status));
  const TimePoint until = time_for_one();
  std::vector<LdapEntry> entries;
  std::size_t bytes = 0;
  for (;;) {
    NHI_TRY(const Message message, next(number, until));
    const int kind = ::ldap_msgtype(message.get());
    if (kind == LDAP_RES_SEARCH_RESULT) {
      NHI_CHECK_OK(result_in(message.get()));
      return entries;
    }
    if (kind != LDAP_RES_SEARCH_ENTRY) continue;  // a reference to elsewhere
    LdapEntry entry = entry_in(message.get());
    for (const LdapAttribute& attribute : entry.attributes) {
      for (const SecretText& value : attribute.values) bytes += value.size();
    }
    if (bytes > kAnswerBytesMax || entries.size() == kEntriesMax) {
      return fail(lost("the answer is over 32 MiB, or over 10,000 entries"));
    }
    entries.push_back(std::move(entry));
  }
}

Expected<void, LdapFailure> LdapConnection::modify(const std::string& dn,
                                                   const std::vector<LdapChange>& changes) {
  struct One {
    std::string attribute;
    berval value{};
    std::array<berval*, 2> values{};
    LDAPMod mod{};
  };
  std::vector<One> parts(changes.size());
  std::vector<LDAPMod*> list;
  list.reserve(changes.size() + 1);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const LdapChange& change = changes[i];
    One& part = parts[i];
    part.attribute = change.attribute;
    part.value = berval_of(change.value);
    part.values = {&part.value, nullptr};
    part.mod.mod_op =
        LDAP_MOD_BVALUES | (change.kind == LdapChange::Kind::kAdd      ? LDAP_MOD_ADD
                            : change.kind == LdapChange::Kind::kDelete ? LDAP_MOD_DELETE
                                                                       : LDAP_MOD_REPLACE);
    part.mod.mod_type = part.attribute.data();
    part.mod.mod_bvalues = part.values.data();
    list.push_back(&part.mod);
  }
  list.push_back(nullptr);
  PolicyControl policy;
  int number = 0;
  const int status =
      ::ldap_modify_ext(handle_.get(), dn.c_str(), list.data(), policy.list(), nullptr, &number);
  if (status != LDAP_SUCCESS) return fail(unsent(status));
  NHI_CHECK_OK(result(number, time_for_one()));
  return {};
}

Expected<bool, LdapFailure> LdapConnection::compare(const std::string& dn,
                                                    const std::string& attribute,
                                                    std::string_view value) {
  berval wanted = berval_of(value);
  int number = 0;
  const int status = ::ldap_compare_ext(handle_.get(), dn.c_str(), attribute.c_str(), &wanted,
                                        nullptr, nullptr, &number);
  if (status != LDAP_SUCCESS) return fail(unsent(status));
  auto answer = result(number, time_for_one());
  if (!answer && answer.error().is(LDAP_COMPARE_TRUE)) return true;
  if (!answer && answer.error().is(LDAP_COMPARE_FALSE)) return false;
  if (answer) return fail(lost("what answers does not speak LDAP"));
  return fail(std::move(answer.error()));
}

}  // namespace nhi
