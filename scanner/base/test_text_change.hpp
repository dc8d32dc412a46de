// test_text_change.hpp - changes as tests make them.
#pragma once

#include <string>

#include "scanner/base/text_change.hpp"

namespace nhi::test {

/// Replaces the bytes [from, to) of `text` by `fresh`, and tells how.
inline TextChange replace_in(std::string& text, std::size_t from, std::size_t to,
                             const std::string& fresh) {
  TextChange change(text.size());
  change.keep(0, from);
  change.add(fresh.size());
  change.keep(to, text.size() - to);
  change.finish();
  text = text.substr(0, from) + fresh + text.substr(to);
  return change;
}

}  // namespace nhi::test
