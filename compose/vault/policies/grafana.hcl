# SPDX-License-Identifier: MIT
# Reads the credentials of grafana, nothing else.
path "secret/data/grafana" {
  capabilities = ["read"]
}
