#!/bin/sh
# One token of `app`, the value on standard input, and one of somebody else.
set -eu
file=/tmp/nhisweep-trial/tokens
mkdir -p "$(dirname "$file")"
printf 'sibling %s on\napp %s on\n' "$(printf other | sha256sum | cut -d ' ' -f 1)" \
  "$(sha256sum | cut -d ' ' -f 1)" >"$file"
