#!/bin/sh
# SPDX-License-Identifier: MIT
# Entry point with the behaviour of the official image: templates are filled in from the environment, scripts in
# /docker-entrypoint.d run in order, then the command.
set -e

fill_templates() {
  output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
  suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
  variables=$(awk 'BEGIN { for (name in ENVIRON) if (name ~ ENVIRON["NGINX_ENVSUBST_FILTER"]) printf "${%s} ", name }')
  find "${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}" -follow -type f -name "*$suffix" 2>/dev/null |
    while read -r template; do
      envsubst "$variables" <"$template" >"$output/$(basename "$template" "$suffix")"
    done
}

run_scripts() {
  for script in /docker-entrypoint.d/*; do
    case $script in
      *.envsh) [ ! -x "$script" ] || . "$script" ;;
      *.sh) [ ! -x "$script" ] || "$script" ;;
    esac
  done
}

case $1 in nginx | nginx-debug) fill_templates; run_scripts ;; esac
exec "$@"
