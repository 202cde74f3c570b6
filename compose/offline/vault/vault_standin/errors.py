# SPDX-License-Identifier: MIT
"""The one error that the API's parts raise."""


class ApiError(Exception):
    """An answer with an HTTP status and Vault's {"errors": [...]} body."""

    def __init__(self, status, *messages, data=None):
        super().__init__(status, *messages)
        self.status = status
        self.messages = list(messages)
        self.data = data


def not_found(data=None):
    """404 with an empty error list, as Vault answers for what isn't there."""
    return ApiError(404, data=data)
