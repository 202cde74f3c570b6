# SPDX-License-Identifier: MIT
"""Routes a request to the part that answers it, after the token's policies have allowed it."""
import time
import uuid

from . import metrics, policy
from .durations import seconds
from .errors import ApiError
from .system import System
from .tokens import TokenStore
from .wrapping import Wrapper

CAPABILITY = {"read": "read", "list": "list", "write": "update", "delete": "delete", "patch": "patch"}
OPERATION = {"GET": "read", "LIST": "list", "POST": "write", "PUT": "write", "PATCH": "patch", "DELETE": "delete"}
NEEDS_SUDO = ("auth/token/create-orphan", "sys/audit")


class Request:
    """path without /v1/; body a dict; query a dict of texts; token the header's, or an empty text."""

    def __init__(self, method, path, body=None, query=None, token="", wrap_ttl=0):
        self.operation = OPERATION.get(method, "")
        self.query = query or {}
        if self.operation == "read" and self.query.get("list", "").lower() == "true":
            self.operation = "list"
        self.path = path.strip("/") if self.operation != "list" else path.lstrip("/")
        self.body = body or {}
        self.token = token
        self.wrap_ttl = wrap_ttl


def envelope(data=None, auth=None, wrap_info=None):
    return {
        "request_id": str(uuid.uuid4()),
        "lease_id": "",
        "renewable": False,
        "lease_duration": 0,
        "data": data,
        "wrap_info": wrap_info,
        "warnings": None,
        "auth": auth,
    }


class Vault:
    """The whole state. Not thread-safe: one request at a time."""

    def __init__(self, root_token, metrics_enabled=False):
        self.tokens = TokenStore(root_token)
        self.system = System(self.tokens)
        self.wrapper = Wrapper()
        self.metrics_enabled = metrics_enabled
        self.started = time.time()
        self.requests = 0
        self.request_seconds = 0.0
        self.denied = 0

    def answer(self, request):
        """(status, body): body is a dict, None for 204, or a text for the metrics."""
        started = time.perf_counter()
        try:
            return self._answer(request)
        except ApiError as error:
            self.denied += error.status == 403
            body = {"errors": error.messages} if error.data is None else envelope(error.data)
            return error.status, body
        finally:
            self.requests += 1
            self.request_seconds += time.perf_counter() - started

    def _answer(self, request):
        if not request.operation:
            raise ApiError(405, "unsupported operation")
        found = self.system.open_path(request.path)
        if found:
            return found
        if request.path == "sys/wrapping/unwrap":
            return 200, self._unwrap(request)
        if request.path == "sys/wrapping/lookup" and request.body.get("token"):
            return 200, envelope(self.wrapper.lookup(request.body["token"]))
        login = self._login(request)
        body = login if login else self._with_token(request)
        if isinstance(body, str):
            return 200, body
        if body is None:
            return 204, None
        if request.wrap_ttl:
            body = envelope(wrap_info=self.wrapper.wrap(body, request.wrap_ttl, request.path))
        return 200, body

    def _login(self, request):
        mount = request.path[len("auth/") : -len("/login")]
        if (
            not request.path.startswith("auth/")
            or not request.path.endswith("/login")
            or mount not in self.system.logins
        ):
            return None
        if request.operation != "write":
            raise ApiError(405, "unsupported operation")
        return envelope(auth=self.system.logins[mount].login(request.body).auth())

    def _unwrap(self, request):
        token = request.body.get("token")
        if token and not self.wrapper.holds(request.token):
            self._allow(self.tokens.use(request.token), request)
        return self.wrapper.unwrap(token or request.token)

    def _with_token(self, request):
        token = self.tokens.use(request.token)
        self._allow(token, request)
        path = request.path
        if path == "sys/metrics":
            return self._metrics(request)
        if path.startswith("sys/wrapping/"):
            return self._wrapping(request)
        if path in ("sys/capabilities-self", "sys/capabilities"):
            return self._capabilities(token, request)
        if path.startswith("sys/"):
            data = self.system.handle(request.operation, path[len("sys/") :], request.body)
            return None if data is None else {**envelope(data), **data}
        if path.startswith("auth/token/"):
            return self._token_path(token, request)
        backend, rest = self._backend(path)
        if backend is None:
            raise ApiError(404, f"no handler for route {path!r}. route entry not found.")
        data = backend.handle(request.operation, rest, request.body, request.query)
        return None if data is None else envelope(data)

    def _backend(self, path):
        prefix, mounts = ("auth/", self.system.logins) if path.startswith("auth/") else ("", self.system.mounts)
        rest = path[len(prefix) :]
        for name in sorted(mounts, key=len, reverse=True):
            if rest == name or rest.startswith(name + "/"):
                return mounts[name], rest[len(name) + 1 :]
        return None, rest

    def _allow(self, token, request):
        if "root" in token.policies:
            return
        wanted = CAPABILITY[request.operation]
        backend, rest = self._backend(request.path)
        if request.operation == "write" and backend is not None and not backend.exists(rest):
            wanted = "create"
        allowed = policy.capabilities(self.system.rules_of(token.policies), request.path)
        if wanted not in allowed or (request.path.startswith(NEEDS_SUDO) and "sudo" not in allowed):
            raise ApiError(403, f"1 error occurred:\n\t* permission denied\n\n")

    def _capabilities(self, token, request):
        if request.path == "sys/capabilities":
            token = self.tokens.get(request.body.get("token"))
            if token is None:
                raise ApiError(400, "invalid token")
        paths = request.body.get("paths") or request.body.get("path") or []
        paths = paths.split(",") if isinstance(paths, str) else paths
        rules = self.system.rules_of(token.policies)
        found = {path: sorted(policy.capabilities(rules, path)) or ["deny"] for path in paths}
        if "root" in token.policies:
            found = {path: ["root"] for path in paths}
        data = {**found, "capabilities": found[paths[0]]} if len(paths) == 1 else found
        return {**envelope(data), **data}

    def _wrapping(self, request):
        action = request.path.rpartition("/")[2]
        if action == "wrap":
            return envelope(request.body)
        if action == "lookup":
            return envelope(self.wrapper.lookup(request.body.get("token") or request.token))
        if action == "rewrap":
            return envelope(wrap_info=self.wrapper.rewrap(request.body.get("token") or request.token))
        raise ApiError(404, f"unsupported path: {request.path}")

    def _metrics(self, request):
        if not self.metrics_enabled:
            raise ApiError(400, "prometheus is not enabled")
        if request.query.get("format") != "prometheus":
            raise ApiError(400, "this stand-in writes its metrics in the format prometheus only")
        return metrics.render(self)

    def _token_path(self, token, request):
        action = request.path[len("auth/token/") :]
        increment = seconds(request.body.get("increment"))
        if action in ("create", "create-orphan"):
            return envelope(auth=self.tokens.create(token, request.body, action == "create-orphan").auth())
        if action == "lookup-self":
            return envelope(token.describe())
        if action == "renew-self":
            return envelope(auth=self.tokens.renew(token, increment).auth())
        if action == "revoke-self":
            return self.tokens.revoke(token)
        if action == "accessors" and request.operation == "list" or action == "accessors/":
            return envelope({"keys": sorted(other.accessor for other in self.tokens.by_id.values())})
        return self._other_token(action, request, increment)

    def _other_token(self, action, request, increment):
        if action.endswith("-accessor"):
            other = self.tokens.by_accessor(request.body.get("accessor"))
        else:
            other = self.tokens.get(request.body.get("token"))
        action = action.replace("-accessor", "")
        if action not in ("lookup", "renew", "revoke"):
            raise ApiError(404, f"unsupported path: {request.path} (stand-in)")
        if other is None:
            raise ApiError(403, "bad token")
        if action == "lookup":
            return envelope(other.describe())
        if action == "renew":
            return envelope(auth=self.tokens.renew(other, increment).auth())
        return self.tokens.revoke(other)
