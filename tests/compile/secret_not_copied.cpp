// A secret moves; a second copy is made by clone() or not at all.
#include <utility>

#include "scanner/base/secret_text.hpp"

nhi::SecretText keep(nhi::SecretText& secret) {
#ifdef WRONG
  nhi::SecretText kept = secret;
#else
  nhi::SecretText kept = std::move(secret);
#endif
  return kept;
}
