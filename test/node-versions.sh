#!/usr/bin/env bash
# The packed installation, and the tests most likely to notice another Node (mode `nodes` in vitest.config.ts), on Node 22 and 24 (or the versions given).
set -euo pipefail
cd "$(dirname "$0")/.."
platform=$(node -p '`${process.platform === "win32" ? "win" : process.platform}-${process.arch}`')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Tests try the installation as another user, who must reach Node.
chmod 755 "$folder"
[ $# -gt 0 ] || set -- 22.23.3 24.21.0
for each in "$@"; do
  echo "=== Node $each"
  # The binary itself: nothing is run or loaded to install it.
  npm install --prefix "$folder/$each" --no-save --no-audit --no-fund --prefer-offline --silent "node-$platform@$each" || {
    echo "npm has no Node $each for $platform as package node-$platform" >&2
    exit 1
  }
  node="$folder/$each/node_modules/node-$platform/bin/node"
  [ "$("$node" --version)" = "v$each" ] || { echo "$node is not Node $each" >&2; exit 1; }
  PATH="$(dirname "$node"):$PATH" "$node" node_modules/vitest/vitest.mjs run --mode nodes || {
    echo "Tests fail on Node $each; again: npm run test:nodes $each" >&2
    exit 1
  }
done
