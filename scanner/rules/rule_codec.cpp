#include "scanner/rules/rule_codec.hpp"

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr std::size_t kLengthBytes = 8;

template <class Visitor, class AllowlistType>
requires std::is_same_v<std::remove_const_t<AllowlistType>, Allowlist>
void visit_fields(Visitor& visitor, AllowlistType& allowlist) {
  visitor(allowlist.name);
  visitor(allowlist.all);
  visitor(allowlist.target);
  visitor(allowlist.regexes);
  visitor(allowlist.paths);
  visitor(allowlist.stop_words);
  visitor(allowlist.commits);
}

template <class Visitor, class FilterType>
requires std::is_same_v<std::remove_const_t<FilterType>, MatchFilter>
void visit_fields(Visitor& visitor, FilterType& filter) {
  visitor(filter.name);
  visitor(filter.text);
}

template <class Visitor, class RequiredType>
requires std::is_same_v<std::remove_const_t<RequiredType>, Required>
void visit_fields(Visitor& visitor, RequiredType& required) {
  visitor(required.rule);
  visitor(required.lines);
  visitor(required.columns);
}

template <class Visitor, class ChecksumType>
requires std::is_same_v<std::remove_const_t<ChecksumType>, TemplateChecksum>
void visit_fields(Visitor& visitor, ChecksumType& checksum) {
  visitor(checksum.actual);
  visitor(checksum.expected);
  visitor(checksum.needs_group);
  visitor(checksum.skip_if_missing);
}

template <class Visitor, class RequirementsType>
requires std::is_same_v<std::remove_const_t<RequirementsType>, Requirements>
void visit_fields(Visitor& visitor, RequirementsType& requirements) {
  visitor(requirements.digits);
  visitor(requirements.uppercase);
  visitor(requirements.lowercase);
  visitor(requirements.special);
  visitor(requirements.special_chars);
  visitor(requirements.none_of);
  visitor(requirements.checksum);
}

template <class Visitor, class PartType>
requires std::is_same_v<std::remove_const_t<PartType>, Part>
void visit_fields(Visitor& visitor, PartType& part) {
  visitor(part.prefix);
  visitor(part.lines);
  visitor(part.bytes);
}

// Turns fields into length-preceded bytes (FieldBytes).
class Writer {
 public:
  void operator()(const std::string& text) { fields_.add(text); }
  void operator()(double value) { (*this)(std::bit_cast<std::uint64_t>(value)); }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T value) {
    auto left = static_cast<std::uint64_t>(value);
    std::string bytes(sizeof(left), '\0');
    for (std::size_t i = bytes.size(); i-- > 0; left >>= 8) bytes[i] = static_cast<char>(left);
    fields_.add(bytes);
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(values.size());
    for (const T& value : values) (*this)(value);
  }
  void operator()(const Checksum& checksum) {
    (*this)(checksum.kind);
    (*this)(checksum.over_prefix);
    (*this)(checksum.last);
  }
  void operator()(const Near& near) {
    (*this)(near.prefix);
    (*this)(near.lines);
  }
  void operator()(const Example& example) {
    (*this)(example.text);
    (*this)(example.is_template);
  }
  void operator()(const std::shared_ptr<const Allowlist>& allowlist) {
    visit_fields(*this, *allowlist);
  }
  void operator()(const std::shared_ptr<const MatchFilter>& filter) {
    visit_fields(*this, *filter);
  }
  void operator()(const Required& required) { visit_fields(*this, required); }
  void operator()(const TemplateChecksum& checksum) { visit_fields(*this, checksum); }
  void operator()(const Requirements& requirements) { visit_fields(*this, requirements); }
  void operator()(const Part& part) { visit_fields(*this, part); }
  [[nodiscard]] const std::string& bytes() const { return fields_.bytes(); }

 private:
  FieldBytes fields_;
};

// The way back. After bytes that do not fit, every field stays as it is and ok() is false.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  void operator()(std::string& text) { text = std::string(take()); }
  void operator()(double& value) {
    std::uint64_t bits = 0;
    (*this)(bits);
    value = std::bit_cast<double>(bits);
  }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T& value) {
    const Bytes bytes = take();
    if (bytes.size() != kLengthBytes) return give_up();
    value = static_cast<T>(number(bytes));
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool present = false;
    (*this)(present);
    if (!present) return;
    T inner{};
    (*this)(inner);
    value = std::move(inner);
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    std::size_t count = 0;
    (*this)(count);
    // Each value takes at least one field, so a false count cannot ask for memory.
    if (count > rest_.size() / kLengthBytes) return give_up();
    values.resize(count);
    for (T& value : values) (*this)(value);
  }
  void operator()(Checksum& checksum) {
    (*this)(checksum.kind);
    (*this)(checksum.over_prefix);
    (*this)(checksum.last);
  }
  void operator()(Near& near) {
    (*this)(near.prefix);
    (*this)(near.lines);
  }
  void operator()(Example& example) {
    (*this)(example.text);
    (*this)(example.is_template);
  }
  void operator()(std::shared_ptr<const Allowlist>& allowlist) {
    Allowlist made;
    visit_fields(*this, made);
    allowlist = std::make_shared<const Allowlist>(std::move(made));
  }
  void operator()(std::shared_ptr<const MatchFilter>& filter) {
    MatchFilter made;
    visit_fields(*this, made);
    filter = std::make_shared<const MatchFilter>(std::move(made));
  }
  void operator()(Required& required) { visit_fields(*this, required); }
  void operator()(TemplateChecksum& checksum) { visit_fields(*this, checksum); }
  void operator()(Requirements& requirements) { visit_fields(*this, requirements); }
  void operator()(Part& part) { visit_fields(*this, part); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  static std::uint64_t number(Bytes bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  void give_up() {
    ok_ = false;
    rest_ = {};
  }
  Bytes take() {
    const std::uint64_t size = number(rest_.substr(0, kLengthBytes));
    if (rest_.size() < kLengthBytes || size > rest_.size() - kLengthBytes) {
      give_up();
      return {};
    }
    const Bytes field = rest_.substr(kLengthBytes, static_cast<std::size_t>(size));
    rest_.remove_prefix(kLengthBytes + field.size());
    return field;
  }

  Bytes rest_;
  bool ok_ = true;
};

// One list of fields serves both directions and the digest.
template <class Visitor, class RuleType>
void visit_deciding(Visitor& visit, RuleType& rule) {
  visit(rule.id);
  visit(rule.name);
  visit(rule.pattern);
  visit(rule.names);
  visit(rule.case_insensitive);
  visit(rule.keywords);
  visit(rule.max_match);
  visit(rule.whole_view);
  visit(rule.entropy);
  visit(rule.checksum);
  visit(rule.structure);
  visit(rule.tests_only);
  visit(rule.generic);
  visit(rule.kind);
  visit(rule.category);
  visit(rule.principal);
  visit(rule.role);
  visit(rule.severity);
  visit(rule.confidence);
  visit(rule.rotator);
  visit(rule.public_prefix);
  visit(rule.stop_words);
  visit(rule.not_after);
  visit(rule.indicator_class);
  visit(rule.subclass);
  visit(rule.indicator);
  visit(rule.needs);
  visit(rule.raised_by);
  visit(rule.parts);
  visit(rule.semantics);
  visit(rule.secret_group);
  visit(rule.unfiltered);
  visit(rule.reported);
  visit(rule.path);
  visit(rule.allowlists);
  visit(rule.filters);
  visit(rule.required);
  visit(rule.requirements);
}

template <class Visitor, class RuleType>
void visit_describing(Visitor& visit, RuleType& rule) {
  visit(rule.matches);
  visit(rule.misses);
  visit(rule.references);
  visit(rule.tags);
  visit(rule.notes);
  visit(rule.file);
  visit(rule.line);
}

}  // namespace

std::string digest_fields(const Rule& rule) {
  Writer writer;
  visit_deciding(writer, rule);
  return writer.bytes();
}

std::string encode_rules(const std::vector<Rule>& rules) {
  Writer writer;
  writer(rules.size());
  for (const Rule& rule : rules) {
    visit_deciding(writer, rule);
    visit_describing(writer, rule);
  }
  return writer.bytes();
}

Result<std::vector<Rule>> decode_rules(Bytes bytes) {
  Reader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  std::vector<Rule> rules;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Rule& rule = rules.emplace_back();
    visit_deciding(reader, rule);
    visit_describing(reader, rule);
  }
  if (!reader.ok() || !reader.at_end()) return fail(ErrorCode::kMalformed, "not encoded rules");
  return rules;
}

}  // namespace nhi
