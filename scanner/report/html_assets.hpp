// html_assets.hpp - the page's own files, embedded at build time (html/embed.cmake).
#pragma once

#include <string_view>

namespace nhi {

extern const std::string_view kPage_html;  // with {{name}} where a part goes
extern const std::string_view kPage_css;
extern const std::string_view kPage_js;

}  // namespace nhi
