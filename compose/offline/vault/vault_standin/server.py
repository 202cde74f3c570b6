# SPDX-License-Identifier: MIT
"""`vault server -dev`: the HTTP side, and what the real one prints when it starts."""
import http.server
import json
import os
import signal
import socket
import sys
import threading
import urllib.parse

from . import VERSION, hcl
from .api import Request, Vault
from .durations import seconds
from .errors import ApiError
from .tokens import random_text

MAX_BODY = 32 * 1024 * 1024


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "vault-standin"
    sys_version = ""
    disable_nagle_algorithm = True

    def _handle(self):
        try:
            request = self._read()
        except ApiError as error:
            self.close_connection = True
            return self._send(error.status, {"errors": error.messages})
        with self.server.lock:
            status, body = self.server.vault.answer(request)
        return self._send(status, body)

    do_GET = do_POST = do_PUT = do_DELETE = do_LIST = do_PATCH = do_HEAD = _handle

    def _read(self):
        url = urllib.parse.urlsplit(self.path)
        if not url.path.startswith("/v1/"):
            raise ApiError(404, "this stand-in has no user interface; its API is below /v1/")
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            raise ApiError(413, "http: request body too large")
        raw = self.rfile.read(length) if length else b""
        try:
            body = json.loads(raw) if raw.strip() else {}
        except ValueError:
            raise ApiError(400, "failed to parse JSON input") from None
        if not isinstance(body, dict):
            raise ApiError(400, "failed to parse JSON input: an object is expected")
        bearer = self.headers.get("Authorization", "")
        token = self.headers.get("X-Vault-Token") or (bearer[7:] if bearer.startswith("Bearer ") else "")
        return Request(
            "GET" if self.command == "HEAD" else self.command,
            urllib.parse.unquote(url.path[len("/v1/") :]),
            body,
            dict(urllib.parse.parse_qsl(url.query)),
            token,
            seconds(self.headers.get("X-Vault-Wrap-TTL")),
        )

    def _send(self, status, body):
        text = isinstance(body, str)
        raw = b"" if body is None else body.encode() if text else json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4" if text else "application/json")
        self.send_header("Cache-Control", "no-store")
        if status != 204:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def log_message(self, *_):
        """The real server does not log requests either."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, vault):
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)
        self.vault = vault
        self.lock = threading.Lock()


def read_config(path):
    """Whether a configuration file turns the Prometheus metrics on. A directory means all its .hcl files."""
    names = sorted(os.listdir(path)) if os.path.isdir(path) else [""]
    enabled = False
    for name in names:
        if name and not name.endswith((".hcl", ".json")):
            continue
        with open(os.path.join(path, name) if name else path, encoding="utf-8") as file:
            for key, _, body in hcl.parse(file.read()):
                if key == "telemetry":
                    enabled = enabled or any(k == "prometheus_retention_time" and seconds(v) > 0 for k, _, v in body)
    return enabled


def banner(address, root_token):
    return f"""==> Vault server configuration (stand-in, not HashiCorp Vault):

              Listener 1: tcp (addr: "{address}", tls: "disabled")
                 Storage: inmem
                 Version: Vault v{VERSION}

==> Vault server started! Log data will stream in below:

WARNING! dev mode is enabled! In this mode, Vault runs entirely in-memory
and starts unsealed with a single unseal key.

Unseal Key: {random_text(43)}=
Root Token: {root_token}
"""


class Stop(BaseException):
    """Raised in the main thread by a signal. No Exception: socketserver would take it for a request's failure."""


def stop(*_):
    raise Stop


def run(flags):
    """Serves until SIGINT or SIGTERM. flags: a dict of `vault server` flags. The exit code."""
    if "dev" not in flags:
        print("this stand-in has the development mode (-dev) only", file=sys.stderr)
        return 1
    address = flags.get("dev-listen-address") or os.environ.get("VAULT_DEV_LISTEN_ADDRESS") or "127.0.0.1:8200"
    root = flags.get("dev-root-token-id") or os.environ.get("VAULT_DEV_ROOT_TOKEN_ID") or "hvs." + random_text(24)
    host, _, port = address.rpartition(":")
    try:
        enabled = any([read_config(path) for path in flags.get("config", [])])
        server = Server((host.strip("[]"), int(port)), Vault(root, enabled))
    except (OSError, ValueError) as error:
        print(f"Error initializing listener or configuration: {error}", file=sys.stderr)
        return 1
    except ApiError as error:
        print(f"Error loading configuration: {' '.join(error.messages)}", file=sys.stderr)
        return 1
    try:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, stop)
        print(banner(address, root), flush=True)
        server.serve_forever(poll_interval=None)
    except Stop:
        print("==> Vault shutdown triggered", flush=True)
        # An orderly end of the interpreter can abort while threads of connections are amid a read.
        os._exit(0)
    return 0
