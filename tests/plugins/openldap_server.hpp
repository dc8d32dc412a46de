// openldap_server.hpp - a slapd of the test's own.
#pragma once

#include <crypt.h>
#include <gtest/gtest.h>
#include <ldap.h>
#include <openldap.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/server_process.hpp"

namespace nhi::testing {

inline constexpr const char* kSlapd = "usr/sbin/slapd";
inline constexpr const char* kRootDn = "cn=root,dc=test";
inline constexpr const char* kConfigDn = "cn=root,cn=config";
inline constexpr const char* kRootPassword = "root-canary-Zr7wq2Xk";
inline constexpr const char* kRotatorDn = "cn=rotator,dc=test";
inline constexpr const char* kPolicyDn = "cn=default,dc=test";
inline constexpr const char* kDatabase = "olcDatabase={1}mdb,cn=config";

using Values = std::vector<std::string>;
struct Mod {
  int kind;
  std::string attribute;
  Values values;
};

// A session of a test.
class Ldap {
 public:
  Ldap(int port, const std::string& dn, const std::string& password) {
    ::setenv("LDAPNOINIT", "1", 1);
    LDAP* handle = nullptr;
    ::ldap_initialize(&handle, ("ldap://127.0.0.1:" + std::to_string(port)).c_str());
    handle_.reset(handle);
    const int version = LDAP_VERSION3;
    const timeval limit = {5, 0};
    ::ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    ::ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &limit);
    ::ldap_set_option(handle, LDAP_OPT_TIMEOUT, &limit);
    berval value = {password.size(), const_cast<char*>(password.data())};
    code_ =
        ::ldap_sasl_bind_s(handle, dn.c_str(), LDAP_SASL_SIMPLE, &value, nullptr, nullptr, nullptr);
  }
  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] bool open() const { return code_ == LDAP_SUCCESS; }

  /// The result's code.
  int modify(const std::string& dn, const std::vector<Mod>& mods) {
    return with_mods(mods, [&](LDAPMod** list) {
      return ::ldap_modify_ext_s(handle_.get(), dn.c_str(), list, nullptr, nullptr);
    });
  }
  int replace(const std::string& dn, const std::string& attribute, const Values& values) {
    return modify(dn, {{LDAP_MOD_REPLACE, attribute, values}});
  }
  int add(const std::string& dn, const std::vector<std::pair<std::string, Values>>& attributes) {
    std::vector<Mod> mods;
    for (const auto& [name, values] : attributes) mods.push_back({LDAP_MOD_ADD, name, values});
    return with_mods(mods, [&](LDAPMod** list) {
      return ::ldap_add_ext_s(handle_.get(), dn.c_str(), list, nullptr, nullptr);
    });
  }
  int remove(const std::string& dn) {
    return ::ldap_delete_ext_s(handle_.get(), dn.c_str(), nullptr, nullptr);
  }
  /// Sorted.
  Values values(const std::string& dn, const std::string& attribute) {
    std::string name = attribute;
    char* names[] = {name.data(), nullptr};
    LDAPMessage* found = nullptr;
    ::ldap_search_ext_s(handle_.get(), dn.c_str(), LDAP_SCOPE_BASE, nullptr, names, 0, nullptr,
                        nullptr, nullptr, 0, &found);
    const std::unique_ptr<LDAPMessage, int (*)(LDAPMessage*)> owner(found, ::ldap_msgfree);
    Values all;
    LDAPMessage* const entry =
        found == nullptr ? nullptr : ::ldap_first_entry(handle_.get(), found);
    if (entry == nullptr) return all;
    berval** const list = ::ldap_get_values_len(handle_.get(), entry, attribute.c_str());
    for (berval** one = list; one != nullptr && *one != nullptr; ++one) {
      all.emplace_back((*one)->bv_val, (*one)->bv_len);
    }
    ::ldap_value_free_len(list);
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  template <class Call>
  static int with_mods(const std::vector<Mod>& mods, Call&& call) {
    struct One {
      std::string attribute;
      Values texts;
      std::vector<berval> values;
      std::vector<berval*> list;
      LDAPMod mod{};
    };
    std::vector<One> ones(mods.size());
    std::vector<LDAPMod*> list;
    for (std::size_t i = 0; i < mods.size(); ++i) {
      One& one = ones[i];
      one.attribute = mods[i].attribute;
      one.texts = mods[i].values;
      for (std::string& text : one.texts) one.values.push_back({text.size(), text.data()});
      for (berval& value : one.values) one.list.push_back(&value);
      one.list.push_back(nullptr);
      one.mod.mod_op = mods[i].kind | LDAP_MOD_BVALUES;
      one.mod.mod_type = one.attribute.data();
      one.mod.mod_bvalues = one.values.empty() ? nullptr : one.list.data();
      list.push_back(&one.mod);
    }
    list.push_back(nullptr);
    return call(list.data());
  }
  struct Closer {
    void operator()(LDAP* handle) const noexcept { ::ldap_unbind_ext(handle, nullptr, nullptr); }
  };
  std::unique_ptr<LDAP, Closer> handle_;
  int code_ = LDAP_OTHER;
};

// As docs/rotators/openldap.md says, for dc=test.
inline Values smallest_rights() {
  return {R"({0}to dn.subtree="dc=test" attrs=userPassword by dn.exact="cn=rotator,dc=test" write )"
          "by anonymous auth by * none",
          R"({1}to dn.subtree="dc=test" attrs=pwdAccountLockedTime,pwdReset )"
          R"(by dn.exact="cn=rotator,dc=test" write by * none)",
          R"({2}to dn.subtree="dc=test" attrs=entry,objectClass,modifyTimestamp,pwdFailureTime,)"
          "pwdAccountTmpLockoutEnd,pwdStartTime,pwdEndTime,pwdPolicySubentry,pwdLastSuccess "
          R"(by dn.exact="cn=rotator,dc=test" read by * break)",
          R"({3}to dn.exact="cn=default,dc=test" by dn.exact="cn=rotator,dc=test" read by * break)",
          "{4}to * by * none"};
}

// A value as an administrator would store it.
inline std::string hashed(const std::string& value) {
  return "{CRYPT}" + std::string(::crypt(value.c_str(), "$1$saltsalt"));
}

enum class Modules : bool { kAll, kFew };  // few: none for passwords

class OpenldapServer : public ServerProcess {
 public:
  explicit OpenldapServer(Modules modules = Modules::kAll) : OpenldapServer(nullptr, modules) {
    populate();
  }
  /// A replica of it.
  explicit OpenldapServer(const OpenldapServer* provider)
      : OpenldapServer(provider, Modules::kAll) {}
  ~OpenldapServer() { stop(); }

  void start() {
    const std::string socket_url = "ldapi://" + percent(socket());
    ServerProcess::start({kSlapd, "-f", folder() + "/slapd.conf", "-d", "stats,stats2,acl", "-h",
                          "ldap://127.0.0.1:" + std::to_string(port()) + " ldaps://127.0.0.1:" +
                              std::to_string(ldaps_port_) + " " + socket_url},
                         [this] { return config().open(); });
  }
  void stop() { end(SIGTERM); }

  [[nodiscard]] int ldaps_port() const { return ldaps_port_; }
  [[nodiscard]] std::string socket() const { return folder() + "/socket"; }
  [[nodiscard]] Ldap root() const { return {port(), kRootDn, kRootPassword}; }
  [[nodiscard]] Ldap config() const { return {port(), kConfigDn, kRootPassword}; }
  [[nodiscard]] int login(const std::string& dn, const std::string& password) const {
    return Ldap(port(), dn, password).code();
  }
  void set_access(const Values& rules) const {
    EXPECT_EQ(config().replace(kDatabase, "olcAccess", rules), LDAP_SUCCESS);
  }
  void set_policy(const std::string& attribute, const Values& values) const {
    EXPECT_EQ(root().replace(kPolicyDn, attribute, values), LDAP_SUCCESS);
  }
  /// An entry that has to have a password, with these and no others.
  void set_entry(const std::string& dn, const Values& passwords) const {
    Ldap ldap = root();
    ldap.remove(dn);
    int code = ldap.add(dn, {{"objectClass", {"organizationalRole", "simpleSecurityObject"}},
                             {"userPassword", {passwords.front()}}});
    // ppolicy lets an entry begin with one only.
    for (std::size_t i = 1; i < passwords.size() && code == LDAP_SUCCESS; ++i) {
      code = ldap.modify(dn, {{LDAP_MOD_ADD, "userPassword", {passwords[i]}}});
    }
    EXPECT_EQ(code, LDAP_SUCCESS) << dn;
  }
  /// Waits until an attribute of an entry is as it is at another server.
  void wait_until_as(const OpenldapServer& other, const std::string& dn,
                     const std::string& attribute) const {
    const Values wanted = other.root().values(dn, attribute);
    for (int i = 0; i < 400; ++i) {
      if (root().values(dn, attribute) == wanted) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    FAIL() << "the replica does not follow: " << log();
  }

 private:
  OpenldapServer(const OpenldapServer* provider, Modules modules) : ServerProcess("openldap") {
    make_certificate();
    write("slapd.conf", settings(provider, modules));
    start();
  }
  static std::string percent(const std::string& path) {
    std::string text;
    for (const char c : path) text += c == '/' ? std::string("%2F") : std::string(1, c);
    return text;
  }
  [[nodiscard]] std::string settings(const OpenldapServer* provider, Modules modules) const {
    const std::string servers = std::getenv("NHI_SERVERS");
    std::string text = "include " + servers + "/etc/ldap/schema/core.schema\nmodulepath " +
                       servers + "/usr/lib/ldap\n";
    for (const char* const module :
         {"back_mdb.so", "ppolicy.so", "syncprov.so", "pw-sha2.so", "argon2.so"}) {
      const bool is_of_passwords =
          std::string(module).find('-') != std::string::npos || std::string(module) == "argon2.so";
      if (is_of_passwords && modules == Modules::kFew) continue;
      text += std::string("moduleload ") + module + "\n";
    }
    text += "TLSCertificateFile " + certificate() + "\nTLSCertificateKeyFile " + key() +
            "\ndatabase config\nrootdn " + kConfigDn + "\nrootpw " + kRootPassword +
            "\ndatabase mdb\nsuffix dc=test\nrootdn " + kRootDn + "\nrootpw " + kRootPassword +
            "\ndirectory " + folder() + "\nmaxsize 10485760\n";
    if (provider != nullptr) {
      text += "syncrepl rid=1 provider=ldap://" + provider->label() +
              " type=refreshAndPersist retry=\"1 +\" searchbase=dc=test bindmethod=simple binddn=" +
              kRootDn + " credentials=" + kRootPassword + "\nupdateref ldap://" +
              provider->label() + "\n";
    }
    for (const std::string& rule : smallest_rights()) text += "access " + rule.substr(3) + "\n";
    text += std::string("overlay ppolicy\nppolicy_default ") + kPolicyDn + "\n";
    if (provider == nullptr) text += "overlay syncprov\n";
    return text + "database monitor\naccess to dn.subtree=cn=Monitor by dn.exact=" + kRotatorDn +
           " read by * none\n";
  }
  void populate() const {
    Ldap ldap = root();
    EXPECT_EQ(ldap.add("dc=test", {{"objectClass", {"dcObject", "organization"}}, {"o", {"test"}}}),
              LDAP_SUCCESS);
    EXPECT_EQ(ldap.add(kPolicyDn, {{"objectClass", {"device", "pwdPolicy"}},
                                   {"pwdAttribute", {"userPassword"}},
                                   {"pwdLockout", {"TRUE"}},
                                   {"pwdMaxFailure", {"6"}}}),
              LDAP_SUCCESS);
  }

  int ldaps_port_ = free_port();
};

}  // namespace nhi::testing
