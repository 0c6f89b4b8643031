#!/usr/bin/env bash
# Sets up what `npm start` and `npm test` need: the npm packages (with them Node 24) and, for the local driver, what
# `missing` lists, from the distribution. Says nothing and takes no time when nothing is to do.
# It never installs or starts a Docker engine.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'set-up: %s\n' "$*" >&2; }

packages() {
  local installed=node_modules/.package-lock.json
  [[ -e $installed && ! package-lock.json -nt $installed && -x node_modules/.bin/node ]] && return
  say 'installing npm packages (npm ci)'
  npm ci --no-fund --no-audit >&2
  if [[ ! -x node_modules/.bin/node ]]; then
    say 'npm ci brought no Node of its own. Allow its install script (npm config set ignore-scripts false) and run it again.'
    exit 3
  fi
}

has_library() { compgen -G "/usr/lib/*/faketime/$1" >/dev/null || compgen -G "/usr/lib*/faketime/$1" >/dev/null; }
has_program() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }

# The Debian packages that are missing.
missing() {
  has_program etcd || echo etcd-server
  has_program etcdctl || has_program etcdutl || echo etcd-client
  has_library libfaketimeMT.so.1 || echo libfaketime
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has_program initdb || echo postgresql
  has_program nft || echo nftables
  has_program ip || echo iproute2
}

install_with_apt() {
  # The packages of etcd and PostgreSQL would start services on ports 2379 and 5432, which may be somebody's own.
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap "rm -f $policy" RETURN
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
  fi
  local get=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@")
  "${get[@]}" >&2 || { apt-get update >&2 && "${get[@]}" >&2; }
}

distribution() {
  [[ $(uname -s) == Linux ]] || return 0
  local wanted
  mapfile -t wanted < <(missing)
  ((${#wanted[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    say "the local driver needs etcd with etcdctl, libfaketime (its MT library), PostgreSQL (initdb), nft and ip; missing here, by their Debian names: ${wanted[*]}."
    say '  Fedora: sudo dnf install etcd libfaketime postgresql-server nftables iproute (and etcdctl, where that etcd brings none).'
    say '  The drivers docker and sim do without.'
  elif ((EUID != 0)); then
    say "the local driver lacks: ${wanted[*]}. To get them:"
    say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}"
  elif [[ -t 0 && -t 2 && -z ${CI:-} ]]; then
    local answer
    read -r -p "set-up: the local driver lacks ${wanted[*]}. Install them with apt-get? [y/N] " answer
    [[ $answer == [yY]* ]] || { say 'left as it is; the drivers docker and sim do without.'; return 0; }
    install_with_apt "${wanted[@]}" || say "apt-get failed; snowglobe doctor says what is missing."
  else
    say "installing ${wanted[*]} with apt-get, for the local driver"
    install_with_apt "${wanted[@]}" || say "apt-get failed; snowglobe doctor says what is missing."
  fi
}

# k6 asks nodes for IDs where it is here; it is built once, outside of node_modules. Without it, the built-in client asks.
load_client() {
  local version=1.8.1
  local folder=${HOME:-/root}/.cache/snowglobe/k6-v$version
  [[ -z ${SNOWGLOBE_K6:-} && ! -x $folder/k6 ]] || return 0
  ! has_program k6 || return 0
  has_program go || return 0
  say "building k6 v$version with Go into $folder, once (about two minutes)"
  CGO_ENABLED=0 GOBIN=$folder go install "go.k6.io/k6@v$version" >&2 ||
    say 'k6 could not be built; the built-in client asks in its place. snowglobe doctor says how to get k6.'
}

packages
distribution
load_client
