# Sourced by run.sh: whole histories against git's own way of giving every object, and peers.
# PATH: a repository, bare or not. Status 1 and 3 are answers: findings, and what could not be read.

measure_history() {
  local path=$1
  measure cat-file git -C "$path" cat-file --batch-all-objects --batch --unordered --buffer
  measure nhisweep "$program" scan "$path" --jobs 2 --format json --progress never
  measure nhisweep-1-thread "$program" scan "$path" --jobs 1 --format json --progress never
  # The second night finds everything as it was.
  "$program" sweep "$path" --inventory "$work/night.db" --progress never >/dev/null 2>&1 || true
  measure nhisweep-2nd-night "$program" sweep "$path" --inventory "$work/night.db" --progress never
  if on_path betterleaks; then
    measure betterleaks env BETTERLEAKS_VALIDATE=false BETTERLEAKS_ANALYZE=false \
      betterleaks git "$path" -o "$work/b" --silent --no-banner --exit-code 0
  fi
  if on_path kingfisher; then
    measure kingfisher kingfisher scan "$path" --git-history=full --no-validate --no-update-check \
      --jobs 2 --format json -o "$work/k"
  fi
  if on_path gitleaks; then
    measure gitleaks gitleaks git "$path" -f json -r "$work/g" --no-banner --exit-code 0
  fi
  if on_path trufflehog; then
    measure trufflehog trufflehog git "file://$path" --no-update --no-verification --json
  fi
  table cat-file
}
