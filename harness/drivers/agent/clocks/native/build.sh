#!/bin/sh
# Builds the tools that skew clocks into a folder: build.sh FOLDER. Needs a C compiler (CC, or cc) and the headers of the
# C library. skew-launch is for x86-64 alone; static where the static C library is there, so that it runs in any image.
set -eu
from=$(dirname "$0")
cc=${CC:-cc}
"$cc" -O2 -Wall -Wextra -Werror -shared -fPIC -o "$1/libskew.so" "$from/skew-preload.c" -ldl
[ "$(uname -m)" = x86_64 ] || exit 0
# What is copied into another process may hold no calls to the compiler's own helpers, and no constants outside of its section.
launch() {
  "$cc" -O2 -Wall -Wextra -Werror -mgeneral-regs-only -fno-stack-protector -fno-jump-tables -fcf-protection=none \
    -fno-tree-loop-distribute-patterns "$@" "$from/skew-launch.c"
}
launch -static -o "$1/skew-launch" 2>/dev/null || launch -o "$1/skew-launch"
