# SPDX-License-Identifier: MIT
"""The paths below sys/: state, mounts, login methods, policies."""
import time

from . import VERSION, policy
from .approle import AppRole
from .errors import ApiError, not_found
from .kv import KeyValueStore
from .tokens import random_text

OPEN_PATHS = ("sys/init", "sys/seal-status", "sys/health", "sys/leader")


class System:
    """Owns the mounts and policies. Not thread-safe."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.policies = {"default": policy.DEFAULT}
        self.parsed = {"default": policy.parse(policy.DEFAULT)}
        self.mounts = {"secret": KeyValueStore()}
        self.descriptions = {"secret": "key/value secret storage"}
        self.logins = {}
        self.accessors = {}

    def rules_of(self, names):
        return [self.parsed[name] for name in names if name in self.parsed]

    def open_path(self, path):
        """What is answered without a token: (status, body), or None for a path that needs one."""
        now = int(time.time())
        if path == "sys/init":
            return 200, {"initialized": True}
        if path == "sys/leader":
            return 200, {"ha_enabled": False, "is_self": False, "leader_address": "", "leader_cluster_address": ""}
        if path == "sys/health":
            return 200, {
                "initialized": True,
                "sealed": False,
                "standby": False,
                "performance_standby": False,
                "replication_performance_mode": "disabled",
                "replication_dr_mode": "disabled",
                "server_time_utc": now,
                "version": VERSION,
                "cluster_name": "vault-cluster-standin",
            }
        if path == "sys/seal-status":
            return 200, {
                "type": "shamir",
                "initialized": True,
                "sealed": False,
                "t": 1,
                "n": 1,
                "progress": 0,
                "nonce": "",
                "version": VERSION,
                "build_date": "",
                "migration": False,
                "cluster_name": "vault-cluster-standin",
                "recovery_seal": False,
                "storage_type": "inmem",
            }
        return None

    def handle(self, operation, path, body):
        """The data part of the answer for a path without its sys/; None for 204."""
        head, _, name = path.partition("/")
        if head == "policies" and name.partition("/")[0] == "acl":
            return self._policies(operation, name.partition("/")[2].strip("/"), body, "policy")
        handlers = {"mounts": self._mounts, "auth": self._logins, "audit": self._audit, "internal": self._preflight}
        if head == "policy":
            return self._policies(operation, name.strip("/"), body, "rules")
        if head not in handlers:
            raise ApiError(404, f"unsupported path: sys/{path} (stand-in)")
        return handlers[head](operation, name.strip("/"), body)

    def _policies(self, operation, name, body, key):
        name = name.lower()
        if operation == "list" or (operation == "read" and not name):
            names = sorted([*self.policies, "root"])
            return {"keys": names, "policies": names}
        if operation == "read":
            if name not in self.policies and name != "root":
                raise not_found()
            return {"name": name, key: self.policies.get(name, "")}
        if name == "root" or (name == "default" and operation == "delete"):
            raise ApiError(400, f"cannot {'delete' if operation == 'delete' else 'update'} {name!r} policy")
        if operation == "delete":
            self.policies.pop(name, None)
            self.parsed.pop(name, None)
            return None
        text = body.get("policy") or body.get("rules")
        if not text:
            raise ApiError(400, "'policy' parameter not supplied or empty")
        self.parsed[name] = policy.parse(text)
        self.policies[name] = text
        return None

    def _mounts(self, operation, name, body):
        if not name:
            return {f"{path}/": self._describe_mount(path) for path in sorted(self.mounts)}
        if name.endswith("/tune"):
            path = name[: -len("/tune")]
            if path not in self.mounts:
                raise ApiError(400, f"cannot fetch sysview for path {path!r}")
            return {**self._describe_mount(path)["config"], "options": {"version": "2"}}
        if operation == "read":
            if name not in self.mounts:
                raise ApiError(400, f"No secret engine mount at {name}/")
            return self._describe_mount(name)
        if operation == "delete":
            self.mounts.pop(name, None)
            return None
        if name in self.mounts:
            raise ApiError(400, f"path is already in use at {name}/")
        version = str((body.get("options") or {}).get("version", "1"))
        if body.get("type") == "kv-v2" or (body.get("type") == "kv" and version == "2"):
            self.mounts[name] = KeyValueStore()
            self.descriptions[name] = body.get("description", "")
            return None
        raise ApiError(400, "this stand-in has the engine kv in version 2 only")

    def _describe_mount(self, path):
        return {
            "accessor": self._accessor("kv_", path),
            "config": {"default_lease_ttl": 0, "force_no_cache": False, "max_lease_ttl": 0},
            "description": self.descriptions.get(path, ""),
            "external_entropy_access": False,
            "local": False,
            "options": {"version": "2"},
            "plugin_version": "",
            "seal_wrap": False,
            "type": "kv",
            "uuid": "",
        }

    def _logins(self, operation, name, body):
        if not name:
            found = {"token/": self._describe_login("token", "token")}
            found.update({f"{path}/": self._describe_login(path, "approle") for path in sorted(self.logins)})
            return found
        if operation == "read":
            if name not in self.logins:
                raise ApiError(400, f"No auth engine at {name}/")
            return self._describe_login(name, "approle")
        if operation == "delete":
            self.logins.pop(name, None)
            return None
        if name in self.logins or name == "token":
            raise ApiError(400, f"path is already in use at {name}/")
        if body.get("type") != "approle":
            raise ApiError(400, "this stand-in has the login method approle only")
        self.logins[name] = AppRole(self.tokens)
        return None

    def _describe_login(self, path, kind):
        return {
            "accessor": self._accessor(f"auth_{kind}_", path),
            "config": {
                "default_lease_ttl": 0,
                "max_lease_ttl": 0,
                "force_no_cache": False,
                "token_type": "default-service",
            },
            "description": "",
            "local": False,
            "options": None,
            "plugin_version": "",
            "seal_wrap": False,
            "type": kind,
            "uuid": "",
        }

    def _accessor(self, prefix, path):
        return self.accessors.setdefault(prefix + path, prefix + random_text(8).lower())

    def _audit(self, operation, name, _body):
        if operation == "read" and not name:
            return {}
        raise ApiError(400, "this stand-in has no audit devices")

    def _preflight(self, operation, name, _body):
        path = name[len("ui/mounts/") :].strip("/") if name.startswith("ui/mounts/") else ""
        mount = next((m for m in self.mounts if path == m or path.startswith(m + "/")), None)
        if operation != "read" or mount is None:
            raise ApiError(403, "preflight capability check returned 403, please ensure client's policies grant access")
        return {**self._describe_mount(mount), "path": f"{mount}/"}
