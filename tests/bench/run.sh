#!/usr/bin/env bash
# Ratios measured in one run: nhisweep against the floor (cat, ripgrep with one absent word), and
# against other scanners where they are on the PATH. Medians of five after one warm-up.
#
#   run.sh match [FOLDER]     default: a tree of configuration files made here
#   run.sh git REPOSITORY
#   run.sh bulk               what people do with 20,000 findings, and a page of 50,000
#   run.sh beside [ROUNDS]    what a sweep costs PostgreSQL on the same machine
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$PWD/build/release/bin/nhisweep
. tests/bench/measure.sh
what=${1:-match}
path=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NHISWEEP_KEY_FILE=$work/key

# A tree of configuration files, the same each time: enough bytes that start-up does not count.
make_tree() {
  mkdir -p "$1"
  local folder i
  for folder in {1..40}; do
    mkdir -p "$1/$folder"
    for i in {1..250}; do
      {
        printf 'service.name=app%d\nservice.port=%d\n' "$i" "$((8000 + i))"
        for key in {1..40}; do
          printf 'feature.%d.%d.enabled=true\nlog.level.%d=INFO\n' "$folder" "$key" "$key"
        done
        printf 'db.password=${DB_PASSWORD}\n'
      } >"$1/$folder/$i.properties"
    done
  done
}

on_path() { command -v "$1" >/dev/null 2>&1; }

case $what in
  match)
    if [[ -z $path ]]; then
      path=$work/tree
      make_tree "$path"
    fi
    printf 'files: %s in %s\n' "$(find "$path" -type f | wc -l)" "$path"
    measure cat bash -c 'find "$0" -type f -print0 | xargs -0 cat' "$path"
    measure rg rg -uuu -j2 -c zzqqxx "$path"
    measure nhisweep "$program" scan "$path" --no-git-history --jobs 2 --format json \
      --progress never
    printf 'x' >"$work/one"
    measure nhisweep-one-file "$program" scan "$work/one" --format json --progress never
    if on_path gitleaks; then
      measure gitleaks gitleaks dir "$path" -f json -r "$work/g" --no-banner --exit-code 0
    fi
    if on_path betterleaks; then
      BETTERLEAKS_VALIDATE=false BETTERLEAKS_ANALYZE=false measure betterleaks \
        betterleaks fs "$path" -j 2 -o "$work/b" --silent --no-banner --exit-code 0
    fi
    if on_path kingfisher; then
      measure kingfisher kingfisher scan "$path" --git-history=none --no-validate \
        --no-update-check --confidence low --jobs 2 --format json --output "$work/k"
    fi
    table rg
    ;;
  git)
    [[ -n $path ]] || { echo "run.sh: git needs a repository" >&2; exit 2; }
    measure cat-file git -C "$path" cat-file --batch-all-objects --batch --unordered --buffer
    measure nhisweep "$program" scan "$path" --jobs 2 --format json --progress never
    if on_path gitleaks; then
      measure gitleaks gitleaks git "$path" -f json -r "$work/g" --no-banner --exit-code 0
    fi
    table cat-file
    ;;
  bulk)
    . tests/bench/bulk.sh
    ;;
  beside)
    . tests/bench/beside.sh
    ;;
  *)
    echo "run.sh: unknown benchmark '$what' (match, git, bulk, beside)" >&2
    exit 2
    ;;
esac
