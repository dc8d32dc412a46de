#include "tests/tidy/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <regex>

namespace nhi::tidy {
namespace {

bool is_name(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// Walks over one source and decides byte by byte where it belongs.
class Blanker {
 public:
  explicit Blanker(std::string_view source) : source_(source) {
    out_.code.assign(source.size(), ' ');
    out_.comments.assign(source.size(), ' ');
  }

  Blanked run() {
    while (at_ < source_.size()) step();
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool here(std::string_view text) const {
    return source_.substr(at_, text.size()) == text;
  }
  void keep(std::string& where) {
    where[at_] = source_[at_];
    ++at_;
  }
  // A line end stands in both, so that lines can be counted in either.
  void skip_to(std::size_t end, std::string* where) {
    for (; at_ < std::min(end, source_.size()); ++at_) {
      if (source_[at_] == '\n') {
        out_.code[at_] = out_.comments[at_] = '\n';
      } else if (where != nullptr) {
        (*where)[at_] = source_[at_];
      }
    }
  }

  void step() {
    if (here("//")) {
      skip_to(source_.find('\n', at_), &out_.comments);
    } else if (here("/*")) {
      const std::size_t end = source_.find("*/", at_ + 2);
      skip_to(end == std::string_view::npos ? end : end + 2, &out_.comments);
    } else if (here("R\"") && (at_ == 0 || !is_name(source_[at_ - 1]))) {
      raw_string();
    } else if (source_[at_] == '"') {
      literal('"');
    } else if (source_[at_] == '\'' && (at_ == 0 || !is_name(source_[at_ - 1]))) {
      literal('\'');
    } else if (source_[at_] == '\n') {
      skip_to(at_ + 1, nullptr);
    } else {
      keep(out_.code);
    }
  }

  void raw_string() {
    const std::size_t open = source_.find('(', at_);
    if (open == std::string_view::npos) return keep(out_.code);
    const std::string close = ")" + std::string(source_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const std::size_t end = source_.find(close, open);
    keep(out_.code);
    keep(out_.code);
    skip_to(end == std::string_view::npos ? end : end + close.size() - 1, nullptr);
    if (at_ < source_.size()) keep(out_.code);
  }

  void literal(char quote) {
    keep(out_.code);
    while (at_ < source_.size() && source_[at_] != quote && source_[at_] != '\n') {
      skip_to(at_ + (source_[at_] == '\\' ? 2 : 1), nullptr);
    }
    if (at_ < source_.size() && source_[at_] == quote) keep(out_.code);
  }

  std::string_view source_;
  std::size_t at_ = 0;
  Blanked out_;
};

enum class Scope { kNamespace, kType, kFunction, kOther };

// What a `{` after `header` opens. `header` is all since the last `;`, `{` or `}`.
Scope scope_of(const std::string& header) {
  static const std::regex kNamespace(R"(^\s*(inline\s+)?namespace\b|^\s*extern\s*"\s*"\s*$)");
  static const std::regex kType(R"(^\s*(typedef\s+)?(class|struct|union|enum)\b[^()]*$)");
  static const std::regex kTemplate(
      R"(^\s*((public|private|protected)\s*:\s*)?(template\s*<[^{}]*>\s*)?)"
      R"((?=(class|struct|union|enum)\b))");
  static const std::regex kAssigned(R"(^[^(]*[^=!<>]=[^=])");
  if (std::regex_search(header, kNamespace)) return Scope::kNamespace;
  const std::string bare = std::regex_replace(header, kTemplate, "");
  // Attributes and alignas may hold parentheses; a type with them is rare and stays "other".
  if (std::regex_search(bare, kType)) return Scope::kType;
  if (header.find('(') == std::string::npos) return Scope::kOther;
  if (std::regex_search(header, kAssigned) && header.find("operator") == std::string::npos) {
    return Scope::kOther;
  }
  return Scope::kFunction;
}

// `a_{1}` in the list of a constructor: the brace follows a name, and the parameters are closed.
bool is_member_initializer(const std::string& header) {
  static const std::regex kInList(R"(\)\s*(noexcept\s*)?:\s*[^:].*[A-Za-z0-9_>]$)");
  const std::size_t last = header.find_last_not_of(' ');
  return last != std::string::npos && std::regex_search(header.substr(0, last + 1), kInList);
}

std::string name_of(const std::string& header) {
  static const std::regex kTest(R"(^\s*(TEST|TEST_F|TEST_P)\s*\(\s*(\w+)\s*,\s*(\w+))");
  static const std::regex kName(R"((operator\s*(\(\)|[^\s(]+)|[~\w]+(::[~\w]+)*)\s*\()");
  std::smatch found;
  if (std::regex_search(header, found, kTest)) return "TEST:" + found.str(2) + "." + found.str(3);
  std::string name = std::regex_search(header, found, kName) ? found.str(1) : "?";
  name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
  return name;
}

// Preprocessor lines are no code here: a macro's braces need not balance.
std::string without_directives(std::string_view code) {
  std::string out(code);
  bool directive = false;
  std::size_t at = 0;
  while (at < out.size()) {
    std::size_t end = out.find('\n', at);
    if (end == std::string::npos) end = out.size();
    const std::size_t first = out.find_first_not_of(" \t", at);
    directive = directive || (first < end && out[first] == '#');
    const bool goes_on = directive && end > at && out[end - 1] == '\\';
    if (directive)
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(at),
                out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    directive = goes_on;
    at = end + 1;
  }
  return out;
}

class FunctionFinder {
 public:
  std::vector<Function> run(std::string_view source) {
    const std::string code = without_directives(source);
    for (const char letter : code) {
      step(letter);
      if (letter == '\n') ++line_;
    }
    return std::move(functions_);
  }

 private:
  struct Open {
    Scope scope;
    bool initializer;
    Function function;
  };
  [[nodiscard]] bool in_function() const {
    return std::any_of(stack_.begin(), stack_.end(), [](const Open& open) {
      return open.scope == Scope::kFunction || open.scope == Scope::kOther;
    });
  }
  void step(char letter) {
    if (letter == '(') ++parentheses_;
    if (letter == ')' && parentheses_ > 0) --parentheses_;
    if (parentheses_ == 0 && letter == '{') return open();
    if (parentheses_ == 0 && letter == '}') return close();
    if (parentheses_ == 0 && letter == ';') return restart();
    // One space for any white space: headers stay short however long the comments in them were.
    const bool blank = std::isspace(static_cast<unsigned char>(letter)) != 0;
    if (blank && (header_.empty() || header_.back() == ' ')) return;
    if (header_.empty()) header_line_ = line_;
    header_ += blank ? ' ' : letter;
  }
  void restart() { header_.clear(); }
  void open() {
    Scope scope = in_function() ? Scope::kOther : scope_of(header_);
    const bool initializer = scope == Scope::kFunction && is_member_initializer(header_);
    if (initializer) scope = Scope::kOther;
    const std::string name = scope == Scope::kFunction ? name_of(header_) : "";
    stack_.push_back({scope, initializer, {name, header_line_, 0}});
    // The list goes on after `a_{1}`; the header is still the constructor's.
    if (!initializer) restart();
  }
  void close() {
    if (stack_.empty()) return;
    Open done = std::move(stack_.back());
    stack_.pop_back();
    if (done.scope == Scope::kFunction) {
      done.function.last_line = line_;
      functions_.push_back(std::move(done.function));
    }
    if (done.initializer) {
      header_ += '}';
    } else {
      restart();
    }
  }

  std::vector<Open> stack_;
  std::vector<Function> functions_;
  std::string header_;
  std::size_t header_line_ = 1;
  std::size_t line_ = 1;
  std::size_t parentheses_ = 0;
};

}  // namespace

Blanked blank(std::string_view source) { return Blanker(source).run(); }

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::vector<Function> find_functions(std::string_view code) { return FunctionFinder().run(code); }

}  // namespace nhi::tidy
