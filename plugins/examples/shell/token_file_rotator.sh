# A rotator in shell, under `shim: call`: tokens of a service that reads a file of lines
#
#   NAME SHA256-OF-THE-TOKEN on|off
#
# and lets in whoever brings a token of a line that is on. A name may have many lines, so that old
# and new are valid side by side. Registered with `allow: [exec, fs:write:FOLDER]`.
#
# $1 is the method; the params come as one line of JSON on standard input, each secret as a number
# of a descriptor. jq would read them better; sed does where nothing else is installed, because they
# come without spaces and the values of this type are plain words.
set -eu

params=$(cat)
# text NAME: the text under a name, whatever it is in.
text() { printf '%s' "$params" | sed -n "s/.*\"$1\":\"\([^\"\\\\]*\)\".*/\1/p"; }
# descriptor NAME: the number of the descriptor of a secret; empty if there is none.
descriptor() { printf '%s' "$params" | sed -n "s/.*\"$1\":{\"fd\":\([0-9]*\)}.*/\1/p"; }
hash_of() { sha256sum <"/proc/self/fd/$(descriptor "$1")" | cut -d ' ' -f 1; }
result() { printf '{"result":%s}\n' "$1" && exit 0; }
refuse() { printf '{"error":{"code":%s,"message":"%s"}}\n' "$1" "$2" && exit 0; }
is_dry() { case $params in *'"dry_run":true'*) ;; *) false ;; esac }

if [ "$1" = initialize ]; then
  result '{"protocol":"1.0","plugin":{"name":"token-file","version":"1","vendor":"example"},
    "types":[{"type":"token-file.token","capability":{"secret_origin":"client","slots":"many",
      "slot_policy":"error","create_replay":"idempotent","marker":"","listable":true,
      "recoverable":false,"suspend":true,"twins":false,"derived":[],"converge_ms":0,
      "dead_probe":"safe","authority":"separate_admin","automation":"full"},
      "ref":[{"name":"file","kind":"text","required":true,"help":"the file of tokens"},
             {"name":"name","kind":"text","required":true,"help":"whose token"}],
      "config":[],"grants":["write access to the folder of the file"]}],
    "methods":["inspect","create","probe","suspend","resume","revoke","list"],
    "needs":["exec","fs:write"]}'
fi

file=$(text file)
name=$(text name)
case $name in
  "" | *[!A-Za-z0-9_.]*) refuse 1012 "a name has letters, digits, _ and . only" ;;
esac
case $file in /*) ;; *) refuse 1012 "file is no absolute path" ;; esac
[ -f "$file" ] && [ -r "$file" ] || refuse 1012 "file is not there or cannot be read"

# The id of a token is the beginning of its hash: enough to find it, too little to try values on.
lines() { grep "^$name " "$file" || true; }
line_of_id() { lines | grep "^$name $1" | head -n 1; }

# rewrite PROGRAM: puts what awk makes of the file in its place, as a whole.
rewrite() {
  is_dry && result '{"outcome":"done"}'
  temporary=$(mktemp "$file.XXXXXX")
  chmod --reference="$file" "$temporary"
  awk "$@" "$file" >"$temporary" && sync "$temporary" && mv "$temporary" "$file"
}

# The line that the id names; the answers for what is not there.
find_line() {
  id=$(text token)
  case $id in "" | *[!0-9a-f]*) refuse -32602 "no id of a token" ;; esac
  [ "${#id}" -eq 16 ] || refuse -32602 "no id of a token"
  found=$(line_of_id "$id")
}

case $1 in
  inspect)
    if [ -z "$(lines)" ]; then result '{"exists":false,"rights":{"ok":true,"needs":[]}}'; fi
    id=$(lines | tail -n 1 | cut -d ' ' -f 2 | cut -c 1-16)
    result "{\"exists\":true,\"id\":{\"token\":\"$id\"},\"slots_used\":$(lines | wc -l),
      \"rights\":{\"ok\":true,\"needs\":[]}}"
    ;;
  create)
    [ -n "$(lines)" ] || refuse 1003 "nobody has this name"
    hash=$(hash_of new)
    id="{\"token\":\"$(printf '%s' "$hash" | cut -c 1-16)\"}"
    lines | grep -q " $hash " && result "{\"outcome\":\"already_done\",\"id\":$id}"
    rewrite -v line="$name $hash on" '{ print } END { print line }'
    result "{\"outcome\":\"done\",\"id\":$id}"
    ;;
  probe)
    line=$(lines | grep " $(hash_of value) " || true)
    case $line in *" on") result '{"verdict":"accepted","grade":"probed"}' ;; esac
    result '{"verdict":"rejected","grade":"probed"}'
    ;;
  suspend | resume)
    find_line
    [ "$1" = suspend ] && wanted=off || wanted=on
    [ -n "$found" ] || refuse 1003 "the token is gone"
    case $found in *" $wanted") result '{"outcome":"already_done"}' ;; esac
    rewrite -v start="$name $id" -v wanted="$wanted" \
      'index($0, start) == 1 { $3 = wanted } { print }'
    result '{"outcome":"done"}'
    ;;
  revoke)
    find_line
    [ -n "$found" ] || result '{"outcome":"already_done"}'
    rewrite -v start="$name $id" 'index($0, start) != 1'
    result '{"outcome":"done"}'
    ;;
  list)
    items=$(lines | awk '{ printf "%s{\"id\":{\"token\":\"%s\"},\"status\":\"%s\"}", \
      (NR > 1 ? "," : ""), substr($2, 1, 16), ($3 == "on" ? "active" : "suspended") }')
    result "{\"items\":[$items]}"
    ;;
esac
refuse -32601 "no such method"
