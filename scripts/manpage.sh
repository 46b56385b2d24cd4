#!/usr/bin/env bash
# Turns docs/reference/cli.md (standard input) into the man page havm(1). usage: scripts/manpage.sh VERSION
set -euo pipefail
printf '.TH HAVM 1 "" "havm %s" "Havm"\n.SH NAME\nhavm \\- run virtual machines on a cluster and keep them running\n' "${1:?}"
printf '.SH SYNOPSIS\n.B havm\nVERB [ARGUMENTS] [OPTIONS]\n.SH DESCRIPTION\n'
sed -e 1,4d -e 's/\\/\\e/g' -e 's/-/\\-/g' | awk '
  function plain(text) { gsub(/`/, "", text); return text }
  function safe(text) { return text ~ /^[.\x27]/ ? "\\&" text : text }
  /^## / { if (!verbs++) print ".SH VERBS"; print ".SS " plain(substr($0, 4)); next }
  /^\\- `/ {
    end = index(substr($0, 5), "`")
    print ".TP"; print ".B " substr($0, 5, end - 1); print safe(plain(substr($0, end + 7))); next
  }
  /^$/ { print ".PP"; next }
  { print safe(plain($0)) }
'
printf '.SH FILES\n.TP\n/etc/havm/node.json, /etc/havm/controller.json\nConfigurations, read by havm doctor too.\n'
