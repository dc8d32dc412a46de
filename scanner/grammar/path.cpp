#include "scanner/grammar/path.hpp"

namespace nhi {

void PathTracker::append_child(const Token& token) {
  switch (format_) {
    case Format::kXml: {
      if (token.kind == TokenKind::kValue) return;  // text has the path of its element
      if (token.kind == TokenKind::kAttribute) {
        path_.append("/@").append(token.name);
        return;
      }
      path_.append("/").append(token.name);
      if (levels_.empty()) return;
      auto& seen = levels_.back().seen;
      auto found = seen.find(std::string(token.name));
      if (found == seen.end()) {
        if (seen.size() < kPathNamesMax) seen.emplace(token.name, 1);
        return;
      }
      path_.append("[").append(std::to_string(++found->second)).append("]");
      return;
    }
    case Format::kIni:
      if (token.kind == TokenKind::kOpen) {
        path_.append("[").append(token.name).append("]");
      } else {
        if (!path_.empty()) path_.push_back(' ');
        path_.append(token.name);
      }
      return;
    case Format::kProperties:
    case Format::kEnv:
      path_.append(token.name);
      return;
    case Format::kPgpass:
      if (token.kind == TokenKind::kOpen) {
        path_.append("entry[").append(std::to_string(token.index + 1)).append("]");
      } else {
        path_.append(" ").append(token.name);
      }
      return;
    case Format::kJson:
    case Format::kYaml:
      if (levels_.empty()) {
        path_.append("$");
      } else if (levels_.back().container == Container::kSequence) {
        path_.append("[").append(std::to_string(token.index)).append("]");
      } else {
        path_.append(".").append(token.name);
      }
      return;
  }
}

void PathTracker::on(const Token& token) {
  if (token.kind == TokenKind::kClose) {
    if (levels_.size() <= token.depth) return;
    path_.resize(levels_[token.depth].own);
    levels_.resize(token.depth);
    return;
  }
  while (levels_.size() > token.depth) levels_.pop_back();
  path_.resize(levels_.empty() ? 0 : levels_.back().own);
  append_child(token);
  if (token.kind != TokenKind::kOpen) return;
  Level level;
  level.own = path_.size();
  level.container = token.container;
  levels_.push_back(std::move(level));
}

}  // namespace nhi
