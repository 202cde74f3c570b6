# SPDX-License-Identifier: MIT
# Added to dev mode's own configuration: metrics that Prometheus can read at sys/metrics?format=prometheus.
telemetry {
  prometheus_retention_time = "10m"
  disable_hostname          = true
}
