#!/bin/sh
# SPDX-License-Identifier: MIT
# One least-privilege policy for each reader, from policies/NAME.hcl.
set -eu
. "$VAULT_CONFIG_HOME/lib.sh"

for file in "$VAULT_CONFIG_HOME"/policies/*.hcl; do
    name=${file##*/} name=${name%.hcl}
    if [ "$(vault policy read "$name" 2>/dev/null)" = "$(cat "$file")" ]; then
        unchanged "policy $name: as in policies/$name.hcl"
    else
        vault policy write "$name" "$file" >/dev/null
        changed "policy $name: written from policies/$name.hcl"
    fi
done
