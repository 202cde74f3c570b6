# SPDX-License-Identifier: MIT
"""A stand-in for MongoDB: its wire protocol, SCRAM-SHA-256 and the commands that the stack uses, kept in a journal.

It is for machines that can't reach a registry; it is not MongoDB. What it does not know, it refuses with MongoDB's
error code instead of ignoring it.
"""

VERSION = "7.0.0"
