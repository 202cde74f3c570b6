# SPDX-License-Identifier: MIT
"""Credit accounts. An account never changes; its balance is that of its newest ledger entry, cached in Redis."""
import json
import secrets

from core import metrics
from utils.clock import now
from utils.deadline import guarded
from utils.errors import DependencyDown, ServiceError


class Accounts:
    def __init__(self, stores, ledger, cache_seconds):
        self._accounts, self._cache = stores.db.accounts, stores.cache
        self._ledger, self._seconds = ledger, cache_seconds

    def open(self, owner, currency, credit_limit):
        account = {"_id": "acc_" + secrets.token_hex(8), "owner": owner, "currency": currency,
                   "credit_limit": credit_limit, "opened_at": now()}
        with guarded("mongodb"):
            self._accounts.insert_one(account)
        metrics.accounts_opened.inc()
        return account

    def of(self, owner):
        with guarded("mongodb"):
            return list(self._accounts.find({"owner": owner}).sort([("opened_at", 1)]).limit(200))

    def get(self, account_id, owner):
        """The account, if it belongs to the owner; another's account looks like one that does not exist."""
        with guarded("mongodb"):
            account = self._accounts.find_one({"_id": account_id, "owner": owner})
        if account is None:
            raise ServiceError(404, "no_such_account", f"there is no account {account_id}")
        return account

    def view(self, account):
        shown = {name: account[name] for name in ("owner", "currency", "credit_limit", "opened_at")}
        return {"id": account["_id"], **shown, **self._balance(account["_id"])}

    def forget_balance(self, account_id):
        """After a booking. The booking stands even if Redis is away; the cached balance then ends by itself."""
        try:
            with guarded("redis"):
                self._cache.delete(f"balance:{account_id}")
        except DependencyDown:
            metrics.cache.labels("unavailable").inc()

    def _balance(self, account_id):
        key = f"balance:{account_id}"
        with guarded("redis"):
            cached = self._cache.get(key)
        metrics.cache.labels("hit" if cached else "miss").inc()
        if cached:
            return json.loads(cached)
        balance = self._ledger.balance(account_id)
        with guarded("redis"):
            self._cache.set(key, json.dumps(balance), ex=self._seconds)
        return balance
