// connection.hpp - one connection to an LDAP server through libldap, never waited for longer than
// the request has time, and given up as soon as it is cancelled.
//
// libldap is called in its asynchronous form, over a socket that was connected here. Nothing is
// repeated, no referral is followed (it would carry a password elsewhere), and no file of libldap
// (ldap.conf, .ldaprc) and none of its variables is asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/openldap/refusal.hpp"
#include "rotators/openldap/target.hpp"

struct ldap;
struct ldapmsg;

namespace nhi {

struct LdapAttribute {
  std::string name;
  std::vector<SecretText> values;
};
struct LdapEntry {
  std::string dn;
  std::vector<LdapAttribute> attributes;

  [[nodiscard]] const LdapAttribute* find(std::string_view name) const;
  /// The first value; empty if there is none.
  [[nodiscard]] std::string text(std::string_view name) const;
};

enum class LdapScope : std::uint8_t { kEntry, kChildren };
struct LdapSearch {
  std::string base;
  LdapScope scope = LdapScope::kEntry;
  std::string filter = "(objectClass=*)";
  std::vector<std::string> attributes{};
};

struct LdapChange {
  enum class Kind : std::uint8_t { kAdd, kDelete, kReplace };
  Kind kind = Kind::kAdd;
  std::string attribute;
  std::string_view value;  // kept by the caller
};

// Thread-compatible; `call` outlives it.
class LdapConnection {
 public:
  /// Connected within `limit` and the time of the request, and the server has proven itself as far
  /// as the target asks; nobody is logged in.
  [[nodiscard]] static Expected<LdapConnection, LdapFailure> open(const LdapTarget& target,
                                                                  const Endpoint& node,
                                                                  std::chrono::milliseconds limit,
                                                                  const RotatorCall& call);

  /// Logs in, within the limit of open(), and gives what the policy said beside it. An empty
  /// `value` is not sent: it is no login at all, and servers call it one.
  [[nodiscard]] Expected<PolicyReason, LdapFailure> bind(const std::string& dn,
                                                         const SecretText& value);
  /// At most 10,000 entries and 32 MiB.
  [[nodiscard]] Expected<std::vector<LdapEntry>, LdapFailure> search(const LdapSearch& asked);
  /// All of them or none.
  [[nodiscard]] Expected<void, LdapFailure> modify(const std::string& dn,
                                                   const std::vector<LdapChange>& changes);
  /// Whether the entry has this value. What is no yes and no no is a failure.
  [[nodiscard]] Expected<bool, LdapFailure> compare(const std::string& dn,
                                                    const std::string& attribute,
                                                    std::string_view value);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Closer {
    void operator()(ldap* handle) const noexcept;
  };
  struct MessageFreer {
    void operator()(ldapmsg* message) const noexcept;
  };
  using Message = std::unique_ptr<ldapmsg, MessageFreer>;

  LdapConnection(ldap* handle, TimePoint until, const RotatorCall& call)
      : handle_(handle), until_(until), call_(&call) {}
  [[nodiscard]] Expected<void, LdapFailure> secure(const LdapTarget& target, const Endpoint& node);
  [[nodiscard]] Expected<Message, LdapFailure> next(int number, TimePoint until) const;
  [[nodiscard]] Expected<PolicyReason, LdapFailure> result(int number, TimePoint until) const;
  [[nodiscard]] Expected<PolicyReason, LdapFailure> result_in(ldapmsg* message) const;
  [[nodiscard]] LdapFailure unsent(int status) const;
  [[nodiscard]] LdapEntry entry_in(ldapmsg* message) const;
  /// The first answer, that of a login, has what was given for that; others the request's time.
  [[nodiscard]] TimePoint time_for_one();

  std::unique_ptr<ldap, Closer> handle_;
  TimePoint until_;
  const RotatorCall* call_;
};

/// Before anything else is asked of libldap, and before there are threads.
void prepare_ldap_library();

}  // namespace nhi
