// bundle_reader.hpp - a bundle as a file: proven first, read afterwards.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/bundle/bundle.hpp"
#include "scanner/bundle/bundle_parser.hpp"

namespace nhi {

/// A key that a bundle may be sealed with.
struct SealKey {
  std::string id;
  std::string check;  // as BundleHeader::key_check
  const SecretText& bytes;
};

/// A bundle whose seal was found right.
struct ProvenBundle {
  std::string path;
  BundleHeader header;
  std::string seal;          // hex: names this bundle among all
  std::size_t key_used = 0;  // which of the keys sealed it
};

/// Reads all of it, checks the seal, parses the header. One line is held in memory at a time.
/// `keys`: that in force first, then the one it replaces, if it does.
/// Errors, the path as subject: kBadUse under another key; kMalformed for a changed byte, a cut or
/// foreign file or another version; kTooLarge; kNotFound, kPermission, kIo.
[[nodiscard]] Result<ProvenBundle> prove_bundle(const std::string& path,
                                                std::span<const SealKey> keys);

/// Hands the records to `sink` and returns the coverage. The seal is checked again: what changed
/// since prove_bundle() is an error, and what the sink got until then is not to be kept.
[[nodiscard]] Result<Coverage> read_bundle(const ProvenBundle& bundle,
                                           std::span<const SealKey> keys, BundleSink& sink);

}  // namespace nhi
