// public_key_file.hpp - `id_ed25519.pub` beside `id_ed25519`. ssh(1) believes it before it reads
// the private key, and cannot log in if the two do not fit; without it, it can.
//
// So it is set aside before the private key changes, and comes back with the new key behind it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// The two words that name the key, "ssh-ed25519 AAAA…"; none if there is no such file.
/// Errors: kMalformed for a file that holds no such line; those of reading.
[[nodiscard]] Result<std::optional<std::string>> public_key_beside(const std::string& private_path);
/// Whether a certificate of the key lies there (`id_ed25519-cert.pub`), which no new key fits.
[[nodiscard]] bool has_certificate_beside(const std::string& private_path);

/// Sets the file aside; nothing if there is none. `tag`: as of replace_file(), the same in each
/// attempt. Errors: those of renaming.
[[nodiscard]] Result<void> set_public_key_aside(const std::string& private_path,
                                                const std::string& tag);
/// Brings it back with the two words that `words` gives, its comment, owner and mode as they were;
/// nothing if none is aside: SSH need not know every private key. `key`: for versions.
/// Errors: those of `words`; as replace_file().
[[nodiscard]] Result<void> put_public_key_back(const std::string& private_path,
                                               const std::string& tag,
                                               const std::function<Result<std::string>()>& words,
                                               Bytes key);

}  // namespace nhi
