// bundle_reader.hpp - a bundle as a file: proven first, read afterwards.
#pragma once

#include <string>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/bundle/bundle.hpp"
#include "scanner/bundle/bundle_parser.hpp"

namespace nhi {

/// A bundle whose seal was found right.
struct ProvenBundle {
  std::string path;
  BundleHeader header;
  std::string seal;  // hex: names this bundle among all
};

/// Reads all of it, checks the seal, parses the header. One line is held in memory at a time.
/// Errors, the path as subject: kBadUse under another key; kMalformed for a changed byte, a cut or
/// foreign file or another version; kTooLarge; kNotFound, kPermission, kIo.
[[nodiscard]] Result<ProvenBundle> prove_bundle(const std::string& path, const SecretText& key);

/// Hands the records to `sink` and returns the coverage. The seal is checked again: what changed
/// since prove_bundle() is an error, and what the sink got until then is not to be kept.
[[nodiscard]] Result<Coverage> read_bundle(const ProvenBundle& bundle, const SecretText& key,
                                           BundleSink& sink);

}  // namespace nhi
