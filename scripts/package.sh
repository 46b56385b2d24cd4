#!/usr/bin/env bash
# Builds the Debian packages havm-runtime, havm, havm-controller and havm-node from published output.
# usage: scripts/package.sh [--out DIR] [--version VERSION] [--fast]    (--fast: little compression, for tests)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

out=artifacts/packages version='' compress=(-Zxz -z6)
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=${2:?package: --out: names no directory; remedy: --out DIR}; shift ;;
    --version) version=${2:?package: --version: names none; remedy: --version 0.1.0}; shift ;;
    --fast) compress=(-Zgzip -z1) ;;
    --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
    *) die "package: argument $1: is unknown; remedy: --out DIR, --version VERSION, --fast or --help" 2 ;;
  esac
  shift
done
[ -n "$version" ] || version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
[[ $version =~ ^[0-9][0-9A-Za-z.+~-]*$ ]] ||
  die "package: version $version: is none of Debian's; remedy: begin with a digit, use letters, digits and .+~-" 2
need_dotnet
command -v dpkg-deb >/dev/null || die "package: program dpkg-deb: is not installed; remedy: apt-get install dpkg" 3
[ "$(dpkg --print-architecture)" = amd64 ] || die "package: only amd64 is built; remedy: run this on amd64" 3

# The same input gives the same packages, to the byte.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
umask 022
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

publish() { # PROJECT DIRECTORY
  local log; log=$(mktemp)
  say "Publishing $1"
  # The program looks for .NET beside itself, where the package havm-runtime puts it, and nowhere else.
  if ! dotnet publish "src/Apps/$1/$1.csproj" -c Release -o "$2" -v quiet -nologo -p:DebugType=None \
    -p:UseSharedCompilation=false -p:AppHostRelativeDotNet=../runtime >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "package: publish of $1: failed; remedy: mend the errors above" 1
  fi
  rm -f "$log"
  find "$2" -name '*.pdb' -delete
  # SQLite comes for every system that .NET runs on; one of them is meant.
  [ ! -d "$2/runtimes" ] || find "$2/runtimes" -mindepth 1 -maxdepth 1 ! -name linux-x64 -exec rm -r {} +
  find "$2" -type f -exec chmod 644 {} +
}

runtime() { # DIRECTORY: the newest .NET 10 of this machine, the part that runs programs
  local home version
  home=$(dirname "$(readlink -f "$(command -v dotnet)")")
  version=$(dotnet --list-runtimes | sed -n 's/^Microsoft\.AspNetCore\.App \(10\.[0-9.]*\) .*/\1/p' | sort -V | tail -n 1)
  [ -d "$home/host/fxr/$version" ] && [ -d "$home/shared/Microsoft.NETCore.App/$version" ] ||
    die "package: .NET 10: this machine has no ASP.NET runtime of it; remedy: install the .NET 10 SDK" 3
  local part
  for part in host/fxr shared/Microsoft.NETCore.App shared/Microsoft.AspNetCore.App; do
    mkdir -p "$1/$part"
    cp -r "$home/$part/$version" "$1/$part/"
  done
  cp "$home"/LICENSE.txt "$home"/ThirdPartyNotices.txt "$1/" 2>/dev/null || true
  find "$1" -type f -exec chmod 644 {} +
}

program() { # PACKAGE ROOM PROJECT NAME
  publish "$3" "$stage/$1/usr/lib/havm/$2"
  chmod 755 "$stage/$1/usr/lib/havm/$2/$4"
  mkdir -p "$stage/$1/usr/bin"
  ln -s "../lib/havm/$2/$4" "$stage/$1/usr/bin/$4"
}

units() { # PACKAGE ROOM
  install -D -m 644 -t "$stage/$1/usr/lib/systemd/system" "packaging/$2"/*.service
  find "packaging/$2" -name '*.slice' -exec install -D -m 644 -t "$stage/$1/usr/lib/systemd/system" {} +
  install -D -m 644 "packaging/$2/default" "$stage/$1/etc/default/$1"
  install -D -m 644 -t "$stage/$1/usr/share/doc/$1/examples" "packaging/$2"/*.json
}

completions() { # the command itself says them; as it is installed it needs the runtime beside it
  local cli=$stage/havm/usr havm
  ln -s "$stage/havm-runtime/usr/lib/havm/runtime" "$cli/lib/havm/runtime"
  havm=$cli/lib/havm/cli/havm
  mkdir -p "$cli"/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  "$havm" completion bash >"$cli/share/bash-completion/completions/havm"
  "$havm" completion zsh >"$cli/share/zsh/vendor-completions/_havm"
  "$havm" completion fish >"$cli/share/fish/vendor_completions.d/havm.fish"
  rm "$cli/lib/havm/runtime"
  mkdir -p "$cli/share/man/man1"
  scripts/manpage.sh "$version" <docs/reference/cli.md | gzip -9n >"$cli/share/man/man1/havm.1.gz"
}

close() { # PACKAGE ROOM
  local root=$stage/$1 script
  mkdir -p "$root/DEBIAN" "$root/usr/share/doc/$1"
  cp LICENSE "$root/usr/share/doc/$1/copyright"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nSection: admin\nPriority: optional\n' "$1" "$version"
    printf 'Maintainer: The Havm authors <havm@localhost>\nInstalled-Size: %s\n' "$(du -sk --apparent-size "$root" | cut -f1)"
    sed "s/@VERSION@/$version/g" "packaging/$2/control"
  } >"$root/DEBIAN/control"
  for script in postinst prerm postrm; do
    [ ! -f "packaging/$2/$script" ] || install -m 755 "packaging/$2/$script" "$root/DEBIAN/$script"
  done
  [ ! -f "packaging/$2/conffiles" ] || install -m 644 "packaging/$2/conffiles" "$root/DEBIAN/conffiles"
  find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  mkdir -p "$out"
  dpkg-deb "${compress[@]}" --root-owner-group --build "$root" "$out/${1}_${version}_amd64.deb" >&2
}

runtime "$stage/havm-runtime/usr/lib/havm/runtime"
program havm cli Cli havm
program havm-controller controller Controller havm-controller
program havm-node agent HostAgent havm-agent
program havm-node warden Warden havm-warden
completions
units havm-controller controller
units havm-node node
close havm-runtime runtime
close havm cli
close havm-controller controller
close havm-node node
printf '%s\n' "$out"/havm*_"$version"_amd64.deb
