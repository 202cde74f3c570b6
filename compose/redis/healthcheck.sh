#!/bin/sh
# SPDX-License-Identifier: MIT
# Healthy means: answers an authenticated PING and is not loading its append-only file.
REDISCLI_AUTH=$(cat /run/secrets/redis_password)
export REDISCLI_AUTH
[ "$(redis-cli -h 127.0.0.1 ping)" = PONG ]
