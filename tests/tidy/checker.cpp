#include "tests/tidy/checker.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <tuple>

#include "tests/tidy/arrows.hpp"
#include "tests/tidy/source_text.hpp"

namespace nhi::tidy {
namespace {

namespace fs = std::filesystem;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}
bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
bool is_cpp(std::string_view path) { return ends_with(path, ".cpp") || ends_with(path, ".hpp"); }
bool is_cmake(std::string_view path) {
  return ends_with(path, "CMakeLists.txt") || ends_with(path, ".cmake");
}
bool is_script(std::string_view path) {
  return ends_with(path, ".sh") || ends_with(path, ".py") || path == "dev" || path == ".ci/run";
}
std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}
bool is_test(std::string_view path) {
  return starts_with(path, "tests/") || ends_with(path, "_test.cpp") ||
         ends_with(path, "_test_kit.hpp") || starts_with(base_name(path), "test_");
}

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

class FileChecker {
 public:
  FileChecker(const SourceFile& file, std::vector<Violation>& found)
      : file_(file), path_(file.path), found_(found) {}

  void run(const std::vector<std::string>& machine_paths) {
    for (const std::string& folder : machine_paths) machine_path(folder);
    if (is_cmake(path_)) links();
    if (is_script(path_) || is_cpp(path_)) lengths();
    if (is_script(path_) || is_cmake(path_)) todos(file_.text);
    if (!is_cpp(path_)) return;
    const Blanked blanked = blank(file_.text);
    todos(blanked.comments);
    functions(blanked.code);
    banned_calls(blanked.code);
    if (!is_test(path_)) throws(blanked.code);
    includes(blanked.code);
  }

 private:
  void report(std::string kind, std::size_t line, std::string subject, std::string detail) {
    found_.push_back({std::move(kind), path_, line, std::move(subject), std::move(detail)});
  }

  void machine_path(const std::string& folder) {
    for (std::size_t at = file_.text.find(folder); at != std::string::npos;
         at = file_.text.find(folder, at + 1)) {
      report("machine-path", line_of(file_.text, at), "-", "names a folder of one machine");
    }
  }

  void lengths() {
    const auto lines = split_lines(file_.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t width = columns(lines[i]);
      if (width <= kColumnsMax) continue;
      report("line-length", i + 1, "-", std::to_string(width) + " columns, limit 100");
    }
    if (lines.size() > kFileLinesMax) {
      report("file-length", lines.size(), "-", std::to_string(lines.size()) + " lines, limit 800");
    }
  }

  void functions(std::string_view code) {
    for (const Function& function : find_functions(code)) {
      if (function.lines() <= kFunctionLinesMax) continue;
      report("function-length", function.first_line, function.name,
             std::to_string(function.lines()) + " lines, limit 70");
    }
  }

  void each(const std::string& text, const std::regex& pattern, std::size_t group, const char* kind,
            const char* detail) {
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
      report(kind, line_of(text, static_cast<std::size_t>(it->position(group))), it->str(group),
             detail);
    }
  }

  void banned_calls(const std::string& code) {
    // A member or another namespace's function of the same name is somebody else's.
    static const std::regex kCall(
        R"((?:^|[^\w.>:]|std::|[^\w:]::))"
        R"((strcpy|strcat|sprintf|vsprintf|gets|system|popen|rand|strtok|atoi)\s*\()");
    each(code, kCall, 1, "banned-call", "banned: no bounds, no errors, or a shell");
  }

  void throws(const std::string& code) {
    static const std::regex kThrow(R"(\b(throw)\b)");
    each(code, kThrow, 1, "throw", "errors are results");
  }

  void todos(const std::string& text) {
    static const std::regex kTodo(R"(\b(TODO|FIXME)\b(?!\(#\d+\)))");
    each(text, kTodo, 1, "todo", "without an issue number: TODO(#12)");
  }

  void includes(const std::string& code) {
    // Names of headers are literals and blanked; the lines are found in the code, read in the text.
    const auto code_lines = split_lines(code);
    const auto text_lines = split_lines(file_.text);
    static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    for (std::size_t i = 0; i < code_lines.size(); ++i) {
      if (code_lines[i].find("include") == std::string_view::npos) continue;
      const std::string line(text_lines[i]);
      std::smatch match;
      if (!std::regex_search(line, match, kInclude)) continue;
      include(i + 1, match.str(1) == "<", match.str(2));
    }
  }

  void include(std::size_t line, bool angled, const std::string& header) {
    const Room* room = room_of(path_);
    if (!angled) {
      const bool qualified = header.find('/') != std::string::npos;
      if (!qualified && room != nullptr) {
        report("include", line, header, "write the path from the top of the tree");
      } else if (room != nullptr && room_of(header) != nullptr && !may_include(*room, header)) {
        report("include", line, header, std::string(room->name) + " may not know it");
      } else if (room != nullptr && !is_test(path_) && starts_with(header, "tests/")) {
        report("include", line, header, "the program does not know its tests");
      }
      return;
    }
    const Library* library = library_of_header(header);
    if (library == nullptr && !is_system_header(header)) {
      report("library", line, header, "a library that architecture.md does not list");
    } else if (library != nullptr && room != nullptr && !may_use(*library, *room, is_test(path_))) {
      report("library", line, header,
             std::string(room->name) + " may not use " + std::string(library->name));
    }
  }

  // DEPS and PRIVATE_DEPS of nhi_module(); TEST_DEPS may hold oracles.
  void links() {
    const Room* room = room_of(path_);
    if (room == nullptr) return;
    static const std::regex kToken(R"([A-Za-z_][\w.:+-]*|\)|#[^\n]*)");
    std::string section;
    bool in_test_program = false;
    const std::string& text = file_.text;
    for (std::sregex_iterator it(text.begin(), text.end(), kToken), end; it != end; ++it) {
      const std::string token = it->str();
      if (token[0] == '#') continue;
      if (token == ")") section.clear();
      if (token == "nhi_module" || token == "nhi_test") in_test_program = token == "nhi_test";
      if (token == "DEPS" || token == "PRIVATE_DEPS" || token == "SOURCES" || token == "HEADERS" ||
          token == "TESTS" || token == "TEST_DEPS" || token == "TEST_LABELS") {
        section = token;
      }
      if (section != "DEPS" && section != "PRIVATE_DEPS") continue;
      link(line_of(text, static_cast<std::size_t>(it->position())), *room, token, in_test_program);
    }
  }

  void link(std::size_t line, const Room& room, const std::string& token, bool in_test) {
    if (starts_with(token, "nhi::")) {
      // A room may have helper libraries of its own; they are no rooms.
      if (is_room_name(token.substr(5)) && !may_link(room, token.substr(5))) {
        report("link", line, token, std::string(room.name) + " may not know it");
      }
      return;
    }
    const Library* library = library_of_target(token);
    if (library != nullptr && !may_use(*library, room, in_test)) {
      report("link", line, token,
             std::string(room.name) + " may not use " + std::string(library->name));
    }
  }

  const SourceFile& file_;
  const std::string& path_;
  std::vector<Violation>& found_;
};

void check_tests_exist(const std::vector<SourceFile>& files, std::vector<Violation>& found) {
  std::set<std::string_view> paths;
  for (const SourceFile& file : files) paths.insert(file.path);
  for (const SourceFile& file : files) {
    if (!ends_with(file.path, ".cpp") || is_test(file.path) || room_of(file.path) == nullptr) {
      continue;
    }
    const std::string test = file.path.substr(0, file.path.size() - 4) + "_test.cpp";
    if (paths.count(test) == 0) {
      found.push_back({"untested", file.path, 1, "-", "no " + std::string(base_name(test))});
    }
  }
}

// The room of a rotator: each is a program of its own. Empty for what all programs may hold.
std::string_view rotator_of(std::string_view path) {
  if (!starts_with(path, "rotators/")) return {};
  const std::string_view room = path.substr(9, path.find('/', 9) - 9);
  return room == "journal" || room == "engine" || room == "sinks" ? std::string_view() : room;
}

// Of two types with one name the linker takes the members of either for both, and says nothing.
void check_types_are_one(const std::vector<SourceFile>& files, std::vector<Violation>& found) {
  std::multimap<std::string, std::string> places;  // by the name in its namespace
  for (const SourceFile& file : files) {
    if (!ends_with(file.path, ".hpp") || is_test(file.path)) continue;
    const std::string code = blank(file.text).code;
    std::string space;
    std::size_t number = 0;
    for (const std::string_view line : split_lines(code)) {
      ++number;
      if (starts_with(line, "namespace ") && ends_with(line, "{")) {
        space = std::string(line.substr(10, line.size() - 12)) + "::";
      }
      for (const std::string_view word : {"struct ", "class ", "enum class "}) {
        if (!starts_with(line, word) || line.find(';') != std::string_view::npos) continue;
        std::string_view rest = line.substr(word.size());
        if (starts_with(rest, "[[")) rest.remove_prefix(rest.find("]] ") + 3);
        const std::string name(rest.substr(0, rest.find_first_of(" <{")));
        if (rest.find('<') == name.size()) continue;  // a template's own cases
        const auto [first, last] = places.equal_range(space + name);
        const auto clash = std::find_if(first, last, [&](const auto& entry) {
          const std::string_view other = rotator_of(entry.second);
          const std::string_view own = rotator_of(file.path);
          return other.empty() || own.empty() || other == own;
        });
        if (clash != last) {
          found.push_back({"twice", file.path, number, name, "is a type of " + clash->second});
        }
        places.emplace(space + name, file.path);
      }
    }
  }
}

bool parse_exception(const std::string& line, Exception& out) {
  const std::size_t hash = line.find('#');
  if (hash == std::string::npos) return false;
  const bool reason = line.find_first_not_of(" \t", hash + 1) != std::string::npos;
  std::istringstream words(line.substr(0, hash));
  std::string more;
  return reason && (words >> out.kind >> out.path >> out.subject) && !(words >> more);
}

bool is_ours(const std::string& path) {
  static constexpr std::string_view kTops[] = {"scanner/", "rotators/", "plugins/", "tests/",
                                               "rules/",   "docs/",     ".ci/"};
  if (path.find('/') == std::string::npos) return path != "CMakeUserPresets.json";
  return std::any_of(std::begin(kTops), std::end(kTops),
                     [&](std::string_view top) { return starts_with(path, top); }) &&
         path.find("/corpus/") == std::string::npos && !starts_with(path, "tests/estate/");
}

bool is_text(const std::string& path) {
  static constexpr std::string_view kEnds[] = {".cpp", ".hpp",  ".cmake", ".txt", ".sh", ".py",
                                               ".md",  ".yaml", ".json",  ".sql", ".yml"};
  return is_script(path) || std::any_of(std::begin(kEnds), std::end(kEnds),
                                        [&](std::string_view end) { return ends_with(path, end); });
}

}  // namespace

std::string Violation::to_string() const {
  return path + ":" + std::to_string(line) + ": " + kind + " " + subject + ": " + detail;
}

std::vector<Violation> check(const std::vector<SourceFile>& files,
                             const std::vector<std::string>& machine_paths) {
  std::vector<Violation> found;
  for (const SourceFile& file : files) FileChecker(file, found).run(machine_paths);
  check_tests_exist(files, found);
  check_types_are_one(files, found);
  std::stable_sort(found.begin(), found.end(), [](const Violation& a, const Violation& b) {
    return std::tie(a.path, a.line) < std::tie(b.path, b.line);
  });
  return found;
}

Judgement judge(std::vector<Violation> violations, std::string_view exceptions) {
  Judgement result;
  std::set<std::string> seen;
  std::size_t number = 0;
  for (const std::string_view raw : split_lines(exceptions)) {
    ++number;
    const std::string line(raw);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    Exception exception;
    const std::string where = "exceptions.txt:" + std::to_string(number) + ": ";
    if (!parse_exception(line, exception)) {
      result.bad_exceptions.push_back(where + "not `kind path subject  # reason`");
      continue;
    }
    const auto excused = [&](const Violation& violation) {
      return violation.kind == exception.kind && violation.path == exception.path &&
             violation.subject == exception.subject;
    };
    const auto first_excused = std::remove_if(violations.begin(), violations.end(), excused);
    if (first_excused == violations.end()) {
      result.bad_exceptions.push_back(where + "excuses nothing: " + exception.kind + " " +
                                      exception.path + " " + exception.subject);
    }
    violations.erase(first_excused, violations.end());
  }
  result.remaining = std::move(violations);
  return result;
}

std::vector<SourceFile> read_tree(const std::string& root) {
  std::vector<SourceFile> files;
  std::error_code failure;
  auto it = fs::recursive_directory_iterator(root, failure);
  for (; !failure && it != fs::recursive_directory_iterator(); it.increment(failure)) {
    const std::string path = fs::path(it->path()).lexically_relative(root).generic_string();
    if (it->is_directory(failure)) {
      const std::string folder = path + "/x";
      if (!is_ours(folder)) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file(failure) || !is_ours(path) || !is_text(path)) continue;
    std::ifstream stream(it->path(), std::ios::binary);
    files.push_back({path, std::string((std::istreambuf_iterator<char>(stream)), {})});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace nhi::tidy
