# SPDX-License-Identifier: MIT
"""What the tests share: a Redis server, a Vault that answers /v1/sys/health, and the application on a fake database."""
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

APP_DIR = Path(__file__).resolve().parents[2] / "compose" / "flask_app"
for folder in (APP_DIR, APP_DIR / "tools"):
    sys.path.insert(0, str(folder))

import redis  # noqa: E402

from core.app import create_app  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.stores import Stores  # noqa: E402
from fake_mongo import FakeDatabase  # noqa: E402


class RedisServer:
    """A real server on a Unix socket in a directory of its own. stop() ends it; a test may do so early."""

    def __init__(self):
        self._folder = tempfile.mkdtemp()
        self.socket = f"{self._folder}/redis.sock"
        # One program under two names; redis-tools has the other one, without a service that would take port 6379.
        program = shutil.which("redis-server") or shutil.which("redis-check-rdb")
        self._process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self._folder, "--save", ""],
            executable=program, stdout=subprocess.PIPE, text=True)
        for line in self._process.stdout:
            if "ready to accept connections" in line.lower():
                break
        else:
            raise RuntimeError("redis-server did not start")
        threading.Thread(target=self._process.stdout.read, daemon=True).start()

    def client(self):
        return redis.Redis(unix_socket_path=self.socket, decode_responses=True, socket_timeout=2)

    def stop(self):
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


class _VaultHealth(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/v1/sys/health" else 404)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args):
        pass


class AppCase(unittest.TestCase):
    """Each test gets an application, a client, and empty stores."""

    PLUGINS = APP_DIR / "plugins"
    SETTINGS = {}

    @classmethod
    def setUpClass(cls):
        cls.redis = RedisServer()
        cls.addClassCleanup(cls.redis.stop)
        cls.vault = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _VaultHealth)
        threading.Thread(target=cls.vault.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.vault.server_close)
        cls.addClassCleanup(cls.vault.shutdown)

    def setUp(self):
        self.cache, self.db = self.redis.client(), FakeDatabase()
        self.cache.flushall()
        self.stores = Stores(self.db, self.cache)
        settings = {"plugins": str(self.PLUGINS), "static": str(APP_DIR / "static"),
                    "vault_addr": f"http://127.0.0.1:{self.vault.server_port}", **self.SETTINGS}
        self.app = create_app(Settings(**settings), self.stores, "test-key")
        self.http = self.app.test_client()

    def sign_in(self, name="alice", password="correct horse"):
        self.assertEqual(self.http.post("/api/v1/users", json={"username": name, "password": password}).status_code, 201)
        answer = self.http.post("/api/v1/sessions", json={"username": name, "password": password})
        self.assertEqual(answer.status_code, 200)
        return {"Authorization": "Bearer " + answer.json["token"]}

    def open_account(self, session, **fields):
        answer = self.http.post("/api/v1/accounts", json=fields, headers=session)
        self.assertEqual(answer.status_code, 201)
        return answer.json["id"]

    def book(self, session, account, key, **booking):
        return self.http.post(f"/api/v1/accounts/{account}/transactions", json=booking,
                              headers={**session, "Idempotency-Key": key})
