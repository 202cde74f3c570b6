# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the steps share. Every line they log names a state, never a secret.

say() { printf 'vault-config: %s\n' "$*"; }

# A state that was there already, and one that this run brought about (counted for the summary).
unchanged() { say "$*: unchanged"; }
changed() {
    say "$*"
    echo changed >>"$VAULT_CONFIG_TALLY"
}

# hand_over FILE GROUP: writes stdin to FILE (atomically), readable for root and that numeric group only.
hand_over() {
    directory=${1%/*}
    mkdir -p "$directory"
    chmod 0750 "$directory"
    chown "0:$2" "$directory"
    (umask 077 && cat >"$1.new")
    chmod 0440 "$1.new"
    chown "0:$2" "$1.new"
    mv "$1.new" "$1"
}
