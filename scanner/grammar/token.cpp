#include "scanner/grammar/token.hpp"

namespace nhi {

std::string_view to_string(Format format) {
  switch (format) {
    case Format::kXml:
      return "xml";
    case Format::kJson:
      return "json";
    case Format::kYaml:
      return "yaml";
    case Format::kProperties:
      return "properties";
    case Format::kIni:
      return "ini";
    case Format::kEnv:
      return "env";
    case Format::kPgpass:
      return "pgpass";
  }
  return "";
}

Result<void> tokenize(Format format, Bytes document, const TokenVisitor& visit) {
  switch (format) {
    case Format::kXml:
      return tokenize_xml(document, visit);
    case Format::kJson:
      return tokenize_json(document, visit);
    case Format::kYaml:
      return tokenize_yaml(document, visit);
    case Format::kProperties:
      return tokenize_properties(document, visit);
    case Format::kIni:
      return tokenize_ini(document, visit);
    case Format::kEnv:
      return tokenize_env(document, visit);
    case Format::kPgpass:
      return tokenize_pgpass(document, visit);
  }
  return fail(ErrorCode::kInternal, "unknown format");
}

}  // namespace nhi
