# SPDX-License-Identifier: MIT
"""The state and main figures of MongoDB, Redis and Vault, for /health and /metrics.

All three are asked at the same time, each with a deadline, so an answer takes two seconds at most.
"""
import time
import urllib.request

import gevent
from prometheus_client.core import GaugeMetricFamily

from utils.deadline import guarded
from utils.errors import DependencyDown

DEADLINE_SECONDS = 2.0

# (metric, help, path in the store's own status document)
MONGODB_FIGURES = (
    ("credit_mongodb_uptime_seconds", "Uptime of MongoDB", ("uptime",)),
    ("credit_mongodb_connections_current", "Open connections of MongoDB", ("connections", "current")),
    ("credit_mongodb_connections_available", "Connections that MongoDB can still take", ("connections", "available")),
    ("credit_mongodb_memory_resident_megabytes", "Resident memory of MongoDB", ("mem", "resident")),
    ("credit_mongodb_operations_insert", "Inserts since MongoDB's start", ("opcounters", "insert")),
    ("credit_mongodb_operations_query", "Queries since MongoDB's start", ("opcounters", "query")),
    ("credit_mongodb_operations_command", "Commands since MongoDB's start", ("opcounters", "command")),
)
REDIS_FIGURES = (
    ("credit_redis_uptime_seconds", "Uptime of Redis", ("uptime_in_seconds",)),
    ("credit_redis_connected_clients", "Clients of Redis", ("connected_clients",)),
    ("credit_redis_memory_used_bytes", "Memory that Redis uses", ("used_memory",)),
    ("credit_redis_memory_max_bytes", "Memory that Redis may use, 0 for no limit", ("maxmemory",)),
    ("credit_redis_commands_processed", "Commands since Redis' start", ("total_commands_processed",)),
    ("credit_redis_keyspace_hits", "Successful look-ups since Redis' start", ("keyspace_hits",)),
    ("credit_redis_keyspace_misses", "Failed look-ups since Redis' start", ("keyspace_misses",)),
    ("credit_redis_expired_keys", "Keys that ended since Redis' start", ("expired_keys",)),
)


class Dependencies:
    def __init__(self, stores, vault_addr):
        self._stores = stores
        self._vault_url = vault_addr.rstrip("/") + "/v1/sys/health"

    def probe(self):
        """{name: {"up", "seconds", "status" (the store's own document) or "error"}} of all three."""
        asks = {"mongodb": self._ask_mongodb, "redis": self._ask_redis, "vault": self._ask_vault}
        asked = {name: gevent.spawn(_timed, name, ask) for name, ask in asks.items()}
        gevent.joinall(list(asked.values()))
        return {name: greenlet.value for name, greenlet in asked.items()}

    def _ask_mongodb(self):
        return self._stores.db.client.admin.command("serverStatus")

    def _ask_redis(self):
        return self._stores.cache.info()

    def _ask_vault(self):
        with urllib.request.urlopen(self._vault_url, timeout=DEADLINE_SECONDS) as answer:  # raises if it is sealed
            return {"http_status": answer.status}


def _timed(name, ask):
    start = time.monotonic()
    try:
        with guarded(name, DEADLINE_SECONDS):
            status = ask()
            return {"up": True, "seconds": time.monotonic() - start, "status": status}
    except DependencyDown as error:
        return {"up": False, "seconds": time.monotonic() - start, "status": {}, "error": error.cause}


class DependencyCollector:
    """Asks at each scrape, so the figures are as old as the scrape, and the same in each worker."""

    def __init__(self, dependencies):
        self._dependencies = dependencies

    def describe(self):
        return []

    def collect(self):
        states = self._dependencies.probe()
        up = GaugeMetricFamily("credit_dependency_up", "1 if the dependency answers", labels=["dependency"])
        for name, state in sorted(states.items()):
            up.add_metric([name], 1 if state["up"] else 0)
        yield up
        yield from _figures(MONGODB_FIGURES, states["mongodb"]["status"])
        yield from _figures(REDIS_FIGURES, states["redis"]["status"])


def _figures(figures, status):
    for metric, text, path in figures:
        value = status
        for step in path:
            value = value.get(step, {}) if isinstance(value, dict) else {}
        if isinstance(value, (int, float)):
            yield GaugeMetricFamily(metric, text, value=value)
