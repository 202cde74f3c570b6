# SPDX-License-Identifier: MIT
# Prometheus reads the metrics, nothing else.
path "sys/metrics" {
  capabilities = ["read"]
}
