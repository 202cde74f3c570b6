# SPDX-License-Identifier: MIT
"""The HTTP side, the settings from GF_… variables, and the command line."""
import http.cookies
import http.server
import os
import signal
import sys

from . import VERSION
from .accounts import Accounts
from .app import App
from .provisioning import Provisioned

MAX_BODY = 8 * 1024 * 1024


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "grafana-standin"
    sys_version = ""
    disable_nagle_algorithm = True

    def _handle(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            return self.send_error(413)
        body = self.rfile.read(length) if length else b""
        cookie = http.cookies.SimpleCookie(self.headers.get("Cookie", "")).get("grafana_session")
        answer = self.server.app.answer(
            "GET" if self.command == "HEAD" else self.command,
            self.path,
            body,
            self.headers,
            cookie.value if cookie else None,
        )
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.raw)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.raw)
        return None

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle

    def log_message(self, *_):
        """Requests are counted in /metrics, not logged."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, app):
        super().__init__(address, Handler)
        self.app = app


def setting(name, default, environment=os.environ):
    """A GF_ variable, or the content of the file that its __FILE form names."""
    if environment.get(f"{name}__FILE"):
        with open(environment[f"{name}__FILE"], encoding="utf-8") as file:
            return file.read().strip()
    return environment.get(name, default)


def make_accounts():
    data = setting("GF_PATHS_DATA", "/var/lib/grafana")
    return Accounts(
        os.path.join(data, "standin-admin.json"),
        setting("GF_SECURITY_ADMIN_USER", "admin"),
        setting("GF_SECURITY_ADMIN_PASSWORD", "admin"),
    )


def stop(*_):
    raise SystemExit(0)


def serve():
    """Serves until SIGINT or SIGTERM."""
    try:
        accounts = make_accounts()
    except OSError as error:
        print(f"grafana (stand-in): {error}", file=sys.stderr)
        return 1
    provisioned = Provisioned(setting("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning"))
    for problem in provisioned.problems:
        print(f"grafana (stand-in): provisioning: {problem}", file=sys.stderr, flush=True)
    address = (setting("GF_SERVER_HTTP_ADDR", "0.0.0.0"), int(setting("GF_SERVER_HTTP_PORT", "3000")))
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    server = Server(address, App(accounts, provisioned))
    print(
        f"grafana (stand-in, not Grafana) {VERSION}: listening on {address[0]}:{address[1]}, "
        f"{len(provisioned.sources)} data sources, {len(provisioned.dashboards)} dashboards",
        flush=True,
    )
    try:
        server.serve_forever(poll_interval=None)
    except SystemExit:
        # An orderly end of the interpreter can abort while threads of connections are amid a read.
        sys.stdout.flush()
        os._exit(0)
    return 0


def main(arguments):
    """`grafana server`, and `grafana cli admin reset-admin-password --password-from-stdin`."""
    if arguments[:1] in ([], ["server"]):
        return serve()
    if arguments[:3] == ["cli", "admin", "reset-admin-password"]:
        password = sys.stdin.readline().rstrip("\n") if "--password-from-stdin" in arguments else arguments[-1]
        if not password or len(arguments) < 4:
            print("a new password is expected", file=sys.stderr)
            return 1
        make_accounts().set_password(password)
        print("Admin password changed; restart the service for it to count (stand-in)")
        return 0
    print(f"grafana (stand-in): {' '.join(arguments)} is not supported", file=sys.stderr)
    return 1
