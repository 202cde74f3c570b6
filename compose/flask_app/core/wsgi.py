# SPDX-License-Identifier: MIT
"""The application as gunicorn serves it."""
from core import startup, stores
from core.app import create_app
from core.settings import Settings

_settings = Settings.from_environment()
_credentials = startup.inherited or startup.obtain_credentials(_settings)
app = create_app(_settings, stores.connect(_credentials), _credentials.secret_key)
