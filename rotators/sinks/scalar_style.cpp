#include "rotators/sinks/scalar_style.hpp"

#include <algorithm>
#include <optional>

#include "rotators/sinks/utf8_walk.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/secret_buffer.hpp"

namespace nhi::sinks {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

struct Look {
  bool newline = false;  // LF or CR
  bool carriage = false;
  bool tab = false;
  bool control = false;      // other than those, DEL included
  bool high = false;         // above ASCII
  bool unprintable = false;  // what YAML and XML cannot hold as it is
  bool invalid = false;      // not UTF-8
};

Look look_at(Bytes text) {
  Look look;
  while (!text.empty()) {
    const CodePoint next = take_code_point(text);
    const std::uint32_t code = next.code;
    look.newline = look.newline || code == '\n' || code == '\r';
    look.carriage = look.carriage || code == '\r';
    look.tab = look.tab || code == '\t';
    look.control = look.control || (code < 0x20 && code != '\n' && code != '\r' && code != '\t') ||
                   code == 0x7F;
    look.high = look.high || code >= 0x80;
    look.unprintable = look.unprintable || (code >= 0x80 && code < 0xA0) || code == 0x2028 ||
                       code == 0x2029 || code == 0xFEFF || (code & 0xFFFEU) == 0xFFFEU;
    look.invalid = look.invalid || !next.valid;
  }
  return look;
}

bool has_any(Bytes text, std::string_view wanted) {
  return text.find_first_of(wanted) != Bytes::npos;
}
bool blank_at_an_end(Bytes text) {
  return !text.empty() && (chars::is_space(text.front()) || chars::is_space(text.back()));
}

Unexpected<Error> no_style(std::string_view why) {
  return fail(ErrorCode::kBadUse, "the document cannot hold this value: " + std::string(why), {},
              "choose a value of letters and digits");
}

void add_hex(SecretBuffer& out, std::uint32_t code, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out.add(kDigits[code >> static_cast<unsigned>(shift) & 0xFU]);
  }
}

// \uXXXX, in two for what lies beyond.
void add_u_escape(SecretBuffer& out, std::uint32_t code) {
  if (code < 0x10000) {
    out.add("\\u");
    add_hex(out, code, 4);
    return;
  }
  const std::uint32_t rest = code - 0x10000;
  add_u_escape(out, 0xD800 + (rest >> 10U));
  add_u_escape(out, 0xDC00 + (rest & 0x3FFU));
}

// The letter of \n, \t and the like among `letters`, which mean `meanings`.
bool add_letter(SecretBuffer& out, std::uint32_t code, std::string_view letters,
                std::string_view meanings) {
  const std::size_t which = code < 0x80 ? meanings.find(static_cast<char>(code)) : Bytes::npos;
  if (which == Bytes::npos) return false;
  out.add('\\').add(letters[which]);
  return true;
}

// ---- each format: what may stand bare, and which quoting holds the rest ------------------------

// No escape would help; what stood there before may come back.
bool unknown_set(const ScalarPlace& place, const Look& look) {
  return place.ascii_only && look.high && !place.restores;
}

// Shell words that need no quotes, whatever reads them: a shell, systemd, a container runtime.
bool is_shell_word(Bytes text) {
  return chars::all_are(text, [](char c) {
    return chars::is_word(c) || chars::is_high(c) ||
           std::string_view("-./:@%+,=").find(c) != Bytes::npos;
  });
}

Result<Quoting> fit_env(const ScalarPlace& place, Bytes text, const Look& look) {
  if (look.control) return no_style("control characters");
  if (unknown_set(place, look)) return no_style("the character set is not known");
  const bool single = has_any(text, "'");
  if (place.quoting == Quoting::kDouble) return Quoting::kDouble;
  if (place.quoting == Quoting::kSingle) return single ? Quoting::kDouble : Quoting::kSingle;
  if (is_shell_word(text) && !look.newline) return Quoting::kBare;
  return single ? Quoting::kDouble : Quoting::kSingle;
}

// Readers of ini agree on little. Without quotes nothing may look like a comment, quotes are used
// only where the document has some, and a backslash is an escape to some of them.
Result<Quoting> fit_ini(const ScalarPlace& place, Bytes text, const Look& look) {
  if (look.newline || look.control || look.tab) return no_style("control characters or line ends");
  if (unknown_set(place, look)) return no_style("the character set is not known");
  if (!place.restores && has_any(text, "\\")) return no_style("a backslash, an escape to some");
  const bool has_single = has_any(text, "'");
  const bool has_double = has_any(text, "\"");
  const bool comment = has_any(text, ";#");
  const bool begins_quote = text.front() == '"' || text.front() == '\'';
  if (place.quoting == Quoting::kSingle && !has_single) return Quoting::kSingle;
  if (place.quoting == Quoting::kDouble && !has_double) return Quoting::kDouble;
  if (place.quoting == Quoting::kBare && !blank_at_an_end(text) && !begins_quote) {
    if (!comment) return Quoting::kBare;
    // Only a mark between blanks is one to every reader; the old value may have had the others.
    const bool apart = text.find(" ;") != Bytes::npos || text.find(" #") != Bytes::npos;
    if (place.restores && !apart && text.front() != ';' && text.front() != '#') {
      return Quoting::kBare;
    }
  }
  if (place.knows_double && !has_double) return Quoting::kDouble;
  if (place.knows_single && !has_single) return Quoting::kSingle;
  return no_style("it needs quotes that not every reader of ini takes off");
}

Result<Quoting> fit_yaml(const ScalarPlace& place, Bytes text, const Look& look) {
  const bool escapes = look.newline || look.control || look.tab || look.unprintable ||
                       (place.ascii_only && look.high);
  switch (place.quoting) {
    case Quoting::kBlock:
      if (look.control || look.unprintable || look.carriage || (place.ascii_only && look.high)) {
        return no_style("a block has no escapes");
      }
      if (chars::is_space(text.front()) || (place.folded && text.find('\n') < text.size() - 1)) {
        return no_style("a block would change its white space");
      }
      return Quoting::kBlock;
    case Quoting::kSingle:
      return escapes ? Quoting::kDouble : Quoting::kSingle;
    case Quoting::kBare: {
      if (escapes) return Quoting::kDouble;
      const bool mark = std::string_view("-?:,[]{}#&*!|>'\"%@`=~").find(text[0]) != Bytes::npos;
      const bool ends = text.find(": ") != Bytes::npos || text.back() == ':' ||
                        text.find(" #") != Bytes::npos || text.starts_with("...");
      const bool flow = place.flow && has_any(text, ",[]{}:?");
      const bool type = is_typed_word(Format::kYaml, text) &&
                        !(place.typed && chars::all_are(text, chars::is_digit) && text[0] != '0' &&
                          text.size() < 16);
      return mark || ends || flow || type || blank_at_an_end(text) ? Quoting::kSingle
                                                                   : Quoting::kBare;
    }
    default:
      return place.quoting;
  }
}

Result<Quoting> fit_xml(const ScalarPlace& place, Bytes text, const Look& look) {
  // XML 1.0, 2.2: no reference makes these characters lawful.
  if (look.control && has_any(text, std::string_view("\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0E"
                                                     "\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18"
                                                     "\x19\x1A\x1B\x1C\x1D\x1E\x1F"))) {
    return no_style("control characters");
  }
  if (text.find("\xEF\xBF\xBE") != Bytes::npos || text.find("\xEF\xBF\xBF") != Bytes::npos) {
    return no_style("characters that XML does not know");
  }
  if (place.quoting == Quoting::kCdata) {
    if (look.carriage || (place.ascii_only && look.high)) return no_style("CDATA has no escapes");
    return Quoting::kCdata;
  }
  if (place.attribute && place.quoting == Quoting::kBare) {
    return has_any(text, " \t\r\n\"'=<>`/") ? Quoting::kDouble : Quoting::kBare;
  }
  return place.quoting;
}

Result<Quoting> fit_json(const ScalarPlace& place, Bytes text) {
  if (place.quoting == Quoting::kDouble) return Quoting::kDouble;
  const bool number = chars::all_are(text, chars::is_digit) && text.size() < 16 &&
                      (text.size() == 1 || text[0] != '0');
  return place.typed && number ? Quoting::kBare : Quoting::kDouble;
}

// ---- escapes -----------------------------------------------------------------------------------

void escape_properties(SecretBuffer& out, const CodePoint& next, bool first) {
  const std::uint32_t code = next.code;
  if (code == '\\' || (first && (code == ' ' || code == '=' || code == ':'))) {
    out.add('\\').add(next.bytes);
  } else if (add_letter(out, code, "tnrf", "\t\n\r\f")) {
    // Done.
  } else if (code < 0x20 || code >= 0x7F) {
    add_u_escape(out, code);
  } else {
    out.add(next.bytes);
  }
}

void escape_json(SecretBuffer& out, const CodePoint& next, bool ascii_only) {
  const std::uint32_t code = next.code;
  if (code == '"' || code == '\\') {
    out.add('\\').add(next.bytes);
  } else if (!add_letter(out, code, "bfnrt", "\b\f\n\r\t")) {
    if (code < 0x20 || (ascii_only && code >= 0x80)) {
      add_u_escape(out, code);
    } else {
      out.add(next.bytes);
    }
  }
}

void escape_yaml_double(SecretBuffer& out, const CodePoint& next, bool ascii_only) {
  const std::uint32_t code = next.code;
  if (code == '"' || code == '\\') {
    out.add('\\').add(next.bytes);
  } else if (!add_letter(out, code, "nrt", "\n\r\t")) {
    if (code < 0x20 || code == 0x7F || (code >= 0x80 && code < 0xA0)) {
      out.add("\\x");
      add_hex(out, code, 2);
    } else if (code > 0xFFFF && ascii_only) {
      out.add("\\U");
      add_hex(out, code, 8);
    } else if (look_at(next.bytes).unprintable || (ascii_only && code >= 0x80)) {
      out.add(code > 0xFFFF ? "\\U" : "\\u");
      add_hex(out, code, code > 0xFFFF ? 8 : 4);
    } else {
      out.add(next.bytes);
    }
  }
}

void escape_xml(SecretBuffer& out, const CodePoint& next, const ScalarPlace& place,
                Quoting quoting) {
  const std::uint32_t code = next.code;
  const bool white = code == '\r' || (place.attribute && (code == '\n' || code == '\t'));
  if (code == '&') {
    out.add("&amp;");
  } else if (code == '<') {
    out.add("&lt;");
  } else if (code == '>' && !place.attribute) {
    out.add("&gt;");  // for the sake of `]]>`
  } else if (code == '"' && quoting == Quoting::kDouble) {
    out.add("&quot;");
  } else if (code == '\'' && quoting == Quoting::kSingle) {
    out.add("&apos;");
  } else if (white || (code >= 0x80 && place.ascii_only)) {
    out.add("&#");
    out.add(std::to_string(code)).add(';');
  } else {
    out.add(next.bytes);
  }
}

void escape_one(SecretBuffer& out, const ScalarPlace& place, Quoting quoting, const CodePoint& next,
                bool first) {
  const auto is = [&](std::string_view set) {
    return next.code < 0x80 && set.find(static_cast<char>(next.code)) != Bytes::npos;
  };
  if (!next.valid) {  // a byte of an eight-bit set that is put back
    out.add(next.bytes);
    return;
  }
  switch (place.format) {
    case Format::kProperties:
      return escape_properties(out, next, first);
    case Format::kEnv:
      if (quoting == Quoting::kDouble && is("\"\\$`")) out.add('\\');
      break;
    case Format::kPgpass:
      if (is(":\\")) out.add('\\');
      break;
    case Format::kJson:
      if (quoting == Quoting::kDouble) return escape_json(out, next, place.ascii_only);
      break;
    case Format::kYaml:
      if (quoting == Quoting::kDouble) return escape_yaml_double(out, next, place.ascii_only);
      if (quoting == Quoting::kSingle && is("'")) out.add('\'');
      if (quoting == Quoting::kBlock && is("\n")) {
        out.add(place.line_end);
        return;
      }
      break;
    case Format::kXml:
      if (quoting != Quoting::kCdata) return escape_xml(out, next, place, quoting);
      break;
    case Format::kIni:
      break;
  }
  out.add(next.bytes);
}

}  // namespace

bool is_typed_word(Format format, Bytes text) {
  if (format != Format::kYaml && format != Format::kJson) return false;
  static constexpr std::string_view kWords[] = {"y",    "n",    "yes",  "no",    "on",
                                                "off",  "true", "null", "false", "nan",
                                                ".nan", ".inf", "<<",   "~"};
  const Bytes plain = text.substr(text.starts_with("+") || text.starts_with("-") ? 1 : 0);
  for (const std::string_view word : kWords) {
    if (chars::equals_folded(text, word) || chars::equals_folded(plain, word)) return true;
  }
  // Numbers in any base, sexagesimals, dates: more than there are, which costs a pair of quotes.
  if (plain.empty() || !(chars::is_digit(plain[0]) || plain[0] == '.')) return false;
  return chars::all_are(text, [](char c) {
    return chars::is_hex(c) || std::string_view("xXoO_.:+-tTzZ ").find(c) != Bytes::npos;
  });
}

Result<Quoting> fitting_quoting(const ScalarPlace& place, Bytes text) {
  const Look look = look_at(text);
  if (text.empty()) return no_style("it is empty");
  if (text.find('\0') != Bytes::npos) return no_style("a zero byte");
  if (look.invalid && !(place.any_bytes && place.restores)) return no_style("it is not UTF-8");
  switch (place.format) {
    case Format::kXml:
      return fit_xml(place, text, look);
    case Format::kJson:
      return fit_json(place, text);
    case Format::kYaml:
      return fit_yaml(place, text, look);
    case Format::kIni:
      return fit_ini(place, text, look);
    case Format::kEnv:
      return fit_env(place, text, look);
    case Format::kPgpass:
      if (look.newline || look.control) return no_style("control characters or line ends");
      if (unknown_set(place, look)) return no_style("the character set is not known");
      return Quoting::kBare;
    case Format::kProperties:
      return Quoting::kBare;
  }
  return no_style("its format is not known");
}

SecretText escaped(const ScalarPlace& place, Quoting quoting, Bytes part, bool at_start) {
  SecretBuffer out(part.size() * 2 + 16);
  bool first = at_start;
  std::size_t brackets = 0;  // `]` just written, for CDATA
  while (!part.empty()) {
    const CodePoint next = take_code_point(part);
    if (quoting == Quoting::kCdata && next.code == '>' && brackets >= 2) {
      out.add("]]><![CDATA[");
      // The two before stay in the first section: `]]` ends it, `>` begins the second.
    }
    brackets = next.code == ']' ? brackets + 1 : 0;
    // Lines of a block but its first begin with its indentation, empty ones with nothing.
    escape_one(out, place, quoting, next, first);
    const bool line_follows = !part.empty() && part.front() != '\n';
    if (quoting == Quoting::kBlock && next.code == '\n' && line_follows) out.add(place.indent);
    first = false;
  }
  return out.secret();
}

std::string_view quote_mark(Quoting quoting) {
  if (quoting == Quoting::kSingle) return "'";
  if (quoting == Quoting::kDouble) return "\"";
  return {};
}

}  // namespace nhi::sinks
