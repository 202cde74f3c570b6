#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The release binary is one static file that runs in an empty root, is under 5 MB, and needs little memory.
#   tests/release.sh build/release/crstack
set -euo pipefail
binary=$(realpath "${1:?binary}")
failed=0
check() { echo "release: $1"; shift; "$@" || { echo "release: FAILED" >&2; failed=1; }; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cp "$binary" "$root/crstack"
in_empty_root() { chroot "$root" /crstack version | grep -q '^Docker Compose version\|^crstack version'; }
statically_linked() { ! readelf -l "$binary" | grep -q INTERP; }
small() { [ "$(stat -c %s "$binary")" -lt 5000000 ]; }
peak_memory() {  # of `version` and `config`, in KiB
  python3 - "$binary" "$root" <<'PY'
import os, subprocess, sys
binary, root = sys.argv[1:]
with open(os.path.join(root, "compose.yaml"), "w") as f:
    f.write("services:\n  web: {image: nginx, ports: ['80:80']}\n")
for command in (["version"], ["-f", os.path.join(root, "compose.yaml"), "config", "--quiet"]):
    child = subprocess.Popen([binary, *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    print(f"release: {command[-1]}: peak memory {usage.ru_maxrss} KiB")
    if status != 0 or usage.ru_maxrss > 8192:
        sys.exit(1)
PY
}
check "no interpreter: fully static" statically_linked
check "under 5 MB: $(stat -c %s "$binary") bytes" small
check "runs in an empty root" in_empty_root
check "peak memory under 8 MiB" peak_memory
exit $failed
