#!/bin/bash
# SPDX-License-Identifier: MIT
# Entry point with the behaviour of the official image: options alone mean mongod, and mongod gives up root.
set -euo pipefail
case ${1:-} in -*) set -- mongod "$@" ;; esac
if [ "${1:-}" = mongod ] && [ "$(id -u)" = 0 ]; then
  find /data/db /data/configdb \! -user mongodb -exec chown mongodb '{}' + 2>/dev/null || true
  exec gosu mongodb "$0" "$@"
fi
exec "$@"
