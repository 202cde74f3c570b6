#!/bin/sh
# SPDX-License-Identifier: MIT
# Brings Vault into the state that the stack needs. Each script in scripts/ is one step and may be run again at any time.
# The scripts can be executed only while this runs: the permission is taken away at the end and on failure.
set -eu

here=${VAULT_CONFIG_HOME:-/vault-config}
scripts=$here/scripts
running=
VAULT_CONFIG_TALLY=$(mktemp)
VAULT_TOKEN=$(cat "${SECRETS_DIR:-/run/secrets}/vault_root_token")
export VAULT_CONFIG_TALLY VAULT_TOKEN VAULT_CONFIG_HOME=$here
. "$here/lib.sh"

take_permission_away() {
    status=$?
    trap - EXIT INT TERM HUP
    [ -z "$running" ] || kill "$running" 2>/dev/null || true
    if chmod a-x "$scripts"/*.sh; then
        say "scripts: execute permission taken away again, readable for audit"
    else
        say "scripts: execute permission could NOT be taken away from $scripts" >&2
        [ "$status" -ne 0 ] || status=1
    fi
    [ "$status" -eq 0 ] || say "failed with exit code $status; what was done before stays, running again continues" >&2
    rm -f "$VAULT_CONFIG_TALLY"
    exit "$status"
}
trap take_permission_away EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

vault status >/dev/null || { say "vault: sealed or not reachable at $VAULT_ADDR" >&2; exit 1; }
vault token lookup >/dev/null || { say "vault: the root token of the secret is not accepted" >&2; exit 1; }
say "vault: unsealed, root token accepted"

set -- "$scripts"/*.sh
chmod u+x "$@"
say "scripts: execute permission given to $# scripts while they run"
# In the background, because a shell acts on a signal at once only while it waits: a stop must not outlast the grace period.
for script in "$@"; do
    "$script" &
    running=$!
    wait "$running"
    running=
done

changed=$(grep -c changed "$VAULT_CONFIG_TALLY" || true)
if [ "$changed" -eq 0 ]; then
    say "done: everything was in place, nothing changed"
else
    say "done: $changed changed"
fi
