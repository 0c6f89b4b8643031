#!/bin/sh
# Builds the tools that skew clocks and slow disks into a folder: build.sh FOLDER. Needs a C compiler (CC, or cc) and the
# headers of the C library. skew-launch is for x86-64 alone, slow-sync for arm64 too; both are static where the static C
# library is there, so that they run in any image.
set -eu
from=$(dirname "$0")
cc=${CC:-cc}
"$cc" -O2 -Wall -Wextra -Werror -shared -fPIC -o "$1/libskew.so" "$from/skew-preload.c" -ldl
case $(uname -m) in
  x86_64 | aarch64)
    sync() { "$cc" -O2 -Wall -Wextra -Werror "$@" "$from/slow-sync.c"; }
    sync -static -o "$1/slow-sync" 2>/dev/null || sync -o "$1/slow-sync" ||
      echo 'slow-sync was not built: no slow disks' >&2 # headers from before Linux 5.5; clocks do not need it
    ;;
esac
[ "$(uname -m)" = x86_64 ] || exit 0
# What is copied into another process may hold no calls to the compiler's own helpers, and no constants outside of its section.
launch() {
  "$cc" -O2 -Wall -Wextra -Werror -mgeneral-regs-only -fno-stack-protector -fno-jump-tables -fcf-protection=none \
    -fno-tree-loop-distribute-patterns "$@" "$from/skew-launch.c"
}
launch -static -o "$1/skew-launch" 2>/dev/null || launch -o "$1/skew-launch"
