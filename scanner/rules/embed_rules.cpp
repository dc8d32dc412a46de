// embed_rules.cpp - build tool: checks rules/*.yaml and writes them as one C++ file of bytes.
//
// embed_rules OUTPUT.cpp FOLDER FILE...: FILE is named relative to FOLDER, so that messages of the
// program do not name the machine that built it. Reading YAML and compiling every pattern takes
// longer than a short scan; here it is paid once, and a bad rule stops the build.
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/rule_codec.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

// Octal, since a hexadecimal escape has no end of its own.
std::string string_literals(const std::string& bytes) {
  constexpr std::size_t kBytesALine = 24;
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += kBytesALine) {
    text += "    \"";
    for (const char c : bytes.substr(at, kBytesALine)) {
      const auto value = static_cast<unsigned char>(c);
      text += '\\';
      text += static_cast<char>('0' + (value >> 6));
      text += static_cast<char>('0' + (value >> 3 & 7));
      text += static_cast<char>('0' + (value & 7));
    }
    text += "\"\n";
  }
  return text;
}

Result<void> embed(const std::string& output, const std::string& folder,
                   const std::vector<std::string>& names) {
  std::vector<Rule> rules;
  for (const std::string& name : names) {
    NHI_TRY(const std::string text,
            read_small_file(std::filesystem::path(folder) / name, kRuleFileBytesMax));
    NHI_TRY(std::vector<Rule> more, parse_rules_yaml(text, "rules/" + name));
    std::move(more.begin(), more.end(), std::back_inserter(rules));
  }
  NHI_TRY([[maybe_unused]] const RuleSet proof, RuleSet::create(rules));
  const std::string bytes = encode_rules(rules);
  std::string text = "// Made by embed_rules from rules/*.yaml.\n";
  // The standard asks compilers for 65,536 bytes; clang warns beyond, and takes more all the same.
  text += "#if defined(__clang__)\n";
  text += "#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#endif\n";
  text += "#include \"scanner/rules/builtin_rules.hpp\"\n\nnamespace nhi {\n\n";
  text += "Bytes builtin_rules_bytes() {\n  static constexpr char kBytes[] =\n";
  text += string_literals(bytes) + "    \"\";\n";
  text += "  return {kBytes, sizeof(kBytes) - 1};\n}\n\n}  // namespace nhi\n";
  return write_file_atomically(output, text);
}

}  // namespace
}  // namespace nhi

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fprintf(stderr, "embed_rules: usage: embed_rules OUTPUT.cpp FOLDER FILE...\n");
    return 2;
  }
  const auto done =
      nhi::embed(arguments[0], arguments[1], {arguments.begin() + 2, arguments.end()});
  if (done.has_value()) return 0;
  const nhi::Error& error = done.error();
  std::fprintf(stderr, "embed_rules: error: %s\n", error.message().c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "embed_rules: hint: %s\n", error.hint.c_str());
  return 1;
}
