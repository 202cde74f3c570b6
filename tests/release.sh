#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The release binary is one static file that runs in an empty root and needs little memory.
#   tests/release.sh build/release/crstack
set -euo pipefail
binary=$(realpath "${1:?binary}")
cd "$(dirname "$0")/.."
failed=0
check() { echo "release: $1"; shift; "$@" || { echo "release: FAILED" >&2; failed=1; }; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cp "$binary" "$root/crstack"
in_empty_root() { chroot "$root" /crstack version | grep -q '^Docker Compose version\|^crstack version'; }
statically_linked() { ! readelf -l "$binary" | grep -q INTERP; }
peak_memory() {  # of `version` and `config`, through a launcher that is small itself: a child's peak begins with its parent's
  cc -O1 -o "$root/launch" bench/launch.c
  printf "services:\n  web: {image: nginx, ports: ['80:80']}\n" >"$root/compose.yaml"
  local arguments peak
  for arguments in "version" "-f $root/compose.yaml config --quiet"; do
    # shellcheck disable=SC2086  # several words
    "$root/launch" "$root/report" "$binary" $arguments >/dev/null || return 1
    peak=$(cut -d' ' -f2 "$root/report")
    echo "release: ${arguments##* }: peak memory $peak KiB"
    [ "$(cut -d' ' -f5 "$root/report")" = 0 ] && [ "$peak" -le 8192 ] || return 1
  done
}
echo "release: $(stat -c %s "$binary") bytes"
check "under 5 MB" [ "$(stat -c %s "$binary")" -lt 5000000 ]
check "no interpreter: fully static" statically_linked
check "runs in an empty root" in_empty_root
check "peak memory under 8 MiB" peak_memory
exit $failed
