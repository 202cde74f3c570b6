# SPDX-License-Identifier: MIT
"""Errors that a client sees: a status, a stable code and a sentence."""


class ServiceError(Exception):
    """An answer that is not a success. `details` joins the JSON body."""

    def __init__(self, status, code, message, **details):
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def body(self):
        return {"error": {"code": self.code, "message": self.message, **self.details}}


class DependencyDown(ServiceError):
    """A store or Vault does not answer: the client may try again later."""

    def __init__(self, dependency, cause):
        super().__init__(503, "dependency_down", f"{dependency} does not answer", dependency=dependency)
        self.cause = f"{type(cause).__name__}: {cause}"


class CredentialsRefused(Exception):
    """Vault gives no credentials; the message names the remedy and never a secret."""
