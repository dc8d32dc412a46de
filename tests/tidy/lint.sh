#!/usr/bin/env bash
# lint.sh [--since REV] [--all] [FILE...]
# clang-format and clang-tidy over the files given; without any, over what changed since REV
# (default: where this branch left main), uncommitted and new files included.
# Status: 0 clean, 1 something to correct, 2 a tool is missing or the project cannot be configured.
# Tests are held to the layout only: clang-tidy sees GoogleTest's macros more than the tests.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
format=${CLANG_FORMAT:-clang-format-14}
tidy=${CLANG_TIDY:-clang-tidy-14}
build=build/lint

fail() {
  echo "lint: $1" >&2
  exit 2
}

for tool in "$format" "$tidy" clang++-14 cmake; do
  command -v "$tool" >/dev/null ||
    fail "'$tool' is not installed: apt-get install clang-14 clang-tidy-14 clang-format-14"
done

since=
all=no
files=()
while (($# > 0)); do
  case $1 in
    --since) since=${2:?--since needs a revision}; shift 2 ;;
    --all) all=yes; shift ;;
    -*) fail "unknown flag '$1'" ;;
    *) files+=("${1#"$root"/}"); shift ;;
  esac
done

# Names of files, one a line; ours have no line ends in them.
changed_files() {
  git rev-parse --git-dir >/dev/null 2>&1 || fail "no git repository here: name the files, or --all"
  local base=$since
  if [[ -z $base ]]; then
    base=$(git merge-base HEAD main 2>/dev/null ||
      git merge-base HEAD origin/main 2>/dev/null || true)
    # On main itself, what the last commit did.
    if [[ -z $base || $base == "$(git rev-parse HEAD)" ]]; then
      base=$(git rev-parse --verify -q HEAD~1 || git rev-parse HEAD)
    fi
  fi
  git rev-parse --verify -q "$base^{commit}" >/dev/null || fail "no such revision: '$base'"
  # Where the two parted: what others did to main since is theirs.
  base=$(git merge-base "$base" HEAD) || fail "no common history with '$base'"
  git diff --name-only --diff-filter=d "$base"
  git ls-files --others --exclude-standard
}

all_files() {
  find scanner rotators plugins tests -name '*.[ch]pp' 2>/dev/null
}

if ((${#files[@]} == 0)); then
  if [[ $all == yes ]]; then mapfile -t files < <(all_files); else
    # Not in a process substitution: its status would be lost.
    listed=$(changed_files)
    mapfile -t files <<<"$listed"
  fi
fi
mapfile -t files < <(printf '%s\n' "${files[@]}" | grep -E '\.[ch]pp$' | sort -u || true)
if ((${#files[@]} == 0)); then
  echo "lint: no C++ file changed"
  exit 0
fi

status=0
"$format" --dry-run -Werror --style=file "${files[@]}" || status=1

# A header is looked at through the source of its name.
sources=()
for file in "${files[@]}"; do
  case $file in
    *_test.cpp | tests/compile/*) ;;
    *.cpp) sources+=("$file") ;;
    *.hpp) if [[ -f ${file%.hpp}.cpp ]]; then sources+=("${file%.hpp}.cpp"); fi ;;
  esac
done
if ((${#sources[@]} > 0)); then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # Always: a new file must be in the list of commands. Quick when nothing changed.
  cmake --preset lint >"$log" 2>&1 || { cat "$log" >&2; fail "cannot configure"; }
  mapfile -t known < <(printf '%s\n' "${sources[@]}" | sort -u | while read -r source; do
    if grep -qF "\"file\": \"$root/$source\"" "$build/compile_commands.json"; then
      echo "$source"
    else
      echo "lint: not part of the build, layout checked only: $source" >&2
    fi
  done)
  if ((${#known[@]} > 0)); then
    # clang-tidy counts what it suppressed in system headers on standard error; nobody needs that.
    printf '%s\0' "${known[@]}" |
      xargs -0 -n 1 -P "$(nproc)" "$tidy" -p "$build" --quiet 2>"$log" || status=1
    grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' "$log" >&2 ||
      true
  fi
fi
((status == 0)) && echo "lint: ${#files[@]} files clean"
exit "$status"
