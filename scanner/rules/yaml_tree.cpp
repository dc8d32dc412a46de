#include "scanner/rules/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

std::size_t line_of(const YAML::Mark& mark) { return static_cast<std::size_t>(mark.line) + 1; }

// Builds the tree from events. The first refusal is kept and everything after it ignored, since
// an event handler cannot stop the parser.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string name) : name_(std::move(name)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!accept(mark, "?", anchor)) return;
    YamlNode node;
    node.null = true;
    node.line = line_of(mark);
    add(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(line_of(mark), "aliases are not allowed in rule files");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!accept(mark, tag, anchor)) return;
    YamlNode node;
    node.scalar = value;
    node.quoted = tag == "!";
    node.line = line_of(mark);
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }
  [[nodiscard]] YamlNode take_root() { return std::move(root_); }
  [[nodiscard]] bool has_root() const { return has_root_; }

 private:
  // One open map or list. A map waits for a key, then for its value.
  struct Open {
    YamlNode node;
    std::optional<YamlEntry> pending;
  };

  void refuse(std::size_t line, std::string what, ErrorCode code = ErrorCode::kBadRule) {
    if (refusal_) return;
    refusal_ = Error{code, std::move(what), name_ + ":" + std::to_string(line), {}};
  }

  bool accept(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (refusal_) return false;
    if (anchor != YAML::NullAnchor) {
      refuse(line_of(mark), "anchors are not allowed in rule files");
    } else if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(line_of(mark), "tags are not allowed in rule files");
    } else if (++nodes_ > kYamlNodesMax) {
      refuse(line_of(mark), "too many nodes in one rule file", ErrorCode::kTooLarge);
    }
    return !refusal_;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    if (!accept(mark, tag, anchor)) return;
    if (stack_.size() >= kYamlDepthMax) return refuse(line_of(mark), "nested too deeply");
    YamlNode node;
    node.kind = kind;
    node.line = line_of(mark);
    stack_.push_back({std::move(node), std::nullopt});
  }

  void close() {
    if (refusal_ || stack_.empty()) return;
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      has_root_ = true;
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == YamlNode::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.pending) {
      parent.pending->value = std::move(node);
      parent.node.entries.push_back(std::move(*parent.pending));
      parent.pending.reset();
    } else {
      add_key(parent, std::move(node));
    }
  }

  void add_key(Open& parent, YamlNode node) {
    if (node.kind != YamlNode::Kind::kScalar || node.null) {
      return refuse(node.line, "a key must be a word");
    }
    const auto same = [&](const YamlEntry& entry) { return entry.key == node.scalar; };
    if (std::any_of(parent.node.entries.begin(), parent.node.entries.end(), same)) {
      return refuse(node.line, "key '" + node.scalar + "' is given twice");
    }
    parent.pending = YamlEntry{std::move(node.scalar), node.line, {}};
  }

  std::string name_;
  std::vector<Open> stack_;
  YamlNode root_;
  bool has_root_ = false;
  std::size_t nodes_ = 0;
  std::optional<Error> refusal_;
};

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& name) {
  if (text.size() > kRuleFileBytesMax) {
    return fail(ErrorCode::kTooLarge, "rule file is over 8 MiB", name);
  }
  // yaml-cpp stops quietly at a NUL byte; what follows it would be rules that nobody applies.
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kBadRule, "rule file holds a NUL byte", name);
  }
  TreeBuilder builder(name);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    bool more = parser.HandleNextDocument(builder);
    if (more && !builder.refusal()) {
      TreeBuilder rest(name);
      if (parser.HandleNextDocument(rest) && rest.has_root()) {
        return fail(ErrorCode::kBadRule, "more than one YAML document", name);
      }
    }
  } catch (const YAML::Exception& failure) {
    if (builder.refusal()) return fail(*builder.refusal());
    return fail(ErrorCode::kBadRule, "not YAML: " + failure.msg,
                name + ":" + std::to_string(line_of(failure.mark)));
  }
  if (builder.refusal()) return fail(*builder.refusal());
  YamlNode root = builder.take_root();
  if (!builder.has_root()) root.null = true;
  return root;
}

}  // namespace nhi
