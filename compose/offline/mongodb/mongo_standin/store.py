# SPDX-License-Identifier: MIT
"""Collections with their indexes, and the store that keeps them in a journal."""
import os

from .errors import CommandError
from .journal import Journal
from .query import matches
from .values import MISSING, lookup, shell_text, sort_key

ID_INDEX = {"v": 2, "key": {"_id": 1}, "name": "_id_"}


class Collection:
    """Documents in the order of insertion, by the sort key of their _id; unique indexes as maps."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.documents = {}
        self.indexes = {"_id_": ID_INDEX}
        self.unique = {}

    def find(self, query):
        """The matching documents; an equality on _id is looked up, not searched."""
        wanted = query.get("_id", MISSING)
        if wanted is not MISSING and not isinstance(wanted, dict):
            document = self.documents.get(sort_key(wanted))
            return [document] if document is not None and matches(document, query) else []
        return [document for document in self.documents.values() if matches(document, query)]

    def put(self, document):
        """Adds or replaces a document; CommandError 11000 if a unique index has its key already."""
        key = sort_key(document["_id"])
        entries = [(name, self._entry(index, document)) for name, index in self.indexes.items() if name in self.unique]
        for name, entry in entries:
            if entry is not None and self.unique[name].get(entry, key) != key:
                raise self._duplicate(self.indexes[name], document)
        self._forget(key)
        self.documents[key] = document
        for name, entry in entries:
            if entry is not None:
                self.unique[name][entry] = key

    def insert(self, document):
        if sort_key(document["_id"]) in self.documents:
            raise self._duplicate(ID_INDEX, document)
        self.put(document)

    def remove(self, identity):
        key = sort_key(identity)
        self._forget(key)
        del self.documents[key]

    def add_index(self, index):
        """True if the index is new; CommandError 86 or 11000 if it can't be."""
        known = self.indexes.get(index["name"])
        if known is not None:
            if list(known["key"].items()) != list(index["key"].items()) or bool(known.get("unique")) != bool(
                index.get("unique")
            ):
                raise CommandError(86, f"An existing index has the same name as the requested index: {index['name']}")
            return False
        if index.get("unique"):
            if index.get("partialFilterExpression"):
                raise CommandError(2, "partial unique indexes are not supported by the stand-in")
            entries = {}
            for key, document in self.documents.items():
                entry = self._entry(index, document)
                if entry is not None and entries.setdefault(entry, key) != key:
                    raise self._duplicate(index, document)
            self.unique[index["name"]] = entries
        self.indexes[index["name"]] = index
        return True

    def drop_index(self, name):
        if name == "_id_":
            raise CommandError(72, "cannot drop _id index")
        if name not in self.indexes:
            raise CommandError(27, f"index not found with name [{name}]")
        del self.indexes[name]
        self.unique.pop(name, None)

    def _forget(self, key):
        old = self.documents.get(key)
        for name, entries in self.unique.items() if old is not None else ():
            entry = self._entry(self.indexes[name], old)
            if entries.get(entry) == key:
                del entries[entry]

    @staticmethod
    def _entry(index, document):
        values = [lookup(document, path) for path in index["key"]]
        if index.get("sparse") and all(value is MISSING for value in values):
            return None
        return tuple(sort_key(value) for value in values)

    def _duplicate(self, index, document):
        found = {path: lookup(document, path) for path in index["key"]}
        found = {path: None if value is MISSING else value for path, value in found.items()}
        return CommandError(
            11000,
            f"E11000 duplicate key error collection: {self.namespace} index: {index['name']} "
            f"dup key: {shell_text(found)}",
            keyPattern=index["key"],
            keyValue=found,
        )


class Store:
    """All databases and users. Every change goes through here into the journal. Not thread-safe."""

    def __init__(self, directory):
        self.collections = {}
        self.users = {}
        self.journal = Journal(os.path.join(directory, "standin.journal"))
        self.fresh = not os.path.exists(self.journal.path)
        for record in self.journal.replay():
            self._apply(record)
        self.journal.rewrite(self._snapshot())

    def get(self, namespace):
        return self.collections.get(namespace)

    def ensure(self, namespace):
        """The collection, made if it is missing."""
        if namespace not in self.collections:
            self._do({"op": "create", "ns": namespace})
        return self.collections[namespace]

    def insert(self, namespace, document):
        self.ensure(namespace).insert(document)
        self.journal.append({"op": "put", "ns": namespace, "doc": document})

    def put(self, namespace, document):
        self._do({"op": "put", "ns": namespace, "doc": document})

    def remove(self, namespace, identity):
        self._do({"op": "remove", "ns": namespace, "id": identity})

    def add_index(self, namespace, index):
        added = self.ensure(namespace).add_index(index)
        if added:
            self.journal.append({"op": "index", "ns": namespace, "index": index})
        return added

    def drop_index(self, namespace, name):
        self._do({"op": "drop_index", "ns": namespace, "name": name})

    def drop(self, namespace):
        self._do({"op": "drop", "ns": namespace})

    def add_user(self, name, credentials):
        """name is "database.user"."""
        self._do({"op": "user", "name": name, "credentials": credentials})

    def in_database(self, database):
        prefix = database + "."
        return {
            name[len(prefix) :]: found for name, found in sorted(self.collections.items()) if name.startswith(prefix)
        }

    def commit(self):
        self.journal.commit()

    def close(self):
        self.journal.close()

    def _do(self, record):
        self._apply(record)
        self.journal.append(record)

    def _apply(self, record):
        action, namespace = record["op"], record.get("ns")
        if action == "user":
            self.users[record["name"]] = record["credentials"]
        elif action == "create":
            self.collections[namespace] = Collection(namespace)
        elif action == "drop":
            self.collections.pop(namespace, None)
        elif action == "put":
            self.collections[namespace].put(record["doc"])
        elif action == "remove":
            self.collections[namespace].remove(record["id"])
        elif action == "index":
            self.collections[namespace].add_index(record["index"])
        elif action == "drop_index":
            self.collections[namespace].drop_index(record["name"])

    def _snapshot(self):
        for name, credentials in self.users.items():
            yield {"op": "user", "name": name, "credentials": credentials}
        for namespace, collection in self.collections.items():
            yield {"op": "create", "ns": namespace}
            for name, index in collection.indexes.items():
                if name != "_id_":
                    yield {"op": "index", "ns": namespace, "index": index}
            for document in collection.documents.values():
                yield {"op": "put", "ns": namespace, "doc": document}
