#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs one real-engine test script in a directory of its own. Fails, rather than skips, where there is no engine.
set -euo pipefail
script=${1:?test script}
: "${DOCKER_HOST:?no engine for the tests: run them with scripts/test}"
above=$(ls "${TMPDIR:-/tmp}"/{docker-,}compose.y{a,}ml 2>/dev/null || true)
[ -z "$above" ] || { echo "$above: the tests' stacks lie below it and would find it; remove it first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work DOCKER_CONFIG=$work/.docker
case $script in
  *.py) python3 -B "$script" ;;
  *) bash "$script" ;;
esac
