// own_file.hpp - the files that the program keeps for itself: keys and the journal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

/// Where a file of ours lies unless somebody says otherwise.
struct OwnPlace {
  const char* noun;      // "fingerprint key"
  const char* variable;  // names the file itself: "NHISWEEP_KEY_FILE"
  const char* of_root;   // "/etc/nhisweep/fingerprint.key"
  const char* xdg;       // names the folder of a user's files of this kind: "XDG_CONFIG_HOME"
  const char* in_home;   // that folder where nothing names it: ".config"
  const char* name;      // below it: "nhisweep/fingerprint.key"
};

/// $variable, else of_root for root, else $xdg/name, else $HOME/in_home/name.
/// Errors: kBadUse if no home folder is known.
[[nodiscard]] Result<std::string> own_path(const OwnPlace& place);

/// Makes the folders above `path` that are missing, for their owner only. Errors: kIo, kPermission.
[[nodiscard]] Result<void> make_folders_of(const std::string& path, std::string_view noun);

/// The text of a file that holds a key; the caller wipes it. Errors: kBadUse if others can read it;
/// kNotFound, kPermission, kIo; kTooLarge above `bytes_max`.
[[nodiscard]] Result<std::string> read_key_file(const std::string& path, std::string_view noun,
                                                std::size_t bytes_max);

}  // namespace nhi
