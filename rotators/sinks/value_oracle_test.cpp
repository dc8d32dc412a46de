// What is written is read by other parsers as it was meant, or it is refused.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <pugixml.hpp>

#include "rotators/sinks/value_place.hpp"

namespace nhi {
namespace {

ValueEdit edit(ValueRef place, std::string_view is, std::string_view becomes) {
  return {std::move(place), SecretText(is), SecretText(becomes), false};
}

// How a POSIX shell reads the word behind `A=`, without expansions: an unquoted mark of the shell
// ends the test.
std::string shell_word(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') {
      while (text.at(++i) != '\'') out += text[i];
    } else if (c == '"') {
      while (text.at(++i) != '"') {
        if (text[i] == '$' || text[i] == '`') return "expansion";
        if (text[i] == '\\' && std::string_view("\"\\$`").find(text.at(i + 1)) != Bytes::npos) ++i;
        out += text[i];
      }
    } else if (c == '\n' || c == ' ') {
      break;
    } else if (std::string_view("$`\\;&|<>()*?[]#~!{}\t").find(c) != std::string_view::npos) {
      return "mark";
    } else {
      out += c;
    }
  }
  return out;
}

void add_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6U);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12U);
    out += static_cast<char>(0x80 | (code >> 6U & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18U);
    out += static_cast<char>(0x80 | (code >> 12U & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6U & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// How java.util.Properties reads a value that stands behind `key = ` and ends with its line.
std::string java_value(std::string_view text) {
  std::string out;
  std::uint32_t high = 0;
  std::size_t i = text.find_first_not_of(" \t\f");
  for (; i < text.size() && text[i] != '\n' && text[i] != '\r'; ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char c = text.at(++i);
    if (c != 'u') {
      const std::size_t which = std::string_view("tnrf").find(c);
      out += which == Bytes::npos ? c : "\t\n\r\f"[which];
      continue;
    }
    const auto unit =
        static_cast<std::uint32_t>(std::stoul(std::string(text.substr(i + 1, 4)), nullptr, 16));
    i += 4;
    if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      add_utf8(out, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
    } else {
      add_utf8(out, unit);
    }
  }
  return out;
}

std::string pgpass_value(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && text[i] != ':' && text[i] != '\n'; ++i) {
    if (text[i] == '\\') ++i;
    out += text.at(i);
  }
  return out;
}

std::string ini_value(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.starts_with("\"") || text.starts_with("'")) {
    return std::string(text.substr(1, text.find(text[0], 1) - 1));
  }
  if (text.find_first_of(";#") != Bytes::npos) return "comment";
  return std::string(text);
}

std::string yaml_value(std::string_view document) {
  const YAML::Node root = YAML::Load(std::string(document));
  if (root["z"].as<std::string>() != "end" || root.size() != 3) return "others changed";
  return root["k"].as<std::string>();
}

std::string xml_value(std::string_view document) {
  pugi::xml_document xml;
  if (!xml.load_buffer(document.data(), document.size(),
                       pugi::parse_default | pugi::parse_ws_pcdata)) {
    return "malformed";
  }
  const pugi::xml_node root = xml.child("r");
  if (std::string_view(root.child("z").text().get()) != "end") return "others changed";
  if (root.attribute("k")) return root.attribute("k").value();
  std::string text;
  for (const pugi::xml_node child : root.child("k").children()) text += child.value();
  return text;
}

std::string json_value(std::string_view document) {
  const auto json = nlohmann::json::parse(document);
  if (json.at("z") != "end" || json.size() != 3) return "others changed";
  return json.at("k").get<std::string>();
}

std::string behind(std::string_view document, std::string_view key) {
  if (!document.ends_with("z=end\n") && !document.ends_with("h:1:d:z:end\n"))
    return "others changed";
  return std::string(document.substr(document.find(key) + key.size()));
}

struct Template {
  std::string_view name;
  Format format;
  std::string_view before, after;  // of the value
  ValueRef place;
  std::size_t held_min;  // of kHostile, values that it must hold
  std::function<std::string(std::string_view)> read;
};

const std::vector<std::string> kHostile = {"plain",
                                           "a'b",
                                           "a\"b",
                                           "a;b",
                                           "a$b",
                                           "${x}",
                                           "$(x)",
                                           "a\\b",
                                           "a\nb",
                                           "\na",
                                           "#a",
                                           "a #b",
                                           "a#b",
                                           " a",
                                           "a ",
                                           "\xF0\x9F\x94\x91",
                                           "caf\xC3\xA9",
                                           "a]]>b",
                                           "]]>",
                                           "a&b",
                                           "&amp;",
                                           "<a>",
                                           "a:b",
                                           "a: b",
                                           "a:",
                                           ": a",
                                           "-a",
                                           "- a",
                                           "?a",
                                           "*a",
                                           "&a",
                                           "!a",
                                           "%a",
                                           "@a",
                                           "`a",
                                           "|",
                                           ">",
                                           "'a'",
                                           "\"a\"",
                                           "{a}",
                                           "[a]",
                                           "a,b",
                                           "a=b",
                                           "=a",
                                           "yes",
                                           "NULL",
                                           "~",
                                           "007",
                                           "1e5",
                                           "0x1F",
                                           "1:30",
                                           "2024-01-01",
                                           ".5",
                                           "...",
                                           "---",
                                           "a\tb",
                                           "a\rb",
                                           "\\",
                                           "a\\",
                                           "\\n",
                                           "\\u0041",
                                           "''",
                                           "\"\"",
                                           "a''b",
                                           "{{a}}",
                                           "a}}b",
                                           "\x7F",
                                           "\xC2\x85",
                                           "\xE2\x80\xA8",
                                           "\xEF\xBB\xBF",
                                           "!x",
                                           "a!b",
                                           "(a)",
                                           "a|b",
                                           "a*b",
                                           "<!--",
                                           "--",
                                           "?>",
                                           "http://h/?a=b&c#d",
                                           "\x01",
                                           "a/b+c==",
                                           "^"};

std::string env(std::string_view d) { return shell_word(behind(d, "k=")); }
std::string ini(std::string_view d) { return ini_value(behind(d, "k = ")); }
std::string java(std::string_view d) { return java_value(behind(d, "k =")); }
std::string pgpass(std::string_view d) { return pgpass_value(behind(d, "h:1:d:k:")); }

const std::vector<Template> kTemplates = {
    {"properties", Format::kProperties, "a=1\nk = ", "\nz=end\n", {"k", 0, "", {}}, 82, java},
    {"env bare", Format::kEnv, "A=1\nk=", "\nz=end\n", {"k", 0, "", {}}, 80, env},
    {"env single", Format::kEnv, "A=1\nk='", "'\nz=end\n", {"k", 0, "", {}}, 80, env},
    {"env double", Format::kEnv, "A=1\nk=\"", "\"\nz=end\n", {"k", 0, "", {}}, 80, env},
    {"ini bare", Format::kIni, "a=1\nk = ", "\nz=end\n", {"k", 0, "", {}}, 50, ini},
    {"ini double", Format::kIni, "a=1\nk = \"", "\"\nz=end\n", {"k", 0, "", {}}, 60, ini},
    {"ini single", Format::kIni, "a=1\nk = '", "'\nz=end\n", {"k", 0, "", {}}, 60, ini},
    {"yaml plain", Format::kYaml, "a: 1\nk: ", "\nz: end\n", {"$.k", 0, "", {}}, 82, yaml_value},
    {"yaml single", Format::kYaml, "a: 1\nk: '", "'\nz: end\n", {"$.k", 0, "", {}}, 82, yaml_value},
    {"yaml double",
     Format::kYaml,
     "a: 1\nk: \"",
     "\"\nz: end\n",
     {"$.k", 0, "", {}},
     82,
     yaml_value},
    {"yaml flow", Format::kYaml, "{a: 1, k: ", ", z: end}\n", {"$.k", 0, "", {}}, 82, yaml_value},
    {"yaml block",
     Format::kYaml,
     "a: 1\nk: |-\n  ",
     "\nz: end\n",
     {"$.k", 0, "", {}},
     70,
     yaml_value},
    {"yaml folded",
     Format::kYaml,
     "a: 1\nk: >-\n  ",
     "\nz: end\n",
     {"$.k", 0, "", {}},
     70,
     yaml_value},
    {"json",
     Format::kJson,
     R"({"a": 1, "k": ")",
     R"(", "z": "end"})",
     {"$.k", 0, "", {}},
     82,
     json_value},
    {"xml text", Format::kXml, "<r><k>", "</k><z>end</z></r>", {"/r/k", 0, "", {}}, 81, xml_value},
    {"xml cdata",
     Format::kXml,
     "<r><k><![CDATA[",
     "]]></k><z>end</z></r>",
     {"/r/k", 0, "", {}},
     80,
     xml_value},
    {"xml double",
     Format::kXml,
     "<r k=\"",
     "\"><z>end</z></r>",
     {"/r/@k", 0, "", {}},
     81,
     xml_value},
    {"xml single", Format::kXml, "<r k='", "'><z>end</z></r>", {"/r/@k", 0, "", {}}, 81, xml_value},
    {"pgpass",
     Format::kPgpass,
     "h:1:d:k:",
     "\nh:1:d:z:end\n",
     {"entry[1] password", 0, "", {}},
     77,
     pgpass},
};

// The value that another parser reads afterwards; nothing if it was refused.
std::optional<std::string> read_after(const Template& row, const std::string& value) {
  const std::string document = std::string(row.before) + "0ldValue" + std::string(row.after);
  const ValueEdit edits[] = {edit(row.place, "0ldValue", value)};
  const auto result = rewritten(document, row.format, edits);
  if (!result) {
    EXPECT_EQ(result.error().code, ErrorCode::kBadUse) << row.name << ": " << value;
    if (value.size() > 8) {
      EXPECT_EQ(result.error().message().find(value), std::string::npos);
    }
    return std::nullopt;
  }
  const std::string_view now = result->bytes.reveal();
  if (result->requoted.empty()) {
    EXPECT_TRUE(now.starts_with(row.before) && now.ends_with(row.after)) << row.name << now;
  }
  // And back: the document is what it was, byte for byte, unless it has other quotes now.
  ValueEdit undo = edit(row.place, value, "0ldValue");
  undo.restores = true;
  const ValueEdit undos[] = {std::move(undo)};
  const auto before = rewritten(now, row.format, undos);
  EXPECT_TRUE(before.has_value()) << row.name << ": " << now;
  if (before && result->requoted.empty()) {
    EXPECT_EQ(before->bytes.reveal(), document);
  }
  return row.read(now);
}

TEST(RewrittenValues, AreReadByOthersAsTheyWereMeant) {
  for (const Template& row : kTemplates) {
    std::size_t held = 0;
    for (const std::string& value : kHostile) {
      const auto read = read_after(row, value);
      if (!read) continue;
      ++held;
      EXPECT_EQ(*read, value) << row.name;
    }
    EXPECT_GE(held, row.held_min) << row.name;
    EXPECT_TRUE(read_after(row, "Zx8_plain-value.9").has_value()) << row.name;
  }
}

TEST(RewrittenValues, GeneratedOnesToo) {
  std::uint64_t state = 1;
  const auto below = [&state](std::size_t limit) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state >> 33U) % limit;
  };
  for (const Template& row : kTemplates) {
    for (int i = 0; i < 1500; ++i) {
      std::string value;
      const std::size_t parts = 1 + below(4);
      for (std::size_t part = 0; part < parts; ++part) {
        value += below(3) == 0 ? std::string("x") : kHostile[below(kHostile.size())];
      }
      const auto read = read_after(row, value);
      if (read) {
        ASSERT_EQ(*read, value) << row.name;
      }
    }
  }
}

}  // namespace
}  // namespace nhi
