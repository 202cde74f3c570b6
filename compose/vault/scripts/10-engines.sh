#!/bin/sh
# SPDX-License-Identifier: MIT
# The KV version 2 engine at secret/ and the AppRole login method.
set -eu
. "$VAULT_CONFIG_HOME/lib.sh"

if vault secrets list -detailed | grep -q '^secret/.*version:2'; then
    unchanged "KV version 2 at secret/: enabled"
else
    vault secrets enable -path=secret -version=2 kv >/dev/null
    changed "KV version 2 at secret/: enabled now"
fi

if vault auth list | grep -q '^approle/'; then
    unchanged "AppRole login: enabled"
else
    vault auth enable approle >/dev/null
    changed "AppRole login: enabled now"
fi
