#!/bin/bash
# SPDX-License-Identifier: MIT
# Backs up the running stack's data: compose/backup/backup.sh [FILE]. The credit data of MongoDB and Redis, as one compressed
# file with a checksum inside. It holds password hashes and customers' bookings: it is made with mode 0600; store it encrypted.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
crstack=${CRSTACK:-crstack}
file=${1:-credit-$(date -u +%Y%m%dT%H%M%SZ).jsonl.gz}

[ ! -e "$file" ] || { echo "backup: $file is there already, nothing done" >&2; exit 1; }
umask 077
trap 'rm -f "$file.part"' EXIT
# shellcheck disable=SC2086 # CRSTACK may have arguments of its own
$crstack -f "$here/compose.yaml" exec -T flask_app python3 /tools/backup.py | gzip >"$file.part"
gzip -dc "$file.part" | tail -n 1 | grep -q '"kind": "end"' || { echo "backup: torn, nothing kept" >&2; exit 1; }
mv "$file.part" "$file"
echo "backup: $file, $(du -h "$file" | cut -f1)"
