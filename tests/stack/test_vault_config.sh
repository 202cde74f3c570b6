#!/bin/bash
# SPDX-License-Identifier: MIT
# vault-config's promise about its scripts: executable only while they run, readable always, whatever ends the run; and no
# secret in its output. A vault of a few lines stands in: the first command that matches FAIL_ON fails, HANG_ON hangs.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../../compose/vault" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

report() { # report NAME CONDITION…: runs the condition
    local name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAILED: $name" && sed 's/^/    /' "$work/out"; fi
}

fresh() {
    rm -rf "${work:?}"/*
    mkdir -p "$work/secrets" "$work/bin"
    cp -r "$source_dir" "$work/home"
    chmod 0644 "$work/home/scripts"/*.sh
    for name in vault_root_token mongodb_root_password redis_password grafana_admin_password flask_secret_key; do
        printf 'TOP-SECRET-%s' "$name" >"$work/secrets/$name"
    done
    cat >"$work/bin/vault" <<'V'
#!/bin/sh
echo "$*" >>"$CALLS"
matches() { [ -n "$1" ] && printf '%s\n' "$2" | grep -q -e "$1"; }
if matches "${FAIL_ON:-}" "$*"; then echo "vault: refused" >&2; exit 2; fi
if matches "${HANG_ON:-}" "$*"; then echo hangs >>"$CALLS"; exec sleep 60; fi
V
    printf '#!/bin/sh\n' >"$work/bin/chown" # so that the test needs no root
    chmod +x "$work/bin"/*
}

run() { # run [VARIABLE=VALUE…]: output in $work/out, exit code in $code
    code=0
    env PATH="$work/bin:$PATH" CALLS="$work/calls" VAULT_CONFIG_HOME="$work/home" SECRETS_DIR="$work/secrets" HANDOVER_DIR="$work/handover" \
        VAULT_ADDR=http://127.0.0.1:1 MONGODB_ROOT_USERNAME=root "$@" sh "$work/home/vault-config.sh" >"$work/out" 2>&1 || code=$?
}

plain() { ! find "$work/home/scripts" -name '*.sh' \( -perm /111 -o ! -perm -444 \) | grep -q .; }
ended_with() { [ "$code" -eq "$1" ]; }
says() { grep -q "$1" "$work/out"; }
no_secret() { ! grep -q TOP-SECRET "$work/out" && ! grep -q TOP-SECRET "$work/calls"; }

fresh
run FAIL_ON='^status'
report "vault away: exit code 1" ended_with 1
report "vault away: said" says "sealed or not reachable"
report "vault away: scripts plain" plain

for command in '^secrets list' '^auth enable' '^kv put .* redis' '^policy write grafana' 'role-id$' 'role/flask-app/secret-id$'; do
    fresh
    run FAIL_ON="$command"
    report "$command fails: exit code" ended_with 2
    report "$command fails: scripts plain" plain
    report "$command fails: permission taken away, said" says "execute permission taken away again"
    report "$command fails: failure said" says "failed with exit code 2"
    report "$command fails: no secret in output or arguments" no_secret
    report "$command fails: nothing handed over" test ! -e "$work/handover/flask/secret_id"
done

executable() { find "$work/home/scripts" -name '*.sh' -perm /100 | grep -q .; }
fresh
run HANG_ON='^kv put' &
run_pid=$!
for _ in $(seq 100); do grep -qs '^hangs' "$work/calls" && break; sleep 0.1; done
report "stopped: executable while running" executable
shell=$(pgrep -P "$run_pid")
script=$(pgrep -P "$shell")
hanging=$(pgrep -P "$script")
kill -TERM "$shell"
wait "$run_pid" || true
report "stopped: at once, although a command hangs" kill "$hanging"
report "stopped: said" says "failed with exit code 143"
report "stopped: scripts plain" plain
report "stopped: no secret" no_secret

echo "vault-config: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
