#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts Vault in dev mode with the root token of the file secret. Dev mode prints its root token and unseal key:
# the output therefore goes through a filter. The token reaches Vault in its environment only, never as an argument.
set -eu

VAULT_DEV_ROOT_TOKEN_ID=$(cat /run/secrets/vault_root_token)
[ -n "$VAULT_DEV_ROOT_TOKEN_ID" ] || { echo "vault: the secret vault_root_token is empty" >&2; exit 1; }
export VAULT_DEV_ROOT_TOKEN_ID

withhold_secrets() {
    while IFS= read -r line; do
        case $line in
            *"Root Token:"*) echo "Root Token: (withheld: see the secret vault_root_token)" ;;
            *"Unseal Key:"*) echo "Unseal Key: (withheld)" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done
}

log=$(mktemp -d)/vault.log
mkfifo "$log"
withhold_secrets <"$log" &
exec su-exec vault vault server -dev -dev-no-store-token -dev-listen-address=0.0.0.0:8200 \
    -config=/vault/crstack/telemetry.hcl >"$log" 2>&1
