# SPDX-License-Identifier: MIT
"""Writes a backup of the credit service's data to stdout: accounts, ledger and alerts of MongoDB, users of Redis.

One JSON document a line (bson's extended JSON). The last line has the number of lines and their SHA-256, so that
restore.py can tell a whole backup from a torn one. Sessions, cache and rate limits are not in it.
"""
import hashlib
import sys

from bson import json_util
from store_access import run

from utils.clock import now
from utils.deadline import guarded

COLLECTIONS = ("accounts", "ledger", "alerts")


def documents(stores):
    yield {"kind": "crstack-credit-backup", "version": 1, "made_at": now()}
    for name in COLLECTIONS:
        # By _id: the ledger's ids are account:seq, so each chain comes in order and can grow while it is read.
        for document in stores.db[name].find({}).sort([("_id", 1)]):
            yield {"kind": name, "document": document}
    for key in sorted(stores.cache.scan_iter("user:*")):
        yield {"kind": "user", "key": key, "value": stores.cache.get(key)}


def backup(stores, out=sys.stdout.buffer):
    digest, lines = hashlib.sha256(), 0
    with guarded("a store", 600):
        for document in documents(stores):
            line = json_util.dumps(document).encode() + b"\n"
            digest.update(line)
            out.write(line)
            lines += 1
    out.write(json_util.dumps({"kind": "end", "lines": lines, "sha256": digest.hexdigest()}).encode() + b"\n")
    out.flush()
    print(f"backup: {lines} lines", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run(backup)
