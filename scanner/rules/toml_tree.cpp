#include "scanner/rules/toml_tree.hpp"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/impl/preprocessor.h>
// The library asserts that a key begins as one, right before it checks the same: `[` with nothing
// behind it would end the program, and under clang's `assume` the check would be left out.
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expr) static_assert(true)
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

std::string place(const std::string& name, std::size_t line) {
  return name + ":" + std::to_string(line);
}

// toml++ follows `a.a.a` as deep as a file likes, and frees it by recursion: such a file must not
// reach it. Finds the first line whose dotted key has more than kYamlDepthMax parts.
class DottedKeys {
 public:
  explicit DottedKeys(std::string_view text) : text_(text) {}

  std::size_t first_deep_line() {
    std::size_t dots = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c == '#') {
        skip_comment();
        dots = 0;
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '.') {
        if (++dots > kYamlDepthMax) return line_;
      } else if (c == '=' || c == '\n' || c == '[' || c == ',' || c == '{') {
        dots = 0;
      }
    }
    return 0;
  }

 private:
  void skip_comment() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    at_ = end;
    if (end < text_.size()) ++line_;
  }

  // Leaves at_ on the last quote. A string that does not end is toml++'s to refuse.
  void skip_string(char quote) {
    const std::string fence(3, quote);
    const bool many_lines = text_.substr(at_, 3) == fence;
    at_ += many_lines ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        if (!many_lines) return;
      }
      if (c == '\\' && quote == '"') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
        continue;
      }
      if (c != quote) continue;
      if (!many_lines) return;
      if (text_.substr(at_, 3) != fence) continue;
      at_ += 2;
      // Up to two quotes may stand before the fence.
      while (at_ + 1 < text_.size() && text_[at_ + 1] == quote) ++at_;
      return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

class TreeMaker {
 public:
  explicit TreeMaker(const std::string& name) : name_(name) {}

  Result<YamlNode> make(const toml::node& node, std::size_t depth) {
    const std::size_t line = node.source().begin.line;
    if (++nodes_ > kYamlNodesMax) {
      return fail(ErrorCode::kTooLarge, "too many values in one rule file", place(name_, line));
    }
    if (depth > kYamlDepthMax) {
      return fail(ErrorCode::kBadRule, "nested too deeply", place(name_, line));
    }
    YamlNode made;
    made.line = line;
    if (const toml::table* const table = node.as_table()) {
      return make_map(*table, std::move(made), depth);
    }
    if (const toml::array* const array = node.as_array()) {
      made.kind = YamlNode::Kind::kList;
      for (const toml::node& item : *array) {
        NHI_TRY(YamlNode child, make(item, depth + 1));
        made.items.push_back(std::move(child));
      }
      return made;
    }
    return make_scalar(node, std::move(made));
  }

 private:
  Result<YamlNode> make_map(const toml::table& table, YamlNode made, std::size_t depth) {
    made.kind = YamlNode::Kind::kMap;
    for (const auto& entry : table) {
      NHI_TRY(YamlNode child, make(entry.second, depth + 1));
      made.entries.push_back(
          {std::string(entry.first.str()), entry.first.source().begin.line, std::move(child)});
    }
    std::stable_sort(
        made.entries.begin(), made.entries.end(),
        [](const YamlEntry& left, const YamlEntry& right) { return left.line < right.line; });
    return made;
  }

  Result<YamlNode> make_scalar(const toml::node& node, YamlNode made) const {
    if (const auto* const text = node.as_string()) {
      made.quoted = true;
      made.scalar = text->get();
    } else if (const auto* const whole = node.as_integer()) {
      made.scalar = std::to_string(whole->get());
    } else if (const auto* const number = node.as_floating_point()) {
      made.scalar = fmt::format("{}", number->get());
    } else if (const auto* const truth = node.as_boolean()) {
      made.scalar = truth->get() ? "true" : "false";
    } else {
      return fail(ErrorCode::kBadRule, "a date or time is of no use in a rule file",
                  place(name_, made.line));
    }
    return made;
  }

  const std::string& name_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<YamlNode> parse_toml(std::string_view text, const std::string& name) {
  if (text.size() > kRuleFileBytesMax) {
    return fail(ErrorCode::kTooLarge, "rule file is over 8 MiB", name);
  }
  if (const std::size_t line = DottedKeys(text).first_deep_line(); line != 0) {
    return fail(ErrorCode::kBadRule, "nested too deeply", place(name, line));
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return fail(ErrorCode::kBadRule, "not TOML: " + std::string(parsed.error().description()),
                place(name, parsed.error().source().begin.line));
  }
  return TreeMaker(name).make(parsed.table(), 0);
}

}  // namespace nhi
