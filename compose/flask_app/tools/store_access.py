# SPDX-License-Identifier: MIT
"""Stores for the command-line tools: the same way to the credentials as the service's own."""
import sys

sys.path.insert(0, "/")

from core import credentials, stores  # noqa: E402
from core.settings import Settings  # noqa: E402
from utils.errors import CredentialsRefused, DependencyDown  # noqa: E402


def run(tool):
    """Calls tool(stores) and exits with its code; what keeps it from working is one line on stderr."""
    try:
        sys.exit(tool(stores.connect(credentials.fetch(Settings.from_environment()))))
    except (CredentialsRefused, DependencyDown) as error:
        sys.exit(f"error: {error}")
