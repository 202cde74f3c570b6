#!/bin/sh
# SPDX-License-Identifier: MIT
# Entry point under the name that the official image has.
exec grafana server "$@"
