#!/bin/sh
# SPDX-License-Identifier: MIT
# Entry point with the behaviour of the official image: options alone mean redis-server; the server gives up root.
set -e
case $1 in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' + 2>/dev/null || true
  exec su-exec redis "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
