#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "scanner/base/file.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/completion.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/manual.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(os_error(error.value(), "cannot make the folder", folder.string()));
  return {};
}

// Pages are for everybody: unlike all else that the program writes they are not private.
Result<int> write_pages(const std::vector<ManualPage>& pages, const std::string& folder) {
  ::umask(022);
  for (const ManualPage& page : pages) {
    const fs::path file = fs::path(folder) / page.file();
    NHI_CHECK_OK(make_folder(file.parent_path()));
    NHI_CHECK_OK(write_file_atomically(file.string(), page.text));
    std::error_code error;
    fs::permissions(file, fs::perms(0644), error);
    if (error) return fail(os_error(error.value(), "cannot set the mode", file.string()));
  }
  return kStatusClean;
}

Result<int> print_page(const Options& options, const std::vector<ManualPage>& pages) {
  const std::string& word = options.argument;
  const auto page = std::find_if(pages.begin(), pages.end(), [&](const ManualPage& one) {
    return one.name == (word.empty() ? "nhisweep" : word) || one.name == "nhisweep-" + word;
  });
  if (page == pages.end()) {
    return fail(ErrorCode::kBadUse, "no page of that name", word, "see nhisweep --help");
  }
  NHI_CHECK_OK(write_result(options, page->text));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_manual(const Options& options) {
  const CommandView program = program_view();
  if (options.command == Command::kMan) {
    const auto pages = manual_pages(program);
    return options.output.empty() ? print_page(options, pages) : write_pages(pages, options.output);
  }
  const std::string& shell = options.argument;
  NHI_CHECK_OK(write_result(options, shell == "bash"  ? bash_completion(program)
                                     : shell == "zsh" ? zsh_completion(program)
                                                      : fish_completion(program)));
  return kStatusClean;
}

}  // namespace nhi
