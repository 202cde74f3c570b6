# SPDX-License-Identifier: MIT
"""Reads a backup from stdin into the stores. What is there already stays: the ledger is append-only.

The whole backup is checked before anything is written. A document that is there with another content is an error
that is reported and leaves the rest untouched: restore into empty volumes, or accept that nothing is overwritten.
"""
import hashlib
import sys

from bson import json_util
from pymongo.errors import DuplicateKeyError
from store_access import run

from utils.deadline import guarded


class BadBackup(Exception):
    """Not a backup, or not a whole one."""


def read(source):
    lines = source.read().splitlines(keepends=True)
    documents = [json_util.loads(line) for line in lines]
    if not documents or documents[0].get("kind") != "crstack-credit-backup" or documents[0].get("version") != 1:
        raise BadBackup("this is not a backup of version 1")
    end = documents[-1]
    whole = end.get("kind") == "end" and end["lines"] == len(lines) - 1
    if not whole or hashlib.sha256(b"".join(lines[:-1])).hexdigest() != end["sha256"]:
        raise BadBackup("the backup is torn or was changed: its checksum does not fit")
    return documents[1:-1]


def put(stores, item):
    """'restored', 'present' (the same is there) or 'different' (something else is there)."""
    if item["kind"] == "user":
        if stores.cache.set(item["key"], item["value"], nx=True):
            return "restored"
        return "present" if stores.cache.get(item["key"]) == item["value"] else "different"
    collection, document = stores.db[item["kind"]], item["document"]
    try:
        collection.insert_one(dict(document))
        return "restored"
    except DuplicateKeyError:
        return "present" if collection.find_one({"_id": document["_id"]}) == document else "different"


def restore(stores, source=sys.stdin.buffer):
    try:
        items = read(source)
    except (BadBackup, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    stores.ensure_indexes()
    counts = {"restored": 0, "present": 0, "different": 0}
    with guarded("a store", 600):
        for item in items:
            outcome = put(stores, item)
            counts[outcome] += 1
            if outcome == "different":
                print(f"kept as it is, differs from the backup: {item.get('key') or item['document']['_id']}", file=sys.stderr)
    print(f"restore: {counts['restored']} restored, {counts['present']} there already, {counts['different']} different")
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    run(restore)
