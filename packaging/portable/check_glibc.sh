#!/usr/bin/env bash
# check_glibc.sh PROGRAM RELEASE: fails if PROGRAM needs a symbol of glibc later than RELEASE, or a
# library that is not of glibc.
set -euo pipefail
program=$1
release=$2
status=0
versions=$(readelf --wide --version-info "$program" | grep -o 'Name: GLIBC_[0-9.]*' |
  sed 's/.*GLIBC_//' | sort -uV)
newest=$(tail -n 1 <<<"$versions")
if [[ $(printf '%s\n' "$newest" "$release" | sort -V | tail -n 1) != "$release" ]]; then
  echo "check_glibc: $program needs glibc $newest, later than $release:" >&2
  readelf --wide --dyn-syms "$program" | grep -F "@GLIBC_$newest" >&2
  status=1
fi
others=$(readelf --wide --dynamic "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
  grep -vxE '(libc|libm)\.so\.6|lib(pthread|dl|rt)\.so\.[0-9]|ld-linux.*' || true)
if [[ -n $others ]]; then
  echo "check_glibc: $program needs libraries beside glibc: ${others//$'\n'/, }" >&2
  status=1
fi
exit "$status"
