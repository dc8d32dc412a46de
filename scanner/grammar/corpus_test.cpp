// Real documents: our readers against those of others. Skipped where the corpus is absent.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <functional>
#include <map>
#include <set>

#include "scanner/grammar/test_support.hpp"

namespace nhi {
namespace {

using test::PathText;
using test::read_all;
namespace fs = std::filesystem;

void list_pugi(const pugi::xml_node& node, const std::string& path, std::vector<PathText>& out) {
  for (const auto& attribute : node.attributes()) {
    out.emplace_back(path + "/@" + attribute.name(), attribute.value());
  }
  std::map<std::string, int> seen;
  std::string text;
  bool leaf = true;
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_element) {
      leaf = false;
      const int count = ++seen[child.name()];
      const std::string index = count > 1 ? "[" + std::to_string(count) + "]" : "";
      list_pugi(child, path + "/" + child.name() + index, out);
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  if (leaf && !text.empty()) out.emplace_back(path, text);
}

void list_json(const nlohmann::ordered_json& node, const std::string& path,
               std::vector<PathText>& out) {
  if (node.is_object()) {
    for (const auto& [key, value] : node.items()) list_json(value, path + "." + key, out);
  } else if (node.is_array()) {
    std::size_t i = 0;
    for (const auto& value : node) list_json(value, path + "[" + std::to_string(i++) + "]", out);
  } else {
    out.emplace_back(path, node.is_string() ? node.get<std::string>() : "");
  }
}

void list_yaml(const YAML::Node& node, const std::string& path, std::vector<PathText>& out) {
  if (node.IsMap()) {
    for (const auto& pair : node) list_yaml(pair.second, path + "." + pair.first.Scalar(), out);
  } else if (node.IsSequence()) {
    std::size_t i = 0;
    for (const auto& item : node) list_yaml(item, path + "[" + std::to_string(i++) + "]", out);
  } else {
    out.emplace_back(path, node.IsNull() ? "" : node.Scalar());
  }
}

void for_each_file(const std::vector<std::string>& extensions,
                   const std::function<void(const fs::path&, const std::string&)>& visit) {
  for (const auto& entry : fs::recursive_directory_iterator(test::corpus_root())) {
    if (!entry.is_regular_file() || entry.file_size() > 4'000'000) continue;
    const std::string extension = entry.path().extension().string();
    for (const std::string& wanted : extensions) {
      if (extension == wanted) visit(entry.path(), test::read_whole(entry.path()));
    }
  }
}

class GrammarCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(test::corpus_root())) GTEST_SKIP() << "corpus is absent";
  }
};

TEST_F(GrammarCorpus, XmlReadsAsPugixmlReadsIt) {
  int compared = 0;
  for_each_file({".xml", ".config", ".cls"}, [&](const fs::path& path, const std::string& text) {
    pugi::xml_document tree;
    const unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata;
    const auto start = text.find("<");
    if (start == std::string::npos) return;
    if (!tree.load_buffer(text.data() + start, text.size() - start, flags, pugi::encoding_utf8)) {
      return;
    }
    if (!tree.document_element()) return;
    std::vector<PathText> want;
    list_pugi(tree.document_element(), std::string("/") + tree.document_element().name(), want);
    auto reading = read_all(Format::kXml, text);
    // Documents with text between elements are compared on their leaves only.
    std::erase_if(reading.values, [](const PathText& value) { return value.second.empty(); });
    std::erase_if(want, [](const PathText& value) { return value.second.empty(); });
    ++compared;
    EXPECT_TRUE(reading.maps_hold) << path;
    if (reading.values.size() > want.size()) {
      std::multiset<PathText> rest(want.begin(), want.end());
      std::erase_if(reading.values, [&](const PathText& value) { return !rest.contains(value); });
    }
    EXPECT_TRUE(reading.values == want) << path;
  });
  EXPECT_GT(compared, 50);
}

TEST_F(GrammarCorpus, JsonReadsAsNlohmannReadsIt) {
  int compared = 0;
  for_each_file({".json"}, [&](const fs::path& path, const std::string& text) {
    const auto tree = nlohmann::ordered_json::parse(text, nullptr, false, true);
    if (tree.is_discarded()) return;
    std::vector<PathText> want;
    list_json(tree, "$", want);
    auto reading = read_all(Format::kJson, text);
    EXPECT_TRUE(reading.result.has_value()) << path;
    EXPECT_TRUE(reading.maps_hold) << path;
    ++compared;
    ASSERT_EQ(reading.values.size(), want.size()) << path;
    for (std::size_t i = 0; i < want.size(); ++i) {
      EXPECT_EQ(reading.values[i].first, want[i].first) << path;
      const bool text_kept = reading.values[i].second == want[i].second;
      EXPECT_TRUE(want[i].second.empty() || text_kept) << path;
    }
  });
  EXPECT_GT(compared, 5);
}

TEST_F(GrammarCorpus, YamlReadsAsYamlCppReadsIt) {
  int compared = 0;
  for_each_file({".yml", ".yaml"}, [&](const fs::path& path, const std::string& text) {
    if (text.find("<<:") != std::string::npos || text.find(": *") != std::string::npos ||
        text.find("- *") != std::string::npos || text.find(": {{") != std::string::npos) {
      return;  // yaml-cpp resolves aliases, we do not; we read templates, it does not
    }
    std::vector<PathText> want;
    try {
      for (const auto& document : YAML::LoadAll(text)) {
        if (document.IsDefined() && !document.IsNull()) list_yaml(document, "$", want);
      }
    } catch (const YAML::Exception&) {
      return;
    }
    auto reading = read_all(Format::kYaml, text);
    EXPECT_TRUE(reading.result.has_value())
        << path << " " << (reading.result ? "" : reading.result.error().message());
    EXPECT_TRUE(reading.maps_hold) << path;
    for (auto* values : {&reading.values, &want}) {
      for (auto& value : *values) {
        if (value.second == "~" || value.second == "null") value.second.clear();
      }
    }
    ++compared;
    EXPECT_TRUE(reading.values == want) << path;
  });
  EXPECT_GT(compared, 5);
}

}  // namespace
}  // namespace nhi
