#!/usr/bin/env bash
# try.sh DEB: installs the package on a bare Debian 12, sweeps with it as its own user, upgrades,
# removes and purges it, and looks at what is there after each step. Needs root, mmdebstrap and a
# mirror; takes about two minutes and 400 MB below the temporary folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
deb=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
chmod 0755 "$root"

step() { echo "try: $*" >&2; }
must() { "$@" || { echo "try: not so: $*" >&2; exit 1; }; }
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }

step "a bare Debian 12"
mmdebstrap --quiet --variant=minbase bookworm "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$deb" "$root/tmp/nhisweep.deb"
"$here/../../tests/estate/make.sh" "$root/srv/estate" >/dev/null
# As on a host: files that only their owner may read.
chown -R 0:0 "$root/srv/estate"
chmod -R go= "$root/srv/estate/hosts"

step "installing"
inside apt-get update -qq
inside apt-get install -qqy --no-install-recommends /tmp/nhisweep.deb >"$root/tmp/apt.log" 2>&1 ||
  { tail -n 20 "$root/tmp/apt.log" >&2; exit 1; }
must test "$(inside getent passwd nhisweep | cut -d: -f6,7)" = /var/lib/nhisweep:/usr/sbin/nologin
must test ! -e "$root/etc/systemd/system/timers.target.wants/nhisweep.timer"  # not enabled
must test "$(inside nhisweep --version)" = "nhisweep $(dpkg-deb -f "$deb" Version)"

step "sweeping as nhisweep with the capability of the unit"
# What systemd would make from the unit: the state folder, the key, the user, the capability.
inside install -d -o nhisweep -g nhisweep -m 0700 /var/lib/nhisweep
inside env NHISWEEP_JOURNAL=/var/lib/nhisweep/journal.db nhisweep key create >/dev/null
sed 's,^estate:.*,estate: /srv/estate/estate.yaml,' "$root/etc/nhisweep/nhisweep.yaml" \
  >"$root/srv/nhisweep.yaml"
command=$(sed -n 's,^ExecStart=,,p' "$root/lib/systemd/system/nhisweep.service")
status=0
inside sh -c "cd /srv && NHISWEEP_KEY_FILE=/etc/nhisweep/fingerprint.key \
  NHISWEEP_AUDIT_KEY_FILE=/etc/nhisweep/audit.key setpriv --reuid nhisweep \
  --regid nhisweep --clear-groups --no-new-privs --inh-caps=-all,+dac_read_search \
  --ambient-caps=-all,+dac_read_search --bounding-set=-all,+dac_read_search $command" || status=$?
must test "$status" = 1
must grep -q 'everything in scope was read' "$root/var/lib/nhisweep/digest.txt"
must test "$(stat -c %a "$root/var/lib/nhisweep/nhisweep.db")" = 600
must inside sh -c 'cd /srv && nhisweep audit verify' >&2
tail -n 8 "$root/var/lib/nhisweep/digest.txt" >&2

step "installing it once more, over itself"
echo '# mine' >>"$root/etc/nhisweep/nhisweep.yaml"
inside dpkg -i --force-confdef /tmp/nhisweep.deb >/dev/null
must grep -q '# mine' "$root/etc/nhisweep/nhisweep.yaml"

step "removing"
inside apt-get remove -qqy nhisweep >/dev/null 2>&1
must test ! -e "$root/usr/bin/nhisweep"
must test -s "$root/var/lib/nhisweep/nhisweep.db"
must test -s "$root/etc/nhisweep/fingerprint.key"
must test -s "$root/var/lib/nhisweep/journal.db"

step "purging"
inside apt-get purge -qqy nhisweep >/dev/null 2>&1
must test ! -e "$root/var/lib/nhisweep"
must test ! -e "$root/etc/nhisweep"
must test -z "$(find "$root" -xdev -path "$root/srv" -prune -o -path "$root/tmp" -prune -o \
  -path "$root/var/log" -prune -o -iname '*nhisweep*' -print)"
step "all as it should be"
