#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests the stand-ins of compose/offline with the clients that the stack uses, and scripts/up with stubs.
# Needs: python3-pymongo python3-hvac python3-yaml
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
exec "${PYTHON:-/usr/bin/python3}" -W ignore::ResourceWarning -m unittest discover --start-directory . "$@"
