#!/usr/bin/env bash
# Makes the sample estate of a small trust in FOLDER: two interface engines, a configuration
# repository with history, three hosts, CIS1 and CIS2 traces, traps.
#
#   make.sh FOLDER
#
# The files in files/ hold no secret: %%alphabet:length:name%% is filled in here, the same name with
# the same value each time. A second call with nothing changed does nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=$1
stamp=$(cd "$here" && find . -type f -print0 | sort -z | xargs -0 cat | sha256sum | cut -c1-64)
[[ -f $into/.stamp && $(<"$into/.stamp") == "$stamp" ]] && exit 0
rm -rf "$into"
mkdir -p "$into"

# value ALPHABET LENGTH NAME: pseudo-random, of no system anywhere.
value() {
  local text
  text=$(printf 'nhisweep sample estate %s' "$3" | sha512sum | cut -c1-128 | base64 -w0)
  # Of hexadecimal digits base64 makes few letters: fold two lines into one for a wider spread.
  text+=$(printf 'nhisweep sample estate %s again' "$3" | sha512sum | tr 'a-f0-9' 'Q-Vg-p')
  case $1 in
    base62) tr -dc 'A-Za-z0-9' <<<"$text" | fold -w1 | awk -v s="$3" '{print (NR*7919+length(s)*31)%173, $0}' |
      sort -n | awk '{printf "%s", $2}' | cut -c1-"$2" ;;
    base32) tr 'a-z' 'A-Z' <<<"$text" | tr -dc 'A-Z2-7' | cut -c1-"$2" ;;
    *) echo "make.sh: unknown alphabet '$1'" >&2; return 1 ;;
  esac
}

fill() {  # fill SOURCE TARGET
  local text
  text=$(<"$1")
  while [[ $text =~ %%([a-z0-9]+):([0-9]+):([a-z0-9-]+)%% ]]; do
    text=${text//"${BASH_REMATCH[0]}"/$(value "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}")}
  done
  mkdir -p "$(dirname "$2")"
  printf '%s\n' "$text" >"$2"
}

while IFS= read -r -d '' file; do
  fill "$here/files/$file" "$into/$file"
done < <(cd "$here/files" && find engines hosts traps -type f -print0)

# Registry exports are UTF-16 with a byte-order mark and CRLF.
reg=$into/hosts/ws-recep-12/policies/identity-agent.reg
{ printf '\xff\xfe'; sed 's/$/\r/' "$reg" | iconv -f UTF-8 -t UTF-16LE; } >"$reg.new"
mv "$reg.new" "$reg"

# An endpoint certificate with its key, made here: neither is of the NHS.
tls=$into/hosts/ers01/opt/spine/tls
openssl req -x509 -newkey rsa:2048 -nodes -days 700 -subj '/O=nhs/OU=Devices/CN=rxx01.northward.nhs.uk' \
  -keyout "$tls/endpoint.key" -out "$tls/endpoint.crt" 2>/dev/null
cat "$tls/endpoint.crt" "$tls/endpoint.key" >"$tls/endpoint.pem"
chmod 0600 "$tls/endpoint.key"

# A repository with three commits: a password changed, a cloud key removed but still in history.
repo=$into/repos/referrals
mkdir -p "$repo"
export HOME=$into GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
git init -q -b main "$repo"
at=1609502400
for step in 1 2 3; do
  while IFS= read -r -d '' file; do
    fill "$here/files/repo/$step/$file" "$repo/$file"
  done < <(cd "$here/files/repo/$step" && find . -type f -print0)
  at=$((at + 31536000))
  git -C "$repo" add -A
  GIT_AUTHOR_DATE="$at +0000" GIT_COMMITTER_DATE="$at +0000" git -C "$repo" \
    -c user.name='Referrals team' -c user.email='referrals@northward.example' \
    commit -q -m "referrals: step $step"
done

cat >"$into/estate.yaml" <<'YAML'
estate: North Ward Trust (sample)
targets:
  - {name: config-repos, git: [repos/*], owner: platform, place: application, system: Referrals, environment: live}
  - {name: tie, path: [engines/tie-mirth], owner: integration, place: engine, system: TIE, environment: live}
  - {name: ers, path: [engines/ers-camel], place: engine, system: e-RS bridge, environment: live}
  - {name: app01, path: [hosts/app01], owner: emr, place: application, system: EMR, environment: live, host: app01}
  - {name: ers01, path: [hosts/ers01], place: network, system: e-RS bridge, environment: live, host: ers01}
  - {name: ws-recep-12, path: [hosts/ws-recep-12], place: host, host: ws-recep-12}
  - {name: traps, path: [traps]}
policy: {max_age_days: 365, cis1_removal: 2027-02-28}
YAML
printf '%s' "$stamp" >"$into/.stamp"
echo "sample estate: $into"
