#include "scanner/base/secret_forms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace nhi {
namespace {

using testing::Contains;
using testing::Not;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> forms_of(std::string_view value) {
  std::vector<std::pair<std::string, std::string>> forms;
  each_written_form(value, [&](std::string form, const char* name) {
    forms.emplace_back(name, std::move(form));
  });
  return forms;
}

TEST(SecretForms, AreThoseOfTheFormatsThatWriteThem) {
  const auto forms = forms_of("a/b?<\"\xfb\xff~");
  for (const auto& [name, form] :
       std::vector<std::pair<std::string, std::string>>{{"plain", "a/b?<\"\xfb\xff~"},
                                                        {"percent", "a%2Fb%3F%3C%22%FB%FF~"},
                                                        {"percent", "a%2fb%3f%3c%22%fb%ff~"},
                                                        {"xml", "a/b?&lt;&quot;\xfb\xff~"},
                                                        {"xml", "a/b?&lt;\"\xfb\xff~"},
                                                        {"json", "a/b?<\\\"\xfb\xff~"},
                                                        {"hex", "612f623f3c22fbff7e"},
                                                        {"hex", "612F623F3C22FBFF7E"},
                                                        {"base64", "YS9iPzwi+/9+"},
                                                        {"base64url", "YS9iPzwi-_9-"}}) {
    EXPECT_THAT(forms, Contains(Pair(name, form)));
  }
}

TEST(SecretForms, LongLinesOfAKeyStandForItFramesDoNot) {
  const auto forms = forms_of("-----BEGIN PRIVATE KEY-----\r\nMIIEvQIBADANBgkqhki\r\nshort\r\n");
  EXPECT_THAT(forms, Contains(Pair("line", "MIIEvQIBADANBgkqhki")));
  EXPECT_THAT(forms, Not(Contains(Pair("line", "short"))));
  EXPECT_THAT(forms, Not(Contains(Pair("line", "-----BEGIN PRIVATE KEY-----"))));
}

}  // namespace
}  // namespace nhi
