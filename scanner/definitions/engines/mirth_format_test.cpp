#include <gtest/gtest.h>

#include "scanner/definitions/mirth_test_support.hpp"

namespace nhi {
namespace {

TEST(MirthFormat, IsToldByContent) {
  const struct {
    std::string_view document, format;
  } rows[] = {
      {"<codeTemplateLibrary version='4'><name>n</name></codeTemplateLibrary>",
       "mirth.code-template-library"},
      {"<codeTemplate version='4'><name>n</name></codeTemplate>", "mirth.code-template"},
      {"<alertModel version='4'><name>n</name></alertModel>", "mirth.alert"},
      {"<map><entry><string>Undeploy</string><string>x</string></entry></map>",
       "mirth.global-scripts"},
      {"<list><com.mirth.connect.plugins.directoryresource.DirectoryResourceProperties/></list>",
       "mirth.list"},
      {"<filter version='4'><elements/></filter>", "mirth.partial"},
      {"\xEF\xBB\xBF\n<!-- c --><channel version='3.9'><id>1</id></channel>", "mirth.channel"},
      {"<rss><channel><title>t</title></channel></rss>", ""},
      {"<channel><title>t</title><item/></channel>", ""},
      {"<map><entry><string>a</string><string>b</string></entry></map>", ""},
      {"<web-app><filter><filter-name>x</filter-name></filter></web-app>", ""},
      {"<filter name='x'><elements/></filter>", ""},
      {"channel", ""},
      {"{\"channel\":1}", ""},
      {"", ""},
  };
  for (const auto& row : rows) {
    const auto definition = read_definition(row.document, "x");
    EXPECT_EQ(definition ? definition->format : "", row.format) << row.document;
  }
}

}  // namespace
}  // namespace nhi
