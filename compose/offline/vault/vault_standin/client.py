# SPDX-License-Identifier: MIT
"""The HTTP client of the command line."""
import json
import os
import socket
import urllib.parse

TIMEOUT_SECONDS = 60


class Refused(Exception):
    """The server answered with an error, or not at all. text is what the command prints."""

    def __init__(self, text, status=0):
        super().__init__(text)
        self.text = text
        self.status = status


class Client:
    """Calls the API at VAULT_ADDR with VAULT_TOKEN (or ~/.vault-token)."""

    def __init__(self, environment=os.environ):
        self.address = urllib.parse.urlsplit(environment.get("VAULT_ADDR", "https://127.0.0.1:8200"))
        self.token = environment.get("VAULT_TOKEN") or self._stored_token()
        self.wrap_ttl = environment.get("VAULT_WRAP_TTL", "")

    @staticmethod
    def _stored_token():
        try:
            with open(os.path.expanduser("~/.vault-token"), encoding="utf-8") as file:
                return file.read().strip()
        except OSError:
            return ""

    def call(self, method, path, body=None):
        """The parsed answer, None for 204. Raises Refused."""
        url = f"{self.address.scheme}://{self.address.netloc}/v1/{path}"
        try:
            status, raw = self._exchange(method, path, b"" if body is None else json.dumps(body).encode())
        except (OSError, ValueError) as error:
            raise Refused(f"Error making API request: {method} {url}: {error}") from None
        parsed = json.loads(raw) if raw.strip() else None
        if status >= 400:
            errors = "\n".join(f"* {text}" for text in (parsed or {}).get("errors", []))
            raise Refused(f"Error making API request.\n\nURL: {method} {url}\nCode: {status}. Errors:\n\n{errors}", status)
        return parsed

    def _exchange(self, method, path, body):
        """(status, body) of one HTTP exchange. By hand: Python's own client takes longer to load than the exchange."""
        if self.address.scheme != "http":
            raise ValueError("this stand-in speaks http only")
        lines = [
            f"{method} /v1/{urllib.parse.quote(path, safe='/?=&')} HTTP/1.1",
            f"Host: {self.address.netloc}",
            "Connection: close",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"X-Vault-Token: {self.token}"] if self.token else []
        lines += [f"X-Vault-Wrap-TTL: {self.wrap_ttl}"] if self.wrap_ttl else []
        if any("\n" in line or "\r" in line for line in lines):
            raise ValueError("a line end in the address, path or token")
        peer = (self.address.hostname, self.address.port or 8200)
        with socket.create_connection(peer, timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            head, separator, raw = connection.makefile("rb").read().partition(b"\r\n\r\n")
        if not separator:
            raise ValueError("no complete answer")
        return int(head.split()[1]), raw
