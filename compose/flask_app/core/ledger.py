# SPDX-License-Identifier: MIT
"""The ledger: append-only, one document for each booking, a chain for each account.

A booking is a single insert, and an entry carries the balance after it. Two unique indexes do the rest without any
transaction: (account, seq) lets just one of two concurrent bookings append to the same predecessor, the other one
reads again; (account, idempotency_key) makes sure that a repeated request books once. Each entry has the SHA-256 of its
predecessor, so that a change made behind the service's back shows (`verify`).
"""
import hashlib
import json

from pymongo.errors import DuplicateKeyError

from core import metrics
from utils.clock import now
from utils.deadline import guarded
from utils.errors import ServiceError

GENESIS = "0" * 64
ATTEMPTS = 50
_HASHED = ("account", "seq", "type", "amount", "currency", "balance_after", "reference", "actor", "idempotency_key",
           "booked_at", "previous_hash")


def entry_hash(entry):
    text = json.dumps([entry[name] for name in _HASHED], separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def public(entry):
    return {name: entry[name] for name in (*_HASHED, "hash")}


class Ledger:
    def __init__(self, db, plugins):
        self._entries, self._plugins = db.ledger, plugins

    def last(self, account_id):
        """The newest entry of an account, or None."""
        with guarded("mongodb"):
            return self._entries.find_one({"account": account_id}, sort=[("seq", -1)])

    def balance(self, account_id):
        last = self.last(account_id)
        return {"balance": last["balance_after"] if last else 0, "seq": last["seq"] if last else 0}

    def book(self, account, kind, amount, reference, actor, key):
        """Appends a booking. Returns (entry, was it booked before). Raises ServiceError when it is refused."""
        wanted = {"type": kind, "amount": amount, "reference": reference}
        for _ in range(ATTEMPTS):
            known = self._find_key(account["_id"], key)
            if known:
                return self._replay(known, wanted), True
            entry = self._next_entry(account, wanted, actor, key)
            self._plugins.before_booking(account, dict(entry))
            try:
                with guarded("mongodb"):
                    self._insert(entry)
            except _Overtaken:
                continue
            metrics.bookings.labels(kind, "booked").inc()
            metrics.booked_cents.labels(kind, account["currency"]).inc(amount)
            self._plugins.after_booking(account, public(entry))
            return entry, False
        raise ServiceError(503, "busy", "too many bookings on this account at the same time, try again")

    def page(self, account_id, after_seq, limit):
        with guarded("mongodb"):
            cursor = self._entries.find({"account": account_id, "seq": {"$gt": after_seq}})
            return list(cursor.sort([("seq", 1)]).limit(limit))

    def verify(self, account_id):
        """Follows the whole chain. Returns (entries read, first seq that does not fit or None)."""
        previous, balance, seq = GENESIS, 0, 0
        while True:
            entries = self.page(account_id, seq, 500)
            if not entries:
                return seq, None
            for entry in entries:
                balance += entry["amount"] if entry["type"] == "credit" else -entry["amount"]
                fits = (entry["seq"] == seq + 1 and entry["previous_hash"] == previous
                        and entry["hash"] == entry_hash(entry) and entry["balance_after"] == balance)
                if not fits:
                    return seq, seq + 1
                previous, seq = entry["hash"], entry["seq"]

    def _insert(self, entry):
        try:
            self._entries.insert_one(entry)
        except DuplicateKeyError as error:
            raise _Overtaken from error

    def _find_key(self, account_id, key):
        with guarded("mongodb"):
            return self._entries.find_one({"account": account_id, "idempotency_key": key})

    @staticmethod
    def _replay(entry, wanted):
        if any(entry[name] != value for name, value in wanted.items()):
            raise ServiceError(409, "key_reused", "this Idempotency-Key belongs to another booking")
        metrics.bookings.labels(entry["type"], "replayed").inc()
        return entry

    def _next_entry(self, account, wanted, actor, key):
        last = self.last(account["_id"])
        balance = last["balance_after"] if last else 0
        balance += wanted["amount"] if wanted["type"] == "credit" else -wanted["amount"]
        if balance < -account["credit_limit"]:
            metrics.bookings.labels(wanted["type"], "refused").inc()
            raise ServiceError(422, "credit_limit", "the booking would exceed the account's credit limit")
        seq = last["seq"] + 1 if last else 1
        entry = {"_id": f"{account['_id']}:{seq:012d}", "account": account["_id"], "seq": seq, **wanted,
                 "currency": account["currency"], "balance_after": balance, "actor": actor, "idempotency_key": key,
                 "booked_at": now(), "previous_hash": last["hash"] if last else GENESIS}
        entry["hash"] = entry_hash(entry)
        return entry


class _Overtaken(Exception):
    """Another booking took this place in the chain, or this key, first."""
