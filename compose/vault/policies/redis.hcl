# SPDX-License-Identifier: MIT
# Reads the credentials of redis, nothing else.
path "secret/data/redis" {
  capabilities = ["read"]
}
