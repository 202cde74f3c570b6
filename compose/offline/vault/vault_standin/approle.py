# SPDX-License-Identifier: MIT
"""The AppRole login method: roles, role ids, secret ids with life time and number of uses, log-in."""
import time
import uuid

from .durations import rfc3339, seconds
from .errors import ApiError, not_found
from .tokens import MAX_TTL

LOGIN_REFUSED = "invalid role or secret ID"


class Role:
    def __init__(self):
        self.role_id = str(uuid.uuid4())
        self.secret_ids = {}
        self.settings = {
            "bind_secret_id": True,
            "local_secret_ids": False,
            "secret_id_bound_cidrs": None,
            "secret_id_num_uses": 0,
            "secret_id_ttl": 0,
            "token_bound_cidrs": [],
            "token_explicit_max_ttl": 0,
            "token_max_ttl": 0,
            "token_no_default_policy": False,
            "token_num_uses": 0,
            "token_period": 0,
            "token_policies": [],
            "token_ttl": 0,
            "token_type": "default",
        }

    def change(self, body):
        for key, value in body.items():
            key = "token_policies" if key == "policies" else key
            if key not in self.settings:
                continue
            if key == "token_policies":
                value = value.split(",") if isinstance(value, str) else list(value)
                value = sorted({name.strip().lower() for name in value if name.strip()})
            elif key.endswith(("_ttl", "_period")):
                value = seconds(value)
            elif key.endswith("_uses"):
                value = int(value)
            elif isinstance(self.settings[key], bool):
                value = value if isinstance(value, bool) else str(value).lower() == "true"
            elif key.endswith("_cidrs") and value:
                raise ApiError(400, f"{key} is not supported by this stand-in")
            self.settings[key] = value


class AppRole:
    """Paths are relative to the mount: role/NAME/…, login."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.roles = {}

    def exists(self, path):
        parts = path.split("/")
        return len(parts) != 2 or parts[0] != "role" or parts[1] in self.roles

    def login(self, body):
        """The token for a role id with its secret id. ApiError 400, the same for whatever is wrong with them."""
        role, name = next(
            ((role, name) for name, role in self.roles.items() if role.role_id == body.get("role_id")), (None, None)
        )
        if role is None:
            raise ApiError(400, LOGIN_REFUSED)
        metadata = {"role_name": name}
        if role.settings["bind_secret_id"]:
            entry = self._living(role, body.get("secret_id"))
            if entry is None:
                raise ApiError(400, LOGIN_REFUSED)
            metadata.update(entry["metadata"])
            if entry["uses"]:
                entry["uses"] -= 1
                if entry["uses"] == 0:
                    del role.secret_ids[body["secret_id"]]
        return self._token(role.settings, metadata)

    def _token(self, settings, metadata):
        policies = settings["token_policies"] + ([] if settings["token_no_default_policy"] else ["default"])
        period = settings["token_period"]
        ttl = period or min(settings["token_ttl"] or MAX_TTL, settings["token_max_ttl"] or MAX_TTL)
        return self.tokens.add(
            sorted(set(policies)),
            ttl=ttl,
            period=period,
            uses=settings["token_num_uses"],
            name="approle",
            max_ttl=settings["token_explicit_max_ttl"] or settings["token_max_ttl"],
            path="auth/approle/login",
            meta=metadata,
        )

    def handle(self, operation, path, body, _query):
        """The data part of the answer, None for 204."""
        parts = path.strip("/").split("/")
        if parts[0] != "role":
            raise not_found()
        if len(parts) == 1:
            return self._list_roles(operation)
        if len(parts) == 2:
            return self._role(operation, parts[1], body)
        role = self.roles.get(parts[1])
        if role is None:
            raise ApiError(400, f"role {parts[1]!r} does not exist") if operation == "write" else not_found()
        handler = getattr(self, "_" + "_".join(parts[2:]).replace("-", "_") + "_" + operation, None)
        if handler is None:
            raise ApiError(405, "unsupported operation")
        return handler(role, body)

    def _list_roles(self, operation):
        if operation != "list":
            raise ApiError(405, "unsupported operation")
        if not self.roles:
            raise not_found()
        return {"keys": sorted(self.roles)}

    def _role(self, operation, name, body):
        if operation == "write":
            self.roles.setdefault(name, Role()).change(body)
        elif operation == "delete":
            self.roles.pop(name, None)
        elif name not in self.roles:
            raise not_found()
        else:
            return self.roles[name].settings
        return None

    def _role_id_read(self, role, _body):
        return {"role_id": role.role_id}

    def _role_id_write(self, role, body):
        if not body.get("role_id"):
            raise ApiError(400, "missing role_id")
        role.role_id = body["role_id"]

    def _secret_id_write(self, role, body):
        return self._add_secret_id(role, str(uuid.uuid4()), body)

    def _custom_secret_id_write(self, role, body):
        if not body.get("secret_id"):
            raise ApiError(400, "missing secret_id")
        return self._add_secret_id(role, body["secret_id"], body)

    def _add_secret_id(self, role, secret_id, body):
        ttl = seconds(body.get("ttl"), role.settings["secret_id_ttl"])
        entry = {
            "accessor": str(uuid.uuid4()),
            "created": time.time(),
            "ttl": ttl,
            "metadata": {},
            "uses": int(body.get("num_uses", role.settings["secret_id_num_uses"])),
            "expires": time.time() + ttl if ttl else None,
        }
        role.secret_ids[secret_id] = entry
        return {
            "secret_id": secret_id,
            "secret_id_accessor": entry["accessor"],
            "secret_id_num_uses": entry["uses"],
            "secret_id_ttl": ttl,
        }

    def _secret_id_list(self, role, _body):
        keys = [entry["accessor"] for name, entry in list(role.secret_ids.items()) if self._living(role, name)]
        if not keys:
            raise not_found()
        return {"keys": sorted(keys)}

    def _secret_id_lookup_write(self, role, body):
        return self._describe(self._living(role, body.get("secret_id")))

    def _secret_id_destroy_write(self, role, body):
        role.secret_ids.pop(body.get("secret_id"), None)

    def _secret_id_accessor_lookup_write(self, role, body):
        name = self._by_accessor(role, body)
        return self._describe(role.secret_ids[name])

    def _secret_id_accessor_destroy_write(self, role, body):
        del role.secret_ids[self._by_accessor(role, body)]

    def _by_accessor(self, role, body):
        for name, entry in list(role.secret_ids.items()):
            if entry["accessor"] == body.get("secret_id_accessor") and self._living(role, name):
                return name
        raise ApiError(404, "failed to find accessor entry")

    @staticmethod
    def _living(role, secret_id):
        entry = role.secret_ids.get(secret_id)
        if entry and entry["expires"] and entry["expires"] <= time.time():
            del role.secret_ids[secret_id]
            return None
        return entry

    @staticmethod
    def _describe(entry):
        if entry is None:
            return None
        return {
            "cidr_list": [],
            "creation_time": rfc3339(entry["created"]),
            "expiration_time": rfc3339(entry["expires"]) if entry["expires"] else "0001-01-01T00:00:00Z",
            "last_updated_time": rfc3339(entry["created"]),
            "metadata": entry["metadata"],
            "secret_id_accessor": entry["accessor"],
            "secret_id_num_uses": entry["uses"],
            "secret_id_ttl": entry["ttl"],
            "token_bound_cidrs": [],
        }
