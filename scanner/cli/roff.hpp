// roff.hpp - writes manual pages in the man(7) macros that groff and mandoc both read.
#pragma once

#include <string>
#include <string_view>

namespace nhi {

/// `text` as it is printed: nothing in it is taken for a request or an escape. Non-ASCII code
/// points become \[uXXXX], so that a page reads the same under every locale.
[[nodiscard]] std::string roff_text(std::string_view text);

// One page. Arguments are plain text unless they are called roff.
class RoffPage {
 public:
  RoffPage(std::string_view name, int section, std::string_view date, std::string_view version);

  void section(std::string_view title);
  void subsection(std::string_view title);
  void paragraph(std::string_view text);
  /// `term_roff` stands out, `text` is set in below it.
  void tagged(std::string_view term_roff, std::string_view text);
  /// Lines kept as they are, set in.
  void literal(std::string_view text);
  /// A line of a synopsis, on a line of its own.
  void synopsis_line(std::string_view roff, bool first);
  void line(std::string_view roff);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin_paragraph();

  std::string text_;
};

[[nodiscard]] std::string roff_bold(std::string_view text);
[[nodiscard]] std::string roff_italic(std::string_view text);

}  // namespace nhi
