# Every compile and link flag of ours, in one INTERFACE target that nhi_module() links.
include(CheckCXXSourceCompiles)
add_library(nhi_options INTERFACE)
target_compile_options(nhi_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(NHI_WERROR)
  target_compile_options(nhi_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns about its own std::string inlining (PR105651, PR105329).
  target_compile_options(nhi_options INTERFACE -Wno-restrict -Wno-stringop-overflow
                         -Wno-array-bounds -Wno-maybe-uninitialized)
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
# Only for what the program is made of; tests are compiled once, without it.
add_library(nhi_lto INTERFACE)
if(NHI_LTO)
  # Fat objects: the program links with LTO, the many test programs link the plain half quickly.
  target_compile_options(nhi_lto INTERFACE -flto=auto -ffat-lto-objects)
endif()
if(NHI_SANITIZE)
  target_compile_options(nhi_options INTERFACE -fsanitize=${NHI_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  # A look at the type of an object at each call: a fifth of the build, and we cast none of them.
  target_compile_options(nhi_options INTERFACE -fno-sanitize=vptr)
  target_link_options(nhi_options INTERFACE -fsanitize=${NHI_SANITIZE})
endif()
