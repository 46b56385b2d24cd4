# What every command of this repository needs from the machine. Sourced, never run.
# shellcheck shell=bash

# Debian packages, by what they are for: guests, their disks and image; the lab's network and mounts; captures in tests;
# switching power, with a BMC to do it to; load balancers; clocks that go wrong.
HAVM_PACKAGES=(
  qemu-system-x86 qemu-utils qemu-guest-agent e2fsprogs busybox-static cpio lz4 xz-utils kmod binutils python3
  iproute2 nftables bindfs util-linux procps iputils-ping
  tcpdump socat openssl ca-certificates
  ipmitool openipmi fence-agents
  haproxy
  faketime
)

say() { printf '%s\n' "$*" >&2; }

die() { say "$1"; exit "${2:-1}"; }

# One clear error when the .NET SDK is missing: it is the one thing that is not installed here.
need_dotnet() {
  command -v dotnet >/dev/null 2>&1 ||
    die "havm: program dotnet: is not installed; remedy: install the .NET 10 SDK, then run this again" 3
  dotnet --version >/dev/null 2>&1 ||
    die "havm: program dotnet: the SDK that global.json asks for is missing; remedy: install the .NET 10 SDK" 3
}

# Installs what is missing of HAVM_PACKAGES; as root only, otherwise names what is missing.
need_packages() {
  local missing=() package
  for package in "${HAVM_PACKAGES[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  [ "$(id -u)" -eq 0 ] ||
    die "havm: packages ${missing[*]}: are not installed; remedy: run this as root, or apt-get install ${missing[*]}" 3
  say "Installing Debian packages: ${missing[*]}"
  local log; log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    die "havm: packages ${missing[*]}: apt-get failed (log: $log); remedy: mend apt, then run this again" 3
  fi
  rm -f "$log"
}

# Builds PROJECT... (or the whole solution) in Release, quietly unless it fails.
build() {
  local log; log=$(mktemp)
  say "Building${*:+ $*}"
  if ! dotnet build "${@:-Havm.slnx}" -c Release -v quiet -nologo -p:UseSharedCompilation=false >"$log" 2>&1; then
    grep -E 'error|warning' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
    rm -f "$log"
    die "havm: build: failed; remedy: mend the errors above" 1
  fi
  rm -f "$log"
}

# True when nothing below src/ or a project file is newer than the stamp of the last build of all apps.
built() {
  local stamp=artifacts/built
  [ -f "$stamp" ] && [ -z "$(find src lab Directory.Build.props Directory.Packages.props -newer "$stamp" -type f -print -quit)" ]
}

# Builds the apps when they are stale.
build_apps() {
  built && return 0
  mkdir -p artifacts
  local begun; begun=$(mktemp)
  build Havm.slnx
  mv -f "$begun" artifacts/built
}

# The lab's guest image, built once and kept; prints its directory.
guest_image() {
  local dir=${HAVM_CACHE:-/var/cache/havm}/guest
  [ "$(id -u)" -eq 0 ] || dir=${HAVM_CACHE:-$HOME/.cache/havm}/guest
  mkdir -p "$dir"
  lab/guest/build "$dir" >&2
  printf '%s\n' "$dir"
}

app() { printf 'artifacts/bin/%s/release/%s' "$1" "$2"; }
