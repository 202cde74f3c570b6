#!/bin/sh
# SPDX-License-Identifier: MIT
# The services' credentials, from the file secrets into KV. Values travel through pipes, never as arguments.
set -eu
. "$VAULT_CONFIG_HOME/lib.sh"

# store NAME FIELD SECRET_FILE [KEY=VALUE…]: one KV entry; written only if FIELD differs from the file.
store() {
    name=$1 field=$2 wanted=$(cat "${SECRETS_DIR:-/run/secrets}/$3")
    shift 3
    [ -n "$wanted" ] || { say "secret/$name: its file secret is empty" >&2; exit 1; }
    if [ "$(vault kv get -mount=secret "-field=$field" "$name" 2>/dev/null)" = "$wanted" ]; then
        unchanged "secret/$name: stored"
        return
    fi
    printf %s "$wanted" | vault kv put -mount=secret "$name" "$field=-" "$@" >/dev/null
    changed "secret/$name: stored now"
}

store mongodb password mongodb_root_password "username=$MONGODB_ROOT_USERNAME" host=mongodb port=27017
store redis password redis_password host=redis port=6379
store grafana password grafana_admin_password username=admin
store flask secret_key flask_secret_key
