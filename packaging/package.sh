#!/usr/bin/env bash
# package.sh RELEASE PORTABLE OUTPUT: makes the packages of two builds and proves them: lintian has
# nothing to say about the .deb; the program of the archive needs no glibc later than 2.28 and finds
# in the sample estate what that of the .deb finds.
set -euo pipefail
cd "$(dirname "$0")/.."
release=$1
portable=$2
output=$3
rm -rf "$output"
deb=$(packaging/deb/build.sh "$release" "$output")
archive=$(packaging/portable/build.sh "$portable" "$output")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lintian --allow-root --fail-on error,warning "$deb"

tests/estate/make.sh "$work/estate" >/dev/null
mkdir "$work/deb" "$work/archive" "$work/home"
dpkg-deb --extract "$deb" "$work/deb"
tar -xzf "$archive" -C "$work/archive" --strip-components=1
version="nhisweep $(dpkg-deb --field "$deb" Version)"
[[ $("$work/deb/usr/bin/nhisweep" --version) == "$version" ]] ||
  { echo "package: the program is not '$version'; see packaging/deb/changelog" >&2; exit 1; }
# findings_of PROGRAM NAME: one line each, in an order of their own; the same key and clock for both.
findings_of() {
  local status=0
  (cd "$work" && env -i PATH=/usr/bin:/bin NHISWEEP_KEY_FILE="$work/home/key" \
    NHISWEEP_AUDIT_KEY_FILE="$work/home/audit" NHISWEEP_JOURNAL="$work/home/$2.journal" "$1" sweep \
    --estate estate/estate.yaml --inventory "$2.db" --as-of 2026-11-25 --min-confidence low \
    --format jsonl --output "$2.jsonl" --quiet) || status=$?
  [[ $status == 1 ]] || { echo "package: $1 ended with $status" >&2; return 1; }
  sort "$work/$2.jsonl" >"$work/$2.sorted"
}
findings_of "$work/deb/usr/bin/nhisweep" deb
findings_of "$work/archive/bin/nhisweep" archive
diff "$work/deb.sorted" "$work/archive.sorted" >&2 ||
  { echo "package: the two programs differ in what they find" >&2; exit 1; }
echo "package: both programs report the same $(wc -l <"$work/deb.sorted") lines" >&2
printf '%s\n' "$deb" "$archive"
