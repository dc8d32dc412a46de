# What most files include, read once instead of six hundred times: a fifth of a build from nothing.
# Only where the presets ask for it (NHI_PRECOMPILE): without it a file that forgot an include does
# not compile, so the edit loop and clang build so.
function(nhi_precompile_for kind target)
  if(NHI_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM nhi_precompiled_${kind})
  endif()
endfunction()

if(NOT NHI_PRECOMPILE)
  return()
endif()

target_compile_options(nhi_options INTERFACE -fpch-preprocess)  # which ccache needs
set(nothing ${CMAKE_BINARY_DIR}/precompiled.cpp)
file(CONFIGURE OUTPUT ${nothing} CONTENT "int main() {}\n")
add_library(nhi_precompiled_library OBJECT ${nothing})
target_link_libraries(nhi_precompiled_library PRIVATE nhi_options fmt::fmt)
# Of rooms that only have to compile quickly, see nhi_module().
add_library(nhi_precompiled_quick OBJECT ${nothing})
target_link_libraries(nhi_precompiled_quick PRIVATE nhi_options nhi_quick_options fmt::fmt)
# A program, since those are compiled with other flags than libraries.
add_executable(nhi_precompiled_test ${nothing})
target_link_libraries(nhi_precompiled_test PRIVATE nhi_options nhi_test_options fmt::fmt GTest::gtest)
target_precompile_headers(nhi_precompiled_test PRIVATE
  <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>)
foreach(target nhi_precompiled_library nhi_precompiled_quick nhi_precompiled_test)
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <charconv> <cstddef> <cstdint> <cstring> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <tuple>
    <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h>)
endforeach()
