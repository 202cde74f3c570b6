#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the real-engine tests on other engines: engine_matrix.sh STARTER ENGINE...
# STARTER is a program with private_engine.sh's words: `STARTER start ENGINE` prints DOCKER_HOST=..., `STARTER exec ENGINE
# COMMAND...` runs a command in the engine's network, `STARTER stop ENGINE` ends it. The engine has to see this machine's
# temporary directory (`bridge` mounts from there). For each engine it says which tests passed and which failed; its exit
# code is 1 where one has failed.
# CRSTACK: the binary (default build/dev/crstack). TESTS: names of tests (default: all that need nothing but an engine;
# `transports` wants private_engine.sh's certificates). LOGS: a directory for the output of those that fail.
set -euo pipefail
support=$(dirname "$(realpath "$0")")
starter=$(realpath "${1:?a program that starts engines}")
shift
CRSTACK=$(realpath "${CRSTACK:-$support/../../build/dev/crstack}")
export CRSTACK
logs=${LOGS:-$(mktemp -d)}
failed=0

tests() {
  if [ -n "${TESTS:-}" ]; then tr ' ' '\n' <<<"$TESTS"; return; fi
  for script in "$support"/../engine/test_*.py; do
    name=$(basename "$script" .py)
    [ "$name" = test_transports ] || echo "${name#test_}"
  done
}

run_on() {  # run_on ENGINE
  local engine=$1 name log
  DOCKER_HOST=$("$starter" start "$engine" | sed -n 's/^DOCKER_HOST=//p')
  export DOCKER_HOST
  "$support/busybox_image.sh"
  for name in $(tests); do
    log=$logs/$(basename "$engine").$name.log
    if "$starter" exec "$engine" "$support/engine_test.sh" "$(realpath "$support/../engine/test_$name.py")" >"$log" 2>&1; then
      echo "$(basename "$engine") $name passed"
    else
      echo "$(basename "$engine") $name FAILED: $(grep -E '^(FAIL|ERROR):' "$log" | cut -d' ' -f2 | paste -sd' ') ($log)"
      failed=1
    fi
  done
  "$starter" stop "$engine"
}

for engine in "$@"; do run_on "$engine"; done
exit $failed
