#include "rotators/engine/provider_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "plugins/host/request.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

Unexpected<Error> refused(std::string what, std::string subject, std::string hint = {}) {
  return fail(ErrorCode::kBadUse, std::move(what), std::move(subject), std::move(hint));
}

// Host, port and account come from the identity, unless the configuration says otherwise.
Result<Json> ref_of(const Provider& provider, const PluginType& type, const std::string& identity,
                    const std::string& account) {
  const IdentityParts parts = identity_parts(identity);
  Json ref = provider.ref;
  std::string account_field = provider.account_field;
  for (const PluginField& field : type.ref) {
    const bool number = field.kind == FieldKind::kNumber;
    if (field.name == "host" && !ref.contains("host")) ref["host"] = parts.host;
    int port = 0;
    std::from_chars(parts.port.data(), parts.port.data() + parts.port.size(), port);
    if (field.name == "port" && number && port != 0 && !ref.contains("port")) ref["port"] = port;
    const bool free = field.kind == FieldKind::kText && field.required && field.name != "host";
    if (account_field.empty() && free && !ref.contains(field.name)) account_field = field.name;
  }
  if (account_field.empty()) {
    return refused("no field of the type takes the account", type.type,
                   "name one with `account` of the provider in rotation.yaml");
  }
  if (!ref.contains(account_field)) ref[account_field] = account;
  if (auto checked = check_fields(ref, type.ref); !checked) {
    return refused("the target is not as the rotator wants it: " + checked.error().message(),
                   provider.name, "set `ref` of the provider in rotation.yaml");
  }
  return ref;
}

Result<InspectReply> inspect(PluginSession& session, const ProviderQuestion& question,
                             const Json& ref) {
  RotatorRequest asked;
  asked.method = "inspect";
  asked.run = question.run_id;
  asked.idem = to_hex(sha256("inspect " + question.run_id));
  asked.as_of = to_iso8601(question.now);
  asked.type = question.provider->type;
  asked.ref = ref;
  asked.config = question.provider->config;
  asked.slots.clear();
  SecretText auth;
  if (!question.provider->auth.empty()) {
    NHI_TRY(auth, value_of(question.provider->auth));
    asked.auth = &auth;
  }
  SecretDesk desk({question.given, [](const std::string&, const SecretText&) -> Result<void> {
                     return fail(ErrorCode::kBadUse, "nothing is made by looking");
                   }});
  const PluginCall call = session.call("inspect", params_of(asked, desk), desk, asked.timeout);
  if (call.succeeded()) return inspect_reply_from(call.result);
  return refused("the provider cannot be asked: " +
                     (call.error ? shown(call.error->message) : shown(call.what)),
                 question.identity, "nhisweep rotators check --live tells what is missing");
}

}  // namespace

// Accounts may have slashes; only instances of SQL Server stand before one.
IdentityParts identity_parts(const std::string& key) {
  IdentityParts parts;
  const std::size_t colon = key.find(':');
  const std::size_t slash = key.find('/', colon == std::string::npos ? 0 : colon);
  if (colon == std::string::npos || slash == std::string::npos) return parts;
  parts.provider = key.substr(0, colon);
  std::string host = key.substr(colon + 1, slash - colon - 1);
  parts.account = key.substr(slash + 1);
  // An address of IPv6 stands in brackets.
  const std::size_t port = host.rfind(':');
  if (port != std::string::npos && host.find(']', port) == std::string::npos) {
    parts.port = host.substr(port + 1);
    host.resize(port);
  } else if (const std::size_t at = parts.account.find('/');
             parts.provider == "mssql" && at != std::string::npos) {
    parts.instance = parts.account.substr(0, at);
    parts.account.erase(0, at + 1);
  }
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  parts.host = host;
  return parts;
}

Result<ProviderView> look_at_provider(const ProviderQuestion& question) {
  const Provider& provider = *question.provider;
  NHI_TRY(PluginSession session, PluginSession::start(*question.pin, question.session));
  const PluginType* const type = session.description().type(provider.type);
  if (type == nullptr) {
    return refused("the rotator knows no such type", provider.type,
                   "nhisweep rotators list shows what each knows");
  }
  ProviderView view;
  view.type = *type;
  view.methods = session.description().methods;
  const std::string account = identity_parts(question.identity).account;
  NHI_TRY(view.ref, ref_of(provider, *type, question.identity, account));
  for (const auto& twins : provider.twins) {
    const auto at = std::find(twins.begin(), twins.end(), account);
    if (at != twins.end()) view.twin = at == twins.begin() ? twins.back() : twins.front();
  }
  if (!view.twin.empty()) {
    NHI_TRY(view.twin_ref, ref_of(provider, *type, question.identity, view.twin));
  }
  NHI_TRY(view.seen, inspect(session, question, view.ref));
  session.close();
  return view;
}

}  // namespace nhi
