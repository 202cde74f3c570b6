# SPDX-License-Identifier: MIT
"""Follows the hash chain of every account. Exit code 1 if one is broken."""

from store_access import run

from core.ledger import Ledger
from utils.deadline import guarded


def verify(stores):
    ledger, broken, total = Ledger(stores.db, plugins=None), 0, 0
    with guarded("mongodb", 600):
        for account in stores.db.accounts.find({}).sort([("_id", 1)]):
            entries, broken_at = ledger.verify(account["_id"])
            total += entries
            if broken_at is not None:
                broken += 1
                print(f"{account['_id']}: broken at entry {broken_at}")
    print(f"ledger: {total} entries intact, {broken} chains broken")
    return 1 if broken else 0


if __name__ == "__main__":
    run(verify)
