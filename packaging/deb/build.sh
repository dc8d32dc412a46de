#!/usr/bin/env bash
# build.sh BUILD OUTPUT: a Debian package of the program in BUILD (a release build), written to the
# folder OUTPUT. Its whole content is what `cmake --install` brings; it is moved here to where Debian
# wants it. Prints the name of the file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
output=$(mkdir -p "$2" && cd "$2" && pwd)
version=$(dpkg-parsechangelog -l "$here/changelog" -S Version)
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$here/changelog" -S Timestamp)
export SOURCE_DATE_EPOCH
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022
chmod 0755 "$stage"

DESTDIR=$stage cmake --install "$build" --prefix /usr --strip >/dev/null
strip --remove-section=.comment "$stage/usr/bin/nhisweep"
mkdir -p "$stage/lib/systemd"
mv "$stage/usr/lib/systemd/system" "$stage/lib/systemd/system"
rm -r "$stage/usr/lib"  # postinst makes the user: a bare system has no systemd-sysusers
doc=$stage/usr/share/doc/nhisweep
mkdir -p "$stage"/etc/nhisweep/hooks.d/{digest,failure}
mv "$doc/examples/nhisweep.yaml" "$stage/etc/nhisweep/nhisweep.yaml"
mv "$doc/CHANGELOG.md" "$doc/NEWS.md"
install -m 0644 "$here/copyright" "$doc/copyright"
gzip -9n <"$here/changelog" >"$doc/changelog.gz"
find "$stage/usr/share/man" -type f -exec gzip -9n {} +

mkdir "$stage/DEBIAN"
install -m 0755 "$here/postinst" "$here/prerm" "$here/postrm" "$stage/DEBIAN"
echo /etc/nhisweep/nhisweep.yaml >"$stage/DEBIAN/conffiles"
(cd "$stage" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) \
  >"$stage/DEBIAN/md5sums"
# Which packages hold the libraries, and from which version on. Those of rotators are recommended:
# who rotates nothing at a system does not need its client.
mkdir "$stage/debian"
printf 'Source: nhisweep\n\nPackage: nhisweep\nArchitecture: any\n' >"$stage/debian/control"
fields=$(cd "$stage" && dpkg-shlibdeps -O -e usr/bin/nhisweep \
  -dRecommends usr/libexec/nhisweep/nhisweep-rotator-* 2> >(grep -v 'be installed' >&2))
libraries=$(sed -n 's/^shlibs:Depends=//p' <<<"$fields")
recommended=$(sed -n 's/^shlibs:Recommends=//p' <<<"$fields")
rm -r "$stage/debian"
{
  printf 'Package: nhisweep\nVersion: %s\nArchitecture: %s\n' "$version" "$architecture"
  dpkg-parsechangelog -l "$here/changelog" -S Maintainer | sed 's/^/Maintainer: /'
  printf 'Installed-Size: %s\n' "$(du -k -s --exclude=DEBIAN "$stage" | cut -f1)"
  printf 'Depends: %s, adduser\n' "$libraries"
  printf 'Recommends: %s\n' "$recommended"
  cat "$here/control"
} >"$stage/DEBIAN/control"
file=$output/nhisweep_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$file" >/dev/null
echo "$file"
