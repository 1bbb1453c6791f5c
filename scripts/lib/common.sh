# Shared by the scripts in this folder; sourced, never run.
# shellcheck shell=bash

SALUS_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
SALUS_CACHE="${SALUS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/salus}"
export SALUS_ROOT SALUS_CACHE

say() { printf '%s\n' "$*"; }

# The one sentence that says what to do next.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

now_ms() { date +%s%3N; }

# 83500 -> 1m 23s; 950 -> 0.9s
took() {
  local ms=$1
  if [ "$ms" -ge 60000 ]; then
    printf '%dm %02ds' $((ms / 60000)) $((ms % 60000 / 1000))
  else
    printf '%d.%ds' $((ms / 1000)) $((ms % 1000 / 100))
  fi
}

# step NAME FUNCTION [ARG...]: says what it does, does it, says how long it took.
step() {
  local name=$1 start
  shift
  start=$(now_ms)
  say "-- $name"
  "$@"
  say "   $(took $(($(now_ms) - start)))"
}

# whole TITLE FILE: prints a file under a title, and not among the lines of others that run side by side.
whole() {
  (
    flock 9
    say "-- $1"
    cat "$2"
  ) 9>"$SALUS_CACHE/output.lock"
}

# True when version $1 is $2 or newer.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# Path of the Kubo daemon to use: one of 0.36 or newer from the PATH, else the one scripts/setup built.
find_ipfs() {
  local found version
  if found=$(command -v ipfs); then
    version=$("$found" version --number 2>/dev/null) || version=0
    if at_least "$version" 0.36; then
      printf '%s\n' "$found"
      return 0
    fi
  fi
  [ -x "$SALUS_CACHE/bin/ipfs" ] || return 1
  printf '%s\n' "$SALUS_CACHE/bin/ipfs"
}

# The environment scripts/setup decided on. The same everywhere, or cargo compiles everything twice.
load_env() {
  [ -f "$SALUS_CACHE/env" ] || die "this machine is not set up yet: run ./scripts/setup"
  # shellcheck source=/dev/null
  . "$SALUS_CACHE/env"
  # Flags live in .cargo/config.toml, and the node that tests run needs its wasm.
  unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS SKIP_WASM_BUILD
}

# prepare BUILD: sets BIN to the folder of the binaries; sets this machine up and builds first, unless BUILD is empty.
prepare() {
  if [ -n "$1" ]; then
    step "set up this machine" "$SALUS_ROOT/scripts/setup"
  fi
  load_env
  BIN=$CARGO_TARGET_DIR/release
  cd "$SALUS_ROOT" || exit
  if [ -n "$1" ]; then
    step "build the node and the client (the first time: half an hour or more)" cargo build --release --workspace --locked
  fi
  [ -x "$BIN/salus-node" ] && [ -x "$BIN/salus" ] || die "the binaries are missing: run $0 without --no-build"
}
