# SPDX-License-Identifier: MIT
"""A stand-in for Vault's development mode: its HTTP API and command line, as far as the stack uses them.

Everything is in memory. It is for machines that can't reach a registry; it is not Vault and guards nothing of value.
"""

VERSION = "1.15.0-standin"
