#!/bin/bash
# SPDX-License-Identifier: MIT
# Puts a backup back into the running stack: compose/backup/restore.sh FILE. Checks the whole file first, overwrites nothing
# (the ledger is append-only), then follows the hash chain of every account.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
crstack=${CRSTACK:-crstack}
file=${1:?usage: restore.sh FILE}

# shellcheck disable=SC2086 # CRSTACK may have arguments of its own
run() { $crstack -f "$here/compose.yaml" exec -T flask_app python3 "$@"; }
gzip -dc "$file" | run /tools/restore.py
run /tools/verify_ledger.py </dev/null
