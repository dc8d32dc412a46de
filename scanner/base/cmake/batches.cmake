# Several sources compiled as one: half of the time of a build from nothing, since most of it goes
# into headers and what they instantiate. Not for the edit loop, where one file changes: `./dev test`
# asks for it (NHI_BATCH) on machines that build once.
option(NHI_BATCH "Compile sources in batches" OFF)

# To be called last: for all targets of ours that were made until then.
function(nhi_batch_sources)
  if(NOT NHI_BATCH)
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  get_property(targets GLOBAL PROPERTY NHI_BATCHED)
  set(listing "")
  foreach(target ${targets})
    get_target_property(sources ${target} SOURCES)
    get_target_property(folder ${target} SOURCE_DIR)
    list(JOIN sources "\t" sources)
    string(APPEND listing "${target}\t${folder}\t${sources}\n")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/batches.txt "${listing}")
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scanner/base/cmake/batches.py
            ${CMAKE_BINARY_DIR}/batches.txt
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/batches.cmake
    COMMAND_ERROR_IS_FATAL ANY)
  include(${CMAKE_BINARY_DIR}/batches.cmake)
  # Of files that are included by a batch, not of our headers.
  target_compile_options(nhi_options INTERFACE -Wno-subobject-linkage -Wno-shadow)
endfunction()
