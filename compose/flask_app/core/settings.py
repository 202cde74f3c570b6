# SPDX-License-Identifier: MIT
"""Settings from the environment. Credentials are not among them: they come from Vault (core/credentials.py)."""
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    vault_addr: str = "http://vault:8200"
    handover: str = "/handover/flask"
    plugins: str = "/plugins"
    static: str = "/static"
    session_seconds: int = 3600
    cache_seconds: int = 5
    rate_per_minute: int = 600
    logins_per_minute: int = 10
    signups_per_minute: int = 60

    @classmethod
    def from_environment(cls, env=os.environ):
        default = cls()
        return cls(
            vault_addr=env.get("VAULT_ADDR", default.vault_addr),
            handover=env.get("VAULT_HANDOVER", default.handover),
            plugins=env.get("PLUGINS_DIR", default.plugins),
            static=env.get("STATIC_DIR", default.static),
            session_seconds=int(env.get("SESSION_SECONDS", default.session_seconds)),
            cache_seconds=int(env.get("CACHE_SECONDS", default.cache_seconds)),
            rate_per_minute=int(env.get("RATE_LIMIT_PER_MINUTE", default.rate_per_minute)),
            logins_per_minute=int(env.get("LOGINS_PER_MINUTE", default.logins_per_minute)),
            signups_per_minute=int(env.get("SIGNUPS_PER_MINUTE", default.signups_per_minute)),
        )
