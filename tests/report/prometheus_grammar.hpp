// prometheus_grammar.hpp - a strict reader of the Prometheus text format 0.0.4, for tests.
//
// Stricter than the servers: every family has HELP, then TYPE gauge, then its samples in one
// block; no blank line, no time stamp, no series twice.
// Source: prometheus.io, "Exposition formats", text format details.
#pragma once

#include <cctype>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "scanner/base/scrub.hpp"

namespace nhi::testing {

struct Metrics {
  std::string error;                      // empty: the text is what it should be
  std::map<std::string, double> samples;  // by name{label="value"} as written
};

class PrometheusReader {
 public:
  explicit PrometheusReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] Metrics read() {
    if (!is_utf8(rest_)) return failed("not UTF-8");
    if (rest_.empty() || rest_.back() != '\n') return failed("the last line must end");
    while (!rest_.empty() && out_.error.empty()) {
      const std::size_t end = rest_.find('\n');
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      const bool fine = line_.starts_with("# ") ? read_comment() : read_sample();
      if (!fine) out_.error = "bad line: " + std::string(line_);
    }
    if (!help_.empty()) out_.error = "HELP without TYPE: " + help_;
    return out_;
  }

 private:
  Metrics failed(std::string why) {
    out_.error = std::move(why);
    return out_;
  }
  static std::size_t name_length(std::string_view text, bool colons) {
    std::size_t size = 0;
    while (size < text.size()) {
      const auto c = static_cast<unsigned char>(text[size]);
      const bool letter = std::isalpha(c) != 0 || c == '_' || (colons && c == ':');
      if (!letter && (size == 0 || std::isdigit(c) == 0)) break;
      ++size;
    }
    return size;
  }
  static std::string take_name(std::string_view& text, bool colons) {
    const std::size_t size = name_length(text, colons);
    std::string name(text.substr(0, size));
    text.remove_prefix(size);
    return name;
  }
  bool read_comment() {
    std::string_view text = line_.substr(2);
    const bool help = text.starts_with("HELP ");
    if (!help && !text.starts_with("TYPE ")) return false;
    text.remove_prefix(5);
    const std::string name = take_name(text, true);
    if (name.empty() || text.size() < 2 || text[0] != ' ') return false;
    text.remove_prefix(1);
    if (help) {
      if (!help_.empty() || !families_.insert(name).second) return false;
      help_ = name;
      return text.find('\\') == std::string_view::npos;
    }
    family_ = name;
    const bool follows = help_ == name;
    help_.clear();
    return follows && text == "gauge";
  }
  bool read_labels(std::string_view& text) {
    std::set<std::string> seen;
    text.remove_prefix(1);
    while (true) {
      const std::string label = take_name(text, false);
      if (label.empty() || label.starts_with("__") || !seen.insert(label).second) return false;
      if (!text.starts_with("=\"")) return false;
      text.remove_prefix(2);
      while (!text.empty() && text[0] != '"') {
        const bool escape = text[0] == '\\';
        if (escape && (text.size() < 2 ||
                       std::string_view("\\\"n").find(text[1]) == std::string_view::npos)) {
          return false;
        }
        text.remove_prefix(escape ? 2 : 1);
      }
      if (text.size() < 2) return false;
      const char next = text[1];
      text.remove_prefix(2);
      if (next == '}') return true;
      if (next != ',') return false;
    }
  }
  bool read_sample() {
    std::string_view text = line_;
    if (!help_.empty() || take_name(text, true) != family_) return false;
    if (text.starts_with("{") && !read_labels(text)) return false;
    const std::string series(line_.substr(0, line_.size() - text.size()));
    if (!text.starts_with(" ")) return false;
    text.remove_prefix(1);
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return false;
    return out_.samples.emplace(series, value).second;
  }

  std::string_view rest_;
  std::string_view line_;
  std::string help_;    // HELP was read, its TYPE was not
  std::string family_;  // whose samples may stand here
  std::set<std::string> families_;
  Metrics out_;
};

inline Metrics read_prometheus(std::string_view text) { return PrometheusReader(text).read(); }

}  // namespace nhi::testing
