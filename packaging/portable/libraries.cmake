# The libraries of a portable program: everything but glibc is linked into it, and of glibc only what
# release 2.28 had (NHI_PORTABLE, ./dev package). Included in place of the find_package() calls.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL 3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(GTest 1.12 REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)

# nhi_static(<target> <library>...): an imported target of archives. The CMake files that Debian ships
# for these name the shared library only.
function(nhi_static target)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  foreach(name ${ARGN})
    find_library(NHI_STATIC_${name} ${name} REQUIRED)
    set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${NHI_STATIC_${name}})
  endforeach()
endfunction()
nhi_static(yaml-cpp yaml-cpp)
nhi_static(pugixml::pugixml pugixml)
nhi_static(SQLiteCpp SQLiteCpp sqlite3)
# fmt ships no archive.
add_library(fmt::fmt INTERFACE IMPORTED GLOBAL)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY)
