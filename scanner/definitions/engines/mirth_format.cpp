#include "scanner/definitions/engines/mirth_format.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "scanner/base/chars.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi::definitions {
namespace {

constexpr std::size_t kRecogniseTokens = 400;  // looked at to tell what a document is

// What format_of() asks more about; most XML files end here.
bool may_be_root(std::string_view name) {
  static constexpr std::array<std::string_view, 11> kRoots = {
      "channel",    "channelGroup", "codeTemplateLibrary", "codeTemplate", "serverConfiguration",
      "alertModel", "filter",       "transformer",         "map",          "list",
      "set"};
  return std::find(kRoots.begin(), kRoots.end(), name) != kRoots.end();
}

struct Look {
  std::string root;
  bool version = false;
  std::vector<std::string> children;  // of the root, simple names
  std::vector<std::string> grandchildren;
  std::string first_text;    // first text at depth 2 or below
  bool mirth_names = false;  // a name of com.mirth or com.webreach was met
};

Look look_at(Bytes text) {
  Look look;
  std::size_t seen = 0;
  (void)tokenize_xml(text, [&](const Token& token) {
    if (token.kind == TokenKind::kOpen) {
      const bool ours = token.name.find("com.mirth.") != std::string_view::npos ||
                        token.name.find("com.webreach.mirth.") != std::string_view::npos;
      look.mirth_names = look.mirth_names || ours;
      if (token.depth == 0) {
        look.root = mirth_name(token.name);
        if (!may_be_root(look.root)) return false;
      }
      if (token.depth == 1) look.children.push_back(mirth_name(token.name));
      if (token.depth == 2) look.grandchildren.push_back(mirth_name(token.name));
    }
    if (token.kind == TokenKind::kAttribute) {
      if (token.depth == 1 && token.name == "version") look.version = true;
      if (token.value.text.find("com.mirth.") != std::string::npos) look.mirth_names = true;
    }
    if (token.kind == TokenKind::kValue && token.depth > 2 && look.first_text.empty()) {
      look.first_text = token.value.text.substr(0, 64);
    }
    if (token.kind == TokenKind::kClose && token.depth == 0) return false;
    return ++seen < kRecogniseTokens;
  });
  return look;
}

std::string_view format_of(const Look& look) {
  const auto has = [](const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  const std::string& root = look.root;
  if (root == "channel") {
    const bool channel = has(look.children, "sourceConnector") ||
                         has(look.children, "destinationConnectors") ||
                         (look.version && has(look.children, "id"));
    return channel ? "mirth.channel" : "";
  }
  if (root == "channelGroup") return look.version || look.mirth_names ? "mirth.channel-group" : "";
  if (root == "codeTemplateLibrary") return "mirth.code-template-library";
  if (root == "codeTemplate") return "mirth.code-template";
  if (root == "serverConfiguration") {
    const bool server = has(look.children, "channels") || has(look.children, "channelGroups") ||
                        has(look.children, "serverSettings") || look.mirth_names;
    return server ? "mirth.server-configuration" : "";
  }
  if (root == "alertModel") return "mirth.alert";
  if (root == "filter" || root == "transformer") {
    return look.version && (has(look.children, "elements") || has(look.children, "steps"))
               ? "mirth.partial"
               : "";
  }
  if (root == "map") {
    if (has(look.children, "entry") && is_global_script(look.first_text)) {
      return "mirth.global-scripts";
    }
    const bool property = has(look.grandchildren, "configurationProperty");
    return has(look.children, "entry") && property ? "mirth.configuration-map" : "";
  }
  if (root == "list" || root == "set") {
    static constexpr std::array<std::string_view, 7> kItems = {
        "channel",      "channelGroup", "codeTemplateLibrary",
        "codeTemplate", "alertModel",   "directoryResourceProperties",
        "connector"};
    for (const std::string& child : look.children) {
      if (std::find(kItems.begin(), kItems.end(), child) == kItems.end()) continue;
      if (child == "channel" && !look.mirth_names && !has(look.grandchildren, "sourceConnector")) {
        continue;
      }
      return "mirth.list";
    }
  }
  return "";
}

}  // namespace

std::string_view mirth_format(Bytes text) { return format_of(look_at(text)); }

std::string mirth_name(std::string_view element) {
  const std::size_t dot = element.rfind('.');
  std::string out(dot == std::string_view::npos ? element : element.substr(dot + 1));
  if (!out.empty()) out[0] = chars::lower(out[0]);
  return out;
}

bool is_global_script(std::string_view key) {
  static constexpr std::array<std::string_view, 5> kKeys = {"Deploy", "Undeploy", "Preprocessor",
                                                            "Postprocessor", "Shutdown"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

}  // namespace nhi::definitions
