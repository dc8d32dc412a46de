#include "rotators/sinks/document_format.hpp"

#include <algorithm>

#include "rotators/sinks/document_text.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

struct Named {
  std::string_view ending;
  std::optional<Format> format;
};
// The first ending that fits decides; one without a format is left to people.
constexpr Named kNamed[] = {
    {".pgpass", Format::kPgpass},
    {"pgpass.conf", Format::kPgpass},
    {".yaml", Format::kYaml},
    {".yml", Format::kYaml},
    {".json", Format::kJson},
    {".jsonc", Format::kJson},
    {".xml", Format::kXml},
    {".config", Format::kXml},
    {".properties", Format::kProperties},
    {".ini", Format::kIni},
    {".cnf", Format::kIni},
    {".aws/credentials", Format::kIni},
    {".aws/config", Format::kIni},
    {".s3cfg", Format::kIni},
    {".pypirc", Format::kIni},
    {".env", Format::kEnv},
    {".toml", std::nullopt},
    {".tfstate", std::nullopt},
    {".service", std::nullopt},
    {".socket", std::nullopt},
    {".timer", std::nullopt},
    {".sh", std::nullopt},
    {".bash", std::nullopt},
    {".ps1", std::nullopt},
    {".bat", std::nullopt},
    {".cmd", std::nullopt},
    {".py", std::nullopt},
    {".js", std::nullopt},
    {".ts", std::nullopt},
    {".rb", std::nullopt},
    {".php", std::nullopt},
    {".pl", std::nullopt},
    {".java", std::nullopt},
    {".cs", std::nullopt},
    {".go", std::nullopt},
    {".sql", std::nullopt},
    {".md", std::nullopt},
    {".html", std::nullopt},
    {".csv", std::nullopt},
};
constexpr std::size_t kLookedAtBytes = 64 * kKiB;

struct Lines {
  std::size_t sections = 0;   // [name]
  std::size_t variables = 0;  // NAME=value without blanks around the sign
  std::size_t dotted = 0;     // a.key = value
  std::size_t either = 0;     // any other key = value: env, properties and ini have those
  std::size_t colons = 0;     // key: value, key:, - item
  std::size_t strange = 0;
};

bool is_variable(Bytes key) {
  if (key.starts_with("export ")) return chars::is_name(chars::trim(key.substr(7)));
  return chars::is_name(key) && std::none_of(key.begin(), key.end(), chars::is_lower);
}

void count_line(Bytes line, Lines& lines) {
  const Bytes text = chars::trim(line);
  if (text.empty() || text.front() == '#' || text.front() == ';' || text.front() == '!') return;
  if (text.front() == '[' && text.back() == ']') {
    ++lines.sections;
    return;
  }
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':');
  const bool yaml_colon =
      colon != Bytes::npos && (colon + 1 == text.size() || text[colon + 1] == ' ');
  if (text == "---" || text.starts_with("- ") ||
      (yaml_colon && (equals == Bytes::npos || colon < equals))) {
    ++lines.colons;
  } else if (equals != Bytes::npos && is_variable(text.substr(0, equals))) {
    ++lines.variables;
  } else if (equals != Bytes::npos && equals > 0) {
    const Bytes key = chars::trim(text.substr(0, equals));
    ++(key.find('.') != Bytes::npos && chars::is_name(key, ".-") ? lines.dotted : lines.either);
  } else {
    ++lines.strange;
  }
}

std::optional<Format> of_text(Bytes text) {
  const Bytes start = chars::trim(text.substr(0, kLookedAtBytes));
  if (start.starts_with("#!")) return std::nullopt;
  if (start.size() > 1 && start[0] == '<' &&
      (start[1] == '?' || start[1] == '!' || chars::is_letter(start[1]))) {
    return Format::kXml;
  }
  if (start.starts_with("{")) return Format::kJson;
  Lines lines;
  for (std::size_t at = 0; at < start.size();) {
    const std::size_t end = std::min(start.find('\n', at), start.size());
    count_line(start.substr(at, end - at), lines);
    at = end + 1;
  }
  const std::size_t equals = lines.variables + lines.dotted + lines.either;
  if (lines.strange > 0 || (lines.colons > 0 && lines.sections + equals > 0)) return std::nullopt;
  if (lines.colons > 0) return Format::kYaml;
  if (lines.sections > 0) return equals > 0 ? std::optional(Format::kIni) : std::nullopt;
  if (lines.variables > 0 && lines.variables == equals) return Format::kEnv;
  if (lines.dotted > 0 && lines.variables == 0) return Format::kProperties;
  return std::nullopt;
}

}  // namespace

std::optional<Format> format_of_document(std::string_view name, Bytes stored) {
  const std::string folded = chars::folded(name);
  const std::string_view file = std::string_view(folded).substr(folded.rfind('/') + 1);
  if (file.starts_with(".env.")) return Format::kEnv;
  for (const Named& known : kNamed) {
    if (std::string_view(folded).ends_with(known.ending)) return known.format;
  }
  const auto document = sinks::DocumentText::of(stored);
  if (!document) return std::nullopt;
  Bytes text = document->text();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return of_text(text);
}

}  // namespace nhi
