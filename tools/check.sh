#!/usr/bin/env bash
# What `npm run check` does: types, lint, format and promises side by side, each told as a whole; then the quick tests.
# Ends at the first of the two halves that finds something, with 1.
set -euo pipefail
cd "$(dirname "$0")/.."

pids=()
for part in types lint format promises; do
  { said=$(npm run --silent "$part" 2>&1) || { printf '%s:\n%s\n' "$part" "$said" >&2; exit 1; }; } &
  pids+=($!)
done
found=0
for pid in "${pids[@]}"; do wait "$pid" || found=1; done
((found == 0)) || exit 1

exec node_modules/.bin/vitest run --project quick
