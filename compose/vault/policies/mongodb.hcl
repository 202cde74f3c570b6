# SPDX-License-Identifier: MIT
# Reads the credentials of mongodb, nothing else.
path "secret/data/mongodb" {
  capabilities = ["read"]
}
