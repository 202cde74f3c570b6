#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes the configuration with the password of the file secret as a SHA-256 hash (so no file, argument or environment
# variable holds it), then lets the image's own entry point give up root and start the server.
set -eu

password=$(cat /run/secrets/redis_password)
[ -n "$password" ] || { echo "redis: the secret redis_password is empty" >&2; exit 1; }
hash=$(printf %s "$password" | sha256sum | cut -d' ' -f1)

conf=/run/redis/redis.conf
rm -f "$conf"
(umask 077 && {
    cat /etc/crstack/redis.conf
    echo "user default on #$hash ~* &* +@all"
} >"$conf")
chown redis:redis "$conf"
unset password hash
exec docker-entrypoint.sh redis-server "$conf"
