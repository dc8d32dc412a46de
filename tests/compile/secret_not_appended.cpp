// Nor does it convert to a view where one is wanted.
#include <string>

#include "scanner/base/secret_text.hpp"

void describe(std::string& out, const nhi::SecretText& secret) {
#ifdef WRONG
  out += secret;
#else
  out.append(secret.size(), '*');
#endif
}
