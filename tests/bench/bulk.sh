# Sourced by run.sh: the commands of a team that triages, on 20,000 findings, against the start-up
# of the program; and the page of 50,000 findings, opened in Chromium, against an empty page.

# A tree with $2 passwords that are not stock words, ten a file; the same each time.
make_findings() {
  mkdir -p "$1"
  awk -v folder="$1" -v wanted="$2" '
    BEGIN {
      srand(1)
      letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
      for (n = 0; n < wanted; n++) {
        file = folder "/app" int(n / 10) ".properties"
        value = ""
        for (i = 0; i < 18; i++) value = value substr(letters, int(rand() * length(letters)) + 1, 1)
        printf "svc%d.db.user=svc_%d\nsvc%d.db.password=%s\n", n, n, n, value >file
        if (n % 10 == 9) close(file)
      }
    }'
}

# The first 5,000 rows get a decision, wherever the columns stand.
decide_rows() {
  python3 - "$1" "$2" <<'PYTHON'
import csv, sys
with open(sys.argv[1], newline="") as source, open(sys.argv[2], "w", newline="") as target:
    rows = csv.DictReader(source)
    sheet = csv.DictWriter(target, rows.fieldnames)
    sheet.writeheader()
    for number, row in enumerate(rows):
        if number < 5000:
            row["decision"], row["decision.reason"] = "false-positive", "made for a benchmark"
        sheet.writerow(row)
PYTHON
}

make_findings "$work/tree" 20000
store=$work/store.db
"$program" sweep "$work/tree" --inventory "$work/first.db" --quiet >/dev/null || true
cp "$work/first.db" "$store"
"$program" findings export --inventory "$store" --output "$work/all.csv" --quiet
printf 'findings: %s\n' \
  "$("$program" findings list --inventory "$store" --format jsonl | grep -c '"id":"f_')"
decide_rows "$work/all.csv" "$work/decided.csv"

restore() { cp "$work/first.db" "$store"; }
measure start "$program" --version
measure sweep-baseline "$program" sweep "$work/tree" --baseline --inventory "$store" --quiet
measure export "$program" findings export --inventory "$store" --output "$work/out.csv" --quiet
measure import-5000 "$program" findings import "$work/decided.csv" --by bench --inventory "$store"
measure list "$program" findings list --decision none --inventory "$store"
measure report-html "$program" report --format html --inventory "$store" --output "$work/page.html"
table start

if on_path chromium; then
  make_findings "$work/large" 50000
  "$program" sweep "$work/large" --inventory "$work/large.db" --quiet >/dev/null || true
  "$program" report --format html --inventory "$work/large.db" --output "$work/large.html" --quiet
  printf '<!doctype html><title>empty</title>' >"$work/empty.html"
  printf '\npage of 50,000 findings: %s MiB\n' "$(($(stat -c %s "$work/large.html") >> 20))"
  open_page=(chromium --headless --no-sandbox --disable-gpu --no-first-run
    --disable-background-networking --disable-component-update --disable-sync
    --user-data-dir="$work/chromium" --screenshot="$work/page.png")
  : >"$work/results"
  restore() { :; }
  measure empty-page "${open_page[@]}" "file://$work/empty.html"
  measure large-page "${open_page[@]}" "file://$work/large.html"
  table empty-page
fi
