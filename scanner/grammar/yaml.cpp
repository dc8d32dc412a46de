// YAML without a tree: block levels are told by columns, flow levels by brackets, one stack holds
// both. What YAML 1.2 allows and nobody writes (collections as keys) is kMalformed; what it does
// not allow and everybody writes is read: `key: {{ name }}` is a value, a line that is one template
// directive is passed over.
#include <algorithm>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/grammar/yaml_scalar.hpp"

namespace nhi {
namespace {

using grammar::is_blank;
using grammar::is_space;

struct Level {
  Container container = Container::kMapping;
  bool flow = false;
  bool pair = false;      // `[a: b]`: a mapping of one pair without brackets
  bool awaiting = false;  // a key or a dash was read, its value is due
  bool asked = false;     // `? ` was read, the key is due
  long column = 0;        // block only
  std::string name;       // of this level in its parent
  std::string key;        // of the value that is due
  std::size_t key_start = 0;
  std::size_t key_line = 0;  // start of the line that holds the key
  std::size_t start = 0;
  std::size_t children = 0;
  std::size_t index = 0;
};

class YamlReader {
 public:
  YamlReader(Bytes document, const TokenVisitor& visit) : doc_(document), visit_(visit) {}
  Result<void> run();

 private:
  Result<void> fault(std::size_t at, std::string_view what) {
    return fail(grammar::malformed(doc_, at, what));
  }
  bool skip_to_token();
  bool at_document_mark() const;
  void end_document();
  void track_line();
  bool blank_then_break(std::size_t at) const { return at >= doc_.size() || is_space(doc_[at]); }
  bool indicator(char c) const { return doc_[at_] == c && blank_then_break(at_ + 1); }
  bool skip_property();
  bool skip_directive();
  bool read_template(Scalar& scalar);
  Result<void> open(Container container, bool flow, long column);
  void close();
  void emit_value(Scalar scalar, std::size_t start);
  void emit_null();
  Result<void> take_key(std::string key, std::size_t start, long column);
  Result<void> block_step();
  Result<void> block_node(long column);
  Result<void> block_scalar_node(long column);
  Result<void> end_of_block_value();
  Result<void> dash(long column);
  void pop_block_levels(long column, bool is_dash);
  Result<void> flow_step();
  Result<void> flow_scalar();
  void close_pair();

  Bytes doc_;
  const TokenVisitor& visit_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::size_t line_scan_ = 0;
  std::size_t last_end_ = 0;  // of the last token that was not white space
  std::vector<Level> levels_;
  std::size_t roots_ = 0;
  bool root_done_ = false;  // the document at hand has its node
  long property_column_ = -1;
  std::size_t property_line_ = Bytes::npos;
  Token token_;
  bool stopped_ = false;
};

void YamlReader::track_line() {
  for (; line_scan_ < at_; ++line_scan_) {
    if (doc_[line_scan_] == '\n') line_start_ = line_scan_ + 1;
  }
}

bool YamlReader::skip_to_token() {
  while (at_ < doc_.size()) {
    if (is_space(doc_[at_])) {
      ++at_;
    } else if (grammar::yaml_comment_at(doc_, at_)) {
      at_ = grammar::line_end(doc_, at_);
    } else {
      break;
    }
  }
  track_line();
  return at_ < doc_.size();
}

bool YamlReader::at_document_mark() const {
  return at_ == line_start_ && grammar::yaml_document_mark_at(doc_, at_);
}

void YamlReader::close() {
  Level top = std::move(levels_.back());
  levels_.pop_back();
  token_.kind = TokenKind::kClose;
  token_.container = top.container;
  token_.depth = levels_.size();
  token_.index = top.index;
  token_.name = top.name;
  token_.value = {};
  token_.span = {top.start, last_end_};
  stopped_ = !visit_(token_);
}

void YamlReader::emit_value(Scalar scalar, std::size_t start) {
  token_.kind = TokenKind::kValue;
  token_.depth = levels_.size();
  token_.name = {};
  token_.index = roots_;
  if (levels_.empty()) {
    ++roots_;
    root_done_ = true;
  } else {
    Level& top = levels_.back();
    token_.index = top.children++;
    if (top.container == Container::kMapping) {
      token_.name = top.key;
      start = top.key_start;
    }
    top.awaiting = false;
  }
  last_end_ = std::max(last_end_, static_cast<std::size_t>(scalar.raw.end));
  token_.span = {start, std::max(start, last_end_)};
  token_.value = std::move(scalar);
  stopped_ = !visit_(token_);
}

void YamlReader::emit_null() {
  Scalar scalar;
  scalar.raw = {last_end_, last_end_};
  emit_value(std::move(scalar), last_end_);
}

Result<void> YamlReader::open(Container container, bool flow, long column) {
  if (levels_.size() >= kGrammarDepthMax) return fault(at_, "values are nested too deeply");
  Level level;
  level.container = container;
  level.flow = flow;
  level.column = column;
  level.start = at_;
  level.index = roots_;
  if (levels_.empty()) {
    ++roots_;
    root_done_ = true;
  } else {
    Level& top = levels_.back();
    level.index = top.children++;
    if (top.container == Container::kMapping) level.name = std::move(top.key);
    top.key.clear();
    top.awaiting = false;
  }
  levels_.push_back(std::move(level));
  token_.kind = TokenKind::kOpen;
  token_.container = container;
  token_.depth = levels_.size() - 1;
  token_.index = levels_.back().index;
  token_.name = levels_.back().name;
  token_.value = {};
  token_.span = {at_, flow ? at_ + 1 : at_};
  stopped_ = !visit_(token_);
  return {};
}

void YamlReader::end_document() {
  while (!levels_.empty() && !stopped_) {
    if (levels_.back().awaiting) emit_null();
    if (!stopped_) close();
  }
  root_done_ = false;
}

// Anchors and tags; true if one was skipped.
bool YamlReader::skip_property() {
  if (doc_[at_] != '&' && doc_[at_] != '!') return false;
  if (property_line_ != line_start_) {
    property_line_ = line_start_;
    property_column_ = static_cast<long>(at_ - line_start_);
  }
  const bool flow = !levels_.empty() && levels_.back().flow;
  const bool verbatim = doc_.substr(at_, 2) == "!<";
  while (at_ < doc_.size() && !is_space(doc_[at_])) {
    const bool ends = std::string_view(",[]{}").find(doc_[at_]) != std::string_view::npos;
    if (flow && ends && !verbatim) break;
    ++at_;
  }
  last_end_ = at_;
  return true;
}

// A line such as `{{- if .Values.x }}` of a Helm or Jinja template.
bool YamlReader::skip_directive() {
  if (doc_.substr(at_, 2) != "{{" && doc_.substr(at_, 2) != "{%") return false;
  const Bytes before = doc_.substr(line_start_, at_ - line_start_);
  if (before.find_first_not_of(" \t") != Bytes::npos) return false;
  const std::size_t end = grammar::line_end(doc_, at_);
  Bytes line = doc_.substr(at_, end - at_);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  if (!line.ends_with("}}") && !line.ends_with("%}")) return false;
  at_ = end;
  return true;
}

// `{{ name }}` inside brackets; false if it does not end on its line.
bool YamlReader::read_template(Scalar& scalar) {
  const std::size_t line = grammar::line_end(doc_, at_);
  const std::size_t end = doc_.substr(0, line).find("}}", at_);
  if (doc_.substr(at_, 2) != "{{" || end == Bytes::npos) return false;
  scalar = {};
  grammar::append_copy(scalar, doc_, at_, end + 2);
  scalar.raw = {at_, end + 2};
  at_ = end + 2;
  return true;
}

Result<void> YamlReader::take_key(std::string key, std::size_t start, long column) {
  if (levels_.empty() || levels_.back().awaiting) {
    const std::size_t keep = at_;
    at_ = start;
    NHI_CHECK_OK(open(Container::kMapping, false, column));
    at_ = keep;
  }
  Level& top = levels_.back();
  if (top.container != Container::kMapping || top.column != column) {
    return fault(start, "key is not indented like its siblings");
  }
  top.key = std::move(key);
  top.key_start = start;
  top.key_line = line_start_;
  top.awaiting = true;
  last_end_ = at_;
  return {};
}

void YamlReader::pop_block_levels(long column, bool is_dash) {
  while (!levels_.empty() && !stopped_) {
    Level& top = levels_.back();
    const bool sequence = top.container == Container::kSequence;
    if (column > top.column) return;
    if (column == top.column) {
      if (sequence && is_dash) {
        if (top.awaiting) emit_null();
        return;
      }
      if (!sequence) {
        if (top.awaiting && !is_dash && !top.asked) emit_null();
        return;
      }
    }
    if (top.awaiting) emit_null();
    if (!stopped_) close();
  }
}

Result<void> YamlReader::dash(long column) {
  const bool nested = levels_.empty() || levels_.back().awaiting;
  if (nested) NHI_CHECK_OK(open(Container::kSequence, false, column));
  Level& top = levels_.back();
  if (top.container != Container::kSequence || top.column != column) {
    return fault(at_, "item is not indented like its siblings");
  }
  top.awaiting = true;
  last_end_ = ++at_;
  return {};
}

// After a value only white space or a comment may follow on its line.
Result<void> YamlReader::end_of_block_value() {
  while (at_ < doc_.size() && is_blank(doc_[at_])) ++at_;
  if (at_ >= doc_.size() || doc_[at_] == '\r' || doc_[at_] == '\n') return {};
  if (grammar::yaml_comment_at(doc_, at_)) return {};
  return fault(at_, "text after a value");
}

Result<void> YamlReader::block_scalar_node(long column) {
  const std::size_t start = at_;
  const long parent = levels_.empty() ? -1 : levels_.back().column;
  const bool quoted = doc_[at_] == '"' || doc_[at_] == '\'';
  const bool same_line = !levels_.empty() && levels_.back().awaiting &&
                         levels_.back().container == Container::kMapping &&
                         levels_.back().key_line == line_start_;
  Scalar scalar;
  if (quoted) {
    NHI_CHECK_OK(grammar::read_yaml_quoted(doc_, at_, scalar));
  } else {
    grammar::read_yaml_plain(doc_, at_, {parent, false, true}, scalar);
  }
  std::size_t colon = at_;
  while (colon < doc_.size() && is_blank(doc_[colon])) ++colon;
  if (!same_line && grammar::yaml_colon_at(doc_, colon, false)) {
    at_ = colon + 1;
    if (property_line_ == line_start_) column = std::min(column, property_column_);
    property_line_ = Bytes::npos;
    return take_key(std::move(scalar.text), start, column);
  }
  if (!levels_.empty() && !levels_.back().awaiting) {
    return fault(start, "a key or an item is expected");
  }
  if (!quoted) {
    at_ = start;
    grammar::read_yaml_plain(doc_, at_, {parent, false, false}, scalar);
    if (at_ == start) return fault(start, "a value is expected");
  }
  emit_value(std::move(scalar), start);
  return stopped_ ? Result<void>{} : end_of_block_value();
}

Result<void> YamlReader::block_node(long column) {
  const bool due = levels_.empty() || levels_.back().awaiting;
  const char c = doc_[at_];
  if (due && (c == '|' || c == '>')) {
    const std::size_t start = at_;
    const long parent = levels_.empty() ? -1 : levels_.back().column;
    Scalar scalar;
    grammar::read_yaml_block(doc_, at_, parent, scalar);
    if (scalar.map.runs() > kScalarRunsMax) {
      return fail(grammar::too_large(doc_, start, "value has too many lines"));
    }
    emit_value(std::move(scalar), start);
    return {};
  }
  if (due && (c == '[' || c == '{') && doc_.substr(at_, 2) != "{{") {
    NHI_CHECK_OK(open(c == '[' ? Container::kSequence : Container::kMapping, true, column));
    last_end_ = ++at_;
    return {};
  }
  return block_scalar_node(column);
}

Result<void> YamlReader::block_step() {
  const long column = static_cast<long>(at_ - line_start_);
  const bool is_dash = indicator('-');
  pop_block_levels(column, is_dash);
  if (stopped_) return {};
  if (levels_.empty() && root_done_) return fault(at_, "text after the end of a document");
  if (!levels_.empty() && !levels_.back().awaiting && column > levels_.back().column) {
    return fault(at_, "line is indented too far");
  }
  if (skip_property()) return {};
  if (is_dash) {
    const bool same_line = !levels_.empty() && levels_.back().awaiting &&
                           levels_.back().container == Container::kMapping &&
                           levels_.back().key_line == line_start_;
    if (same_line) return fault(at_, "an item cannot follow a key on its line");
    return dash(column);
  }
  if (indicator('?') && (levels_.empty() || levels_.back().awaiting ||
                         levels_.back().container == Container::kMapping)) {
    // `? key` and `: value` on lines of their own; only a scalar key on one line is read.
    const std::size_t mark = at_++;
    while (at_ < doc_.size() && is_blank(doc_[at_])) ++at_;
    const std::size_t start = at_;
    if (blank_then_break(at_)) return fault(mark, "a key is expected");
    Scalar key;
    if (doc_[at_] == '"' || doc_[at_] == '\'') {
      NHI_CHECK_OK(grammar::read_yaml_quoted(doc_, at_, key));
    } else {
      grammar::read_yaml_plain(doc_, at_, {column, false, true}, key);
    }
    if (at_ == start || doc_[start] == '[' || doc_[start] == '{') {
      return fault(start, "only a scalar can be a key here");
    }
    NHI_CHECK_OK(end_of_block_value());
    NHI_CHECK_OK(take_key(std::move(key.text), start, column));
    levels_.back().asked = true;
    return {};
  }
  if (!levels_.empty() && levels_.back().asked && column == levels_.back().column) {
    levels_.back().asked = false;
    if (indicator(':')) {
      last_end_ = ++at_;
      return {};
    }
    emit_null();
    return {};
  }
  return block_node(column);
}

void YamlReader::close_pair() {
  if (!stopped_ && !levels_.empty() && levels_.back().pair) {
    if (levels_.back().awaiting) emit_null();
    if (!stopped_) close();
  }
}

Result<void> YamlReader::flow_scalar() {
  const std::size_t start = at_;
  const bool quoted = doc_[at_] == '"' || doc_[at_] == '\'';
  Scalar scalar;
  if (quoted) {
    NHI_CHECK_OK(grammar::read_yaml_quoted(doc_, at_, scalar));
  } else if (!read_template(scalar)) {
    grammar::read_yaml_plain(doc_, at_, {-1, true, false}, scalar);
  }
  last_end_ = at_;
  const bool found = skip_to_token();
  const bool colon =
      found && doc_[at_] == ':' && (quoted || grammar::yaml_colon_at(doc_, at_, true));
  if (at_ == start) return fault(start, "a value is expected");
  if (!colon) {
    Level& top = levels_.back();
    if (top.container == Container::kMapping && !top.awaiting) {  // `{a, b}`: keys without values
      top.key = std::move(scalar.text);
      top.key_start = start;
      emit_null();
      return {};
    }
    emit_value(std::move(scalar), start);
    close_pair();
    return {};
  }
  if (levels_.back().container == Container::kSequence) {
    NHI_CHECK_OK(open(Container::kMapping, true, 0));
    levels_.back().pair = true;
  } else if (levels_.back().awaiting) {
    return fault(at_, "a second colon in one pair");
  }
  Level& top = levels_.back();
  top.key = std::move(scalar.text);
  top.key_start = start;
  top.awaiting = true;
  last_end_ = ++at_;
  return {};
}

Result<void> YamlReader::flow_step() {
  const char c = doc_[at_];
  if (c == ',' || c == ']' || c == '}') {
    close_pair();
    if (stopped_) return {};
    if (levels_.back().awaiting) emit_null();
    if (stopped_) return {};
    ++at_;
    if (c == ',') return {};
    const bool mapping = levels_.back().container == Container::kMapping;
    if (mapping != (c == '}')) return fault(at_ - 1, "closing bracket does not match");
    last_end_ = at_;
    close();
    close_pair();
    if (!stopped_ && (levels_.empty() || !levels_.back().flow)) return end_of_block_value();
    return {};
  }
  const bool is_template =
      doc_.substr(at_, 2) == "{{" &&
      (levels_.back().container == Container::kSequence || levels_.back().awaiting);
  if ((c == '[' || c == '{') && !is_template) {
    if (levels_.back().container == Container::kMapping && !levels_.back().awaiting) {
      return fault(at_, "only a scalar can be a key here");
    }
    NHI_CHECK_OK(open(c == '[' ? Container::kSequence : Container::kMapping, true, 0));
    last_end_ = ++at_;
    return {};
  }
  if (skip_property()) return {};
  if (indicator('?')) {
    ++at_;
    return {};
  }
  return flow_scalar();
}

Result<void> YamlReader::run() {
  at_ = grammar::bom_bytes(doc_);
  line_start_ = line_scan_ = at_;
  while (!stopped_ && skip_to_token()) {
    const bool flow = !levels_.empty() && levels_.back().flow;
    if (flow) {
      NHI_CHECK_OK(flow_step());
    } else if (at_document_mark()) {
      end_document();
      at_ += 3;
    } else if (doc_[at_] == '%' && at_ == line_start_ && levels_.empty() && !root_done_) {
      at_ = grammar::line_end(doc_, at_);
    } else if (!skip_directive()) {
      NHI_CHECK_OK(block_step());
    }
  }
  if (stopped_) return {};
  if (!levels_.empty() && levels_.back().flow) {
    return fault(doc_.size(), "document ends inside brackets");
  }
  end_document();
  return {};
}

}  // namespace

Result<void> tokenize_yaml(Bytes document, const TokenVisitor& visit) {
  return YamlReader(document, visit).run();
}

}  // namespace nhi
