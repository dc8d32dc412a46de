# Opens the sample pages in headless Chromium and looks at the document that comes of them.
# Use: cmake -DSAMPLES=FOLDER -P browser.cmake
find_program(CHROMIUM NAMES chromium chromium-browser google-chrome)
if(NOT CHROMIUM)
  message("skipped: no chromium here")
  return()
endif()
set(profile ${SAMPLES}/profile)

# open(<page> <fragment> <variable>): the document after its script ran.
function(open page fragment variable)
  file(REMOVE_RECURSE ${profile})
  execute_process(
    COMMAND ${CHROMIUM} --headless --no-sandbox --disable-gpu --disable-quic --no-first-run
            --disable-background-networking --disable-component-update --disable-sync
            --user-data-dir=${profile} --enable-logging=stderr --dump-dom
            "file://${SAMPLES}/${page}.html${fragment}"
    OUTPUT_VARIABLE document ERROR_VARIABLE log RESULT_VARIABLE status TIMEOUT 120)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "chromium ended with ${status} on ${page}: ${log}")
  endif()
  if(log MATCHES "CONSOLE[^\n]*")
    message(FATAL_ERROR "${page} complained: ${CMAKE_MATCH_0}")
  endif()
  # The page's own script and data hold words that the checks below look for.
  string(REGEX REPLACE "<script.*" "" document "${document}")
  set(${variable} "${document}" PARENT_SCOPE)
endfunction()

function(expect document wanted what)
  string(FIND "${document}" "${wanted}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${what}: '${wanted}' is not in the page")
  endif()
endfunction()

open(sweep "" document)
expect("${document}" "Showing 1 to 14 of 14" "all findings are listed")
expect("${document}" "aria-sort=\"descending\"" "the sorted column says so")
open(sweep "#findings?state=new&kind=!site&principal=!human" document)
expect("${document}" "Showing 1 to 2 of 2 (14 in all)" "the headline's link filters")
open(sweep "#credentials?list=cis1-stale" document)
expect("${document}" "Showing 1 to 1 of 1 (8 in all)" "the stale list has its one credential")
open(sweep "#dependencies?list=will-stop" document)
expect("${document}" "Showing 3 of 5: will-stop." "the dependencies that stop are shown")

open(hostile "" document)
expect("${document}" "onerror=document.title" "hostile names are shown as text")
foreach(element "<img" "<svg src" "<title>owned")
  string(FIND "${document}" "${element}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "a hostile name became the element ${element}")
  endif()
endforeach()

string(TIMESTAMP start "%s")
open(large "" document)
string(TIMESTAMP end "%s")
expect("${document}" "Showing 1 to 100 of 50,000" "fifty thousand findings are paged")
math(EXPR seconds "${end} - ${start}")
if(seconds GREATER 30)
  message(FATAL_ERROR "fifty thousand findings took ${seconds} s to open")
endif()
message("opened 50,000 findings in ${seconds} s, browser start included")
