#!/bin/sh
# SPDX-License-Identifier: MIT
# Grafana runs as the user grafana, and the file secret can be read by root only: the password is put where that user
# can read it (a tmpfs of this container), then root is given up.
set -eu

file=$GF_SECURITY_ADMIN_PASSWORD__FILE
rm -f "$file"
(umask 077 && cat /run/secrets/grafana_admin_password >"$file")
[ -s "$file" ] || { echo "grafana: the secret grafana_admin_password is empty" >&2; exit 1; }
chmod 0400 "$file"
chown grafana "$file"
exec su -s /bin/sh grafana -c 'exec /run.sh'
