# SPDX-License-Identifier: MIT
"""The commands on data: insert, find, update, delete, aggregate, indexes and collections."""
import itertools

from bson.int64 import Int64
from bson.objectid import ObjectId

from . import aggregate as pipeline
from . import query, update
from .errors import CommandError
from .values import check_document, sort_documents

FIRST_BATCH = 101


class Data:
    """Runs commands on a store. Not thread-safe: the server holds its lock."""

    def __init__(self, store):
        self.store = store
        self.cursors = {}
        self.cursor_ids = itertools.count(1)
        self.counters = dict.fromkeys(("insert", "query", "update", "delete", "getmore", "command"), 0)

    def run(self, name, database, command):
        """The answer to a command, or None if it isn't one of these."""
        action = getattr(self, "_" + name.lower(), None)
        return action(database, command) if action else None

    def _find_documents(self, namespace, command, key):
        collection = self.store.get(namespace)
        documents = collection.find(command.get(key) or {}) if collection else []
        if command.get("sort"):
            sort_documents(documents, command["sort"])
        documents = documents[command.get("skip") or 0 :]
        limit = abs(command.get("limit") or 0)
        return documents[:limit] if limit else documents

    def _cursor(self, namespace, documents, batch_size, single=False):
        size = FIRST_BATCH if batch_size is None else batch_size
        batch, rest = documents[:size], documents[size:]
        identity = 0
        if rest and not single:
            identity = next(self.cursor_ids)
            self.cursors[identity] = (namespace, rest)
        return {"cursor": {"firstBatch": batch, "id": Int64(identity), "ns": namespace}, "ok": 1.0}

    def _find(self, database, command):
        self.counters["query"] += 1
        namespace = f"{database}.{command['find']}"
        documents = self._find_documents(namespace, command, "filter")
        documents = [query.project(document, command.get("projection")) for document in documents]
        return self._cursor(namespace, documents, command.get("batchSize"), command.get("singleBatch", False))

    def _getmore(self, _database, command):
        self.counters["getmore"] += 1
        identity = command["getMore"]
        if identity not in self.cursors:
            raise CommandError(43, f"cursor id {identity} not found")
        namespace, documents = self.cursors.pop(identity)
        size = command.get("batchSize") or len(documents)
        batch, rest = documents[:size], documents[size:]
        if rest:
            self.cursors[identity] = (namespace, rest)
        return {"cursor": {"nextBatch": batch, "id": Int64(identity if rest else 0), "ns": namespace}, "ok": 1.0}

    def _killcursors(self, _database, command):
        killed = [identity for identity in command["cursors"] if self.cursors.pop(identity, None)]
        absent = [identity for identity in command["cursors"] if identity not in killed]
        return {"cursorsKilled": killed, "cursorsNotFound": absent, "cursorsAlive": [], "cursorsUnknown": [], "ok": 1.0}

    def _count(self, database, command):
        documents = self._find_documents(f"{database}.{command['count']}", command, "query")
        return {"n": len(documents), "ok": 1.0}

    def _distinct(self, database, command):
        documents = self._find_documents(f"{database}.{command['distinct']}", command, "query")
        return {"values": query.distinct(documents, command["key"]), "ok": 1.0}

    def _aggregate(self, database, command):
        self.counters["query"] += 1
        namespace = f"{database}.{command['aggregate']}"
        collection = self.store.get(namespace)
        documents = pipeline.run(list(collection.documents.values()) if collection else [], command["pipeline"])
        return self._cursor(namespace, documents, command.get("cursor", {}).get("batchSize"))

    @staticmethod
    def _each(command, items, action):
        """Runs the items of a write command; an ordered one ends at its first error."""
        errors = []
        for index, item in enumerate(items):
            try:
                action(index, item)
            except CommandError as error:
                errors.append(error.write_error(index))
                if command.get("ordered", True):
                    break
        return {"writeErrors": errors} if errors else {}

    def _insert(self, database, command):
        namespace, done = f"{database}.{command['insert']}", []

        def insert(_index, document):
            document = document if "_id" in document else {"_id": ObjectId(), **document}
            check_document(document)
            self.store.insert(namespace, document)
            done.append(document)

        errors = self._each(command, command["documents"], insert)
        self.counters["insert"] += len(done)
        return {"n": len(done), **errors, "ok": 1.0}

    def _update(self, database, command):
        namespace, totals, upserted = f"{database}.{command['update']}", [0, 0], []

        def change(index, item):
            matched, modified, identity = self._update_one_item(namespace, item)
            totals[0] += matched
            totals[1] += modified
            if identity is not None:
                upserted.append({"index": index, "_id": identity[0]})

        errors = self._each(command, command["updates"], change)
        self.counters["update"] += len(command["updates"])
        answer = {"n": totals[0] + len(upserted), "nModified": totals[1], **errors, "ok": 1.0}
        return {**answer, "upserted": upserted} if upserted else answer

    def _update_one_item(self, namespace, item):
        """(matched, modified, [upserted id] or None)."""
        if item.get("arrayFilters"):
            raise CommandError(2, "arrayFilters are not supported by the stand-in")
        collection = self.store.get(namespace)
        found = collection.find(item["q"]) if collection else []
        if not item.get("multi"):
            found = found[:1]
        if not found and item.get("upsert"):
            return 0, 0, [self._upsert(namespace, item["q"], item["u"])["_id"]]
        modified = 0
        for document in found:
            modified += self._replace(namespace, document, item["u"]) is not document
        return len(found), modified, None

    def _replace(self, namespace, document, change):
        """The changed document; the same object if the change changes nothing."""
        changed = update.apply(document, change)
        if changed == document and list(changed) == list(document):
            return document
        check_document(changed)
        self.store.put(namespace, changed)
        return changed

    def _upsert(self, namespace, condition, change):
        document = update.apply(update.seed(condition), change, inserting=True)
        document = {"_id": document.pop("_id", None) or ObjectId(), **document}
        self.store.insert(namespace, document)
        return document

    def _delete(self, database, command):
        namespace, removed = f"{database}.{command['delete']}", []

        def remove(_index, item):
            collection = self.store.get(namespace)
            found = collection.find(item["q"]) if collection else []
            for document in found[:1] if item.get("limit") else found:
                self.store.remove(namespace, document["_id"])
                removed.append(document)

        errors = self._each(command, command["deletes"], remove)
        self.counters["delete"] += len(command["deletes"])
        return {"n": len(removed), **errors, "ok": 1.0}

    def _findandmodify(self, database, command):
        namespace = f"{database}.{command.get('findAndModify', command.get('findandmodify'))}"
        found = self._find_documents(namespace, {**command, "limit": 1}, "query")
        before = found[0] if found else None
        if command.get("remove"):
            if before is not None:
                self.store.remove(namespace, before["_id"])
            return self._modified(before, {"n": int(before is not None)}, command)
        if before is None:
            if not command.get("upsert"):
                return self._modified(None, {"n": 0, "updatedExisting": False}, command)
            after = self._upsert(namespace, command.get("query") or {}, command["update"])
            return self._modified(
                after if command.get("new") else None,
                {"n": 1, "updatedExisting": False, "upserted": after["_id"]},
                command,
            )
        after = self._replace(namespace, before, command["update"])
        return self._modified(after if command.get("new") else before, {"n": 1, "updatedExisting": True}, command)

    @staticmethod
    def _modified(value, last_error, command):
        value = query.project(value, command.get("fields")) if value is not None else None
        return {"lastErrorObject": last_error, "value": value, "ok": 1.0}

    def _create(self, database, command):
        namespace = f"{database}.{command['create']}"
        if self.store.get(namespace):
            raise CommandError(48, f"Collection {namespace} already exists.")
        self.store.ensure(namespace)
        return {"ok": 1.0}

    def _drop(self, database, command):
        namespace = f"{database}.{command['drop']}"
        collection = self.store.get(namespace)
        if collection is None:
            raise CommandError(26, "ns not found")
        self.store.drop(namespace)
        return {"nIndexesWas": len(collection.indexes), "ns": namespace, "ok": 1.0}

    def _dropdatabase(self, database, _command):
        for name in self.store.in_database(database):
            self.store.drop(f"{database}.{name}")
        return {"dropped": database, "ok": 1.0}

    def _createindexes(self, database, command):
        namespace = f"{database}.{command['createIndexes']}"
        made = self.store.get(namespace) is None
        before = len(self.store.ensure(namespace).indexes)
        for index in command["indexes"]:
            name = index.get("name") or "_".join(f"{path}_{way}" for path, way in index["key"].items())
            self.store.add_index(namespace, {"v": 2, **index, "name": name})
        after = len(self.store.get(namespace).indexes)
        return {"numIndexesBefore": before, "numIndexesAfter": after, "createdCollectionAutomatically": made, "ok": 1.0}

    def _dropindexes(self, database, command):
        namespace = f"{database}.{command['dropIndexes']}"
        collection = self.store.get(namespace)
        if collection is None:
            raise CommandError(26, f"ns not found {namespace}")
        before = len(collection.indexes)
        wanted = command["index"]
        names = [name for name in collection.indexes if name != "_id_"] if wanted == "*" else [wanted]
        for name in names:
            self.store.drop_index(namespace, name)
        return {"nIndexesWas": before, "ok": 1.0}

    def _listindexes(self, database, command):
        namespace = f"{database}.{command['listIndexes']}"
        collection = self.store.get(namespace)
        if collection is None:
            raise CommandError(26, f"ns does not exist: {namespace}")
        return self._cursor(namespace, list(collection.indexes.values()), None)

    def _listcollections(self, database, command):
        found = [
            {
                "name": name,
                "type": "collection",
                "options": {},
                "info": {"readOnly": False},
                "idIndex": collection.indexes["_id_"],
            }
            for name, collection in self.store.in_database(database).items()
        ]
        found = [entry for entry in found if query.matches(entry, command.get("filter") or {})]
        return self._cursor(f"{database}.$cmd.listCollections", found, None)

    def _listdatabases(self, _database, _command):
        names = sorted({namespace.split(".")[0] for namespace in self.store.collections} | {"admin"})
        databases = [{"name": name, "sizeOnDisk": 0.0, "empty": False} for name in names]
        return {"databases": databases, "totalSize": 0.0, "ok": 1.0}
