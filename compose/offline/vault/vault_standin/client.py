# SPDX-License-Identifier: MIT
"""The HTTP client of the command line."""
import http.client
import json
import os
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
        secure = self.address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.address.hostname, self.address.port or 8200, timeout=TIMEOUT_SECONDS)
        headers = {"Content-Type": "application/json", "X-Vault-Request": "true"}
        if self.token:
            headers["X-Vault-Token"] = self.token
        if self.wrap_ttl:
            headers["X-Vault-Wrap-TTL"] = self.wrap_ttl
        url = f"{self.address.scheme}://{self.address.netloc}/v1/{path}"
        try:
            connection.request(
                method,
                "/v1/" + urllib.parse.quote(path, safe="/?=&"),
                None if body is None else json.dumps(body),
                headers,
            )
            answer = connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"Error making API request: {method} {url}: {error}") from None
        finally:
            connection.close()
        parsed = json.loads(raw) if raw.strip() else None
        if answer.status >= 400:
            errors = "\n".join(f"* {text}" for text in (parsed or {}).get("errors", []))
            raise Refused(
                f"Error making API request.\n\nURL: {method} {url}\nCode: {answer.status}. Errors:\n\n{errors}",
                answer.status,
            )
        return parsed
