# SPDX-License-Identifier: MIT
"""A stand-in for Grafana: health, log-in, provisioning, data source and dashboard API, and a plain page of figures.

It is for machines that can't reach a registry; it is not Grafana.
"""

VERSION = "11.2.0-standin"
