#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fails on an #include that the table of rooms (docs/architecture.md) does not allow, and on a third-party header
# outside the file or area that owns it.
set -euo pipefail
cd "${1:?source directory}"
declare -A may=(
  [base]="base" [project]="base project" [event]="base event" [engine]="base engine"
  [manifest]="base project manifest" [graph]="base project graph"
  [plan]="base project graph engine event plan" [exec]="base project graph engine event plan exec"
  [ui]="base event ui" [cli]="base project event engine manifest graph plan exec ui cli")
failed=0
complain() { echo "$1" >&2; failed=1; }
while IFS=: read -r file line text; do
  area=$(sed -E 's#^(src|include/crstack)/([a-z]+)/.*#\2#' <<<"$file")
  to=$(sed -E 's#.*"(crstack/)?([a-z]+)/.*#\2#' <<<"$text")
  [ -n "${may[$area]:-}" ] || { complain "$file: no such area: $area"; continue; }
  [[ " ${may[$area]} " == *" $to "* ]] || complain "$file:$line: $area may not include $to"
done < <(grep -rnE '#include "(crstack/)?[a-z]+/' src include --include='*.?pp' | grep -v '^src/main.cpp')
owner() {  # owner HEADER-PATTERN PATH-PATTERN: only files that match the path may include the header
  local hits
  hits=$(grep -rnE "#include <($1)" src include --include='*.?pp' | grep -vE "^($2)" || true)
  [ -z "$hits" ] || complain "$hits: this third-party header belongs to $2"
}
owner 'httplib' 'src/engine/http_client\.cpp'
owner 'yaml-cpp' 'src/manifest/reader\.cpp'
owner 'CLI/' 'src/cli/command_line/option_parser\.cpp'
owner 'spdlog' 'src/base/log\.cpp'
owner 'nghttp2' 'src/engine/session/grpc_server\.cpp'
owner 'archive' 'src/cli/archive/'
exit $failed
