// A secret cannot be written to a stream; its size can.
#include <iostream>

#include "scanner/base/secret_text.hpp"

void show(const nhi::SecretText& secret) {
#ifdef WRONG
  std::cout << secret;
#else
  std::cout << secret.size();
#endif
}
