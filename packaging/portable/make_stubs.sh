#!/usr/bin/env bash
# make_stubs.sh FOLDER RELEASE: libraries to link against, as glibc RELEASE had them.
#
# A program binds each function of glibc to the newest version that the linker sees, so one built here
# asks for the glibc of here. These stubs have every symbol of the glibc of this machine that RELEASE
# (2.28) had, in the version that RELEASE had, and no code; what came later is missing, and a program
# that uses it does not link. shims.cpp holds what our libraries need of that.
set -euo pipefail
into=$1
release=$2
mkdir -p "$into"
cd "$into"

# library NAME SONAME: the stub NAME.so.
library() {
  local real
  real=$(${CXX:-g++} -print-file-name="$2")
  readelf --wide --dyn-syms "$real" | awk -v release="$release" '
    function newer(a, b,   x, y, n, i) {  # a > b, as versions
      n = split(a, x, "."); split(b, y, ".")
      for (i = 1; i <= 3; i++) if (x[i] + 0 != y[i] + 0) return x[i] + 0 > y[i] + 0
      return 0
    }
    $7 == "UND" || $5 !~ /GLOBAL|WEAK/ || $8 !~ /@GLIBC_[0-9.]+$/ { next }
    {
      name = $8; sub(/@.*/, "", name)
      version = $8; sub(/.*@GLIBC_/, "", version)
      if (newer(version, release) || ((name in best) && !newer(version, best[name]))) next
      best[name] = version
      object[name] = $4 == "OBJECT"
      size[name] = $3
    }
    END { for (name in best) print best[name], name, object[name], size[name] }' |
    LC_ALL=C sort >"$1.symbols"
  awk '
    $3 { printf ".data\n.balign 32\n.globl %s\n.type %s,@object\n.size %s,%d\n%s: .zero %d\n",
               $2, $2, $2, $4, $2, $4; next }
    { printf ".text\n.globl %s\n.type %s,@function\n%s: nop\n", $2, $2, $2 }
    END { print ".section .note.GNU-stack,\"\",@progbits" }' "$1.symbols" >"$1.s"
  awk '
    $1 != last { if (last) print "};"; printf "GLIBC_%s {\n", $1; last = $1 }
    { printf "  %s;\n", $2 }
    END { if (last) print "};" }' "$1.symbols" >"$1.map"
  local script=()
  [[ -s $1.map ]] && script=("-Wl,--version-script=$1.map")
  ${CXX:-g++} -nostdlib -shared -o "$1.so" "-Wl,-soname,$2" "${script[@]}" "$1.s"
}

library libm libm.so.6
# Threads and dlopen() had libraries of their own until 2.34; the program names these too, and the
# symbols, here in libc, are found there.
library libpthread libpthread.so.0
library libdl libdl.so.2
library libc_stub libc.so.6
loader=$(${CXX:-g++} -print-file-name=ld-linux-x86-64.so.2)
nonshared=$(${CXX:-g++} -print-file-name=libc_nonshared.a)
echo "GROUP ( $PWD/libc_stub.so $nonshared AS_NEEDED ( $loader ) )" >libc.so
