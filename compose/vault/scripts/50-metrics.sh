#!/bin/sh
# SPDX-License-Identifier: MIT
# A token that can read Vault's metrics and nothing else, for Prometheus.
set -eu
. "$VAULT_CONFIG_HOME/lib.sh"

file=${HANDOVER_DIR:-/handover}/prometheus/token
reader_group=65534

if [ -f "$file" ] && VAULT_TOKEN=$(cat "$file") vault token renew >/dev/null 2>&1; then
    unchanged "metrics token: handed over, lease renewed"
else
    token=$(vault token create -orphan -period=768h -policy=prometheus -field=token)
    printf %s "$token" | hand_over "$file" "$reader_group"
    changed "metrics token: handed over now, policy prometheus only, group $reader_group, mode 0440"
fi
