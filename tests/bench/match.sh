# Sourced by run.sh: speed of the scanner on files against `cat`, against ripgrep with one absent
# word, and against other scanners found on the PATH (none is needed). Every contestant runs once to
# warm up, then five times, in turns; the table has medians.
#
#   run.sh match [FOLDER] [--config-files N] [--log-mib N] [--only WHAT,…]
#
# WHAT is source, config, log, random, base64, one, dense. Each set holds a planted password, so
# that a scanner that found nothing there is seen to have read nothing.

# A password in a form that every scanner with generic rules knows, and one with its own prefix.
plant() {
  printf 'db.password = "%s"\n' 'q7Vx2LmZ9tRw4KpB' >"$1"
  printf 'github_token = "%s"\n' 'ghp_1B4a9dQ2eXkT7vLmR0sUyWcZhNfPj33JgMtV' >>"$1"
}

# Configuration of many services: a tenth each of the ten kinds; the same each time.
make_config() {
  awk -v folder="$1" -v wanted="$2" '
    function pick(list, parts, n) { n = split(list, parts, " "); return parts[int(rand() * n) + 1] }
    BEGIN {
      srand(7)
      for (n = 0; n < wanted; n++) {
        part = folder "/" int(n / 250)
        if (n % 250 == 0) system("mkdir -p " part)
        kind = n % 4
        name = pick("gateway orders ledger portal mirth archive reports scheduler")
        split(".properties .yaml .xml .json", endings, " ")
        file = part "/" name n endings[kind + 1]
        lines = 8 + int(rand() * 24)
        if (kind == 2) printf "<configuration>\n" >file
        if (kind == 3) printf "{\n" >file
        for (i = 0; i < lines; i++) {
          key = pick("server client retry queue timeout pool cache log feature batch") "." \
            pick("name host port size level enabled limit path interval url")
          value = pick("true false 8080 30 INFO /var/lib/app app01.acme.example ${DB_HOST} " \
            "{{vault}} default")
          if (kind == 0) printf "%s=%s\n", key, value >file
          else if (kind == 1) printf "%s: %s\n", key, value >file
          else if (kind == 2) printf "  <add key=\"%s\" value=\"%s\" />\n", key, value >file
          else printf "  \"%s.%d\": \"%s\",\n", key, i, value >file
        }
        if (kind == 0) printf "db.user=svc_%s\ndb.password=${DB_PASSWORD}\n", name >file
        if (kind == 1) printf "db:\n  password: file:/run/secrets/db\n" >file
        if (kind == 2) printf "</configuration>\n" >file
        if (kind == 3) printf "  \"end\": true\n}\n" >file
        close(file)
      }
    }'
  plant "$1/planted.properties"
}

# A log of a web application; about 220 bytes a line. One MiB is made and written $2 times.
make_log() {
  awk '
    function pick(list, parts, n) { n = split(list, parts, " "); return parts[int(rand() * n) + 1] }
    BEGIN {
      srand(11)
      while (bytes < 1048576) {
        line = sprintf("2026-11-%02dT%02d:%02d:%02d.%03dZ %s [%s-%d] com.acme.%s.%s - " \
          "%s /api/v1/%s/%d?page=%d status=%d user=svc_%s took %d ms session=%08x%08x",
          int(rand() * 28) + 1, int(rand() * 24), int(rand() * 60), int(rand() * 60),
          int(rand() * 1000),
          pick("INFO INFO INFO DEBUG WARN ERROR"), pick("http pool worker"), int(rand() * 32),
          pick("orders ledger portal"), pick("Controller Repository Scheduler TokenFilter"),
          pick("GET GET POST PUT"), pick("patients orders letters documents"),
          int(rand() * 1000000),
          int(rand() * 50), pick("200 200 200 404 500"), pick("mirth portal batch"),
          int(rand() * 900),
          int(rand() * 2147483647), int(rand() * 2147483647))
        bytes += length(line) + 1
        print line
      }
    }' >"$work/piece"
  local i
  for ((i = 0; i < $2; i++)); do cat "$work/piece"; done >"$1/application.log"
  plant "$work/planted"
  cat "$work/planted" >>"$1/application.log"
}

# The source trees at hand when none is named; the answer is printed with the table.
find_source() {
  local folder
  for folder in /usr/include /usr/lib/python3 /usr/share/perl /usr/share/doc /usr/src; do
    [[ -d $folder ]] && printf '%s\n' "$folder"
  done
}

# What each scanner is called with; $found is where its findings go. Sets the array `command`.
contestant() {
  local name=$1 path=$2
  found=$work/found-$name
  case $name in
    cat) command=(bash -c 'find "$0" -type f -print0 | xargs -0 cat' "$path") ;;
    rg) command=(rg -uuu -j2 -c zzqqxx "$path") ;;
    nhisweep)
      command=("$program" scan "$path" --no-git-history --jobs 2 --format json --progress never) ;;
    kingfisher)
      command=(kingfisher scan "$path" --git-history=none --no-validate --no-update-check
        --confidence low --jobs 2 --format json --output "$found") ;;
    betterleaks)
      command=(env BETTERLEAKS_VALIDATE=false BETTERLEAKS_ANALYZE=false betterleaks fs "$path" -j 2
        -o "$found.json" --silent --no-banner --exit-code 0) ;;
    gitleaks) command=(gitleaks dir "$path" -f json -r "$found" --no-banner --exit-code 0) ;;
    trufflehog)
      command=(trufflehog filesystem "$path" --no-verification --no-update --json
        --concurrency=2) ;;
    titus) command=(titus scan "$path" --format json) ;;
  esac
}

# Which rules a contestant runs, with their number where it says so itself.
rules_of() {
  case $1 in
    nhisweep) "$program" rules list 2>/dev/null | awk 'NF { n++ } END { print n " rules" }' ;;
    cat | rg) printf 'no rules\n' ;;
    kingfisher)
      printf '%s, %s rules, all confidences, no validation\n' "$(kingfisher --version)" \
        "$(kingfisher rules list --format json 2>/dev/null | grep -c '^ *"id":' || true)" ;;
    *) printf '%s, its default rules (it does not count them), no validation\n' \
         "$("$1" --version 2>/dev/null | head -n 1)" ;;
  esac
}

# Without a network where the system lets us.
offline=()
if unshare -rn true 2>/dev/null; then offline=(unshare -rn); fi

# once NAME PATH: one run; a line "wall user sys KiB status" in $work/runs-NAME.
once() {
  local command found status=0
  contestant "$1" "$2"
  rm -f "$found" "$found.json"
  "${offline[@]}" /usr/bin/time -f '%e %U %S %M' -o "$work/time" "${command[@]}" \
    >"$work/out" 2>"$work/error" || status=$?
  [[ -f $found || -f $found.json ]] || cp "$work/out" "$found"
  printf '%s %s\n' "$(tail -n 1 "$work/time")" "$status" >>"$work/runs-$1"
}

# Whether the planted values were reported. They are redacted by some: the file's name and, where
# the set is one file, any finding at all count.
saw_planted() {
  case $1 in
    cat | rg) printf '%s' - ;;
    *) if grep -qsE 'planted|application\.log' "$work/found-$1" "$work/found-$1.json"; then
         printf yes
       else
         printf NO
       fi ;;
  esac
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compete TITLE PATH: all contestants over one set, and its table.
compete() {
  local title=$1 path=$2 name round floor bytes files
  files=$(find "$path" -type f | wc -l)
  bytes=$(find "$path" -type f -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f", n }')
  rm -f "$work"/runs-*
  for round in 0 1 2 3 4 5; do
    for name in "${contestants[@]}"; do
      once "$name" "$path"
      ((round)) || rm -f "$work/runs-$name"  # the first is the warm-up
    done
  done
  floor=$(awk '{ print $1 }' "$work/runs-rg" | median)
  local floor_cat
  floor_cat=$(awk '{ print $1 }' "$work/runs-cat" | median)
  printf '\n%s: %s files, %s bytes\n' "$title" "$files" "$bytes"
  printf '%-12s %8s %8s %7s %7s %12s %9s %8s\n' '' 'wall s' 'cpu s' 'x rg' \
    'x cat' 'MB/s a core' 'peak MiB' planted
  for name in "${contestants[@]}"; do
    awk '{ print $1, $2 + $3, $4, $5 }' "$work/runs-$name" >"$work/columns"
    printf '%s %s %s %s\n' "$(awk '{ print $1 }' "$work/columns" | median)" \
      "$(awk '{ print $2 }' "$work/columns" | median)" \
      "$(awk '{ print $3 }' "$work/columns" | median)" \
      "$(awk '{ print $4 }' "$work/columns" | sort -n | tail -n 1)" |
      awk -v name="$name" -v rg="$floor" -v cat="$floor_cat" -v bytes="$bytes" \
        -v saw="$(saw_planted "$name")" '
        { printf "%-12s %8.2f %8.2f %7.1f %7.1f %12.0f %9.0f %8s%s\n", name, $1, $2,
            (rg > 0 ? $1 / rg : 0), (cat > 0 ? $1 / cat : 0), ($2 > 0 ? bytes / $2 / 1000000 : 0),
            $3 / 1024, saw, ($4 > 3 ? "  (ended with status " $4 ")" : "") }'
  done
}

# Text in which everything is nearly a match, in growing sizes: time a byte must not grow.
dense() {
  local size kind
  printf '\ngrowing input, nhisweep: CPU seconds for 1, 4 and 16 MiB\n'
  for kind in prefixes assignments urls base64 escapes one-line one-word statements; do
    printf '%-12s' "$kind"
    for size in 1 4 16; do
      mkdir -p "$work/dense"
      awk -v kind="$kind" -v wanted="$((size * 1048576))" '
        BEGIN {
          piece = kind == "prefixes" ? "ghp_AKIA0123sk_live_xoxb-1234 glpat-abc " : \
            kind == "assignments" ? "password=secret_token:api_key=\"x\" pwd=\n" : \
            kind == "urls" ? "https://user:https://a:b/postgres://x:" : \
            kind == "base64" ? "cGFzc3dvcmQ9aHVudGVyMg/cGFzc3dvcmQ9aHVudGVyMg-" : \
            kind == "escapes" ? "\\u0041&amp;%41\\n\"&#x41;" : \
            kind == "one-word" ? "passkeytoken" : \
            kind == "statements" ? \
              "COPY t (pass) FROM stdin;\nINSERT INTO t (pass) VALUES (\"x\n" : \
            "patkeytoken=eyJ.eyJ.auth:re_user "
          while (length(piece) < 4096) piece = piece piece
          for (made = 0; made < wanted; made += length(piece)) printf "%s", piece
        }' >"$work/dense/text.txt"
      /usr/bin/time -f '%U %S' -o "$work/time" "$program" scan "$work/dense" \
        --no-git-history --jobs 2 --format json --progress never >/dev/null 2>&1 || true
      tail -n 1 "$work/time" | awk '{ printf " %9.2f", $1 + $2 }'
    done
    printf '\n'
  done
}

one_file() {
  local runs=() i
  mkdir -p "$work/one"
  printf 'hello\n' >"$work/one/file"
  for i in 0 1 2 3 4 5 6 7 8 9; do
    /usr/bin/time -f '%e' -o "$work/time" "$program" scan "$work/one" --format json \
      --progress never >/dev/null 2>&1 || true
    ((i)) && runs+=("$(tail -n 1 "$work/time")")
  done
  printf '\none file of 6 bytes, start-up included: %s s\n' "$(printf '%s\n' "${runs[@]}" | median)"
}

match_usage() {
  echo "run.sh: match [FOLDER] [--config-files N] [--log-mib N] [--only WHAT,...]" >&2
  exit 2
}

source_tree='' config_files=100000 log_mib=1024 only=source,config,log,random,base64,one,dense
while (($#)); do
  case $1 in
    --config-files) config_files=${2:?} && shift 2 ;;
    --log-mib) log_mib=${2:?} && shift 2 ;;
    --only) only=${2:?} && shift 2 ;;
    -*) match_usage ;;
    *) source_tree=$(readlink -f "$1") && shift ;;
  esac
done
wants() { [[ ,$only, == *,$1,* ]]; }

contestants=(cat rg nhisweep)
for name in kingfisher betterleaks gitleaks trufflehog titus; do
  on_path "$name" && contestants+=("$name")
done
printf 'machine: %s, %s cores, %s\n' \
  "$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
  "$(nproc)" "$(uname -sr)"
for name in "${contestants[@]}"; do printf '%s: %s\n' "$name" "$(rules_of "$name")"; done

if wants source; then
  # Links to the trees would not be followed: they are copied, which also warms the page cache.
  mkdir -p "$work/source"
  if [[ -n $source_tree ]]; then
    cp -r "$source_tree" "$work/source/"
    printf 'source tree: %s\n' "$source_tree"
  else
    mapfile -t folders < <(find_source)
    cp -rL --parents "${folders[@]}" "$work/source/" 2>/dev/null || true
    printf 'source tree: what is at hand here, %s\n' "${folders[*]}"
  fi
  plant "$work/source/planted.properties"
  compete 'source tree' "$work/source"
  rm -rf "$work/source"
fi
if wants config; then
  mkdir -p "$work/config"
  make_config "$work/config" "$config_files"
  compete 'configuration files' "$work/config"
  rm -rf "$work/config"
fi
if wants log; then
  mkdir -p "$work/log"
  make_log "$work/log" "$log_mib"
  compete 'one log' "$work/log"
  rm -rf "$work/log"
fi
if wants random; then
  mkdir -p "$work/random"
  openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null |
    head -c 67108864 >"$work/random/random.bin" || true
  plant "$work/random/planted.properties"
  compete 'random bytes' "$work/random"
  if wants base64; then
    mkdir -p "$work/base64"
    base64 "$work/random/random.bin" >"$work/base64/random.b64"
    plant "$work/base64/planted.properties"
    compete 'base64 of random bytes' "$work/base64"
    rm -rf "$work/base64"
  fi
  rm -rf "$work/random"
fi
! wants one || one_file
! wants dense || dense
