# Sourced by run.sh: what a sweep costs a service beside it. PostgreSQL in a private folder serves
# pgbench at 40 % of what it can do; latencies alone, beside a plain sweep of files that are not in
# memory, and beside a kind one. They take turns, and medians over the rounds are compared, so that
# what else the machine does falls on all alike.

rounds=${path:-5}
seconds=${BESIDE_SECONDS:-20}

server=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)
[[ -x $server/initdb && -x $server/pgbench ]] || {
  echo "run.sh: PostgreSQL with pgbench is not installed (Debian: postgresql)" >&2
  exit 2
}

# PostgreSQL refuses to run as root.
as_server=()
mkdir "$work/service"
if [[ $(id -u) == 0 ]]; then
  as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chmod 0711 "$work"
  chown postgres:postgres "$work/service"
fi
run_server() {
  local tool=$1
  shift
  (cd "$work/service" && HOME=$work/service "${as_server[@]}" "$server/$tool" "$@")
}

sweeper=
stop_sweeper() {
  [[ -n $sweeper ]] || return 0
  kill "$sweeper" 2>/dev/null || true
  wait "$sweeper" 2>/dev/null || true
  sweeper=
}
clean_up() {
  stop_sweeper
  run_server pg_ctl -D "$work/service/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

# Reached through a socket in the private folder only. Fewer buffers than data: it reads, too.
run_server initdb -D "$work/service/data" -U bench -A trust --no-sync >/dev/null
cat >>"$work/service/data/postgresql.conf" <<TEXT
listen_addresses = ''
unix_socket_directories = '$work/service'
shared_buffers = 64MB
TEXT
run_server pg_ctl -D "$work/service/data" -l "$work/service/log" -w start >/dev/null
connect=(-h "$work/service" -U bench postgres)
run_server pgbench -i -q -s 20 "${connect[@]}" >/dev/null 2>&1

# What is swept: 8,000 files of configuration, 400 MB, and one of 400 MB.
mkdir "$work/tree"
{
  for key in {1..1000}; do
    printf 'feature.%d.enabled=true\nlog.level.%d=INFO\n' "$key" "$key"
  done
  printf 'db.password=${DB_PASSWORD}\n'
} >"$work/page"
cat "$work/page" >"$work/file"
while (($(stat -c %s "$work/file") < 50000)); do cat "$work/page" >>"$work/file"; done
for folder in {1..40}; do
  mkdir "$work/tree/$folder"
  for i in {1..200}; do cp "$work/file" "$work/tree/$folder/$i.properties"; done
done
cat "$work"/tree/*/*.properties >"$work/tree/large.log"
sync "$work"/tree/*/*.properties "$work/tree/large.log"

# Sweeps files that are not in memory, again and again until it is killed: sweeper NAME FLAGS...
cat >"$work/sweeper" <<'BASH'
trap 'kill $! 2>/dev/null; exit 0' TERM
evict='
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        file = os.open(os.path.join(folder, name), os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)
'
while true; do
  python3 -c "$evict" "$work/tree"
  "$program" sweep "$work/tree" --full --inventory "$work/$1.db" --progress never --quiet \
    "${@:2}" >/dev/null 2>&1 &
  wait $!
done
BASH
export work program

serve() {  # serve FLAGS...: one turn of pgbench; its output is in $work/pgbench
  rm -f "$work/service"/turn.*
  run_server pgbench -n -c 4 -j 2 -T "$seconds" -l --log-prefix="$work/service/turn" "$@" \
    "${connect[@]}" >"$work/pgbench" 2>&1 || { cat "$work/pgbench" >&2; exit 5; }
}

# turn NAME [FLAGS...]: one line "NAME transactions-a-second p50 p95 p99", milliseconds.
turn() {
  local name=$1 rate
  shift
  if [[ $name != alone ]]; then
    bash "$work/sweeper" "$name" "$@" &
    sweeper=$!
    sleep 1
  fi
  serve -R "$offered"
  stop_sweeper
  rate=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$work/pgbench")
  cat "$work/service"/turn.* | awk '{ print $3 }' | sort -n | awk -v name="$name" -v rate="$rate" '
    { took[NR] = $1 / 1000 }
    function at(share) { i = int(NR * share); return took[i < 1 ? 1 : i] }
    END { printf "%s %.1f %.2f %.2f %.2f\n", name, rate, at(0.5), at(0.95), at(0.99) }'
}

serve
offered=$(awk '/^tps = / { print int($3 * 0.4) }' "$work/pgbench")
printf 'offered: %s transactions a second, 40 %% of what the service can do alone\n' "$offered"
for ((round = 1; round <= rounds; ++round)); do
  turn alone
  turn plain
  turn background --background
  turn kind --background --max-read-rate 10MiB
done | tee "$work/turns"

median() {  # median NAME COLUMN
  awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$work/turns" | sort -n |
    awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
printf '%-12s %15s %15s %15s %15s   medians of %s turns of %s s, x alone\n' '' 'transactions/s' \
  'p50 ms' 'p95 ms' 'p99 ms' "$rounds" "$seconds"
for name in alone plain background kind; do
  printf '%-12s' "$name"
  for column in 2 3 4 5; do
    awk -v own="$(median "$name" "$column")" -v base="$(median alone "$column")" \
      'BEGIN { printf " %9.2f x%4.2f", own, (base > 0 ? own / base : 0) }'
  done
  printf '\n'
done
printf 'kind is --background --max-read-rate 10MiB\n'
