// A failure that nobody looks at is a warning, and warnings are errors in our presets.
#include "scanner/base/file.hpp"

bool save(const std::string& path) {
#ifdef WRONG
  nhi::write_file_atomically(path, "text");
  return true;
#else
  return nhi::write_file_atomically(path, "text").has_value();
#endif
}
