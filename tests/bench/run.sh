#!/usr/bin/env bash
# Ratios measured in one run: nhisweep against the floor (cat, ripgrep with one absent word), and
# against other scanners where they are on the PATH. Medians of five after one warm-up.
#
#   run.sh match [FOLDER] [--config-files N] [--log-mib N] [--only WHAT,...]
#                             files: a source tree, small files, one log, random bytes, growth
#   run.sh git REPOSITORY
#   run.sh accuracy [CORPUS]  precision and recall on every labelled set
#   run.sh bulk               what people do with 20,000 findings, and a page of 50,000
#   run.sh beside [ROUNDS]    what a sweep costs PostgreSQL on the same machine
set -euo pipefail
cd "$(dirname "$0")/../.."
# Another build can be measured as well.
program=${NHISWEEP_PROGRAM:-$PWD/build/release/bin/nhisweep}
. tests/bench/measure.sh
what=${1:-match}
(($#)) || set -- match
path=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NHISWEEP_KEY_FILE=$work/key NHISWEEP_AUDIT_KEY_FILE=$work/audit.key
export NHISWEEP_JOURNAL=$work/journal.db

on_path() { command -v "$1" >/dev/null 2>&1; }

case $what in
  match)
    shift
    . tests/bench/match.sh
    ;;
  git)
    [[ -n $path ]] || { echo "run.sh: git needs a repository" >&2; exit 2; }
    . tests/bench/git.sh
    measure_history "$path"
    ;;
  accuracy)
    exec python3 tests/bench/accuracy.py "$program" "${path:-../shared/corpus}"
    ;;
  bulk)
    . tests/bench/bulk.sh
    ;;
  beside)
    . tests/bench/beside.sh
    ;;
  *)
    echo "run.sh: unknown benchmark '$what' (match, git, accuracy, bulk, beside)" >&2
    exit 2
    ;;
esac
