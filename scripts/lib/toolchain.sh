# How a machine comes to compile Rust for the host and for wasm32v1-none; sourced by scripts/setup.
# shellcheck shell=bash disable=SC2034

WASM_TARGET=wasm32v1-none
# build-essential with its perl: litep2p brings an OpenSSL that it compiles itself. iproute2: network
# namespaces, for the tests.
BUILD_PACKAGES=(build-essential protobuf-compiler libprotobuf-dev clang libclang-dev cmake pkg-config iproute2)
RUSTUP_PACKAGES=("${BUILD_PACKAGES[@]}")
command -v ld.lld >/dev/null 2>&1 || RUSTUP_PACKAGES+=(lld)
DEBIAN_PACKAGES=("${BUILD_PACKAGES[@]}" rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22)
DEBIAN_WASM_LIB=/usr/lib/rustlib/$WASM_TARGET/lib

is_root() { [ "$(id -u)" = 0 ]; }

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  have dpkg-query || die "this script knows Debian 12 only; on another system install the equivalents of: $*"
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    say "   all $# packages are installed"
    return
  fi
  is_root || die "Debian packages are missing: run \`sudo apt-get update && sudo apt-get install -y ${missing% }\`, then this script again"
  say "   installing ${missing% }"
  # shellcheck disable=SC2086 # a list of package names
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing; } >"$SALUS_CACHE/apt.log" 2>&1 ||
    die "apt-get could not install ${missing% }: read $SALUS_CACHE/apt.log, mend the package sources and run this script again"
}

# Succeeds when the toolchain's compiler and linker make a wasm module, with the bitcode that the runtime's LTO needs.
wasm_works() {
  local toolchain=$1 folder status=0
  folder=$(mktemp -d)
  cat >"$folder/probe.rs" <<'RS'
#![no_std]
extern crate alloc;
use core::alloc::{GlobalAlloc, Layout};
struct Empty;
unsafe impl GlobalAlloc for Empty {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 { core::ptr::null_mut() }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static EMPTY: Empty = Empty;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
pub extern "C" fn probe(a: u32) -> usize { alloc::vec![0u8; a as usize].len() }
RS
  RUSTUP_TOOLCHAIN=$toolchain PATH="$PATH:$SALUS_CACHE/bin" rustc --edition 2021 --crate-type cdylib --target "$WASM_TARGET" \
    -O -C lto=fat -C panic=abort -o "$folder/probe.wasm" "$folder/probe.rs" >"$SALUS_CACHE/wasm-probe.log" 2>&1 || status=1
  rm -rf "$folder"
  return $status
}

# The rustup toolchain that is active here, when it is one of rustup's own (a linked one takes no targets).
rustup_toolchain() {
  local name
  have rustup || return 1
  name=$(rustup show active-toolchain 2>/dev/null | head -n 1 | cut -d ' ' -f 1) || return 1
  [ -n "$name" ] && [ "$name" != debian ] || return 1
  printf '%s\n' "$name"
}

# Prints the toolchain to use: what was asked for, what an earlier run decided, or rustup's where it can have the target.
decide_toolchain() {
  local asked=$1 recorded name
  if [ -z "$asked" ] && [ -f "$SALUS_CACHE/toolchain" ]; then
    recorded=$(cat "$SALUS_CACHE/toolchain")
    if [ "$recorded" = debian ] || rustup run "$recorded" rustc --version >/dev/null 2>&1; then
      printf '%s\n' "$recorded"
      return
    fi
  fi
  if [ "$asked" != debian ] && name=$(rustup_toolchain); then
    if timeout 300 rustup target add --toolchain "$name" "$WASM_TARGET" >"$SALUS_CACHE/rustup.log" 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  fi
  [ "$asked" != rustup ] || die "rustup cannot add the target $WASM_TARGET: read $SALUS_CACHE/rustup.log, or run ./scripts/setup --toolchain debian"
  printf 'debian\n'
}

rustup_components() {
  local name=$1 component
  for component in rustfmt clippy; do
    rustup component list --toolchain "$name" 2>/dev/null | grep "^$component.*(installed)" >/dev/null && continue
    rustup component add --toolchain "$name" "$component" >>"$SALUS_CACHE/rustup.log" 2>&1 ||
      die "rustup cannot add $component to $name: read $SALUS_CACHE/rustup.log"
  done
  wasm_works "$name" || die "$name does not compile for $WASM_TARGET: read $SALUS_CACHE/wasm-probe.log, or run ./scripts/setup --toolchain debian"
  say "   $(RUSTUP_TOOLCHAIN=$name rustc --version)"
}

# rustc looks for rust-lld on the PATH, .cargo/config.toml links with ld.lld; Debian installs neither name.
link_lld() {
  local folder=/usr/local/bin
  is_root || folder=$SALUS_CACHE/bin
  mkdir -p "$folder"
  have rust-lld || ln -sf /usr/lib/llvm-22/bin/lld "$folder/rust-lld"
  have ld.lld || ln -sf /usr/lib/llvm-22/bin/ld.lld "$folder/ld.lld"
}

debian_toolchain() {
  if have rustup && [ "$(readlink -f "$(rustup run debian rustc --print sysroot 2>/dev/null || echo none)")" != /usr ]; then
    rustup toolchain link debian /usr
  fi
  link_lld
  wasm_libraries
  say "   $(/usr/bin/rustc --version)"
}

# Debian's rustc has no libraries for the wasm target. They are compiled from its own source once for each version of it.
# What is there and works is never replaced: a build under way could be using it.
wasm_libraries() {
  local version stamp=$DEBIAN_WASM_LIB/salus-rustc-version built=$SALUS_CACHE/wasm-libraries
  version=$(/usr/bin/rustc --version --verbose)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$version" ]; then
    return
  fi
  if ! wasm_works debian; then
    say "   compiling core and alloc for $WASM_TARGET (about 20 s on an idle machine)"
    build_wasm_libraries "$built"
    is_root || die "the wasm libraries are compiled, but only root may install them: run \`sudo mkdir -p $DEBIAN_WASM_LIB && sudo rm -f $DEBIAN_WASM_LIB/*.rlib && sudo cp $built/* $DEBIAN_WASM_LIB/\`, then this script again"
    mkdir -p "$DEBIAN_WASM_LIB"
    rm -f "$DEBIAN_WASM_LIB"/*.rlib
    cp "$built"/* "$DEBIAN_WASM_LIB/"
    rm -rf "$built"
    # Cargo does not notice that a target's libraries were replaced.
    rm -rf "${SALUS_TARGET:-$SALUS_CACHE/target}"/*/wbuild
    wasm_works debian || die "the wasm libraries do not work: read $SALUS_CACHE/wasm-probe.log"
  fi
  # Without root there is no stamp: the probe, half a second, stands in for it.
  ! is_root || printf '%s\n' "$version" >"$stamp"
}

build_wasm_libraries() {
  local built=$1 folder
  folder=$(mktemp -d)
  mkdir -p "$folder/src"
  cat >"$folder/Cargo.toml" <<'TOML'
[package]
name = "wasm-libraries"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[profile.release]
panic = "abort"
[workspace]
TOML
  cat >"$folder/src/lib.rs" <<'RS'
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
RS
  # Bitcode is embedded because the runtime is linked with LTO.
  (cd "$folder" && unset CARGO_TARGET_DIR && RUSTC=/usr/bin/rustc PATH="$PATH:$SALUS_CACHE/bin" RUSTFLAGS=-Cembed-bitcode=yes RUSTC_BOOTSTRAP=1 \
    /usr/bin/cargo build --release -Zbuild-std=core,alloc --target "$WASM_TARGET") >"$SALUS_CACHE/wasm-libraries.log" 2>&1 ||
    die "the wasm libraries do not compile: read $SALUS_CACHE/wasm-libraries.log"
  rm -rf "$built"
  mkdir -p "$built"
  cp "$folder/target/$WASM_TARGET/release/deps"/lib{core,alloc,compiler_builtins}-*.rlib "$built/"
  rm -rf "$folder"
}
