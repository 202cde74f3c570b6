# SPDX-License-Identifier: MIT
"""Accounts and the append-only ledger."""
import threading

from harness import AppCase


class LedgerTest(AppCase):
    def setUp(self):
        super().setUp()
        self.session = self.sign_in()
        self.account = self.open_account(self.session, currency="EUR", credit_limit=1000)

    def credit(self, key, amount, **fields):
        return self.book(self.session, self.account, key, type="credit", amount=amount, **fields)

    def debit(self, key, amount):
        return self.book(self.session, self.account, key, type="debit", amount=amount)

    def entries(self, query=""):
        path = f"/api/v1/accounts/{self.account}/transactions{query}"
        return self.http.get(path, headers=self.session).json["transactions"]

    def balance(self):
        return self.http.get(f"/api/v1/accounts/{self.account}", headers=self.session).json["balance"]

    def test_bookings_append_and_carry_the_balance(self):
        self.assertEqual(self.credit("key-00001", 1250, reference="salary").status_code, 201)
        self.assertEqual(self.debit("key-00002", 250).status_code, 201)
        self.assertEqual([(e["seq"], e["type"], e["balance_after"]) for e in self.entries()],
                         [(1, "credit", 1250), (2, "debit", 1000)])
        self.assertEqual(self.balance(), 1000)

    def test_a_booking_ends_the_cached_balance(self):
        self.assertEqual(self.balance(), 0)
        self.credit("key-00001", 5)
        self.assertEqual(self.balance(), 5)

    def test_a_repeated_request_books_once(self):
        first, second = self.credit("key-00001", 100), self.credit("key-00001", 100)
        self.assertEqual((first.status_code, second.status_code), (201, 200))
        self.assertEqual(second.headers["Idempotent-Replayed"], "true")
        self.assertEqual(first.json, second.json)
        self.assertEqual(len(self.entries()), 1)

    def test_a_key_used_for_another_booking_is_refused(self):
        self.credit("key-00001", 100)
        answer = self.credit("key-00001", 101)
        self.assertEqual((answer.status_code, answer.json["error"]["code"]), (409, "key_reused"))

    def test_a_booking_without_a_key_is_refused(self):
        answer = self.http.post(f"/api/v1/accounts/{self.account}/transactions", headers=self.session,
                                json={"type": "credit", "amount": 1})
        self.assertEqual(answer.json["error"]["field"], "Idempotency-Key")

    def test_the_credit_limit_holds(self):
        self.assertEqual(self.debit("key-00001", 1000).status_code, 201)
        answer = self.debit("key-00002", 1)
        self.assertEqual((answer.status_code, answer.json["error"]["code"]), (422, "credit_limit"))
        self.assertEqual(self.balance(), -1000)

    def test_amounts_are_whole_positive_cents(self):
        for amount in (0, -5, 1.5, "7", True, None, 10**13):
            self.assertEqual(self.credit("key-00001", amount).status_code, 400, amount)
        self.assertEqual(self.entries(), [])

    def test_pages_follow_each_other(self):
        for number in range(5):
            self.credit(f"key-0000{number}", 1)
        self.assertEqual([e["seq"] for e in self.entries("?limit=2")], [1, 2])
        self.assertEqual([e["seq"] for e in self.entries("?limit=2&after=2")], [3, 4])

    def test_another_user_sees_nothing(self):
        other = self.sign_in("mallory")
        self.assertEqual(self.http.get(f"/api/v1/accounts/{self.account}", headers=other).status_code, 404)
        self.assertEqual(self.book(other, self.account, "key-00001", type="credit", amount=1).status_code, 404)

    def test_concurrent_bookings_neither_get_lost_nor_double(self):
        def book_twice(number):
            for _ in range(2):
                self.app.test_client().post(
                    f"/api/v1/accounts/{self.account}/transactions", json={"type": "credit", "amount": 10},
                    headers={**self.session, "Idempotency-Key": f"thread-{number:04d}"})

        threads = [threading.Thread(target=book_twice, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([e["seq"] for e in self.entries()], list(range(1, 17)))
        self.assertEqual(self.entries()[-1]["balance_after"], 160)

    def test_a_change_behind_the_services_back_shows(self):
        for number in range(3):
            self.credit(f"key-0000{number}", 100)
        path = f"/api/v1/accounts/{self.account}/verification"
        self.assertEqual(self.http.get(path, headers=self.session).json, {"entries": 3, "intact": True, "broken_at": None})
        self.db.ledger.documents[1]["amount"] = 1
        self.assertEqual(self.http.get(path, headers=self.session).json["broken_at"], 2)
