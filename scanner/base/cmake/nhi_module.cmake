# nhi_module(<room> SOURCES .. HEADERS .. DEPS .. PRIVATE_DEPS .. TESTS .. TEST_DEPS ..)
# Makes library nhi_<room> (alias nhi::<room>) and, when TESTS is given, the program <room>_tests.
# Sources are listed, never globbed. PRIVATE_DEPS keep third-party headers out of our own headers.
# TEST_LABELS puts CTest labels on the whole test program (for example: corpus).
function(nhi_module room)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS;TESTS;TEST_DEPS;TEST_LABELS" ${ARGN})
  set(target nhi_${room})
  add_library(${target} STATIC ${ARG_SOURCES} ${ARG_HEADERS})
  add_library(nhi::${room} ALIAS ${target})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${ARG_DEPS}
                        PRIVATE nhi_options nhi_lto ${ARG_PRIVATE_DEPS})
  if(ARG_TESTS)
    nhi_test(${room}_tests SOURCES ${ARG_TESTS} DEPS ${target} ${ARG_PRIVATE_DEPS} ${ARG_TEST_DEPS}
             LABELS ${ARG_TEST_LABELS})
  endif()
endfunction()

# nhi_test(<program> SOURCES .. DEPS .. LABELS .. [COST n]): one GoogleTest program, known to CTest
# case by case. Those of a high cost begin first, so that no core waits for them at the end.
function(nhi_test program)
  cmake_parse_arguments(ARG "" "COST" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${program} ${ARG_SOURCES})
  target_link_libraries(${program} PRIVATE ${ARG_DEPS} nhi_options GTest::gmock_main GTest::gtest)
  if(NHI_LTO)
    target_link_options(${program} PRIVATE -fno-lto)
    # What is tested is optimised in full; the tests themselves only have to compile quickly.
    target_compile_options(${program} PRIVATE -O1)
  endif()
  if(NHI_SANITIZE)
    # The checks that sanitizers put in take longest to optimise; half of the build was that.
    target_compile_options(${program} PRIVATE -O0)
    # Those of each pointer are two fifths of it, and what is tested has them all.
    target_compile_options(${program} PRIVATE -fno-sanitize=null,alignment,vptr,object-size)
  endif()
  include(GoogleTest)
  if(NOT ARG_COST)
    set(ARG_COST 0)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)  # an empty label would swallow the next property
  endif()
  gtest_discover_tests(${program} DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 900 COST "${ARG_COST}")
endfunction()
