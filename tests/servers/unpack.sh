#!/usr/bin/env bash
# unpack.sh FOLDER: real servers for tests, out of their Debian packages and not installed. An
# installed one would start a service and open a port of whoever runs the tests. A second call does
# nothing.
set -euo pipefail
into=$1
# libnss-wrapper: sshd asks for an account that only its installation makes.
# postgresql-15 without libllvm14, which it loads for its compiler of queries (jit) only; of
# postgresql-client-15 a standby needs pg_basebackup. redis-server is a link to a program of
# redis-tools. slapd without libperl5.36 and libodbc2, which two of its backends load.
# mariadb-server-core is the server; mariadb-install-db is of mariadb-server and calls a program of
# mariadb-client-core.
packages=(openssh-server libwrap0 libnss-wrapper postgresql-15 postgresql-client-15
  redis-server redis-tools libjemalloc2 liblzf1 slapd libltdl7
  mariadb-server-core mariadb-server mariadb-client-core libaio1 libnuma1 liburing2)

if [[ -f $into/packages && $(cat "$into/packages") == "${packages[*]}" ]]; then exit 0; fi
mkdir -p "$into/archives"
(cd "$into/archives" && rm -f ./*.deb && apt-get download -q "${packages[@]}" >&2)
for archive in "$into"/archives/*.deb; do dpkg-deb --extract "$archive" "$into"; done
printf '%s' "${packages[*]}" >"$into/packages"
