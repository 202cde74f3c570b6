# SPDX-License-Identifier: MIT
"""BSON values: their order across types, equality, and access by dotted paths."""
import datetime
import re

import bson
from bson.binary import Binary
from bson.decimal128 import Decimal128
from bson.objectid import ObjectId
from bson.regex import Regex
from bson.timestamp import Timestamp

from .errors import CommandError

MISSING = object()
EPOCH = datetime.datetime(1970, 1, 1)


def _microseconds(moment):
    if moment.tzinfo:
        moment = moment.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def sort_key(value):
    """A key that orders any two values as BSON does: by type, then by value."""
    if value is MISSING or value is None:
        return (1,)
    if isinstance(value, bool):
        return (8, value)
    if isinstance(value, (int, float)):
        return (2, float("-inf")) if value != value else (2, value)
    if isinstance(value, Decimal128):
        return (2, value.to_decimal())
    if isinstance(value, str):
        return (3, value)
    if isinstance(value, dict):
        return (4, tuple((sort_key(item)[0], name, sort_key(item)) for name, item in value.items()))
    if isinstance(value, (list, tuple)):
        return (5, tuple(sort_key(item) for item in value))
    if isinstance(value, bytes):
        return (6, len(value), getattr(value, "subtype", 0), bytes(value))
    if isinstance(value, ObjectId):
        return (7, value.binary)
    if isinstance(value, datetime.datetime):
        return (9, _microseconds(value))
    if isinstance(value, Timestamp):
        return (10, value.time, value.inc)
    if isinstance(value, (Regex, re.Pattern)):
        return (11, value.pattern, str(value.flags))
    return (12, repr(value))


def same_type(left, right):
    return sort_key(left)[0] == sort_key(right)[0]


def lookup(document, path):
    """The value at a dotted path without going through arrays' elements by name; MISSING if there is none."""
    for name in path.split("."):
        if isinstance(document, dict):
            document = document.get(name, MISSING)
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return MISSING
        if document is MISSING:
            return MISSING
    return document


def candidates(document, names):
    """All values that a filter on a dotted path looks at: arrays on the way are searched element by element."""
    if not names:
        return [document]
    if isinstance(document, dict):
        return candidates(document[names[0]], names[1:]) if names[0] in document else [MISSING]
    if isinstance(document, list):
        found = []
        if names[0].isdigit() and int(names[0]) < len(document):
            found += candidates(document[int(names[0])], names[1:])
        for item in document:
            if isinstance(item, dict):
                found += candidates(item, names)
        return found or [MISSING]
    return [MISSING]


def sort_documents(documents, order):
    """Sorts by {path: 1 or -1}, later keys first, so that each sort keeps the order of the one before."""
    for path, direction in reversed(list(order.items())):
        if direction not in (1, -1):
            raise CommandError(2, f"$sort key ordering must be 1 or -1, not {direction!r} (stand-in)")
        documents.sort(key=lambda document: _sort_value(document, path, direction), reverse=direction < 0)
    return documents


def _sort_value(document, path, direction):
    keys = []
    for value in candidates(document, path.split(".")):
        keys += [sort_key(item) for item in value] if isinstance(value, list) and value else [sort_key(value)]
    return min(keys) if direction > 0 else max(keys)


def shell_text(value):
    """A value as duplicate key errors write it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name}: {shell_text(item)}" for name, item in value.items()) + " }"
    if isinstance(value, str):
        return '"' + value.replace('"', '\\"') + '"'
    if isinstance(value, ObjectId):
        return f"ObjectId('{value}')"
    if value is None or value is MISSING:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_document(document):
    """Refuses what can't be stored: a document over 16 MiB."""
    size = len(bson.BSON.encode(document)) if not isinstance(document, Binary) else 0
    if size > 16 * 1024 * 1024:
        raise CommandError(10334, f"BSONObj size: {size} is invalid. Size must be between 0 and 16793600(16MB)")
