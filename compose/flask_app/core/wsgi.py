# SPDX-License-Identifier: MIT
"""The application as gunicorn serves it. Imported by the master; the stores' clients connect in the workers."""
import os
import sys

from core import startup, stores
from core.app import create_app
from core.settings import Settings
from utils.errors import CredentialsRefused

startup.configure_logging(os.environ.get("LOG_LEVEL", "info"))
_settings = Settings.from_environment()
try:
    _credentials = startup.obtain_credentials(_settings)
except CredentialsRefused as error:
    sys.exit(f"flask_app: no credentials: {error}")
app = create_app(_settings, stores.connect(_credentials), _credentials.secret_key)
