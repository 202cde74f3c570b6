# SPDX-License-Identifier: MIT
"""Users and sessions, both in Redis. Of a session token only its HMAC is stored."""
import hashlib
import hmac
import json
import secrets

from utils.clock import now
from utils.deadline import guarded
from utils.errors import ServiceError
from utils.passwords import DUMMY, hash_password, verify_password


class Users:
    def __init__(self, cache):
        self._cache = cache

    def create(self, name, password):
        record = json.dumps({"password": hash_password(password), "created_at": now()})
        with guarded("redis"):
            created = self._cache.set(f"user:{name}", record, nx=True)
        if not created:
            raise ServiceError(409, "user_exists", f"there is a user {name} already")

    def check(self, name, password):
        with guarded("redis"):
            record = self._cache.get(f"user:{name}")
        stored = json.loads(record)["password"] if record else DUMMY
        return verify_password(password, stored) and record is not None


class Sessions:
    def __init__(self, cache, secret_key, seconds):
        self._cache, self._key, self._seconds = cache, secret_key.encode(), seconds

    def _name(self, token):
        return "session:" + hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()

    def open(self, user):
        """Returns the token and its lifetime in seconds; each use starts the lifetime anew."""
        token = secrets.token_urlsafe(32)
        with guarded("redis"):
            self._cache.set(self._name(token), user, ex=self._seconds)
        return token, self._seconds

    def user_of(self, token):
        with guarded("redis"):
            user = self._cache.get(self._name(token))
            if user:
                self._cache.expire(self._name(token), self._seconds)
        return user

    def close(self, token):
        with guarded("redis"):
            self._cache.delete(self._name(token))
