# SPDX-License-Identifier: MIT
"""Password hashes: scrypt, with the parameters stored beside the hash."""
import base64
import hashlib
import hmac
import os

N, R, P = 2**14, 8, 1


def _derive(password, salt, n, r, p):
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=64 * 1024 * 1024, dklen=32)


def hash_password(password):
    salt = os.urandom(16)
    parts = (salt, _derive(password, salt, N, R, P))
    return f"scrypt${N}${R}${P}$" + "$".join(base64.b64encode(part).decode() for part in parts)


def verify_password(password, stored):
    _, n, r, p, salt, wanted = stored.split("$")
    found = _derive(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(wanted))


# Compared with when a user does not exist, so that the answer takes as long.
DUMMY = hash_password("no such user")
