#include "scanner/sources/git/path_table.hpp"

#include <string_view>
#include <utility>

namespace nhi {

std::uint32_t PathTable::number(std::uint32_t folder, std::uint32_t name) {
  const Part part{folder, name};
  if (const std::uint32_t* const known = numbers_.find(part)) return *known;
  const auto number = static_cast<std::uint32_t>(parts_.size());
  parts_.push_back(part);
  numbers_.insert(part, number);
  return number;
}

std::uint32_t PathTable::add_text(std::string text) {
  texts_.push_back(std::move(text));
  return number(kText, static_cast<std::uint32_t>(texts_.size() - 1));
}

std::string PathTable::path(std::uint32_t number, const NameTable& names) const {
  std::vector<std::string_view> parts;
  for (std::uint32_t at = number; at < parts_.size(); at = parts_[at].folder) {
    const Part& part = parts_[at];
    parts.push_back(part.folder == kText ? std::string_view(texts_[part.name])
                                         : names.name(part.name));
  }
  std::string path;
  while (!parts.empty()) {
    if (!path.empty()) path += '/';
    path += parts.back();
    parts.pop_back();
  }
  return path;
}

}  // namespace nhi
