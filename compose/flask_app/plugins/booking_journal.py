# SPDX-License-Identifier: MIT
"""Writes one log line for each booking, for whoever follows the logs."""
import logging

log = logging.getLogger("credit.journal")


def after_booking(_account, entry):
    log.info("booked %s %s.%02d %s on %s as number %d", entry["type"], entry["amount"] // 100, entry["amount"] % 100,
             entry["currency"], entry["account"], entry["seq"])
