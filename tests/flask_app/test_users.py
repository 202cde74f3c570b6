# SPDX-License-Identifier: MIT
"""Users, sessions, rate limits."""
from harness import AppCase


class UsersTest(AppCase):
    SETTINGS = {"logins_per_minute": 5, "signups_per_minute": 3}

    def log_in(self, password):
        return self.http.post("/api/v1/sessions", json={"username": "alice", "password": password})

    def test_a_user_exists_once(self):
        self.sign_in()
        answer = self.http.post("/api/v1/users", json={"username": "alice", "password": "another one"})
        self.assertEqual((answer.status_code, answer.json["error"]["code"]), (409, "user_exists"))

    def test_a_wrong_password_and_an_unknown_user_look_the_same(self):
        unknown = self.log_in("correct horse")
        self.sign_in()
        wrong = self.log_in("wrong password")
        self.assertEqual((unknown.status_code, wrong.status_code), (401, 401))
        self.assertEqual(unknown.json, wrong.json)

    def test_neither_password_nor_token_is_stored(self):
        session = self.sign_in()
        token = session["Authorization"].split()[1]
        stored = "".join(key + self.cache.get(key) for key in self.cache.keys("*"))
        self.assertNotIn("correct horse", stored)
        self.assertNotIn(token, stored)

    def test_a_session_ends_with_log_out(self):
        session = self.sign_in()
        self.assertEqual(self.http.get("/api/v1/accounts", headers=session).status_code, 200)
        self.assertEqual(self.http.delete("/api/v1/sessions", headers=session).status_code, 204)
        self.assertEqual(self.http.get("/api/v1/accounts", headers=session).status_code, 401)

    def test_a_session_has_an_end(self):
        self.sign_in()
        self.assertLessEqual(self.cache.ttl(self.cache.keys("session:*")[0]), 3600)

    def test_without_a_session_nothing_is_shown(self):
        self.assertEqual(self.http.get("/api/v1/accounts").status_code, 401)
        self.assertEqual(self.http.get("/api/v1/accounts", headers={"Authorization": "Bearer x"}).status_code, 401)

    def test_guessing_passwords_is_limited(self):
        codes = [self.log_in("wrong password").status_code for _ in range(6)]
        self.assertEqual(codes, [401] * 5 + [429])
        self.assertGreater(int(self.log_in("wrong password").headers["Retry-After"]), 0)

    def test_signing_up_in_masses_is_limited(self):
        users = [{"username": f"user{number}", "password": "correct horse"} for number in range(4)]
        codes = [self.http.post("/api/v1/users", json=user).status_code for user in users]
        self.assertEqual(codes, [201, 201, 201, 429])

    def test_input_is_checked_and_the_field_named(self):
        for body in ({"username": "a b", "password": "correct horse"}, {"username": 7, "password": "correct horse"}):
            self.assertEqual(self.http.post("/api/v1/users", json=body).json["error"]["field"], "username")
        answer = self.http.post("/api/v1/users", json={"username": "bob", "password": "short"})
        self.assertEqual(answer.json["error"]["field"], "password")
        self.assertEqual(self.http.post("/api/v1/users", data="[]", content_type="application/json").status_code, 400)
