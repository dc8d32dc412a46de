#!/usr/bin/env bash
# boot.sh DEB: boots a Debian 12 with systemd in a container, installs the package there, and lets
# the units do what they do at night: the sweep as its own user, the hooks after success and after
# failure, the timer. Needs root, mmdebstrap, systemd-nspawn and a mirror; about three minutes and
# 500 MB below the temporary folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
deb=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
chmod 0755 "$root"

step() { echo "boot: $*" >&2; }
must() { "$@" || { echo "boot: not so: $*" >&2; cat "$root/srv/result" >&2; exit 1; }; }

step "a Debian 12 with systemd, and the package"
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus bookworm "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$deb" "$root/tmp/nhisweep.deb"
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
  LC_ALL=C sh -c 'apt-get update -qq && apt-get install -qqy --no-install-recommends \
  /tmp/nhisweep.deb' >"$root/tmp/apt.log" 2>&1 || { tail -n 20 "$root/tmp/apt.log" >&2; exit 1; }
"$here/../../tests/estate/make.sh" "$root/srv/estate" >/dev/null
chown -R 0:0 "$root/srv/estate"
chmod -R go= "$root/srv/estate/hosts"
sed -i 's,^estate:.*,estate: /srv/estate/estate.yaml,; s,^until:,# until:,' \
  "$root/etc/nhisweep/nhisweep.yaml"
install -d -m 0777 "$root/srv/called"
for kind in digest failure; do
  printf '#!/bin/sh\ncat >/dev/null\nid -un >>/srv/called/%s\n' "$kind" >"$root/etc/nhisweep/hooks.d/$kind/note"
  chmod 0755 "$root/etc/nhisweep/hooks.d/$kind/note"
done

# Inside: three nights, of which the last misses the folder of the hosts.
cat >"$root/srv/nights" <<'SH'
exec >/srv/result 2>&1
night() {
  systemctl start nhisweep.service
  echo "$1: $? $(systemctl show -P ExecMainStatus nhisweep.service)"
  until ! systemctl list-jobs | grep -q nhisweep-hook; do sleep 0.2; done
}
night first
night second
grep '^new' /var/lib/nhisweep/digest.txt
mv /srv/estate/hosts /srv/estate/away
night third
systemctl start nhisweep.timer
echo "timer: $(systemctl is-active nhisweep.timer)"
journalctl -u 'nhisweep*' --no-pager
systemctl poweroff --no-block
SH
cat >"$root/etc/systemd/system/nights.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /srv/nights
[Install]
WantedBy=multi-user.target
UNIT
chroot "$root" systemctl enable nights.service 2>/dev/null

step "three nights"
touch "$root/srv/result"
timeout 300 systemd-nspawn --quiet --register=no --keep-unit --console=pipe --boot \
  --directory="$root" >/dev/null 2>&1 || true
must grep -qx 'first: 0 1' "$root/srv/result"
must grep -qx 'second: 0 0' "$root/srv/result"
must grep -q '^new 0 ' "$root/srv/result"
must grep -qx 'third: 1 3' "$root/srv/result"
must grep -qx 'timer: active' "$root/srv/result"
must test "$(stat -c %a "$root/var/lib/nhisweep/nhisweep.db")" = 600
must test "$(cat "$root/srv/called/digest")" = nhisweep$'\n'nhisweep
must test "$(cat "$root/srv/called/failure")" = nhisweep
step "all as it should be"
