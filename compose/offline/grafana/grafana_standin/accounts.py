# SPDX-License-Identifier: MIT
"""The one account, its password (kept as a salted hash in the data volume) and its sessions."""
import base64
import hashlib
import hmac
import json
import os
import secrets

ITERATIONS = 50000


def _hash(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)


class Accounts:
    """file is where the password's hash is kept: the given password counts only while there is none."""

    def __init__(self, file, user, password):
        self.file = file
        self.user = user
        self.sessions = set()
        if not os.path.exists(file):
            self.set_password(password)
        with open(file, encoding="utf-8") as stored:
            self.stored = json.load(stored)

    def set_password(self, password):
        """Stores a new password's hash, atomically."""
        salt = os.urandom(16)
        entry = {"salt": base64.b64encode(salt).decode(), "hash": base64.b64encode(_hash(password, salt)).decode()}
        descriptor = os.open(self.file + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as fresh:
            json.dump(entry, fresh)
        os.replace(self.file + ".new", self.file)

    def right(self, user, password):
        expected = base64.b64decode(self.stored["hash"])
        found = _hash(password, base64.b64decode(self.stored["salt"]))
        return hmac.compare_digest(expected, found) and hmac.compare_digest(user.encode(), self.user.encode())

    def open_session(self):
        """The value of a new session's cookie."""
        session = secrets.token_hex(16)
        self.sessions.add(session)
        return session

    def allows(self, authorization, session):
        """Whether a request with this Authorization header or session cookie comes from the account."""
        if session and session in self.sessions:
            return True
        kind, _, value = (authorization or "").partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return False
        return self.right(user, password)
