# SPDX-License-Identifier: MIT
"""Tokens: creation, life time, uses, renewal, and revocation with all their children."""
import secrets
import string
import time

from .durations import rfc3339, seconds
from .errors import ApiError

MAX_TTL = 768 * 3600
LETTERS = string.ascii_letters + string.digits


def random_text(length):
    return "".join(secrets.choice(LETTERS) for _ in range(length))


class Token:
    """One token. expires and explicit_max are moments in seconds since the epoch, or None."""

    def __init__(self, token_id, policies, **extra):
        self.id = token_id
        self.accessor = random_text(24)
        self.policies = policies
        self.created = time.time()
        self.ttl = extra.get("ttl", 0)
        self.period = extra.get("period", 0)
        self.max_ttl = extra.get("max_ttl", 0)
        self.uses = extra.get("uses", 0)
        self.parent = extra.get("parent")
        self.name = extra.get("name", "token")
        self.path = extra.get("path", "auth/token/create")
        self.meta = extra.get("meta")
        self.renewable = extra.get("renewable", True)
        self.expires = self.created + self.ttl if self.ttl else None

    def remaining(self):
        return max(0, int(self.expires - time.time())) if self.expires else 0

    def describe(self):
        data = {
            "accessor": self.accessor,
            "creation_time": int(self.created),
            "creation_ttl": self.ttl,
            "display_name": self.name,
            "entity_id": "",
            "expire_time": rfc3339(self.expires) if self.expires else None,
            "explicit_max_ttl": self.max_ttl,
            "id": self.id,
            "issue_time": rfc3339(self.created),
            "meta": self.meta,
            "num_uses": self.uses,
            "orphan": self.parent is None,
            "path": self.path,
            "policies": self.policies,
            "renewable": self.renewable and self.expires is not None,
            "ttl": self.remaining(),
            "type": "service",
        }
        if self.period:
            data["period"] = self.period
        return data

    def auth(self):
        """The auth part of an answer that hands the token out."""
        return {
            "client_token": self.id,
            "accessor": self.accessor,
            "policies": self.policies,
            "token_policies": self.policies,
            "metadata": self.meta,
            "lease_duration": self.remaining(),
            "renewable": self.renewable and self.expires is not None,
            "entity_id": "",
            "token_type": "service",
            "orphan": self.parent is None,
            "mfa_requirement": None,
            "num_uses": self.uses,
        }


class TokenStore:
    """All tokens. Not thread-safe: the server holds its lock around every request."""

    def __init__(self, root_id):
        self.by_id = {root_id: Token(root_id, ["root"], name="token", path="auth/token/root", renewable=False)}
        self.created = 1

    def get(self, token_id):
        """The living token with this id, or None."""
        token = self.by_id.get(token_id or "")
        if token and token.expires and token.expires <= time.time():
            self.revoke(token)
            return None
        return token

    def by_accessor(self, accessor):
        found = [token for token in self.by_id.values() if token.accessor == accessor]
        if not found or not self.get(found[0].id):
            raise ApiError(403, "invalid accessor")
        return found[0]

    def use(self, token_id):
        """The token for one request; counts the use. ApiError 403 if there is none."""
        token = self.get(token_id)
        if token is None:
            raise ApiError(403, "permission denied")
        if token.uses == -1:
            self.revoke(token)
            raise ApiError(403, "permission denied")
        if token.uses:
            token.uses = token.uses - 1 or -1
        return token

    def add(self, policies, token_id=None, **extra):
        if token_id and token_id in self.by_id:
            raise ApiError(400, "cannot create a token with a duplicate ID")
        token = Token(token_id or "hvs." + random_text(24), policies, **extra)
        self.by_id[token.id] = token
        self.created += 1
        return token

    def create(self, parent, body, orphan):
        """auth/token/create: a child's policies must be among its parent's, unless that is root."""
        policies = list(body.get("policies") or parent.policies)
        if "root" not in parent.policies:
            extra = [name for name in policies if name not in parent.policies and name != "default"]
            if extra:
                raise ApiError(400, "child policies must be subset of parent")
        if "root" not in policies and "default" not in policies and not body.get("no_default_policy"):
            policies.append("default")
        period = seconds(body.get("period"))
        ttl = period or min(seconds(body.get("ttl"), 0 if "root" in policies else MAX_TTL), MAX_TTL)
        return self.add(
            sorted(policies),
            body.get("id"),
            ttl=ttl,
            period=period,
            max_ttl=seconds(body.get("explicit_max_ttl")),
            uses=int(body.get("num_uses") or 0),
            parent=None if orphan or body.get("no_parent") else parent.id,
            name="token" + ("-" + body["display_name"] if body.get("display_name") else ""),
            meta=body.get("meta"),
            renewable=body.get("renewable", True),
            path="auth/token/create-orphan" if orphan else "auth/token/create",
        )

    def renew(self, token, increment):
        if not token.renewable or token.expires is None:
            raise ApiError(400, "lease is not renewable")
        limit = token.created + (token.max_ttl or MAX_TTL)
        wanted = time.time() + (token.period or increment or token.ttl)
        token.expires = wanted if token.period and not token.max_ttl else min(wanted, limit)
        return token

    def revoke(self, token):
        self.by_id.pop(token.id, None)
        for child in [other for other in self.by_id.values() if other.parent == token.id]:
            self.revoke(child)
