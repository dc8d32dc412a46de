// name_features - the candidates of the rules of names, as rows of numbers to train the model on.
//
//   name_features ROOT < PATHS > ROWS.tsv
//
// PATHS are file names below ROOT, one a line. The first row names the columns: path, first and
// last line (from 1), first and last column of the value (from 0, end exclusive, bytes), rule,
// then one column a feature. No column holds the value itself.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "scanner/match/assignment.hpp"
#include "scanner/match/checks.hpp"
#include "scanner/match/generic.hpp"
#include "scanner/match/value_features.hpp"

namespace {

using namespace nhi;

void print_row(const std::string& path, Bytes view, const Rule& rule, Span value,
               const Features& features) {
  const auto lines_before = [&](std::uint64_t at) {
    return std::count(view.begin(), view.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  };
  const std::size_t head = view.rfind('\n', static_cast<std::size_t>(value.start));
  const std::uint64_t line = head == Bytes::npos ? 0 : head + 1;
  std::printf("%s\t%td\t%td\t%llu\t%llu\t%s", path.c_str(), 1 + lines_before(value.start),
              1 + lines_before(value.end - 1), static_cast<unsigned long long>(value.start - line),
              static_cast<unsigned long long>(value.end - line), rule.id.c_str());
  for (std::size_t i = 0; i < features.count; ++i) std::printf("\t%d", features.values.at(i));
  std::printf("\n");
}

void look(const std::string& path, Bytes view, const Rule& rule, Span stem) {
  const auto assignment = read_assignment(view, stem);
  if (!assignment) return;
  Match match;
  match.whole = assignment->whole;
  match.secret = assignment->value;
  match.account = assignment->account;
  Form form = Form::kPlaintext;
  if (!judge_form(view, match, form).empty()) return;
  if (form == Form::kEncrypted || form == Form::kHashed) return;
  if (!dummy_reason(slice(view, match.secret)).empty()) return;
  const ViewContext context{syntax_of(path), is_test_path(path), path};
  const JudgedValue candidate = make_candidate(rule, view, context, match, &*assignment);
  if (!refuse_place(candidate).empty()) return;
  print_row(path, view, rule, match.secret, value_features(candidate, judge_plainly(candidate)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  auto rules = builtin_rules();
  if (!rules) return 2;
  std::printf("path\tline_start\tline_end\tvalue_start\tvalue_end\trule");
  for (const std::string& name : feature_names()) std::printf("\t%s", name.c_str());
  std::printf("\n");
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(std::filesystem::path(argv[1]) / path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const NameStem& stem : kNameStems) {
        if (stem_at(Bytes(text).substr(at, stem.text.size())) != stem.family) continue;
        for (const Rule& rule : *rules) {
          if (rule.names == stem.family) look(path, text, rule, {at, at + stem.text.size()});
        }
        break;
      }
    }
  }
  return 0;
}
