# SPDX-License-Identifier: MIT
"""Vault's durations (seconds as a number, or 5m, 1h30m) and its RFC 3339 times."""
import datetime
import re

from .errors import ApiError

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def seconds(value, default=0):
    """Seconds (int) of a duration as the API takes it; the default for None and the empty text."""
    if value in (None, ""):
        return default
    if isinstance(value, (int, float)):
        return int(value)
    text = str(value)
    if text.isdigit():
        return int(text)
    if not PART.fullmatch(text) and "".join(f"{n}{u}" for n, u in PART.findall(text)) != text:
        raise ApiError(400, f"not a duration: {text!r}")
    return int(sum(float(number) * UNITS[unit] for number, unit in PART.findall(text)))


def rfc3339(moment):
    """A moment (seconds since the epoch) as Vault writes it, in UTC."""
    stamp = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
