#!/bin/sh
# SPDX-License-Identifier: MIT
# The KV version 2 engine at secret/ and the AppRole login method.
set -eu
. "$VAULT_CONFIG_HOME/lib.sh"

engines=$(vault secrets list -detailed)
if printf '%s\n' "$engines" | grep -q '^secret/.*version:2'; then
    unchanged "KV version 2 at secret/: enabled"
else
    vault secrets enable -path=secret -version=2 kv >/dev/null
    changed "KV version 2 at secret/: enabled now"
fi

methods=$(vault auth list)
if printf '%s\n' "$methods" | grep -q '^approle/'; then
    unchanged "AppRole login: enabled"
else
    vault auth enable approle >/dev/null
    changed "AppRole login: enabled now"
fi
