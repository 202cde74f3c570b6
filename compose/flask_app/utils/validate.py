# SPDX-License-Identifier: MIT
"""Checks of what clients send. Each returns the value or raises ServiceError 400 that names the field."""
import re

from utils.errors import ServiceError

_USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,31}")
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,80}")
_CURRENCY = re.compile(r"[A-Z]{3}")
MAX_CENTS = 10**12


def _reject(field, rule):
    raise ServiceError(400, "invalid", f"{field}: {rule}", field=field)


def json_object(request):
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ServiceError(400, "invalid", "the body has to be a JSON object")
    return body


def username(value):
    if not isinstance(value, str) or not _USERNAME.fullmatch(value):
        _reject("username", "2 to 32 of a-z, 0-9, '_', '.', '-', starting with a letter or digit")
    return value


def password(value):
    if not isinstance(value, str) or not 10 <= len(value) <= 128:
        _reject("password", "10 to 128 characters")
    return value


def currency(value):
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        _reject("currency", "three capital letters, as in ISO 4217")
    return value


def cents(field, value, least=1):
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_CENTS:
        _reject(field, f"a whole number of cents from {least} to {MAX_CENTS}")
    return value


def booking_type(value):
    if value not in ("credit", "debit"):
        _reject("type", "'credit' or 'debit'")
    return value


def reference(value):
    if not isinstance(value, str) or len(value) > 140:
        _reject("reference", "text of at most 140 characters")
    return value


def idempotency_key(value):
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        _reject("Idempotency-Key", "a header with 8 to 80 of A-Z, a-z, 0-9, '_', '.', ':', '-'")
    return value


def integer_argument(request, name, default, least, most):
    text = request.args.get(name, str(default))
    if not re.fullmatch(r"\d{1,12}", text) or not least <= int(text) <= most:
        _reject(name, f"a whole number from {least} to {most}")
    return int(text)
