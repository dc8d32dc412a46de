# Sourced by run.sh: timing a command and printing the results. `work` is the folder for both.

# Called before each run of a measured command: one that changes its input can be repeated.
restore() { :; }

# measure NAME COMMAND...: median wall seconds of five and the peak of resident memory. 1 and 3 are
# answers of a scanner; a command that fails would be quick for the wrong reason.
measure() {
  local name=$1 runs=() run status=0
  shift
  restore
  "$@" >/dev/null 2>"$work/error" || status=$?
  if [[ $status != [013] ]]; then
    printf '%s failed with status %s: %s\n' "$name" "$status" "$(tail -n 1 "$work/error")" >&2
    return
  fi
  for run in 1 2 3 4 5; do
    restore
    /usr/bin/time -f '%e %M' -o "$work/time" "$@" >/dev/null 2>&1 || true
    runs+=("$(tail -n 1 "$work/time")")
  done
  printf '%s\n' "${runs[@]}" | sort -n | sed -n 3p | {
    read -r seconds kib
    printf '%s %s %s\n' "$name" "$seconds" "$kib" >>"$work/results"
  }
}

table() {  # table BASE: every row as a multiple of BASE
  awk -v base="$1" '
    { seconds[NR] = $2; kib[NR] = $3; name[NR] = $1; if ($1 == base) floor = $2 }
    END {
      printf "%-24s %10s %10s %10s\n", "", "seconds", "x " base, "peak MiB"
      for (i = 1; i <= NR; i++)
        printf "%-24s %10.2f %10.1f %10.0f\n", name[i], seconds[i],
          (floor > 0 ? seconds[i] / floor : 0), kib[i] / 1024
    }' "$work/results"
}
