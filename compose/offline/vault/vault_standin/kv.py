# SPDX-License-Identifier: MIT
"""One KV version 2 engine: versions, check-and-set, delete and undelete, destroy, metadata, lists."""
import time

from .durations import rfc3339
from .errors import ApiError, not_found


class Secret:
    def __init__(self):
        self.created = self.updated = time.time()
        self.versions = {}
        self.current = 0
        self.max_versions = 0
        self.cas_required = False
        self.custom = None


class KeyValueStore:
    """Paths in here are relative to the mount: data/NAME, metadata/NAME and so on."""

    def __init__(self):
        self.secrets = {}
        self.config = {"cas_required": False, "delete_version_after": "0s", "max_versions": 0}

    def exists(self, path):
        """Decides between the capabilities create and update."""
        kind, _, name = path.partition("/")
        return kind != "data" or name in self.secrets

    def handle(self, operation, path, body, query):
        """The data part of the answer, None for 204. Operations: read, list, write, patch, delete."""
        kind, _, name = path.partition("/")
        handler = getattr(self, f"_{kind}_{operation}", None)
        if handler is None:
            raise ApiError(405, "unsupported operation")
        return handler(name, body, query)

    def _secret(self, name):
        if name not in self.secrets:
            raise not_found()
        return self.secrets[name]

    def _config_read(self, _name, _body, _query):
        return self.config

    def _config_write(self, _name, body, _query):
        self.config.update({key: body[key] for key in self.config if key in body})

    def _data_read(self, name, _body, query):
        secret = self._secret(name)
        number = int(query.get("version", 0)) or secret.current
        version = secret.versions.get(number)
        if version is None:
            raise not_found()
        data = {"data": version["data"], "metadata": self._version_metadata(secret, number)}
        if version["deleted"] or version["destroyed"]:
            raise not_found({**data, "data": None})
        return data

    def _data_write(self, name, body, _query):
        if not isinstance(body.get("data"), dict):
            raise ApiError(400, "no data provided")
        return self._add_version(name, body["data"], body.get("options") or {})

    def _data_patch(self, name, body, query):
        current = self._data_read(name, {}, {})["data"]
        merged = {key: value for key, value in {**current, **body.get("data", {})}.items() if value is not None}
        return self._add_version(name, merged, body.get("options") or {})

    def _add_version(self, name, data, options):
        secret = self.secrets.get(name)
        current = secret.current if secret else 0
        if "cas" in options and int(options["cas"]) != current:
            raise ApiError(400, "check-and-set parameter did not match the current version")
        if "cas" not in options and (self.config["cas_required"] or (secret and secret.cas_required)):
            raise ApiError(400, "check-and-set parameter required for this call")
        secret = self.secrets.setdefault(name, Secret())
        secret.current += 1
        secret.updated = time.time()
        secret.versions[secret.current] = {"data": data, "created": secret.updated, "deleted": None, "destroyed": False}
        keep = secret.max_versions or self.config["max_versions"] or 10
        for old in [number for number in secret.versions if number <= secret.current - keep]:
            del secret.versions[old]
        return self._version_metadata(secret, secret.current)

    def _data_delete(self, name, _body, _query):
        if name in self.secrets:
            self._set_deleted(name, [self.secrets[name].current], time.time())

    def _delete_write(self, name, body, _query):
        self._set_deleted(name, body.get("versions", []), time.time())

    def _undelete_write(self, name, body, _query):
        self._set_deleted(name, body.get("versions", []), None)

    def _destroy_write(self, name, body, _query):
        for number in body.get("versions", []):
            version = self._secret(name).versions.get(int(number))
            if version:
                version.update(data=None, destroyed=True)

    def _set_deleted(self, name, numbers, moment):
        for number in numbers:
            version = self._secret(name).versions.get(int(number))
            if version:
                version["deleted"] = moment

    def _metadata_read(self, name, _body, _query):
        secret = self._secret(name)
        versions = {
            str(number): self._version_metadata(secret, number, bare=True) for number in sorted(secret.versions)
        }
        return {
            "cas_required": secret.cas_required,
            "created_time": rfc3339(secret.created),
            "current_version": secret.current,
            "custom_metadata": secret.custom,
            "delete_version_after": "0s",
            "max_versions": secret.max_versions,
            "oldest_version": min(secret.versions, default=0),
            "updated_time": rfc3339(secret.updated),
            "versions": versions,
        }

    def _metadata_write(self, name, body, _query):
        secret = self.secrets.setdefault(name, Secret())
        secret.max_versions = int(body.get("max_versions", secret.max_versions))
        secret.cas_required = bool(body.get("cas_required", secret.cas_required))
        secret.custom = body.get("custom_metadata", secret.custom)

    def _metadata_delete(self, name, _body, _query):
        self.secrets.pop(name, None)

    def _metadata_list(self, name, _body, _query):
        prefix = name.rstrip("/") + "/" if name else ""
        rests = [key[len(prefix) :] for key in self.secrets if key.startswith(prefix)]
        keys = sorted({rest.split("/")[0] + ("/" if "/" in rest else "") for rest in rests})
        if not keys:
            raise not_found()
        return {"keys": keys}

    @staticmethod
    def _version_metadata(secret, number, bare=False):
        version = secret.versions[number]
        data = {
            "created_time": rfc3339(version["created"]),
            "destroyed": version["destroyed"],
            "deletion_time": rfc3339(version["deleted"]) if version["deleted"] else "",
        }
        return data if bare else {**data, "custom_metadata": secret.custom, "version": number}
