# SPDX-License-Identifier: MIT
"""The command-line tools: backup, restore, verification."""
import contextlib
import io

from harness import AppCase  # first: it puts the application and its tools on the path

import backup
import restore
import verify_ledger
from core.stores import Stores
from fake_mongo import FakeDatabase


def quietly(tool, *arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        return tool(*arguments), out.getvalue() + err.getvalue()


class BackupTest(AppCase):
    def setUp(self):
        super().setUp()
        self.session = self.sign_in()
        account = self.open_account(self.session)
        for number in range(3):
            self.book(self.session, account, f"key-0000{number}", type="credit", amount=100)
        self.saved = io.BytesIO()
        quietly(backup.backup, self.stores, self.saved)

    def restore(self, stores, data=None):
        return quietly(restore.restore, stores, io.BytesIO(data or self.saved.getvalue()))

    def test_it_comes_back_into_empty_stores(self):
        self.cache.flushall()
        empty = Stores(FakeDatabase(), self.cache)
        self.assertEqual(self.restore(empty), (0, "restore: 5 restored, 0 there already, 0 different\n"))
        self.assertEqual(empty.db.ledger.documents, self.db.ledger.documents)
        self.assertEqual(quietly(verify_ledger.verify, empty), (0, "ledger: 3 entries intact, 0 chains broken\n"))
        answer = self.http.post("/api/v1/sessions", json={"username": "alice", "password": "correct horse"})
        self.assertEqual(answer.status_code, 200)

    def test_a_second_restore_changes_nothing(self):
        self.assertEqual(self.restore(self.stores), (0, "restore: 0 restored, 5 there already, 0 different\n"))

    def test_nothing_is_overwritten(self):
        self.db.ledger.documents[1]["amount"] = 1
        code, text = self.restore(self.stores)
        self.assertEqual((code, "differs from the backup" in text), (1, True))
        self.assertEqual(self.db.ledger.documents[1]["amount"], 1)
        code, text = quietly(verify_ledger.verify, self.stores)
        self.assertEqual((code, "broken at entry 2" in text), (1, True))

    def test_a_torn_or_changed_backup_restores_nothing(self):
        empty = Stores(FakeDatabase(), self.cache)
        whole = self.saved.getvalue()
        torn = b"".join(whole.splitlines(keepends=True)[:-2])
        for data in (torn, whole.replace(b'"amount": 100', b'"amount": 900', 1), b"x\n", whole[:-20]):
            self.assertEqual(self.restore(empty, data)[0], 1)
        self.assertEqual(empty.db.ledger.documents, [])
