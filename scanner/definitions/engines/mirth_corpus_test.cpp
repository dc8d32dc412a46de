// The labelled Mirth files of the corpus: recall, precision and the facts of each site, counted as
// the project's own scoring tool counts them. Misses are printed by place, never by value.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "scanner/base/line_index.hpp"
#include "scanner/definitions/site.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Row {
  std::string file, path, owner, target, account, form;
  std::uint64_t line = 0;
};

fs::path engines() {
  const char* root = std::getenv("NHISWEEP_CORPUS");
  const fs::path base =
      root != nullptr ? fs::path(root) : fs::path(NHI_SOURCE_DIR) / ".." / "shared" / "corpus";
  return base / "engines";
}

std::vector<Row> labelled_rows() {
  std::vector<Row> rows;
  std::istringstream lines(read_whole(engines() / "GROUND_TRUTH.tsv"));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream parts(line);
    for (std::string cell; std::getline(parts, cell, '\t');) cells.push_back(cell);
    if (cells.size() < 8 || !cells[0].starts_with("mirth/")) continue;
    if (!fs::exists(engines() / cells[0])) continue;
    rows.push_back({cells[0], cells[2], lower(cells[3]), lower(cells[4]), lower(cells[5]), cells[7],
                    std::strtoull(cells[1].c_str(), nullptr, 10)});
  }
  return rows;
}

// "plaintext (JS literal)" -> plaintext.
std::string form_word(const std::string& text) {
  for (int i = 0; i <= static_cast<int>(Form::kNone); ++i) {
    const std::string word(to_string(static_cast<Form>(i)));
    if (text.starts_with(word)) return word;
  }
  return text;
}

std::set<std::string> hosts_of(const std::string& text) {
  static const std::regex kHost(
      "(?:(?://|@)([a-z0-9][a-z0-9._-]*)(?::(\\d{2,5}))?)|"
      "(?:\\b([a-z0-9][a-z0-9.-]*[a-z0-9]):(\\d{2,5})\\b)");
  std::set<std::string> out;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), kHost);
       it != std::sregex_iterator(); ++it) {
    for (const int group : {1, 2, 3, 4}) {
      const std::string part = (*it)[static_cast<std::size_t>(group)].str();
      if (!part.empty() && part != "localhost") out.insert(part);
    }
  }
  return out;
}

struct Got {
  std::uint64_t first_line, last_line;
  const Site* site;
};

struct Ratio {
  int good = 0;
  int all = 0;
  void count(bool ok) {
    ++all;
    good += ok ? 1 : 0;
  }
  [[nodiscard]] double value() const { return all == 0 ? 1.0 : 1.0 * good / all; }
};

bool is_secret_row(const Row& row) {
  const std::string word = form_word(row.form);
  return row.line > 0 && (word == "plaintext" || word == "base64" || word == "reversible" ||
                          word == "encrypted" || word == "hashed" || word == "key material");
}

bool owner_fits(const Site& site, const std::string& owner) {
  bool any = false;
  for (const std::string& name : site.owner.component) {
    if (name.size() < 3) continue;
    any = true;
    if (owner.find(lower(name)) == std::string::npos) return false;
  }
  return any;
}

TEST(MirthCorpus, SitesAgreeWithTheLabels) {
  if (!fs::exists(engines())) GTEST_SKIP() << "corpus is absent";
  const std::vector<Row> rows = labelled_rows();
  std::map<std::string, std::vector<Row>> by_file;
  for (const Row& row : rows) by_file[row.file].push_back(row);
  Ratio recall, precision, account, target, owner, form;
  for (const auto& [file, labels] : by_file) {
    const std::string text = read_whole(engines() / file);
    const auto definition = read_definition(text, file);
    const LineIndex lines(text);
    std::vector<Got> got;
    if (definition) {
      for (const Site& site : definition->sites) {
        if (!holds_secret(site.form)) continue;
        got.push_back({lines.at(site.secret_span.start).line,
                       lines.at(site.secret_span.end - 1).line, &site});
      }
    }
    for (const Row& row : labels) {
      if (!is_secret_row(row)) continue;
      std::vector<const Site*> hits;
      for (const Got& one : got) {
        if (one.first_line <= row.line && row.line <= one.last_line) hits.push_back(one.site);
      }
      recall.count(!hits.empty());
      const auto check = [&](const char* what, Ratio& ratio, auto fits) {
        const bool ok = std::any_of(hits.begin(), hits.end(), fits);
        ratio.count(ok);
        if (!ok) std::cout << what << ' ' << file << ':' << row.line << ' ' << row.path << '\n';
      };
      if (hits.empty()) {
        std::cout << "missed " << file << ':' << row.line << ' ' << row.path << '\n';
        continue;
      }
      check("form", form,
            [&](const Site* site) { return to_string(site->form) == form_word(row.form); });
      if (!row.account.empty() && row.account != "-" && row.account != "none") {
        check("account", account,
              [&](const Site* site) { return lower(site->account) == row.account; });
      }
      const auto hosts = hosts_of(row.target);
      if (!hosts.empty()) {
        check("target", target, [&](const Site* site) {
          return std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
            return lower(site->target).find(host) != std::string::npos;
          });
        });
      }
      check("owner", owner, [&](const Site* site) { return owner_fits(*site, row.owner); });
    }
    for (const Got& one : got) {
      const bool near = std::any_of(labels.begin(), labels.end(), [&](const Row& row) {
        return is_secret_row(row) && one.first_line <= row.line + 1 &&
               row.line <= one.last_line + 1;
      });
      precision.count(near);
      if (!near) std::cout << "false " << file << ':' << one.first_line << '\n';
    }
  }
  std::cout << "rows " << recall.all << " recall " << recall.value() << " precision "
            << precision.value() << " account " << account.value() << " target " << target.value()
            << " owner " << owner.value() << " form " << form.value() << '\n';
  ASSERT_GT(recall.all, 10);
  for (const Ratio& ratio : {recall, precision, account, target, owner, form}) {
    EXPECT_GE(ratio.value(), 0.95);
  }
}

// Unlabelled files too: all are recognised, none faults, and every span is real.
TEST(MirthCorpus, EveryFileIsReadWithoutFault) {
  if (!fs::exists(engines() / "mirth")) GTEST_SKIP() << "corpus is absent";
  for (const auto& entry : fs::recursive_directory_iterator(engines() / "mirth")) {
    if (!entry.is_regular_file()) continue;
    const std::string text = read_whole(entry.path());
    const auto definition = read_definition(text, entry.path().string());
    if (!definition) {
      std::cout << "not recognised: " << entry.path().filename() << '\n';
      continue;
    }
    EXPECT_FALSE(definition->fault.has_value()) << entry.path();
    const LineIndex lines(text);
    for (const Site& site : definition->sites) {
      EXPECT_LE(site.secret_span.end, text.size()) << entry.path();
      EXPECT_LE(site.account_span.end, text.size()) << entry.path();
      EXPECT_FALSE(site.owner.component.empty()) << entry.path();
      if (std::getenv("NHISWEEP_SHOW_SITES") != nullptr) {
        std::cout << entry.path().filename().string() << ':'
                  << lines.at(site.secret_span.start).line << ' ' << to_string(site.form)
                  << (site.dormant ? " dormant" : "") << (site.inbound ? " inbound" : "") << " | "
                  << site.provider << " | " << site.target << " | " << site.path << '\n';
      }
    }
  }
}

}  // namespace
}  // namespace nhi
