// A secret does not become part of a longer string by accident.
#include <string>

#include "scanner/base/secret_text.hpp"

std::string describe(const nhi::SecretText& secret) {
#ifdef WRONG
  return std::string("value ") + secret;
#else
  return std::string("value of ") + std::to_string(secret.size());
#endif
}
