#include "scanner/definitions/script_values.hpp"

#include <algorithm>
#include <array>

#include "scanner/base/chars.hpp"

namespace nhi::definitions {
namespace {

using Kind = ScriptTokenKind;

constexpr unsigned kConstantDepthMax = 6;          // a constant that names a constant that …
constexpr std::size_t kExpressionTokens = 96;      // longer expressions are no simple values
constexpr std::size_t kOperandsMax = 1000;         // of one value, constants of constants included
constexpr std::size_t kValueBytesMax = 64 * 1024;  // of the literals of one value together
constexpr std::size_t kBracketTokens = 512;        // tokens looked at for one closing bracket

template <std::size_t N>
bool any_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Short forms and maps of Mirth and its forks (User API, "MapUtil").
constexpr std::array<std::string_view, 9> kShortMaps = {"$",   "$cfg", "$c", "$gc",        "$g",
                                                        "$co", "$s",   "$r", "getProperty"};
constexpr std::array<std::string_view, 8> kMaps = {
    "configurationMap", "globalMap",   "globalChannelMap", "channelMap",
    "connectorMap",     "responseMap", "sourceMap",        "ConfigurationController"};

bool opens(Bytes mark) { return mark == "(" || mark == "[" || mark == "{"; }
bool closes(Bytes mark) { return mark == ")" || mark == "]" || mark == "}"; }

// One past the bracket that closes the one at `open`; the limit if there is none.
std::size_t closing(const ParsedScript& script, std::size_t open, std::size_t last) {
  std::size_t depth = 0;
  last = std::min(last, open + kBracketTokens);
  for (std::size_t i = open; i < last; ++i) {
    if (!script.is_kind(i, Kind::kMark)) continue;
    if (opens(script.word(i))) ++depth;
    if (closes(script.word(i)) && --depth == 0) return i + 1;
  }
  return last;
}

Span place_of(const ParsedScript& script, std::size_t first, std::size_t last) {
  if (first >= last || last > script.tokens.size()) return {};
  return script.map.to_source({script.tokens[first].start, script.tokens[last - 1].end});
}

Text literal_text(const ParsedScript& script, std::size_t token) {
  const Scalar literal = read_literal(script.text, script.tokens[token]);
  // One map instead of two: each run of the literal is looked up in the script's own map.
  Text text;
  const Span raw = script.map.to_source(
      literal.raw.empty() ? Span{literal.raw.start, literal.raw.start} : literal.raw);
  OffsetMap map;
  for (std::size_t i = 0; i < literal.text.size();) {
    const Span in_script = literal.map.to_source({i, i + 1});
    std::size_t count = 1;
    while (i + count < literal.text.size() &&
           literal.map.to_source({i + count, i + count + 1}) == in_script) {
      ++count;
    }
    map.replace(script.map.to_source(in_script), count);
    i += count;
  }
  text.append(literal.text, map, raw);
  return text;
}

void find_constants(ParsedScript& script) {
  for (std::size_t i = 0; i + 2 < script.tokens.size(); ++i) {
    if (!script.is_kind(i, Kind::kWord) || !script.is(i + 1, "=")) continue;
    const std::size_t last = script.expression_end(i + 2, kExpressionTokens + 1);
    if (last <= i + 2 || last - i - 2 > kExpressionTokens) continue;
    script.constants[std::string(script.word(i))].push_back({i, i + 2, last});
  }
}

}  // namespace

std::size_t ParsedScript::expression_end(std::size_t token, std::size_t tokens_max) const {
  std::size_t depth = 0;
  const std::size_t limit = std::min(tokens.size(), token + tokens_max);
  for (std::size_t i = token; i < limit; ++i) {
    if (tokens[i].kind == Kind::kMark) {
      const Bytes mark = word(i);
      if (opens(mark)) ++depth;
      if (closes(mark)) {
        if (depth == 0) return i;
        --depth;
      }
      if (depth == 0 && (mark == "," || mark == ";")) return i;
      continue;
    }
    // Without a semicolon, a value ends where the next one begins.
    if (depth == 0 && i > token) {
      const Bytes before = word(i - 1);
      const bool joined = tokens[i - 1].kind == Kind::kMark && !closes(before);
      if (!joined && before != "new" && before != "typeof") return i;
    }
  }
  return limit;
}

std::unique_ptr<ParsedScript> parse_script(std::string text, OffsetMap map) {
  auto script = std::make_unique<ParsedScript>();
  script->text = std::move(text);
  script->map = std::move(map);
  script->tokens = tokenize_script(script->text);
  find_constants(*script);
  return script;
}

ScriptValues::ScriptValues(const std::vector<std::unique_ptr<ParsedScript>>& scripts) {
  for (const auto& script : scripts) {
    if (!script->shared) continue;
    for (const auto& [name, list] : script->constants) {
      shared_.emplace(name, std::pair(script.get(), list.front()));
    }
  }
}

ScriptValue ScriptValues::value(const ParsedScript& script, std::size_t first,
                                std::size_t last) const {
  last = std::min(last, script.tokens.size());
  if (first >= last) return {};
  operands_left_ = kOperandsMax;
  bytes_left_ = kValueBytesMax;
  ScriptValue out = evaluate(script, first, last, 0);
  out.place = place_of(script, first, last);
  return out;
}

// The constant that the word at `at` names: the nearest assignment before it, else the first.
bool ScriptValues::constant(const ParsedScript& script, std::size_t at, unsigned depth,
                            ScriptValue& out) const {
  if (depth >= kConstantDepthMax) return false;
  const Bytes name = script.word(at);
  const ParsedScript* home = &script;
  ParsedScript::Assignment found{};
  if (const auto own = script.constants.find(name); own != script.constants.end()) {
    const auto& list = own->second;
    found = list.front();
    const auto after = std::partition_point(list.begin(), list.end(),
                                            [&](const auto& one) { return one.last <= at; });
    if (after != list.begin()) found = *(after - 1);
    if (found.at <= at && at < found.last) return false;  // `x = x + 1`
  } else if (const auto other = shared_.find(name); other != shared_.end()) {
    home = other->second.first;
    found = other->second.second;
  } else {
    return false;
  }
  out = evaluate(*home, found.first, found.last, depth + 1);
  return out.kind != ValueKind::kUnknown;
}

bool ScriptValues::operand(const ParsedScript& script, std::size_t& at, std::size_t last,
                           unsigned depth, ScriptValue& out) const {
  if (operands_left_ == 0) return false;
  --operands_left_;
  if (script.is_kind(at, Kind::kString)) {
    const std::size_t size = script.word(at).size();
    if (size > bytes_left_) return false;
    bytes_left_ -= size;
    out.kind = ValueKind::kLiteral;
    out.text = literal_text(script, at++);
  } else if (script.is_kind(at, Kind::kNumber)) {
    out.kind = ValueKind::kLiteral;
    out.text = Text(script.word(at++));
  } else if (script.is(at, "(")) {
    const std::size_t end = closing(script, at, last);
    if (depth >= kConstantDepthMax || end < at + 3) return false;
    out = evaluate(script, at + 1, end - 1, depth + 1);
    at = end;
  } else if (script.is_kind(at, Kind::kWord)) {
    if (script.is(at, "new")) ++at;
    // `java.lang.String(x)`, `String(x)`, `$('k')`, `configurationMap.get('k')`.
    std::size_t name = at;
    while (name + 2 < last && script.is(name + 1, ".") && script.is_kind(name + 2, Kind::kWord)) {
      name += 2;
    }
    const Bytes last_word = script.word(name);
    if (name + 1 < last && script.is(name + 1, "(")) {
      const std::size_t end = closing(script, name + 1, last);
      const bool map_get =
          last_word == "get" && name >= at + 2 && any_of(script.word(name - 2), kMaps);
      const bool short_get = name == at && any_of(last_word, kShortMaps);
      if (map_get || short_get) {
        if (!script.is_kind(name + 2, Kind::kString) || end != name + 4) return false;
        out.kind = ValueKind::kReference;
        out.name = read_literal(script.text, script.tokens[name + 2]).text;
        out.text = Text("${" + out.name + "}");
        at = end;
      } else if (last_word == "String" || last_word == "decodeURIComponent") {
        if (depth >= kConstantDepthMax || end < name + 4) return false;
        out = evaluate(script, name + 2, end - 1, depth + 1);
        at = end;
      } else if (name == at + 2 && (last_word == "toString" || last_word == "trim")) {
        if (!constant(script, at, depth, out)) return false;
        at = end;
      } else {
        return false;
      }
    } else if (name != at || !constant(script, at, depth, out)) {
      return false;
    } else {
      ++at;
    }
  } else {
    return false;
  }
  // `.toString()` and `.trim()` behind a value change nothing that matters here.
  while (script.is(at, ".") && (script.is(at + 1, "toString") || script.is(at + 1, "trim")) &&
         script.is(at + 2, "(") && script.is(at + 3, ")")) {
    at += 4;
  }
  return out.kind != ValueKind::kUnknown;
}

ScriptValue ScriptValues::evaluate(const ParsedScript& script, std::size_t first, std::size_t last,
                                   unsigned depth) const {
  ScriptValue whole;
  if (last > first + kExpressionTokens) return whole;
  std::size_t operands = 0;
  std::size_t at = first;
  bool known = true;
  while (at < last) {
    ScriptValue one;
    if (!operand(script, at, last, depth, one)) {
      known = false;
      // Whatever it is, a literal behind `||` is its default.
      while (at < last && !script.is(at, "||")) {
        if (script.is_kind(at, Kind::kMark) && opens(script.word(at))) {
          at = closing(script, at, last);
        } else {
          ++at;
        }
      }
    }
    if (at < last && (script.is(at, "||") || script.is(at, "??"))) {
      ScriptValue other =
          depth < kConstantDepthMax ? evaluate(script, at + 1, last, depth + 1) : ScriptValue{};
      const bool better = other.kind == ValueKind::kLiteral && !other.text.empty();
      if (better && operands == 0 && one.kind != ValueKind::kLiteral) return other;
      at = last;
    }
    if (!known) return {};
    whole.text.append(one.text);
    // In a longer text a name stands as the placeholder `${name}`.
    whole.kind = operands == 0 ? one.kind : ValueKind::kLiteral;
    if (operands == 0) whole.name = one.name;
    ++operands;
    if (at >= last) break;
    if (!script.is(at, "+")) return {};
    ++at;
    if (at >= last) return {};
  }
  return whole;
}

}  // namespace nhi::definitions
