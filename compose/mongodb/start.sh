#!/bin/bash
# SPDX-License-Identifier: MIT
# The image's own entry point gives up root before it reads MONGO_INITDB_ROOT_PASSWORD_FILE, and the file secret can be
# read by root only. So the password is put where the user mongodb can read it: a tmpfs of this container.
set -euo pipefail

install_secret() {
    local file=$MONGO_INITDB_ROOT_PASSWORD_FILE
    (umask 077 && cat /run/secrets/mongodb_root_password >"$file")
    [ -s "$file" ] || { echo "mongodb: the secret mongodb_root_password is empty" >&2; exit 1; }
    chmod 0400 "$file"
    chown mongodb:mongodb "$file"
}

rm -f "$MONGO_INITDB_ROOT_PASSWORD_FILE"
install_secret
exec docker-entrypoint.sh mongod --bind_ip_all --quiet
