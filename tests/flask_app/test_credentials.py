# SPDX-License-Identifier: MIT
"""How the credentials come from Vault: a small Vault that knows one AppRole."""
import http.server
import json
import tempfile
import threading
import unittest
from pathlib import Path

import harness  # noqa: F401  first: it puts the application on the path

from core import credentials, startup
from core.settings import Settings
from utils.errors import CredentialsRefused

SECRETS = {"flask": {"secret_key": "k-e-y"}, "mongodb": {"username": "root", "password": "m-p-w", "host": "h", "port": "1"},
           "redis": {"password": "r-p-w", "host": "h", "port": "2"}}


class _Vault(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        self.server.calls.append(self.path)
        if self.path == "/v1/auth/token/revoke-self":
            self.answer(204, {})
        elif body.get("role_id") == "role" and body.get("secret_id") == "secret":
            self.answer(200, {"auth": {"client_token": "s.token"}})
        else:
            self.answer(400, {"errors": ["invalid secret id"]})

    do_PUT = do_POST

    def do_GET(self):
        name = self.path.rsplit("/", 1)[1]
        self.server.calls.append(self.path)
        if self.headers.get("X-Vault-Token") != "s.token" or name == self.server.forbidden:
            self.answer(403, {"errors": ["permission denied"]})
        else:
            self.answer(200, {"data": {"data": SECRETS[name], "metadata": {}}})

    def log_message(self, *_args):
        pass


class CredentialsTest(unittest.TestCase):
    def setUp(self):
        self.vault = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Vault)
        self.vault.calls, self.vault.forbidden = [], None
        threading.Thread(target=self.vault.serve_forever, daemon=True).start()
        self.addCleanup(self.vault.server_close)
        self.addCleanup(self.vault.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "role_id").write_text("role\n", encoding="ascii")
        (self.folder / "secret_id").write_text("secret\n", encoding="ascii")
        self.settings = Settings(vault_addr=f"http://127.0.0.1:{self.vault.server_port}", handover=folder.name)

    def refused(self):
        with self.assertRaises(CredentialsRefused) as caught:
            credentials.fetch(self.settings)
        return str(caught.exception)

    def test_they_are_read_and_the_token_is_given_back(self):
        found = credentials.fetch(self.settings)
        self.assertEqual((found.secret_key, found.mongodb, found.redis), ("k-e-y", SECRETS["mongodb"], SECRETS["redis"]))
        self.assertEqual(self.vault.calls[-1], "/v1/auth/token/revoke-self")
        self.assertNotIn("m-p-w", repr(found))

    def test_an_ended_secret_id_names_the_remedy_and_no_secret(self):
        (self.folder / "secret_id").write_text("ended-one", encoding="ascii")
        message = self.refused()
        self.assertIn("crstack up", message)
        self.assertNotIn("ended-one", message)

    def test_a_policy_that_is_too_narrow_is_told_apart(self):
        self.vault.forbidden = "redis"
        self.assertIn("refuses to show", self.refused())

    def test_a_missing_handover_names_the_folder(self):
        (self.folder / "role_id").unlink()
        self.assertIn(f"role_id can't be read in {self.folder}", self.refused())

    def test_start_up_is_patient_and_then_gives_up(self):
        (self.folder / "secret_id").unlink()
        times, pauses = iter([0.0, 5.0, 10.0]), []
        with self.assertLogs("credit.startup", "WARNING"), self.assertRaises(CredentialsRefused):
            startup.obtain_credentials(self.settings, patience=10.0, clock=lambda: next(times), sleep=pauses.append)
        self.assertEqual(pauses, [1.0])
