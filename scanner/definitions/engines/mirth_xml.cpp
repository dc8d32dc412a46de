// One pass over an export. Channels are finished one by one, so that a server backup of hundreds
// needs the memory of its largest channel; names and flags that stand behind a connector are filled
// in when the channel ends.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/definitions/engines/mirth.hpp"
#include "scanner/definitions/engines/mirth_connector.hpp"
#include "scanner/definitions/engines/mirth_format.hpp"
#include "scanner/definitions/script.hpp"
#include "scanner/definitions/settings.hpp"
#include "scanner/grammar/path.hpp"

namespace nhi::definitions {
namespace {

constexpr std::size_t kFieldsMax = 4096;           // of one connector; a real one has some 60
constexpr std::size_t kFieldBytesMax = 64 * 1024;  // longer values are scripts and messages
constexpr std::size_t kSettingsMax = 100'000;      // entries of one map

template <std::size_t N>
bool any_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 7> kChannelScripts = {
    "preprocessingScript", "postprocessingScript", "deployScript", "undeployScript",
    "shutdownScript",      "batchScript",          "code"};
constexpr std::array<std::string_view, 10> kFieldScripts = {
    "script",  "select",   "update",     "query",    "ackScript",
    "content", "envelope", "initScript", "template", "body"};

struct Element {
  std::string name;       // simple name
  std::string property;   // @name of a 1.x property
  std::string title;      // text of the child `name`
  std::string number;     // text of the child `sequenceNumber`
  std::string entry_key;  // `entry`: text of the first child
  Text entry_key_text;
  bool entry_keyed = false;
  bool disabled = false;  // its child `enabled` says false
  std::size_t start = 0;
};

struct Connector {
  std::size_t depth = 0;       // of its element
  std::size_t properties = 0;  // depth of `properties`, 0 before it was met
  bool source = false;
  std::string name;
  std::optional<bool> enabled;
  ConnectorFacts facts;
  std::size_t holder = 0;
  Span span;
};

// An owner in the making: which scripts and sites wait for it.
struct Holder {
  Owner owner;
  bool off = false;
};

class MirthReader {
 public:
  MirthReader(Bytes text, std::string format) : text_(text), path_(Format::kXml) {
    definition_.format = std::move(format);
  }
  Definition run();

 private:
  bool on(const Token& token);
  void on_open(const Token& token);
  void on_attribute(const Token& token);
  void on_value(const Token& token);
  void on_close(const Token& token);

  void begin_channel();
  void end_channel(std::size_t end);
  void begin_connector(bool source);
  void end_connector(std::size_t end);
  void connector_value(const std::string& name, const Token& token);
  void field_value(const std::string& name, const Token& token);
  void channel_value(const std::string& name, const Token& token);
  void template_value(const std::string& name, const Token& token);
  void map_value(const std::string& name, const Token& token);
  void server_value(const std::string& name, const Token& token);
  void read_envelope(const Token& token);
  void read_nested_map(const std::string& field, const Token& token);
  void add_field(ConnectorField field);
  void add_script(const Token& token, std::size_t holder, std::string step, bool dormant);
  std::size_t new_holder(std::vector<std::string> component);
  void end_library();
  void end_settings(std::string_view name);
  void finish_scripts();
  std::string step_name() const;
  std::string section() const;
  Element* above(std::size_t levels) {
    return open_.size() > levels ? &open_[open_.size() - 1 - levels] : nullptr;
  }
  bool inside(std::string_view name) const;

  struct Waiting {  // a site of the channel at hand, its owner not complete yet
    Site site;
    std::size_t holder;
  };
  struct WaitingScope {
    Span span;
    std::size_t holder;
    std::string step;
  };

  Bytes text_;
  PathTracker path_;
  Definition definition_;
  std::vector<Element> open_;
  // The channel at hand.
  std::size_t channel_depth_ = Bytes::npos;
  std::size_t channel_start_ = 0;
  bool stub_ = false;
  Owner channel_;
  std::optional<Connector> connector_;
  std::string group_;
  std::map<std::string, std::string, std::less<>> group_of_;  // channel id -> group
  // Libraries outside channels.
  std::size_t library_depth_ = Bytes::npos;
  std::size_t template_depth_ = Bytes::npos;
  std::string library_;
  std::string template_name_;
  std::vector<Holder> holders_;
  std::vector<Waiting> waiting_;
  std::vector<WaitingScope> scopes_;
  std::optional<ScriptSet> scripts_;
  // Maps and settings.
  std::size_t map_depth_ = Bytes::npos;
  bool global_scripts_ = false;
  std::vector<Setting> settings_;
};

std::string trimmed(std::string_view text) { return std::string(chars::trim(text)); }

std::optional<bool> as_bool(std::string_view text) {
  const Bytes word = chars::trim(text);
  if (chars::equals_folded(word, "true")) return true;
  if (chars::equals_folded(word, "false")) return false;
  return std::nullopt;
}

std::optional<Instant> as_instant(std::string_view milliseconds) {
  const Bytes digits = chars::trim(milliseconds);
  if (digits.empty() || digits.size() > 15 || !chars::all_are(digits, chars::is_digit)) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return Instant{value / 1000};
}

bool MirthReader::inside(std::string_view name) const {
  return std::any_of(open_.begin(), open_.end(),
                     [&](const Element& one) { return one.name == name; });
}

std::size_t MirthReader::new_holder(std::vector<std::string> component) {
  Holder holder;
  holder.owner.component = std::move(component);
  holders_.push_back(std::move(holder));
  return holders_.size() - 1;
}

void MirthReader::begin_channel() {
  end_library();  // scripts that stand before the channel are not its own
  channel_depth_ = open_.size() - 1;
  channel_start_ = open_.back().start;
  channel_ = {};
  connector_.reset();
  holders_.clear();
  new_holder({});  // the channel itself
  scripts_.emplace(text_);
  stub_ = inside("channelGroup") && inside("serverConfiguration");
}

// Scripts can be read only when all constants are known, at the end of channel or library.
void MirthReader::finish_scripts() {
  if (!scripts_) return;
  for (ScriptSite& one : scripts_->read()) {
    waiting_.push_back({std::move(one.site), one.owner});
  }
  scripts_.reset();
}

void MirthReader::end_channel(std::size_t end) {
  if (connector_) end_connector(end);
  if (stub_ && !channel_.component_id.empty() && !group_.empty()) {
    group_of_.emplace(channel_.component_id, group_);
  }
  finish_scripts();
  std::string group = group_;
  if (group.empty()) {
    const auto found = group_of_.find(channel_.component_id);
    if (found != group_of_.end()) group = found->second;
  }
  channel_.format = definition_.format;
  std::vector<std::string> parents;
  if (!group.empty()) parents.push_back(group);
  if (!channel_.component.empty()) parents.push_back(channel_.component[0]);
  for (Holder& holder : holders_) {
    std::vector<std::string> component = parents;
    component.insert(component.end(), holder.owner.component.begin(), holder.owner.component.end());
    holder.owner.component = std::move(component);
    holder.owner.format = channel_.format;
    holder.owner.component_id = channel_.component_id;
    holder.owner.modified = channel_.modified;
    if (!holder.off)
      holder.owner.enabled = channel_.enabled;
    else
      holder.owner.enabled = false;
  }
  for (Waiting& one : waiting_) {
    one.site.owner = holders_[one.holder].owner;
    if (one.site.owner.enabled == false && holds_secret(one.site.form)) one.site.dormant = true;
    definition_.sites.push_back(std::move(one.site));
  }
  if (!stub_) scopes_.push_back({{channel_start_, end}, 0, "Channel"});
  for (WaitingScope& one : scopes_) {
    definition_.scopes.push_back({one.span, holders_[one.holder].owner, std::move(one.step)});
  }
  waiting_.clear();
  scopes_.clear();
  holders_.clear();
  channel_depth_ = Bytes::npos;
}

void MirthReader::begin_connector(bool source) {
  Connector connector;
  connector.depth = open_.size() - 1;
  connector.source = source;
  connector.span.start = open_.back().start;
  connector.holder = new_holder({});
  connector_ = std::move(connector);
}

void MirthReader::end_connector(std::size_t end) {
  Connector connector = std::move(*connector_);
  connector_.reset();
  const std::size_t holder = connector.holder;
  // The engine names every source `sourceConnector`; its transport says more.
  std::string name = connector.source ? connector.facts.transport : connector.name;
  if (name.empty()) name = connector.source ? "sourceConnector" : connector.facts.transport;
  if (!name.empty()) holders_[holder].owner.component = {name};
  holders_[holder].off = connector.enabled == false;
  for (Site& site : sites_of_connector(text_, connector.facts)) {
    waiting_.push_back({std::move(site), holder});
  }
  scopes_.push_back({{connector.span.start, end}, holder, "Connector"});
}

// "Transformer step 2 (name)", by where the script stands.
std::string MirthReader::section() const {
  for (std::size_t i = open_.size(); i-- > 0;) {
    if (open_[i].name == "responseTransformer") return "Response transformer step";
    if (open_[i].name == "transformer") return "Transformer step";
    if (open_[i].name == "filter") return "Filter rule";
  }
  return {};
}

std::string MirthReader::step_name() const {
  std::string step = section();
  if (step.empty()) return open_.back().name;
  if (open_.size() < 2) return step;
  const Element& owner = open_[open_.size() - 2];
  if (!owner.number.empty()) step += " " + owner.number;
  if (!owner.title.empty()) step += " (" + owner.title + ")";
  return step;
}

void MirthReader::add_script(const Token& token, std::size_t holder, std::string step,
                             bool dormant) {
  if (token.value.text.empty()) return;
  scopes_.push_back({token.value.raw, holder, std::move(step)});
  Script script;
  script.source = token.value;
  script.path = std::string(path_.path());
  script.owner = holder;
  script.dormant = dormant;
  script.shared = template_depth_ != Bytes::npos || inside("codeTemplate");
  if (!scripts_) scripts_.emplace(text_);
  scripts_->add(std::move(script));
}

void MirthReader::add_field(ConnectorField field) {
  if (connector_->facts.fields.size() < kFieldsMax) {
    connector_->facts.fields.push_back(std::move(field));
  }
}

// WS-Security: wsse:UsernameToken with Username and Password, in the envelope's own XML.
void MirthReader::read_envelope(const Token& token) {
  if (token.value.text.find("Password") == std::string::npos) return;
  const Scalar& outer = token.value;
  const std::string path(path_.path());
  (void)tokenize_xml(outer.text, [&](const Token& inner) {
    if (inner.kind != TokenKind::kValue || inner.value.text.empty()) return true;
    const std::string_view local = inner.name.substr(inner.name.rfind(':') + 1);
    if (local != "Username" && local != "Password") return true;
    OffsetMap map;
    for (std::size_t i = 0; i < inner.value.text.size() && i < kFieldBytesMax;) {
      const Span middle = inner.value.map.to_source({i, i + 1});
      std::size_t count = 1;
      while (i + count < inner.value.text.size() &&
             inner.value.map.to_source({i + count, i + count + 1}) == middle) {
        ++count;
      }
      map.replace(outer.map.to_source(middle), count);
      i += count;
    }
    if (map.view_length() != inner.value.text.size()) return true;
    ConnectorField field;
    field.name = local == "Username" ? "envelope#wsse-user" : "envelope#wsse";
    field.value.append(inner.value.text, map, outer.map.to_source(inner.value.raw));
    field.path = path + " > " + std::string(inner.name);
    add_field(std::move(field));
    return true;
  });
}

// 1.x wrote maps as XML inside a property: `&lt;entry&gt;&lt;string&gt;k…`.
void MirthReader::read_nested_map(const std::string& field, const Token& token) {
  const Scalar& outer = token.value;
  const std::string path(path_.path());
  std::string key;
  bool keyed = false;
  (void)tokenize_xml(outer.text, [&](const Token& inner) {
    if (inner.kind == TokenKind::kOpen && inner.name == "entry") keyed = false;
    if (inner.kind != TokenKind::kValue || inner.name != "string") return true;
    if (!keyed) {
      key = inner.value.text;
      keyed = true;
      return true;
    }
    if (inner.value.text.empty() || !inner.value.map.is_copy({0, inner.value.text.size()})) {
      return true;
    }
    const Span raw = outer.map.to_source(inner.value.raw);
    OffsetMap map;
    for (std::size_t i = 0; i < inner.value.text.size() && i < kFieldBytesMax; ++i) {
      map.replace(outer.map.to_source({inner.value.raw.start + i, inner.value.raw.start + i + 1}),
                  1);
    }
    if (map.view_length() != inner.value.text.size()) return true;
    ConnectorField one;
    one.name = field;
    one.key = key;
    one.value.append(inner.value.text, map, raw);
    one.path = path;
    add_field(std::move(one));
    return true;
  });
}

void MirthReader::field_value(const std::string& name, const Token& token) {
  // Path below `properties`, entries left out; 1.x takes the name of the property.
  std::string field;
  for (std::size_t i = connector_->properties + 1; i < open_.size(); ++i) {
    const Element& one = open_[i];
    if (one.name == "entry" || (i > 0 && open_[i - 1].name == "entry")) break;
    if (!field.empty()) field.push_back('/');
    field += one.property.empty() ? one.name : one.property;
  }
  const std::string leaf = name == "property" ? open_.back().property : name;
  const bool top = open_.size() == connector_->properties + 2;
  if (top && any_of(leaf, kFieldScripts) && !inside("pluginProperties")) {
    if (leaf == "envelope") read_envelope(token);
    add_script(token, connector_->holder, leaf, false);
    return;
  }
  if (leaf == "script" || leaf == "batchScript") {
    add_script(token, connector_->holder, leaf, false);
    return;
  }
  if (token.value.text.size() > kFieldBytesMax) return;
  if (name == "property" && chars::trim(token.value.text).starts_with("<")) {
    read_nested_map(field, token);
    return;
  }
  ConnectorField one;
  one.name = std::move(field);
  one.path = std::string(path_.path());
  one.value = Text(token.value);
  for (std::size_t i = open_.size(); i-- > connector_->properties;) {
    if (open_[i].name != "entry") continue;
    if (!open_[i].entry_keyed) {  // the first text of an entry is its key
      open_[i].entry_key = token.value.text;
      open_[i].entry_key_text = std::move(one.value);
      open_[i].entry_keyed = true;
      return;
    }
    one.key = open_[i].entry_key;
    one.key_text = open_[i].entry_key_text;
    break;
  }
  if (one.name == "DataType" && connector_->facts.transport.empty()) {
    connector_->facts.transport = one.value.text();
  }
  add_field(std::move(one));
}

void MirthReader::connector_value(const std::string& name, const Token& token) {
  Connector& connector = *connector_;
  const std::string& text = token.value.text;
  if (open_.size() == connector.depth + 2) {
    if (name == "name") connector.name = trimmed(text);
    if (name == "transportName") connector.facts.transport = trimmed(text);
    if (name == "enabled") connector.enabled = as_bool(text);
    return;
  }
  const bool in_steps = !section().empty();
  if (!in_steps && connector.properties != 0 && open_.size() > connector.properties + 1) {
    field_value(name, token);
    return;
  }
  if (name == "script" || name == "batchScript") {
    const Element* step = above(1);
    const bool off = step != nullptr && step->disabled;
    // A source's steps belong to the channel: its transport has no part in them.
    const std::size_t holder = connector.source && in_steps ? 0 : connector.holder;
    add_script(token, holder, (holder == 0 ? "Source: " : "") + step_name(), off);
  }
}

void MirthReader::template_value(const std::string& name, const Token& token) {
  const std::string& text = token.value.text;
  const Element* parent = above(1);
  const bool in_channel = channel_depth_ != Bytes::npos;
  if (name == "name" && parent != nullptr && parent->name == "codeTemplate") {
    template_name_ = trimmed(text);
  }
  if (name == "name" && parent != nullptr && parent->name == "codeTemplateLibrary") {
    library_ = trimmed(text);
  }
  if (name != "code") return;
  if (in_channel) {
    add_script(token, 0, "Code template " + template_name_, false);
    return;
  }
  std::vector<std::string> component;
  if (!library_.empty()) component.push_back(library_);
  if (!template_name_.empty()) component.push_back(template_name_);
  if (component.empty()) component.emplace_back("code template");
  add_script(token, new_holder(std::move(component)), "Code template " + template_name_, false);
}

void MirthReader::channel_value(const std::string& name, const Token& token) {
  const std::string& text = token.value.text;
  const std::size_t below = open_.size() - channel_depth_;
  if (below == 2) {
    if (name == "id") channel_.component_id = trimmed(text);
    if (name == "name") channel_.component = {trimmed(text)};
    if (name == "enabled") channel_.enabled = as_bool(text);
    if (any_of(name, kChannelScripts)) add_script(token, 0, name, false);
    return;
  }
  const Element* parent = above(1);
  const Element* grand = above(2);
  if (parent == nullptr || grand == nullptr) return;
  if (name == "enabled" && parent->name == "metadata" && grand->name == "exportData") {
    channel_.enabled = as_bool(text);
  }
  if (name == "time" && parent->name == "lastModified" &&
      (below == 3 || grand->name == "metadata")) {
    channel_.modified = as_instant(text);
  }
}

// Entries of a configuration map or of global scripts.
void MirthReader::map_value(const std::string& name, const Token& token) {
  for (std::size_t i = open_.size(); i-- > map_depth_;) {
    Element& entry = open_[i];
    if (entry.name != "entry") continue;
    if (!entry.entry_keyed) {
      entry.entry_key = token.value.text;
      entry.entry_keyed = true;
      return;
    }
    if (name != "value" && name != "string") return;
    if (global_scripts_ || (is_global_script(entry.entry_key) && name == "string")) {
      add_script(token, new_holder({"global scripts", entry.entry_key}), entry.entry_key, false);
      return;
    }
    if (settings_.size() >= kSettingsMax || token.value.text.size() > kFieldBytesMax) return;
    settings_.push_back({entry.entry_key, Text(token.value), std::string(path_.path())});
    return;
  }
}

// serverSettings and the properties of plug-ins.
void MirthReader::server_value(const std::string& name, const Token& token) {
  if (settings_.size() >= kSettingsMax || token.value.text.size() > kFieldBytesMax) return;
  const std::string& property = open_.back().property;
  settings_.push_back(
      {property.empty() ? name : property, Text(token.value), std::string(path_.path())});
}

void MirthReader::on_value(const Token& token) {
  const std::string name = open_.back().name;
  if (Element* parent = above(1)) {
    if (name == "name" && parent->title.empty()) parent->title = trimmed(token.value.text);
    if (name == "sequenceNumber") parent->number = trimmed(token.value.text);
    if (name == "enabled") parent->disabled = as_bool(token.value.text) == false;
  }
  const bool in_template = inside("codeTemplate") || inside("codeTemplateLibrary");
  if (connector_) {
    connector_value(name, token);
  } else if (in_template) {
    template_value(name, token);
  } else if (channel_depth_ != Bytes::npos) {
    channel_value(name, token);
  } else if (map_depth_ != Bytes::npos) {
    map_value(name, token);
  } else if (inside("serverSettings") || inside("pluginProperties")) {
    server_value(name, token);
  } else if (name == "name" && above(1) != nullptr && above(1)->name == "channelGroup") {
    group_ = trimmed(token.value.text);
  } else if (name == "script") {
    add_script(token, new_holder({definition_.format}), step_name(), false);
  }
}

void MirthReader::on_open(const Token& token) {
  Element element;
  element.name = mirth_name(token.name);
  element.start = static_cast<std::size_t>(token.span.start);
  open_.push_back(std::move(element));
  const std::string& name = open_.back().name;
  const bool in_channel = channel_depth_ != Bytes::npos;
  if (name == "channel" && !in_channel) {
    begin_channel();
  } else if (in_channel && !connector_ && !inside("exportData") &&
             (name == "sourceConnector" || (name == "connector" && above(1) != nullptr &&
                                            above(1)->name == "destinationConnectors"))) {
    begin_connector(name == "sourceConnector");
  } else if (connector_ && name == "properties" && open_.size() == connector_->depth + 2) {
    connector_->properties = open_.size() - 1;
  } else if (name == "channelGroup") {
    group_.clear();
  } else if (name == "codeTemplateLibrary") {
    library_.clear();
    if (library_depth_ == Bytes::npos) library_depth_ = open_.size() - 1;
  } else if (name == "codeTemplate") {
    template_name_.clear();
    template_depth_ = open_.size() - 1;
  } else if (!in_channel && map_depth_ == Bytes::npos &&
             (name == "configurationMap" || name == "globalScripts" ||
              (name == "map" && open_.size() == 1))) {
    map_depth_ = open_.size() - 1;
    global_scripts_ = name == "globalScripts";
  }
}

void MirthReader::on_attribute(const Token& token) {
  Element& element = open_.back();
  if (token.name == "name") element.property = token.value.text;
  if (token.name != "class") return;
  if (connector_ && connector_->properties == open_.size() - 1) {
    const std::string& name = token.value.text;
    connector_->facts.class_name = name.substr(name.rfind('.') + 1);
  }
}

// Settings gathered below `name` become sites of a component of that name.
void MirthReader::end_settings(std::string_view name) {
  // smtpAuth says whether the login of the server settings is used at all.
  bool smtp_off = false;
  for (const Setting& setting : settings_) {
    if (setting.key == "smtpAuth") smtp_off = as_bool(setting.value.text()) == false;
  }
  for (SettingSite& one : sites_of_settings(text_, settings_)) {
    Owner owner;
    owner.format = definition_.format;
    if (name == "configuration map") {
      owner.component = {"configuration map", settings_[one.setting].key};
    } else {
      owner.component = {std::string(name)};
    }
    one.site.owner = std::move(owner);
    if (name == "server settings") {
      if (one.site.form == Form::kNone && one.site.target.empty()) continue;
      one.site.dormant = smtp_off && holds_secret(one.site.form);
      if (one.site.provider.empty()) one.site.provider = "smtp";
      if (one.site.provider == "smtp" && !one.site.target.starts_with("smtp")) {
        one.site.target = "smtp://" + one.site.target;
      }
    } else if (name == "configuration map" && !holds_secret(one.site.form) &&
               one.site.form == Form::kNone) {
      continue;  // an entry without a value says nothing
    }
    definition_.sites.push_back(std::move(one.site));
  }
  settings_.clear();
}

// What stands outside channels: its owners are complete already.
void MirthReader::end_library() {
  finish_scripts();
  for (Waiting& one : waiting_) {
    one.site.owner = holders_[one.holder].owner;
    one.site.owner.format = definition_.format;
    definition_.sites.push_back(std::move(one.site));
  }
  for (WaitingScope& one : scopes_) {
    Owner owner = holders_[one.holder].owner;
    owner.format = definition_.format;
    definition_.scopes.push_back({one.span, std::move(owner), std::move(one.step)});
  }
  waiting_.clear();
  scopes_.clear();
  holders_.clear();
}

void MirthReader::on_close(const Token& token) {
  const std::size_t depth = open_.size() - 1;
  const std::string name = open_.back().name;
  const std::size_t end = static_cast<std::size_t>(token.span.end);
  if (connector_ && connector_->depth == depth) end_connector(end);
  if (depth == channel_depth_) end_channel(end);
  if (depth == template_depth_) template_depth_ = Bytes::npos;
  if (depth == library_depth_) {
    library_depth_ = Bytes::npos;
    if (channel_depth_ == Bytes::npos) end_library();
  }
  if (depth == map_depth_) {
    map_depth_ = Bytes::npos;
    end_settings("configuration map");
    end_library();
    global_scripts_ = false;
  }
  if (channel_depth_ == Bytes::npos && (name == "serverSettings" || name == "pluginProperties")) {
    end_settings(name == "serverSettings" ? "server settings" : "plug-in properties");
  }
  if (name == "channelGroup") group_.clear();
  open_.pop_back();
}

bool MirthReader::on(const Token& token) {
  path_.on(token);
  switch (token.kind) {
    case TokenKind::kOpen:
      on_open(token);
      break;
    case TokenKind::kAttribute:
      on_attribute(token);
      break;
    case TokenKind::kValue:
      on_value(token);
      break;
    case TokenKind::kClose:
      on_close(token);
      break;
  }
  return true;
}

Definition MirthReader::run() {
  auto result = tokenize_xml(text_, [this](const Token& token) { return on(token); });
  if (!result) definition_.fault = std::move(result.error());
  // A document that was cut off: what was read stands.
  if (channel_depth_ != Bytes::npos) end_channel(text_.size());
  if (map_depth_ != Bytes::npos) end_settings("configuration map");
  if (!settings_.empty()) end_settings("server settings");
  end_library();
  return std::move(definition_);
}

std::string_view format_at_start(Bytes text) {
  std::size_t first = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (first < text.size() && chars::is_space(text[first])) ++first;
  if (first >= text.size() || text[first] != '<') return "";
  return mirth_format(text);
}

}  // namespace

bool is_mirth_xml(Bytes head) { return !format_at_start(head).empty(); }

std::optional<Definition> read_mirth_xml(Bytes text, std::string_view /*path*/) {
  const std::string_view format = format_at_start(text);
  if (format.empty()) return std::nullopt;
  return MirthReader(text, std::string(format)).run();
}

}  // namespace nhi::definitions
