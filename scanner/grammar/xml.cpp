// XML without a tree: one pass over the bytes, a stack of open elements, nothing expanded.
#include <array>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/grammar/scan.hpp"

namespace nhi {
namespace {

using grammar::append_copy;
using grammar::append_replaced;
using grammar::is_space;

struct Open {
  std::string_view name;
  std::size_t start;         // of the opening mark
  std::size_t children = 0;  // child elements so far
};

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 5> kEntities = {
    {{"amp;", "&"}, {"lt;", "<"}, {"gt;", ">"}, {"quot;", "\""}, {"apos;", "'"}}};

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool ends_name(char c) { return is_space(c) || c == '/' || c == '>' || c == '=' || c == '<'; }

class XmlReader {
 public:
  XmlReader(Bytes document, const TokenVisitor& visit) : doc_(document), visit_(visit) {}
  Result<void> run();

 private:
  bool emit() { return stopped_ = !visit_(token_), !stopped_; }
  Result<void> fault(std::size_t at, std::string_view what) {
    return fail(grammar::malformed(doc_, at, what));
  }
  Result<void> read_mark();
  Result<void> read_doctype();
  Result<void> read_start_tag();
  Result<void> read_attribute();
  Result<void> read_end_tag();
  void read_text();
  void read_cdata(std::size_t end);
  void decode(std::size_t start, std::size_t end);
  std::size_t reference_at(std::size_t at, std::size_t end, std::string& text) const;
  bool finish_text(bool leaf);
  bool close_top(std::size_t end);
  void start_token(TokenKind kind, std::string_view name, std::size_t depth, std::size_t index);

  Bytes doc_;
  const TokenVisitor& visit_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  std::size_t roots_ = 0;
  std::size_t attributes_ = 0;
  Scalar text_;  // text of the element at hand, across CDATA, comments, instructions
  bool text_blank_ = true;
  bool text_begun_ = false;
  Token token_;
  bool stopped_ = false;
};

void XmlReader::start_token(TokenKind kind, std::string_view name, std::size_t depth,
                            std::size_t index) {
  token_.kind = kind;
  token_.name = name;
  token_.depth = depth;
  token_.index = index;
  token_.value = {};
}

// Length of the reference at `at` (an ampersand) and its text; 0 if it stands for nothing we know.
std::size_t XmlReader::reference_at(std::size_t at, std::size_t end, std::string& text) const {
  const Bytes rest = doc_.substr(at + 1, end - at - 1);
  for (const Entity& entity : kEntities) {
    if (rest.substr(0, entity.name.size()) != entity.name) continue;
    text = entity.text;
    return entity.name.size() + 1;
  }
  if (rest.size() < 3 || rest[0] != '#') return 0;
  const bool hex = rest[1] == 'x' || rest[1] == 'X';
  std::uint32_t code = 0;
  std::size_t i = hex ? 2 : 1;
  const std::size_t first = i;
  for (; i < rest.size() && i < first + 10 && rest[i] != ';'; ++i) {
    std::uint32_t digit = 0;
    if (!grammar::read_hex(rest, i, 1, digit) || (!hex && digit > 9)) return 0;
    code = code * (hex ? 16 : 10) + digit;
    if (code > 0x10FFFF) return 0;
  }
  if (i == first || i >= rest.size() || rest[i] != ';' || code == 0) return 0;
  if (code >= 0xD800 && code <= 0xDFFF) return 0;
  text = grammar::utf8_of(code);
  return i + 2;
}

void XmlReader::decode(std::size_t start, std::size_t end) {
  std::string reference;
  while (start < end) {
    const std::size_t found = doc_.substr(0, end).find('&', start);
    const std::size_t stop = found == Bytes::npos ? end : found;
    append_copy(text_, doc_, start, stop);
    if (stop == end) return;
    const std::size_t used = reference_at(stop, end, reference);
    if (used == 0) {
      append_copy(text_, doc_, stop, stop + 1);
      start = stop + 1;
    } else {
      append_replaced(text_, stop, stop + used, reference);
      start = stop + used;
    }
  }
}

void XmlReader::read_text() {
  const std::size_t start = at_;
  std::size_t end = start;
  while (true) {
    const std::size_t found = doc_.find('<', end);
    end = found == Bytes::npos ? doc_.size() : found;
    if (end + 1 >= doc_.size()) break;
    const char next = doc_[end + 1];
    if (starts_name(next) || next == '/' || next == '!' || next == '?') break;
    ++end;  // `a < b` in a document that was never escaped
  }
  if (end == start) end = doc_.size();  // a last lone '<'
  at_ = end;
  if (open_.empty()) return;  // junk before or after the root
  if (!text_begun_) text_.raw.start = start;
  text_begun_ = true;
  text_.raw.end = end;
  for (std::size_t i = start; text_blank_ && i < end; ++i) text_blank_ = is_space(doc_[i]);
  decode(start, end);
}

void XmlReader::read_cdata(std::size_t end) {
  const std::size_t start = at_ + 9;
  at_ = end + 3;
  if (open_.empty()) return;
  if (!text_begun_ || text_blank_) {
    // White space around a lone CDATA section is layout, but it belongs to the text all the same.
    if (!text_begun_) text_.raw.start = start;
    text_.quoting = Quoting::kCdata;
  }
  text_begun_ = true;
  text_blank_ = false;
  text_.raw.end = end;
  append_copy(text_, doc_, start, end);
}

// Hands over the text gathered so far; `leaf` when its element has no child element.
bool XmlReader::finish_text(bool leaf) {
  if (open_.empty() || (!leaf && text_blank_)) {
    text_ = {};
    text_blank_ = true;
    text_begun_ = false;
    return true;
  }
  if (!text_begun_) text_.raw = {at_, at_};
  start_token(TokenKind::kValue, open_.back().name, open_.size(), open_.back().children);
  token_.value = std::move(text_);
  token_.span = token_.value.raw;
  text_ = {};
  text_blank_ = true;
  text_begun_ = false;
  return emit();
}

bool XmlReader::close_top(std::size_t end) {
  const Open closed = open_.back();
  open_.pop_back();
  const std::size_t index = open_.empty() ? roots_ - 1 : open_.back().children - 1;
  start_token(TokenKind::kClose, closed.name, open_.size(), index);
  token_.container = Container::kElement;
  token_.span = {closed.start, end};
  return emit();
}

Result<void> XmlReader::read_end_tag() {
  const std::size_t start = at_;
  const std::size_t end = doc_.find('>', at_);
  if (end == Bytes::npos) return fault(start, "end tag is cut off");
  Bytes name = doc_.substr(start + 2, end - start - 2);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  if (open_.empty() || open_.back().name != name) {
    return fault(start, "end tag does not match the open element");
  }
  if (!finish_text(open_.back().children == 0)) return {};
  at_ = end + 1;
  close_top(at_);
  return {};
}

Result<void> XmlReader::read_attribute() {
  const std::size_t start = at_;
  while (at_ < doc_.size() && !ends_name(doc_[at_])) ++at_;
  const Bytes name = doc_.substr(start, at_ - start);
  if (name.empty()) {  // a stray '=' or '<'
    return fault(start, "tag is malformed");
  }
  text_ = {};
  text_.raw = {at_, at_};
  while (at_ < doc_.size() && is_space(doc_[at_])) ++at_;
  if (at_ < doc_.size() && doc_[at_] == '=') {
    ++at_;
    while (at_ < doc_.size() && is_space(doc_[at_])) ++at_;
    if (at_ >= doc_.size()) return fault(start, "tag is cut off");
    const char quote = doc_[at_];
    std::size_t end = 0;
    if (quote == '"' || quote == '\'') {
      end = doc_.find(quote, ++at_);
      if (end == Bytes::npos) return fault(start, "attribute value is cut off");
      text_.quoting = quote == '"' ? Quoting::kDouble : Quoting::kSingle;
    } else {
      end = at_;
      while (end < doc_.size() && !is_space(doc_[end]) && doc_[end] != '>') ++end;
    }
    text_.raw = {at_, end};
    decode(at_, end);
    at_ = end + (text_.quoting == Quoting::kBare ? 0 : 1);
  }
  if (text_.map.runs() > kScalarRunsMax) {
    return fail(grammar::too_large(doc_, start, "value has too many escapes"));
  }
  start_token(TokenKind::kAttribute, name, open_.size(), attributes_++);
  token_.value = std::move(text_);
  text_ = {};
  token_.span = {start, at_};
  emit();
  return {};
}

Result<void> XmlReader::read_start_tag() {
  const std::size_t start = at_++;
  while (at_ < doc_.size() && !ends_name(doc_[at_])) ++at_;
  const Bytes name = doc_.substr(start + 1, at_ - start - 1);
  if (open_.size() >= kGrammarDepthMax) return fault(start, "elements are nested too deeply");
  // A truncated tag is no element: it is handed over only once its end is known to be there.
  if (doc_.find('>', at_) == Bytes::npos) return fault(start, "tag is cut off");
  if (!finish_text(false)) return {};
  const std::size_t index = open_.empty() ? roots_++ : open_.back().children++;
  start_token(TokenKind::kOpen, name, open_.size(), index);
  token_.container = Container::kElement;
  token_.span = {start, at_};
  if (!emit()) return {};
  open_.push_back({name, start});
  attributes_ = 0;
  while (true) {
    while (at_ < doc_.size() && is_space(doc_[at_])) ++at_;
    if (at_ >= doc_.size()) return fault(start, "tag is cut off");
    if (doc_[at_] == '>') {
      ++at_;
      return {};
    }
    if (doc_[at_] == '/') {
      ++at_;
      if (at_ < doc_.size() && doc_[at_] == '>') {
        close_top(++at_);
        return {};
      }
      continue;
    }
    NHI_CHECK_OK(read_attribute());
    if (stopped_) return {};
  }
}

// Skips `<!DOCTYPE …>` with its internal subset. Nothing in it is remembered, so an entity bomb
// is a few skipped bytes.
Result<void> XmlReader::read_doctype() {
  const std::size_t start = at_;
  std::size_t brackets = 0;
  at_ += 2;
  while (at_ < doc_.size()) {
    const char c = doc_[at_];
    std::size_t end = at_ + 1;
    if (c == '"' || c == '\'') {
      end = doc_.find(c, at_ + 1);
      end = end == Bytes::npos ? end : end + 1;
    } else if (doc_.substr(at_, 4) == "<!--") {
      end = doc_.find("-->", at_ + 4);
      end = end == Bytes::npos ? end : end + 3;
    } else if (doc_.substr(at_, 2) == "<?") {
      end = doc_.find("?>", at_ + 2);
      end = end == Bytes::npos ? end : end + 2;
    } else if (c == '[') {
      ++brackets;
    } else if (c == ']' && brackets > 0) {
      --brackets;
    } else if (c == '>' && brackets == 0) {
      ++at_;
      return {};
    }
    if (end == Bytes::npos) break;
    at_ = end;
  }
  return fault(start, "document type is cut off");
}

Result<void> XmlReader::read_mark() {
  const std::size_t start = at_;
  const Bytes rest = doc_.substr(at_);
  if (rest.starts_with("<!--")) {
    const std::size_t end = doc_.find("-->", at_ + 4);
    if (end == Bytes::npos) return fault(start, "comment is cut off");
    at_ = end + 3;
    return {};
  }
  if (rest.starts_with("<![CDATA[")) {
    const std::size_t end = doc_.find("]]>", at_ + 9);
    if (end == Bytes::npos) return fault(start, "CDATA section is cut off");
    read_cdata(end);
    return {};
  }
  if (rest.starts_with("<!")) return read_doctype();
  if (rest.starts_with("<?")) {
    const std::size_t end = doc_.find("?>", at_ + 2);
    if (end == Bytes::npos) return fault(start, "processing instruction is cut off");
    at_ = end + 2;
    return {};
  }
  if (rest.starts_with("</")) return read_end_tag();
  return read_start_tag();
}

Result<void> XmlReader::run() {
  at_ = grammar::bom_bytes(doc_);
  while (at_ < doc_.size() && !stopped_) {
    const bool mark = doc_[at_] == '<' && at_ + 1 < doc_.size() &&
                      (starts_name(doc_[at_ + 1]) || doc_[at_ + 1] == '/' || doc_[at_ + 1] == '!' ||
                       doc_[at_ + 1] == '?');
    if (mark) {
      NHI_CHECK_OK(read_mark());
    } else {
      read_text();
    }
    if (text_.map.runs() > kScalarRunsMax) {
      return fail(grammar::too_large(doc_, at_, "value has too many escapes"));
    }
  }
  if (stopped_) return {};
  if (!open_.empty()) return fault(doc_.size(), "document ends inside an element");
  if (roots_ == 0) return fault(doc_.size(), "document has no element");
  return {};
}

}  // namespace

Result<void> tokenize_xml(Bytes document, const TokenVisitor& visit) {
  return XmlReader(document, visit).run();
}

}  // namespace nhi
