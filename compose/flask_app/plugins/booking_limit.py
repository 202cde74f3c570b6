# SPDX-License-Identifier: MIT
"""Refuses a single booking above MAX_BOOKING_CENTS (default: one million in the account's currency)."""
import os

from utils.errors import ServiceError

MAX_CENTS = int(os.environ.get("MAX_BOOKING_CENTS", 100_000_000))


def before_booking(_account, entry):
    if entry["amount"] > MAX_CENTS:
        raise ServiceError(422, "booking_limit", f"a single booking is at most {MAX_CENTS} cents")
