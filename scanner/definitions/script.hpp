// script.hpp - credentials that a program hands to a connection, and the names they come from.
//
// A light reading of JavaScript as interface engines embed it: calls that open connections, headers
// that log in, constants and pairs with a secret name, URLs with user-info. Constants are resolved
// in the script and in the other scripts of the set; nothing is executed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/definitions/draft.hpp"
#include "scanner/definitions/script_tokens.hpp"

namespace nhi::definitions {

struct Script {
  Scalar source;          // map leads to the document
  std::string path;       // element path; sites add `#js`
  std::size_t owner = 0;  // the reader's own number, handed back with each site
  bool dormant = false;
  bool shared = false;  // its constants are seen by the other scripts of the set
};

struct ScriptSite {
  Site site;
  std::size_t owner = 0;
};

// All scripts that run together: of one channel with its templates, or one library.
// Thread-compatible.
class ScriptSet {
 public:
  explicit ScriptSet(Bytes document) : document_(document) {}
  void add(Script script);
  [[nodiscard]] bool empty() const { return scripts_.empty(); }
  /// Reads all of them; sites in the order of the scripts, by place within one.
  [[nodiscard]] std::vector<ScriptSite> read();

 private:
  Bytes document_;
  std::deque<Script> scripts_;
};

}  // namespace nhi::definitions
