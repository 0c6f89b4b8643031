#!/usr/bin/env bash
# Builds a current etcd from its Go module, with what restores its snapshots beside it, and prints its path. Says nothing
# and takes no time when it is there already. Needs Go and, once, its module proxy.
set -euo pipefail
cd "$(dirname "$0")"

version=$(sed -n 's|.*go\.etcd\.io/etcd/server/v3 v\([^ ]*\).*|\1|p' go.mod)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/snowglobe/etcd-$version-$(cat main.go go.mod go.sum | sha256sum | cut -c1-8)

if [[ ! -x $folder/etcd || ! -x $folder/etcdutl ]]; then
  command -v go >/dev/null || { echo 'A current etcd is built with Go, which is not here: apt-get install golang, or https://go.dev/dl' >&2; exit 3; }
  mkdir -p "$folder"
  # Beside its place and then moved there: two builds at once do no harm. Static, so that it runs in any image.
  CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags='-s -w' -o "$folder/etcd.$$" .
  mv "$folder/etcd.$$" "$folder/etcd"
  ln -sfn etcd "$folder/etcdutl"
fi
printf '%s\n' "$folder/etcd"
