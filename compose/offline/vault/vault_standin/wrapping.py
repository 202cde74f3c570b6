# SPDX-License-Identifier: MIT
"""Response wrapping: an answer is kept under a token that can be opened once."""
import time

from .durations import rfc3339
from .errors import ApiError
from .tokens import random_text

INVALID = "wrapping token is not valid or does not exist"


class Wrapper:
    def __init__(self):
        self.kept = {}

    def wrap(self, answer, ttl, path):
        """Keeps an answer (a dict) for ttl seconds; gives the wrap_info of the answer that is sent instead."""
        token = "hvs." + random_text(24)
        entry = {"answer": answer, "created": time.time(), "ttl": ttl, "path": path}
        self.kept[token] = entry
        info = {
            "token": token,
            "accessor": random_text(24),
            "ttl": ttl,
            "creation_time": rfc3339(entry["created"]),
            "creation_path": path,
        }
        if answer.get("auth"):
            info["wrapped_accessor"] = answer["auth"]["accessor"]
        return info

    def lookup(self, token):
        entry = self._entry(token)
        return {
            "creation_path": entry["path"],
            "creation_time": rfc3339(entry["created"]),
            "creation_ttl": entry["ttl"],
        }

    def unwrap(self, token):
        """The kept answer. The token is gone afterwards."""
        entry = self._entry(token)
        del self.kept[token]
        return entry["answer"]

    def rewrap(self, token):
        entry = self._entry(token)
        del self.kept[token]
        return self.wrap(entry["answer"], entry["ttl"], entry["path"])

    def holds(self, token):
        return token in self.kept

    def _entry(self, token):
        entry = self.kept.get(token)
        if entry is None or entry["created"] + entry["ttl"] <= time.time():
            self.kept.pop(token, None)
            raise ApiError(400, INVALID)
        return entry
