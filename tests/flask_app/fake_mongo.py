# SPDX-License-Identifier: MIT
"""A database in memory with the part of pymongo's interface that the service uses, unique indexes included."""
import copy
import threading

from pymongo.errors import AutoReconnect, DuplicateKeyError


class FakeCursor:
    def __init__(self, documents):
        self._documents = documents

    def sort(self, keys):
        for name, direction in reversed(keys):
            self._documents.sort(key=lambda d: d[name], reverse=direction < 0)
        return self

    def limit(self, count):
        self._documents = self._documents[:count]
        return self

    def __iter__(self):
        return iter(copy.deepcopy(self._documents))


def _matches(document, query):
    for name, wanted in query.items():
        if isinstance(wanted, dict) and "$gt" in wanted:
            if not document.get(name) > wanted["$gt"]:
                return False
        elif document.get(name) != wanted:
            return False
    return True


class FakeCollection:
    def __init__(self, database):
        self.documents, self._unique, self._database = [], [("_id",)], database
        self._lock = threading.Lock()

    def create_index(self, keys, unique=False, name=None):
        self._database.check()
        fields = tuple(field for field, _ in keys)
        if unique and fields not in self._unique:
            self._unique.append(fields)

    def insert_one(self, document):
        self._database.check()
        with self._lock:
            for fields in self._unique:
                value = [document.get(field) for field in fields]
                if any([d.get(field) for field in fields] == value for d in self.documents):
                    raise DuplicateKeyError(f"E11000 duplicate key {fields}")
            self.documents.append(copy.deepcopy(document))

    def find(self, query):
        self._database.check()
        with self._lock:
            return FakeCursor([d for d in self.documents if _matches(d, query)])

    def find_one(self, query, sort=None):
        cursor = self.find(query)
        return next(iter(cursor.sort(sort) if sort else cursor), None)


class FakeDatabase:
    """`down = True` makes every call fail as a lost server does."""

    def __init__(self):
        self.down, self._collections = False, {}
        self.client = self
        self.admin = self

    def check(self):
        if self.down:
            raise AutoReconnect("connection refused")

    def command(self, name):
        self.check()
        assert name == "serverStatus"
        return {"uptime": 12.0, "connections": {"current": 3, "available": 97}, "opcounters": {"insert": 5}, "ok": 1.0}

    def __getitem__(self, name):
        return self._collections.setdefault(name, FakeCollection(self))

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]
