#!/usr/bin/env bash
# build.sh BUILD OUTPUT: an archive of the portable program in BUILD with all that belongs to it,
# written to the folder OUTPUT. Prints the name of the file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
output=$(mkdir -p "$2" && cd "$2" && pwd)
version=$(dpkg-parsechangelog -l "$here/../deb/changelog" -S Version)
epoch=$(dpkg-parsechangelog -l "$here/../deb/changelog" -S Timestamp)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022
name=nhisweep-$version-linux-$(uname -m)
cmake --install "$build" --prefix "$stage/$name" --strip >/dev/null
# The terms of what is linked in.
licences=$stage/$name/share/doc/nhisweep/licences
mkdir -p "$licences"
for library in libre2-dev libdeflate-dev libssl-dev libsqlitecpp-dev libsqlite3-dev libfmt-dev \
  nlohmann-json3-dev libyaml-cpp-dev libtomlplusplus-dev libpugixml-dev libcli11-dev zlib1g-dev \
  libboost-dev libseccomp-dev \
  libstdc++-12-dev; do
  cp -L "/usr/share/doc/$library/copyright" "$licences/$library"
done
"$here/check_glibc.sh" "$stage/$name/bin/nhisweep" 2.28
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf - "$name" |
  gzip -9n >"$output/$name.tar.gz"
echo "$output/$name.tar.gz"
