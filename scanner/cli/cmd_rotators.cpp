#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "plugins/conformance/kit.hpp"
#include "plugins/conformance/trial_file.hpp"
#include "plugins/host/confine.hpp"
#include "plugins/host/session.hpp"
#include "rotators/engine/provider_view.hpp"
#include "rotators/engine/registration.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/version.hpp"

namespace nhi {
namespace {

SessionOptions session_options() {
  SessionOptions options;
  options.core = fmt::format("nhisweep {}", kVersion);
  return options;
}

struct Chosen {
  PluginPin pin;
  std::vector<std::string> allow;  // empty for a registered one
  bool registered = false;
};

Result<PinnedFile> file_as_it_is(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::canonical(path, error);
  if (error) return fail(os_error(error.value(), "cannot find program", path));
  NHI_TRY(const Digest digest, hash_of_file(absolute.string()));
  return PinnedFile{absolute.string(), digest};
}

// A program that is not registered yet is taken as it is now: looking at it is what `check` is for.
Result<Chosen> program_of(const Options& options) {
  Chosen chosen;
  chosen.allow = options.allow;
  NHI_TRY(chosen.pin.program, file_as_it_is(options.argument));
  chosen.pin.name = options.rotator_name.empty()
                        ? std::filesystem::path(chosen.pin.program.path).stem().string()
                        : options.rotator_name;
  if (!options.interpreter.empty()) {
    NHI_TRY(chosen.pin.interpreter, file_as_it_is(options.interpreter));
    chosen.pin.arguments = options.interpreter_arguments;
  }
  if (!options.shim.empty()) {
    if (!chosen.pin.interpreter) {
      return fail(ErrorCode::kBadUse, "a shim is for scripts", "--shim", "name --interpreter too");
    }
    NHI_TRY(chosen.pin.shim, own_shim());
  }
  NHI_TRY(chosen.pin.grants, parse_grants(options.allow));
  return chosen;
}

Result<Chosen> chosen_of(const Options& options) {
  if (options.argument.find('/') != std::string::npos) return program_of(options);
  NHI_TRY(std::vector<PluginPin> pins, read_registrations(options.rotation));
  const auto found = std::find_if(
      pins.begin(), pins.end(), [&](const PluginPin& pin) { return pin.name == options.argument; });
  if (found == pins.end()) {
    return fail(ErrorCode::kBadUse, "no rotator of this name is registered in " + options.rotation,
                options.argument,
                "a program is named by a path with a slash, such as ./" + options.argument);
  }
  return Chosen{std::move(*found), {}, true};
}

std::string slots_text(const Capability& can) {
  if (can.slots == kManySlots) return "any number of values at a time";
  return counted(can.slots, "value at a time", "values at a time");
}

std::string type_text(const PluginType& type) {
  const Json can = to_json(type.capability);
  std::string text =
      fmt::format("  {}: {}; repeated create is {}; {}\n", shown(type.type),
                  slots_text(type.capability), text_in(can, "create_replay"),
                  type.capability.suspend ? "can be suspended" : "cannot be suspended");
  text += fmt::format("    secret made by the {}, automation {}, probing the dead value: {}\n",
                      text_in(can, "secret_origin"), text_in(can, "automation"),
                      text_in(can, "dead_probe"));
  for (const std::string& grant : type.grants) text += "    needs: " + shown(grant) + "\n";
  return text;
}

struct Listed {
  PluginPin pin;
  Result<PluginDescription> description;
};

std::string list_text(const std::vector<Listed>& all) {
  std::string text;
  for (const Listed& one : all) {
    text += fmt::format("{}  {}\n", shown(one.pin.name), shown(one.pin.program.path));
    if (!one.description) {
      text += "  CANNOT BE USED: " + shown(one.description.error().message()) + "\n";
      continue;
    }
    text += fmt::format("  {} {}, methods {}\n", shown(one.description->name),
                        shown(one.description->version), fmt::join(one.description->methods, " "));
    for (const PluginType& type : one.description->types) text += type_text(type);
    for (const std::string& spot : blind_spots(one.pin.grants, enforcement())) {
      text += "  beware: " + spot + "\n";
    }
  }
  return text;
}

std::string list_json(const std::vector<Listed>& all) {
  Json rotators = Json::array();
  for (const Listed& one : all) {
    Json entry = {{"name", valid_utf8(one.pin.name)},
                  {"program", valid_utf8(one.pin.program.path)},
                  {"blind_spots", blind_spots(one.pin.grants, enforcement())}};
    if (one.description) {
      entry["description"] = to_json(*one.description);
    } else {
      entry["error"] = valid_utf8(one.description.error().message());
    }
    rotators.push_back(std::move(entry));
  }
  const Json list = {{"schema", "nhisweep.rotators/1"}, {"rotators", std::move(rotators)}};
  return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<int> list_rotators(const Options& options) {
  auto pins = read_registrations(options.rotation);
  if (!pins) {
    if (pins.error().code == ErrorCode::kNotFound) {
      pins.error().hint = "rotators check PROGRAM prints the lines that register one";
    }
    return fail(std::move(pins.error()));
  }
  std::vector<Listed> all;
  for (const PluginPin& pin : *pins) {
    auto session = PluginSession::start(pin, session_options());
    if (session) {
      all.push_back({pin, session->description()});
      session->close();
    } else {
      all.push_back({pin, fail(std::move(session.error()))});
    }
  }
  const bool json = options.format == "json";
  NHI_CHECK_OK(write_result(options, json ? list_json(all) : list_text(all)));
  if (all.empty()) note(options, "no rotator is registered in " + options.rotation);
  const bool good = std::all_of(all.begin(), all.end(),
                                [](const Listed& one) { return one.description.has_value(); });
  return good ? kStatusClean : kStatusFailed;
}

std::string check_text(const Chosen& chosen, const KitReport& report) {
  std::string text = fmt::format("{}  {}\n{}", shown(chosen.pin.name),
                                 shown(chosen.pin.program.path), to_text(report));
  for (const std::string& spot : blind_spots(chosen.pin.grants, enforcement())) {
    text += "beware: " + spot + "\n";
  }
  if (!report.passed() || chosen.registered) return text;
  return text + "\nto register it, for rotation.yaml:\n\n" +
         registration_text(chosen.pin, chosen.allow);
}

std::string live_text(const Provider& provider, const std::string& identity,
                      const ProviderView& view) {
  std::string text =
      fmt::format("{}  {}  {}\n", shown(provider.name), shown(view.type.type), shown(identity));
  if (!view.seen.server.empty()) text += "  server: " + shown(view.seen.server) + "\n";
  text += fmt::format("  the account {}\n", view.seen.exists ? "is there" : "IS NOT THERE");
  text += fmt::format("  rights: {}\n", view.seen.rights_ok ? "enough" : "NOT ENOUGH");
  for (const std::string& right : view.seen.rights_missing) {
    text += "    missing: " + shown(right) + "\n";
  }
  text += "  the smallest grants:\n";
  for (const std::string& grant : view.type.grants) text += "    " + shown(grant) + "\n";
  for (const std::string& client : view.seen.clients) {
    text += "  seen using it: " + shown(client) + "\n";
  }
  if (!view.twin.empty()) text += "  its twin: " + shown(view.twin) + "\n";
  return text;
}

Json live_json(const Provider& provider, const std::string& identity, const ProviderView& view) {
  return {{"schema", "nhisweep.provider/1"},  {"provider", valid_utf8(provider.name)},
          {"identity", valid_utf8(identity)}, {"type", view.type.type},
          {"grants", view.type.grants},       {"ref", view.ref},
          {"twin", valid_utf8(view.twin)},    {"seen", to_json(view.seen)}};
}

// Nothing is changed: the rotator logs in and looks.
Result<int> check_live(const Options& options) {
  NHI_TRY(const RotationConfig config, read_rotation_config(options.rotation));
  NHI_TRY(const std::vector<PluginPin> pins, read_registrations(options.rotation));
  const auto provider =
      std::find_if(config.providers.begin(), config.providers.end(),
                   [&](const Provider& one) { return one.name == options.argument; });
  if (provider == config.providers.end()) {
    return fail(ErrorCode::kBadUse, "no provider of this name in " + options.rotation,
                options.argument);
  }
  const auto pin = std::find_if(pins.begin(), pins.end(), [&](const PluginPin& one) {
    return one.name == provider->rotator;
  });
  if (pin == pins.end()) {
    return fail(ErrorCode::kBadUse, "the provider's rotator is not registered", provider->rotator);
  }
  NHI_TRY(AuditLog log, AuditLog::open(options));
  ProviderQuestion question;
  question.provider = &*provider;
  question.pin = &*pin;
  question.identity = options.rotate.identity;
  question.run_id = "r_check";
  NHI_TRY(question.now, clock_of(options));
  question.session = session_options();
  question.given = [&](const std::string& purpose) {
    AuditFields body;
    body.text("purpose", purpose).text("plugin", provider->rotator).text("method", "inspect");
    return log.record({{"secret.given", std::move(body)}});
  };
  NHI_TRY(const ProviderView view, look_at_provider(question));
  NHI_CHECK_OK(log.close());
  const bool json = options.format == "json";
  NHI_CHECK_OK(
      write_result(options, json ? live_json(*provider, question.identity, view)
                                           .dump(2, ' ', false, Json::error_handler_t::replace) +
                                       "\n"
                                 : live_text(*provider, question.identity, view)));
  return view.seen.exists && view.seen.rights_ok ? kStatusClean : kStatusFailed;
}

Result<int> check_rotator(const Options& options) {
  if (!options.rotate.identity.empty()) return check_live(options);
  NHI_TRY(const Chosen chosen, chosen_of(options));
  std::optional<Trial> trial;
  if (!options.trial.empty()) {
    NHI_TRY(trial, read_trial(options.trial));
  }
  int tried = 0;
  NHI_TRY(const KitReport report,
          run_kit(chosen.pin, session_options(), std::move(trial), [&](CheckGroup group) {
            note(options, fmt::format("{} of {}: {}", ++tried, static_cast<int>(CheckGroup::kCount),
                                      to_string(group)));
          }));
  if (options.format == "json") {
    Json json = to_json(report);
    json["rotator"] = valid_utf8(chosen.pin.name);
    json["blind_spots"] = blind_spots(chosen.pin.grants, enforcement());
    NHI_CHECK_OK(
        write_result(options, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
  } else {
    NHI_CHECK_OK(write_result(options, check_text(chosen, report)));
  }
  if (options.trial.empty()) {
    note(options, "without --trial only the handshake was tried: docs/conformance.md");
  }
  return report.passed() ? kStatusClean : kStatusFailed;
}

}  // namespace

Result<int> cmd_rotators(const Options& options) {
  return options.command == Command::kRotatorsList ? list_rotators(options)
                                                   : check_rotator(options);
}

}  // namespace nhi
