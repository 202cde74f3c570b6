#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests the Flask application with the distribution's Python packages and a Redis server of its own.
# Needs: python3-flask python3-gevent python3-pymongo python3-redis python3-hvac python3-prometheus-client redis-tools
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
exec "${PYTHON:-/usr/bin/python3}" -W ignore::ResourceWarning -m unittest discover --start-directory . "$@"
