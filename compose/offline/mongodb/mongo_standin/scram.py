# SPDX-License-Identifier: MIT
"""SCRAM-SHA-256 (RFC 5802, RFC 7677), the server's side. Only salted keys are kept, never a password."""
import base64
import hashlib
import hmac
import os

from .errors import CommandError

ITERATIONS = 15000
REFUSED = "Authentication failed."


def _hmac(key, text):
    return hmac.digest(key, text, "sha256")


def credentials(password):
    """What is stored for a password."""
    salt = os.urandom(28)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return {
        "salt": salt,
        "iterations": ITERATIONS,
        "stored_key": hashlib.sha256(_hmac(salted, b"Client Key")).digest(),
        "server_key": _hmac(salted, b"Server Key"),
    }


def _attributes(message):
    return dict(part.split("=", 1) for part in message.split(",") if "=" in part)


class Conversation:
    """One log-in. users: {"database.name": credentials}. After step 2 user is who logged in."""

    def __init__(self, database, users):
        self.database = database
        self.users = users
        self.user = None
        self.entry = None
        self.name = ""
        self.bare = self.first = self.nonce = ""

    def start(self, payload):
        """The answer to the client's first message. An unknown user gets one as well, and fails later."""
        try:
            header, self.bare = payload.decode().split(",,", 1)
            fields = _attributes(self.bare)
            name = fields["n"].replace("=2C", ",").replace("=3D", "=")
            client_nonce = fields["r"]
        except (ValueError, KeyError):
            raise CommandError(18, REFUSED) from None
        if header not in ("n", "y"):
            raise CommandError(18, REFUSED)
        self.name = f"{self.database}.{name}"
        self.entry = self.users.get(self.name) or credentials(base64.b64encode(os.urandom(18)).decode())
        self.nonce = client_nonce + base64.b64encode(os.urandom(18)).decode()
        salt = base64.b64encode(self.entry["salt"]).decode()
        self.first = f"r={self.nonce},s={salt},i={self.entry['iterations']}"
        return self.first.encode()

    def finish(self, payload):
        """The answer to the client's proof; CommandError 18 if it is wrong."""
        try:
            without_proof, proof = payload.decode().rsplit(",p=", 1)
            proof = base64.b64decode(proof, validate=True)
        except ValueError:
            raise CommandError(18, REFUSED) from None
        message = f"{self.bare},{self.first},{without_proof}".encode()
        signature = _hmac(self.entry["stored_key"], message)
        key = bytes(a ^ b for a, b in zip(proof, signature))
        right = len(proof) == 32 and hmac.compare_digest(hashlib.sha256(key).digest(), self.entry["stored_key"])
        if not right or _attributes(without_proof).get("r") != self.nonce or self.name not in self.users:
            raise CommandError(18, REFUSED)
        self.user = self.name
        return b"v=" + base64.b64encode(_hmac(self.entry["server_key"], message))
