# Every compile and link flag of ours, in one INTERFACE target that nhi_module() links.
include(CheckCXXSourceCompiles)
add_library(nhi_options INTERFACE)
# For all or for none: it defines a macro, and a precompiled header asks for the same ones.
target_compile_options(nhi_options INTERFACE -pthread)
target_link_options(nhi_options INTERFACE -pthread)
target_compile_options(nhi_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(NHI_WERROR)
  target_compile_options(nhi_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns about its own std::string inlining (PR105651, PR105329).
  target_compile_options(nhi_options INTERFACE -Wno-restrict -Wno-stringop-overflow
                         -Wno-stringop-overread -Wno-array-bounds -Wno-maybe-uninitialized)
endif()
if(NHI_HARDEN)
  target_compile_options(nhi_options INTERFACE -fstack-protector-strong -fstack-clash-protection
                         -fcf-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
                         -D_GLIBCXX_ASSERTIONS)
  target_link_options(nhi_options INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
# The release executables themselves are position independent (CMAKE_POSITION_INDEPENDENT_CODE
# covers objects; the policy-checked link flag covers the executable).
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
if(NHI_LTO)
  target_compile_options(nhi_options INTERFACE -flto=auto)
endif()
# What is neither measured nor made much of by optimisers, where tests alone will run it.
add_library(nhi_quick_options INTERFACE)
if(NHI_PRECOMPILE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(nhi_quick_options INTERFACE -O1)
endif()
add_library(nhi_test_options INTERFACE)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # What is tested is optimised in full; the tests themselves only have to compile quickly.
  target_compile_options(nhi_test_options INTERFACE -O1)
endif()
if(NHI_SANITIZE)
  # The checks that sanitizers put in take longest to optimise; half of the build was that.
  target_compile_options(nhi_test_options INTERFACE -O0)
  target_compile_options(nhi_options INTERFACE -fsanitize=${NHI_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  # A look at the type of an object at each call: a fifth of the build, and we cast none of them.
  target_compile_options(nhi_options INTERFACE -fno-sanitize=vptr)
  if(NOT NHI_FUZZ)
    # Those of each pointer are a quarter of it. The address sanitizer sees what comes of them, and
    # the fuzzers are built with all.
    target_compile_options(nhi_options INTERFACE -fno-sanitize=null,alignment,object-size)
  endif()
  target_link_options(nhi_options INTERFACE -fsanitize=${NHI_SANITIZE})
endif()
