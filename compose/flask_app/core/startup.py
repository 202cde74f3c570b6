# SPDX-License-Identifier: MIT
"""What gunicorn's master prepares: logging and the credentials."""
import logging
import sys
import time

from core import credentials
from utils.errors import CredentialsRefused

log = logging.getLogger("credit.startup")


def configure_logging(level):
    logging.basicConfig(stream=sys.stdout, level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def obtain_credentials(settings, patience=20.0, pause=1.0, clock=time.monotonic, sleep=time.sleep):
    """Asks Vault until it answers, for `patience` seconds at most. Raises the last CredentialsRefused."""
    end = clock() + patience
    while True:
        try:
            return credentials.fetch(settings)
        except CredentialsRefused as error:
            if clock() >= end:
                raise
            log.warning("no credentials yet: %s", error)
            sleep(pause)
