#!/bin/sh
# SPDX-License-Identifier: MIT
# The AppRole of flask_app, and its role id and short-lived secret id in the handover volume.
set -eu
. "$VAULT_CONFIG_HOME/lib.sh"

role=auth/approle/role/flask-app
folder=${HANDOVER_DIR:-/handover}/flask
reader_group=10001
lifetime=${VAULT_SECRET_ID_TTL:-86400}

role_state() {
    for field in token_policies token_ttl token_max_ttl secret_id_ttl; do
        vault read "-field=$field" "$role" 2>/dev/null || true
        echo
    done | sed '/^$/d'
}

if [ "$(role_state)" = "$(printf '%s\n' '[flask-app]' 600 3600 "$lifetime")" ]; then
    unchanged "AppRole flask-app: policy flask-app only, tokens for 600 s, secret ids for $lifetime s"
else
    vault write "$role" token_policies=flask-app token_ttl=600 token_max_ttl=3600 \
        "secret_id_ttl=$lifetime" secret_id_num_uses=0 >/dev/null
    changed "AppRole flask-app: policy flask-app only, tokens for 600 s, secret ids for $lifetime s, set now"
fi

role_id=$(vault read -field=role_id "$role/role-id")
if [ -f "$folder/role_id" ] && [ "$(cat "$folder/role_id")" = "$role_id" ]; then
    unchanged "role id: handed over"
else
    printf %s "$role_id" | hand_over "$folder/role_id" "$reader_group"
    changed "role id: handed over now, group $reader_group, mode 0440"
fi

# Is the secret id there, known to Vault, and good for another quarter of its lifetime? RFC 3339 times in UTC sort as text.
secret_id_is_good() {
    [ -f "$folder/secret_id" ] || return 1
    expires=$(vault write -field=expiration_time "$role/secret-id/lookup" "secret_id=@$folder/secret_id" 2>/dev/null) || return 1
    case $expires in 2[0-9][0-9][0-9]-*) ;; *) return 1 ;; esac
    needed=$(date -u -d "@$(($(date +%s) + lifetime / 4))" +%Y-%m-%dT%H:%M:%S)
    [ "$(printf '%s\n' "$needed" "$expires" | sort | sed -n 1p)" = "$needed" ]
}

if secret_id_is_good; then
    unchanged "secret id: handed over, valid for a while yet"
else
    secret_id=$(vault write -f -field=secret_id "$role/secret-id")
    printf %s "$secret_id" | hand_over "$folder/secret_id" "$reader_group"
    changed "secret id: new one handed over for $lifetime s, group $reader_group, mode 0440"
fi
