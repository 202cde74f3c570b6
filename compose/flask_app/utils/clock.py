# SPDX-License-Identifier: MIT
"""Time as the service writes it: RFC 3339 in UTC with milliseconds, which sorts as text."""
from datetime import datetime, timezone


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
