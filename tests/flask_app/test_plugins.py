# SPDX-License-Identifier: MIT
"""Plugins: rules that refuse, notices that must not disturb, files that can't be loaded."""
import tempfile
from pathlib import Path

from harness import AppCase

_SOURCES = {
    "rule.py": "'''No sevens.'''\nfrom utils.errors import ServiceError\n"
               "def before_booking(a, e):\n    if e['amount'] == 7: raise ServiceError(422, 'seven', 'no sevens')\n"
               "    if e['amount'] == 8: raise KeyError('bug')\n",
    "notice.py": "def after_booking(a, e):\n    raise RuntimeError('notice failed')\n",
    "broken.py": "import no_such_module\n",
    "_ignored.py": "raise RuntimeError('never loaded')\n",
}


class PluginsTest(AppCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, source in _SOURCES.items():
            Path(folder.name, name).write_text(source, encoding="ascii")
        self.PLUGINS = folder.name
        with self.assertLogs("credit.plugins", "ERROR") as logged:
            super().setUp()
        self.assertIn("plugin broken can't be loaded", logged.output[0])
        self.session = self.sign_in()
        self.account = self.open_account(self.session)

    def credit(self, amount):
        return self.book(self.session, self.account, f"key-{amount:05d}", type="credit", amount=amount)

    def test_they_are_listed_with_what_failed(self):
        listed = self.http.get("/api/v1/plugins").json
        self.assertEqual(listed["loaded"], [{"name": "notice", "about": ""}, {"name": "rule", "about": "No sevens."}])
        self.assertEqual(listed["failed"], [{"name": "broken", "error": "ModuleNotFoundError"}])

    def test_a_rule_refuses(self):
        answer = self.credit(7)
        self.assertEqual((answer.status_code, answer.json["error"]["code"]), (422, "seven"))

    def test_a_rule_that_fails_lets_nothing_through(self):
        with self.assertLogs("credit.plugins", "ERROR"):
            self.assertEqual(self.credit(8).status_code, 500)
        self.assertEqual(self.db.ledger.documents, [])

    def test_a_notice_that_fails_leaves_the_booking(self):
        with self.assertLogs("credit.plugins", "ERROR"):
            self.assertEqual(self.credit(9).status_code, 201)
        self.assertEqual(len(self.db.ledger.documents), 1)


class ShippedPluginsTest(AppCase):
    def test_the_booking_limit_holds(self):
        session = self.sign_in()
        account = self.open_account(session)
        answer = self.book(session, account, "key-00001", type="credit", amount=100_000_001)
        self.assertEqual((answer.status_code, answer.json["error"]["code"]), (422, "booking_limit"))
        self.assertEqual(self.book(session, account, "key-00002", type="credit", amount=100_000_000).status_code, 201)
