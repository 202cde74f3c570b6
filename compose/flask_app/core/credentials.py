# SPDX-License-Identifier: MIT
"""The service's credentials, from Vault by AppRole.

gunicorn's master logs in once, before it starts workers; they inherit the credentials in memory. The Vault token is
revoked as soon as everything is read, so none lives on.
"""
import logging
from dataclasses import dataclass, field
from pathlib import Path

import hvac
import requests

from utils.errors import CredentialsRefused

log = logging.getLogger("credit.credentials")


@dataclass(frozen=True)
class Credentials:
    """repr() shows no value: an instance may end up in a log or a traceback."""

    secret_key: str = field(repr=False)
    mongodb: dict = field(repr=False)
    redis: dict = field(repr=False)


def _handed_over(folder, name):
    try:
        return Path(folder, name).read_text(encoding="ascii").strip()
    except OSError as error:
        raise CredentialsRefused(f"{name} can't be read in {folder} ({error.strerror}): has vault-config run?") from error


def fetch(settings):
    """Logs in, reads the three entries, gives the token back. Raises CredentialsRefused."""
    role_id = _handed_over(settings.handover, "role_id")
    secret_id = _handed_over(settings.handover, "secret_id")
    client = hvac.Client(url=settings.vault_addr, timeout=5)
    try:
        client.auth.approle.login(role_id=role_id, secret_id=secret_id)
        flask, mongodb, redis = (_read(client, name) for name in ("flask", "mongodb", "redis"))
        client.auth.token.revoke_self()
    except hvac.exceptions.InvalidRequest as error:
        raise CredentialsRefused("Vault refuses the secret id, it may have ended: run `crstack up` again") from error
    except hvac.exceptions.Forbidden as error:
        raise CredentialsRefused("Vault refuses to show a credential: run `crstack up` again") from error
    except (hvac.exceptions.VaultError, requests.RequestException) as error:
        raise CredentialsRefused(f"Vault at {settings.vault_addr}: {type(error).__name__}") from error
    log.info("credentials read from Vault by AppRole, token given back")
    return Credentials(flask["secret_key"], mongodb, redis)


def _read(client, name):
    return client.secrets.kv.v2.read_secret_version(path=name, mount_point="secret")["data"]["data"]
