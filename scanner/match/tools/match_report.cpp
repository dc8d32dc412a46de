// match_report - findings of labelled files as JSON lines, to measure precision and recall.
//
//   match_report ROOT [low|medium|high] < PATHS > FINDINGS.jsonl
//
// PATHS are file names below ROOT, one a line. Each file is one view, as it stands. Prints spans,
// rule and confidence; --text adds the values and is meant for public corpora only.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "scanner/base/line_index.hpp"
#include "scanner/match/matcher.hpp"

namespace {

using namespace nhi;

class Printer final : public MatchSink {
 public:
  Printer(const RuleSet& rules, std::string path, Bytes view, Level least)
      : rules_(rules), path_(std::move(path)), view_(view), least_(least) {}
  void on_match(const Match& match) override {
    const Rule& rule = rules_.rule(match.rule);
    if (match.confidence < least_ || rule.kind == RuleKind::kIndicator) return;
    const auto line_of = [&](std::uint64_t at) {
      return 1 + std::count(view_.begin(), view_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    };
    const auto first = line_of(match.secret.start);
    const auto last = line_of(match.secret.end - 1);
    const std::size_t head = view_.rfind('\n', static_cast<std::size_t>(match.secret.start));
    const std::size_t column = match.secret.start - (head == Bytes::npos ? 0 : head + 1);
    std::printf(
        "{\"path\":\"%s\",\"line_start\":%td,\"line_end\":%td,\"rule\":\"%s\","
        "\"confidence\":\"%s\",\"why\":\"%s\"",
        path_.c_str(), first, last, rule.id.c_str(),
        std::string(to_string(match.confidence)).c_str(), std::string(match.why).c_str());
    if (first == last) {
      std::printf(",\"value_start\":%zu,\"value_end\":%zu", column, column + match.secret.size());
    }
    std::printf("}\n");
  }

 private:
  const RuleSet& rules_;
  std::string path_;
  Bytes view_;
  Level least_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string root = argv[1];
  const Level least = argc > 2 ? parse_level(argv[2]).value_or(Level::kMedium) : Level::kMedium;
  auto rules = builtin_rules();
  if (!rules) {
    std::fprintf(stderr, "%s\n", rules.error().message().c_str());
    return 2;
  }
  auto set = RuleSet::create(std::move(*rules));
  if (!set) {
    std::fprintf(stderr, "%s\n", set.error().message().c_str());
    return 2;
  }
  Matcher matcher(*set);
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(std::filesystem::path(root) / path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Printer printer(*set, path, text, least);
    const auto done = matcher.scan(text, {syntax_of(path), is_test_path(path), path}, printer);
    if (!done) std::fprintf(stderr, "%s: %s\n", path.c_str(), done.error().message().c_str());
  }
  const MatchStats& stats = matcher.stats();
  std::fprintf(stderr, "views %llu bytes %llu windows %llu searched %llu matches %llu\n",
               static_cast<unsigned long long>(stats.views),
               static_cast<unsigned long long>(stats.bytes),
               static_cast<unsigned long long>(stats.windows),
               static_cast<unsigned long long>(stats.searched_bytes),
               static_cast<unsigned long long>(stats.matches));
  for (const auto& [reason, count] : stats.rejected) {
    std::fprintf(stderr, "  %s %llu\n", reason.c_str(), static_cast<unsigned long long>(count));
  }
  return 0;
}
