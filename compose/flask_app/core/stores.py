# SPDX-License-Identifier: MIT
"""Clients of MongoDB and Redis. They connect on first use, so a worker starts while a store is away."""
from dataclasses import dataclass
from typing import Any

import pymongo
import redis

from utils.deadline import guarded


@dataclass
class Stores:
    """`db` is a pymongo Database (or what behaves like one), `cache` a redis.Redis with text answers."""

    db: Any
    cache: Any
    indexed: bool = False

    def ensure_indexes(self):
        """Creates the unique indexes once per process. The ledger's correctness rests on them."""
        if self.indexed:
            return
        with guarded("mongodb"):
            self.db.ledger.create_index([("account", 1), ("seq", -1)], unique=True, name="account_seq")
            self.db.ledger.create_index([("account", 1), ("idempotency_key", 1)], unique=True, name="account_key")
            self.db.accounts.create_index([("owner", 1)], name="owner")
        self.indexed = True


def connect(credentials):
    mongodb = pymongo.MongoClient(
        host=credentials.mongodb["host"],
        port=int(credentials.mongodb["port"]),
        username=credentials.mongodb["username"],
        password=credentials.mongodb["password"],
        authSource="admin",
        authMechanism="SCRAM-SHA-256",
        appname="flask_app",
        connect=False,
        retryWrites=False,
        w=1,
        journal=True,
        serverSelectionTimeoutMS=2000,
        connectTimeoutMS=1500,
        socketTimeoutMS=3000,
    )
    cache = redis.Redis(
        host=credentials.redis["host"],
        port=int(credentials.redis["port"]),
        password=credentials.redis["password"],
        decode_responses=True,
        socket_timeout=1.5,
        socket_connect_timeout=1.5,
    )
    return Stores(mongodb.credit, cache)
