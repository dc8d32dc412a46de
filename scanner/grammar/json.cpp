// JSON without a tree; comments, trailing commas and several documents in a row are let pass.
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/grammar/scan.hpp"

namespace nhi {
namespace {

using grammar::append_copy;
using grammar::append_replaced;

struct Open {
  Container container;
  std::string name;
  std::size_t start;
  std::size_t children = 0;
  std::size_t index = 0;
};

class JsonReader {
 public:
  JsonReader(Bytes document, const TokenVisitor& visit) : doc_(document), visit_(visit) {}
  Result<void> run();

 private:
  Result<void> fault(std::size_t at, std::string_view what) {
    return fail(grammar::malformed(doc_, at, what));
  }
  void emit() { stopped_ = !visit_(token_); }
  Result<void> skip_space();
  Result<void> read_string(Scalar& scalar);
  std::size_t read_escape(Scalar& scalar, std::size_t at);
  void read_word(Scalar& scalar);
  Result<void> read_key();
  Result<void> read_value();
  Result<void> open(Container container);
  Result<void> close();
  std::size_t next_index() { return open_.empty() ? roots_++ : open_.back().children++; }

  Bytes doc_;
  const TokenVisitor& visit_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  std::size_t roots_ = 0;
  std::string key_;
  std::size_t key_start_ = Bytes::npos;
  bool key_ready_ = false;  // a key and its colon were read, the value is due
  Token token_;
  bool stopped_ = false;
};

Result<void> JsonReader::skip_space() {
  while (at_ < doc_.size()) {
    if (grammar::is_space(doc_[at_])) {
      ++at_;
    } else if (doc_.substr(at_, 2) == "//") {
      const std::size_t end = doc_.find('\n', at_);
      at_ = end == Bytes::npos ? doc_.size() : end;
    } else if (doc_.substr(at_, 2) == "/*") {
      const std::size_t end = doc_.find("*/", at_ + 2);
      if (end == Bytes::npos) return fault(at_, "comment is cut off");
      at_ = end + 2;
    } else {
      break;
    }
  }
  return {};
}

// Appends what the escape at `at` stands for and returns the position after it.
std::size_t JsonReader::read_escape(Scalar& scalar, std::size_t at) {
  std::string text;
  if (const std::size_t used = grammar::read_u_escape(doc_, at, text); used > 0) {
    append_replaced(scalar, at, at + used, text);
    return at + used;
  }
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  const std::size_t which = kLetters.find(doc_[at + 1]);
  text = which == std::string_view::npos ? doc_.substr(at + 1, 1) : kMeanings.substr(which, 1);
  append_replaced(scalar, at, at + 2, text);
  return at + 2;
}

Result<void> JsonReader::read_string(Scalar& scalar) {
  const std::size_t start = ++at_;
  scalar = {};
  scalar.quoting = Quoting::kDouble;
  while (true) {
    const std::size_t end = doc_.find_first_of("\"\\", at_);
    if (end == Bytes::npos || (doc_[end] == '\\' && end + 1 >= doc_.size())) {
      return fault(start - 1, "string is cut off");
    }
    append_copy(scalar, doc_, at_, end);
    if (doc_[end] == '"') {
      scalar.raw = {start, end};
      at_ = end + 1;
      return {};
    }
    at_ = read_escape(scalar, end);
    if (scalar.map.runs() > kScalarRunsMax) {
      return fail(grammar::too_large(doc_, start, "value has too many escapes"));
    }
  }
}

void JsonReader::read_word(Scalar& scalar) {
  const std::size_t start = at_;
  while (at_ < doc_.size() && !grammar::is_space(doc_[at_]) &&
         std::string_view(",:{}[]\"/").find(doc_[at_]) == std::string_view::npos) {
    ++at_;
  }
  scalar = {};
  append_copy(scalar, doc_, start, at_);
  scalar.raw = {start, at_};
}

Result<void> JsonReader::read_key() {
  Scalar key;
  key_start_ = at_;
  if (doc_[at_] == '"') {
    NHI_CHECK_OK(read_string(key));
  } else {
    read_word(key);
    if (key.text.empty()) return fault(at_, "a key is expected");
  }
  NHI_CHECK_OK(skip_space());
  if (at_ >= doc_.size() || doc_[at_] != ':') return fault(at_, "a colon is expected");
  ++at_;
  key_ = std::move(key.text);
  key_ready_ = true;
  return {};
}

Result<void> JsonReader::open(Container container) {
  if (open_.size() >= kGrammarDepthMax) return fault(at_, "values are nested too deeply");
  token_.kind = TokenKind::kOpen;
  token_.container = container;
  token_.depth = open_.size();
  token_.index = next_index();
  token_.name = key_;
  token_.value = {};
  token_.span = {at_, at_ + 1};
  emit();
  open_.push_back({container, std::move(key_), at_, 0, token_.index});
  key_ = {};
  key_ready_ = false;
  ++at_;
  return {};
}

Result<void> JsonReader::close() {
  const bool mapping = doc_[at_] == '}';
  if (open_.empty() || (open_.back().container == Container::kMapping) != mapping || key_ready_) {
    return fault(at_, "closing bracket does not match");
  }
  const Open top = std::move(open_.back());
  open_.pop_back();
  token_.kind = TokenKind::kClose;
  token_.container = top.container;
  token_.depth = open_.size();
  token_.index = top.index;
  token_.name = top.name;
  token_.value = {};
  token_.span = {top.start, ++at_};
  emit();
  return {};
}

Result<void> JsonReader::read_value() {
  const std::size_t start = key_ready_ ? key_start_ : at_;
  Scalar scalar;
  if (doc_[at_] == '"') {
    NHI_CHECK_OK(read_string(scalar));
  } else {
    read_word(scalar);
    if (scalar.text.empty()) return fault(at_, "a value is expected");
  }
  token_.kind = TokenKind::kValue;
  token_.depth = open_.size();
  token_.index = next_index();
  token_.name = key_;
  token_.value = std::move(scalar);
  token_.span = {start, at_};
  emit();
  key_.clear();
  key_ready_ = false;
  return {};
}

Result<void> JsonReader::run() {
  at_ = grammar::bom_bytes(doc_);
  while (!stopped_) {
    NHI_CHECK_OK(skip_space());
    if (at_ >= doc_.size()) break;
    const char c = doc_[at_];
    const bool wants_key =
        !open_.empty() && open_.back().container == Container::kMapping && !key_ready_;
    if (c == ',' && !key_ready_) {
      ++at_;
    } else if (c == '}' || c == ']') {
      NHI_CHECK_OK(close());
    } else if (wants_key) {
      NHI_CHECK_OK(read_key());
    } else if (c == '{' || c == '[') {
      NHI_CHECK_OK(open(c == '{' ? Container::kMapping : Container::kSequence));
    } else {
      NHI_CHECK_OK(read_value());
    }
  }
  if (stopped_) return {};
  if (!open_.empty()) return fault(doc_.size(), "document ends inside a value");
  if (roots_ == 0) return fault(doc_.size(), "document has no value");
  return {};
}

}  // namespace

Result<void> tokenize_json(Bytes document, const TokenVisitor& visit) {
  return JsonReader(document, visit).run();
}

}  // namespace nhi
