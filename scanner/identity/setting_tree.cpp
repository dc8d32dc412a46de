#include "scanner/identity/setting_tree.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

constexpr std::size_t kNamesCachedMax = 4096;
constexpr std::size_t kNameBytesMax = 256;
// What may stand between the ends of a value and of the secret in it: quotes, padding, a blank.
constexpr std::uint64_t kMarginBytes = 3;

struct NamedFormat {
  std::string_view ending;  // of the whole name, in lower case
  Format format;
};
constexpr auto kFormats = std::to_array<NamedFormat>({
    {".yaml", Format::kYaml},
    {".yml", Format::kYaml},
    {".json", Format::kJson},
    {".jsonc", Format::kJson},
    {".tfstate", Format::kJson},
    {".xml", Format::kXml},
    {".config", Format::kXml},
    {".xaml", Format::kXml},
    {".properties", Format::kProperties},
    {".ini", Format::kIni},
    {".cfg", Format::kIni},
    {".cnf", Format::kIni},
    {".toml", Format::kIni},
    {".env", Format::kEnv},
    {".aws/credentials", Format::kIni},
    {".aws/config", Format::kIni},
    {".s3cfg", Format::kIni},
    {".pypirc", Format::kIni},
});

bool is_pair_name(std::string_view name) {
  return chars::equals_folded(name, "name") || chars::equals_folded(name, "key") ||
         chars::equals_folded(name, "parameterkey");
}
bool is_pair_value(std::string_view name) {
  return chars::equals_folded(name, "value") || chars::equals_folded(name, "parametervalue");
}

}  // namespace

// Walks the tokens with a stack of open containers. Settings wait in their container until it is
// closed: only then is it known whether they are settings, or name and value of one.
class SettingReader {
 public:
  SettingReader(Format format, std::span<const Span> wanted) : format_(format), wanted_(wanted) {
    tree_.nodes_.push_back({});
    open_.push_back({});
  }

  std::optional<SettingTree> run(Bytes document) {
    const auto read = tokenize(format_, document, [this](const Token& token) {
      take(token);
      return !full_;
    });
    if (full_) return std::nullopt;
    // What stands open at a fault may have gone on: who knows what else is in it?
    if (read) {
      while (!open_.empty()) close();
    }
    return std::move(*this).finish();
  }

 private:
  using Kind = SettingTree::Kind;
  struct Waiting {
    DocumentSetting setting;
    bool named = false;  // for a part of a credential
    bool wanted = false;
    bool own_text = false;  // the text of the element itself
  };
  struct Open {
    std::uint32_t node = 0;
    std::string name;
    std::vector<Waiting> waiting;
  };

  void take(const Token& token) {
    switch (token.kind) {
      case TokenKind::kOpen:
        open(token);
        break;
      case TokenKind::kClose:
        if (open_.size() > 1) close();
        break;
      default:
        add(token);
    }
  }

  void open(const Token& token) {
    Open next;
    next.node = static_cast<std::uint32_t>(tree_.nodes_.size());
    next.name = std::string(token.name.substr(0, kNameBytesMax));
    const std::uint32_t parent = open_.back().node;
    SettingTree::Node node;
    node.parent = parent;
    node.depth = tree_.nodes_[parent].depth + 1;
    node.kind = token.container == Container::kSequence ? Kind::kSequence : Kind::kMap;
    node.top = parent == 0 && format_ != Format::kXml && token.container == Container::kMapping;
    tree_.nodes_.push_back(node);
    // As many containers as settings: both are bounded by the same number.
    full_ = full_ || tree_.nodes_.size() > 10 * kSettingsMax;
    open_.push_back(std::move(next));
  }

  void add(const Token& token) {
    const Scalar& value = token.value;
    Waiting waiting;
    waiting.own_text = format_ == Format::kXml && token.kind == TokenKind::kValue;
    if (token.name.empty() && tree_.nodes_[open_.back().node].kind == Kind::kSequence) {
      return add_line(value);
    }
    waiting.setting.name = std::string(token.name.substr(0, kNameBytesMax));
    put_value(value, {0, value.text.size()}, waiting);
    put(open_.back(), std::move(waiting));
  }

  // `- DB_USER=svc`
  void add_line(const Scalar& value) {
    const std::size_t sign = value.text.substr(0, kNameBytesMax).find('=');
    if (sign == std::string::npos ||
        !chars::is_name(std::string_view(value.text).substr(0, sign), ".-")) {
      return;
    }
    Waiting waiting;
    waiting.setting.name = value.text.substr(0, sign);
    put_value(value, {sign + 1, value.text.size()}, waiting);
    put(open_.back(), std::move(waiting));
  }

  void put_value(const Scalar& value, Span part, Waiting& waiting) const {
    DocumentSetting& setting = waiting.setting;
    setting.value = part.empty() ? Span{value.raw.end, value.raw.end} : value.to_document(part);
    if (part.size() <= kSettingValueBytesMax) setting.text = slice(value.text, part);
    const auto next =
        std::lower_bound(wanted_.begin(), wanted_.end(), setting.value.start,
                         [](const Span& span, std::uint64_t at) { return span.end <= at; });
    waiting.wanted = next != wanted_.end() && next->start < setting.value.end;
  }

  void put(Open& open, Waiting waiting) {
    waiting.setting.readings = readings_of(waiting.setting.name);
    waiting.named = !waiting.setting.readings.empty();
    const std::string& name = waiting.setting.name;
    const bool half = waiting.own_text || is_pair_name(name) || is_pair_value(name);
    if (!waiting.named && !waiting.wanted && !half) return;
    if (++kept_ > 4 * kSettingsMax) full_ = true;
    open.waiting.push_back(std::move(waiting));
  }

  std::vector<SettingReading> readings_of(const std::string& name) {
    if (const auto known = names_.find(name); known != names_.end()) return known->second;
    std::vector<SettingReading> readings = read_setting_name(name);
    if (names_.size() < kNamesCachedMax) names_.emplace(name, readings);
    return readings;
  }

  // Name and value of one setting that stands in the container around; null if it is none.
  Waiting* pair_in(Open& open) {
    Waiting* name = nullptr;
    Waiting* value = nullptr;
    for (Waiting& one : open.waiting) {
      if (is_pair_name(one.setting.name) && !one.own_text) {
        if (name != nullptr) return nullptr;
        name = &one;
      } else if (is_pair_value(one.setting.name) || one.own_text) {
        if (value != nullptr) return nullptr;
        value = &one;
      } else if (one.named) {
        return nullptr;
      }
    }
    if (name == nullptr || value == nullptr || name->setting.text.empty()) return nullptr;
    // `<password name="x">…</password>` says itself what it is.
    if (value->own_text && value->named) return nullptr;
    value->setting.name = name->setting.text.substr(0, kNameBytesMax);
    return value;
  }

  void close() {
    Open open = std::move(open_.back());
    open_.pop_back();
    const bool xml = format_ == Format::kXml;
    const bool in_list = !open_.empty() && tree_.nodes_[open_.back().node].kind == Kind::kSequence;
    if (!open_.empty() && (xml || in_list)) {
      if (Waiting* const pair = pair_in(open)) {
        pair->own_text = false;
        return put(open_.back(), std::move(*pair));
      }
    }
    const bool of_user = names_a_user(open.name);
    for (Waiting& one : open.waiting) {
      // `<user name="svc" password="…"/>`, `user: {name: svc, password: …}`
      if (of_user && !one.own_text && chars::equals_folded(one.setting.name, "name")) {
        one.setting.readings = {{SettingFamily::kLogin, SettingPart::kAccount, {}}};
        one.named = true;
      }
      if (one.own_text && !open_.empty()) {
        one.own_text = false;
        put(open_.back(), std::move(one));  // a child of the element around
        continue;
      }
      keep(open.node, std::move(one));
    }
  }

  bool names_a_user(const std::string& name) {
    const auto readings = readings_of(name);
    return std::any_of(readings.begin(), readings.end(), [](const SettingReading& reading) {
      return reading.family == SettingFamily::kLogin && reading.part == SettingPart::kAccount;
    });
  }

  void keep(std::uint32_t container, Waiting one) {
    if (!one.named && !one.wanted) return;
    one.setting.container = container;
    tree_.settings_.push_back(std::move(one.setting));
    full_ = full_ || tree_.settings_.size() > kSettingsMax;
  }

  std::optional<SettingTree> finish() && {
    if (full_) return std::nullopt;
    auto& settings = tree_.settings_;
    std::sort(settings.begin(), settings.end(), [](const auto& a, const auto& b) {
      return std::tie(a.container, a.value) < std::tie(b.container, b.value);
    });
    tree_.by_value_.resize(settings.size());
    for (std::size_t i = 0; i < settings.size(); ++i) {
      tree_.by_value_[i] = static_cast<std::uint32_t>(i);
    }
    std::stable_sort(tree_.by_value_.begin(), tree_.by_value_.end(),
                     [&](std::uint32_t a, std::uint32_t b) {
                       return settings[a].value.start < settings[b].value.start;
                     });
    return std::move(tree_);
  }

  const Format format_;
  const std::span<const Span> wanted_;
  SettingTree tree_;
  std::vector<Open> open_;
  std::unordered_map<std::string, std::vector<SettingReading>> names_;
  std::size_t kept_ = 0;
  bool full_ = false;
};

const DocumentSetting* SettingTree::find(Span span) const {
  if (span.empty()) return nullptr;
  const auto behind = std::upper_bound(
      by_value_.begin(), by_value_.end(), span.start + kMarginBytes,
      [&](std::uint64_t at, std::uint32_t i) { return at < settings_[i].value.start; });
  // Values do not overlap, so the one that holds the span begins last before it.
  for (auto at = behind; at != by_value_.begin() && behind - at < 3;) {
    const DocumentSetting& setting = settings_[*--at];
    const Span value = setting.value;
    const bool fits = value.overlaps(span) && span.start <= value.start + kMarginBytes &&
                      value.start <= span.start + kMarginBytes &&
                      span.end <= value.end + kMarginBytes && value.end <= span.end + kMarginBytes;
    if (fits) return &setting;
  }
  return nullptr;
}

std::span<const DocumentSetting> SettingTree::of(std::uint32_t container) const {
  const auto first = std::lower_bound(
      settings_.begin(), settings_.end(), container,
      [](const DocumentSetting& setting, std::uint32_t of) { return setting.container < of; });
  const auto last = std::upper_bound(
      first, settings_.end(), container,
      [](std::uint32_t of, const DocumentSetting& setting) { return of < setting.container; });
  return {first, last};
}

bool SettingTree::is_file(std::uint32_t container) const {
  return container == 0 || nodes_[container].top;
}

bool SettingTree::apart(std::uint32_t a, std::uint32_t b) const {
  while (a != b) {
    // Meeting in the file itself: other sections or other documents.
    if (nodes_[a].depth < nodes_[b].depth) std::swap(a, b);
    const std::uint32_t parent = nodes_[a].parent;
    if (nodes_[a].depth == nodes_[b].depth && parent == nodes_[b].parent) {
      return parent == 0 || nodes_[parent].kind == Kind::kSequence;
    }
    a = parent;
  }
  return false;
}

std::optional<Format> settings_format(std::string_view path) {
  if (path.size() > 4096) return std::nullopt;
  const std::string name = chars::folded(path);
  const std::string_view file = std::string_view(name).substr(name.rfind('/') + 1);
  if (file == ".env" || file.starts_with(".env.")) return Format::kEnv;
  for (const NamedFormat& known : kFormats) {
    if (std::string_view(name).ends_with(known.ending)) return known.format;
  }
  return std::nullopt;
}

std::optional<SettingTree> read_settings(Format format, Bytes document,
                                         std::span<const Span> wanted) {
  if (document.size() > kSettingTreeBytesMax) return std::nullopt;
  return SettingReader(format, wanted).run(document);
}

}  // namespace nhi
