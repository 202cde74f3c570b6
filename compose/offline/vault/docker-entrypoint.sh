#!/bin/sh
# SPDX-License-Identifier: MIT
# Entry point with the behaviour of the official image: options alone mean `vault server`, and root is given up.
set -e
export VAULT_DEV_LISTEN_ADDRESS="${VAULT_DEV_LISTEN_ADDRESS:-0.0.0.0:8200}"
case $1 in
  -*) set -- vault server "$@" ;;
  server) shift; set -- vault server -config=/vault/config "$@" ;;
  status | read | write | kv | secrets | auth | policy | token | version | list | delete | unwrap) set -- vault "$@" ;;
esac
if [ "$1" = vault ] && [ "$(id -u)" = 0 ]; then exec su-exec vault "$@"; fi
exec "$@"
