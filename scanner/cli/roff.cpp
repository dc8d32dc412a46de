#include "scanner/cli/roff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace nhi {
namespace {

constexpr std::size_t kSourceColumns = 66;  // escapes make it longer; mandoc complains above 80

// The code point at `at` of valid UTF-8, which all text of the program is; moves behind it.
std::uint32_t code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  std::uint32_t point = lead & (0x3Fu >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
  }
  return point;
}

// The same words in lines of the source that a person can read; a reader fills them again.
std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (column != 0) {
      const bool fits = column + 1 + space <= kSourceColumns;
      out += fits ? ' ' : '\n';
      column = fits ? column + 1 : 0;
    }
    out += text.substr(0, space);
    column += space;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    // A period or an apostrophe that begins a line begins a request.
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (static_cast<unsigned char>(c) >= 0x80) {
      out += fmt::format("\\[u{:04X}]", code_point(text, at));
      continue;
    }
    ++at;
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";  // a hyphen that can be copied into a shell
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '^':
        out += "\\(ha";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string roff_bold(std::string_view text) { return "\\fB" + roff_text(text) + "\\fR"; }
std::string roff_italic(std::string_view text) { return "\\fI" + roff_text(text) + "\\fR"; }

RoffPage::RoffPage(std::string_view name, int section, std::string_view date,
                   std::string_view version) {
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  line(fmt::format(".TH {} {} \"{}\" \"nhisweep {}\" \"nhisweep manual\"", roff_text(upper),
                   section, date, version));
}

void RoffPage::section(std::string_view title) { line(fmt::format(".SH {}", roff_text(title))); }
void RoffPage::subsection(std::string_view title) { line(fmt::format(".SS {}", roff_text(title))); }

void RoffPage::paragraph(std::string_view text) {
  begin_paragraph();
  line(roff_text(wrapped(text)));
}

void RoffPage::tagged(std::string_view term_roff, std::string_view text) {
  line(".TP");
  line(term_roff);
  line(roff_text(wrapped(text)));
}

void RoffPage::literal(std::string_view text) {
  begin_paragraph();
  line(".RS 4");
  line(".nf");
  line(roff_text(text));
  line(".fi");
  line(".RE");
}

void RoffPage::synopsis_line(std::string_view roff, bool first) {
  if (!first) line(".br");
  line(roff);
}

// The first paragraph of a section needs no macro, and mandoc warns of one.
void RoffPage::begin_paragraph() {
  const std::size_t last = text_.rfind('\n', text_.size() - 2) + 1;
  const std::string_view before = std::string_view(text_).substr(last);
  if (!before.starts_with(".SH ") && !before.starts_with(".SS ")) line(".PP");
}

void RoffPage::line(std::string_view roff) {
  text_ += roff;
  text_ += '\n';
}

}  // namespace nhi
