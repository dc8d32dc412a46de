// settings.hpp - a flat list of named values: which are credentials, for whom, where.
#pragma once

#include <string>
#include <vector>

#include "scanner/definitions/draft.hpp"

namespace nhi::definitions {

struct Setting {
  std::string key;
  Text value;
  std::string path;
};

/// The sites among `settings`: secret by name, with the account and the target whose names share
/// the stem (CDS_DB_URL, CDS_DB_UserName, CDS_DB_Password), and URLs that hold a login.
/// Each comes with the index of its setting.
struct SettingSite {
  Site site;
  std::size_t setting;
};
[[nodiscard]] std::vector<SettingSite> sites_of_settings(Bytes document,
                                                         const std::vector<Setting>& settings);

}  // namespace nhi::definitions
