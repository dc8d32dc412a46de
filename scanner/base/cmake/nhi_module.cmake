# nhi_module(<room> SOURCES .. HEADERS .. DEPS .. PRIVATE_DEPS .. TESTS .. TEST_DEPS ..)
# Makes library nhi_<room> (alias nhi::<room>) and, when TESTS is given, the program <room>_tests.
# Sources are listed, never globbed. PRIVATE_DEPS keep third-party headers out of our own headers.
# TEST_LABELS puts CTest labels on the whole test program; without it the label is `unit`.
# Rooms that bytes go through: the preset `check` compiles these as a release does, and all others
# with -O1, which takes a third less time.
set(NHI_HOT_ROOMS base rules match decode sources grammar definitions identity)

function(nhi_module room)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS;TESTS;TEST_DEPS;TEST_LABELS" ${ARGN})
  set(target nhi_${room})
  add_library(${target} STATIC ${ARG_SOURCES} ${ARG_HEADERS})
  add_library(nhi::${room} ALIAS ${target})
  set_property(GLOBAL APPEND PROPERTY NHI_BATCHED ${target})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${ARG_DEPS}
                        PRIVATE nhi_options fmt::fmt ${ARG_PRIVATE_DEPS})
  if(room IN_LIST NHI_HOT_ROOMS)
    nhi_precompile_for(library ${target})
  else()
    target_link_libraries(${target} PRIVATE nhi_quick_options)
    nhi_precompile_for(quick ${target})
  endif()
  if(ARG_TESTS)
    nhi_test(${room}_tests SOURCES ${ARG_TESTS} DEPS ${target} ${ARG_PRIVATE_DEPS} ${ARG_TEST_DEPS}
             LABELS ${ARG_TEST_LABELS})
  endif()
endfunction()

function(nhi_label program)
  foreach(label ${ARGN})
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${program})
  endforeach()
endfunction()

# nhi_test(<program> SOURCES .. DEPS .. LABELS .. [COST n]): one GoogleTest program, known to CTest
# case by case. Those of a high cost begin first, so that no core waits for them at the end.
# Labels say what it is run on (`./dev test`), and the target tests_<label> builds all of one:
#   unit        with sanitizers      optimised  without as well: code that compilers make much of
#   cli         the whole program    untrusted  that too with sanitizers: it is fed strangers' bytes
#   fuzz        replays, sanitized   corpus     labelled sets, where they are at hand
#   threads     with the thread sanitizer, in a build of its own
function(nhi_test program)
  cmake_parse_arguments(ARG "" "COST" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${program} ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY NHI_BATCHED ${program})
  # With LTO each of them would take a minute to link; the preset `check` is for them.
  set_target_properties(${program} PROPERTIES EXCLUDE_FROM_ALL "${NHI_LTO}")
  target_link_libraries(${program} PRIVATE ${ARG_DEPS} nhi_options nhi_test_options fmt::fmt
                        GTest::gmock_main GTest::gtest)
  nhi_precompile_for(test ${program})
  include(GoogleTest)
  if(NOT ARG_COST)
    set(ARG_COST 0)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)  # an empty label would swallow the next property
  endif()
  nhi_label(${program} ${ARG_LABELS})
  list(JOIN ARG_LABELS - labels)  # a list of several does not come through to CTest
  gtest_discover_tests(${program} DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS "${labels}" TIMEOUT 900 COST "${ARG_COST}")
endfunction()
