# SPDX-License-Identifier: MIT
"""Health, metrics, alerts, and what happens when a store is away."""
import time

import redis

from harness import AppCase

NOTIFICATION = {"version": "4", "status": "firing", "alerts": [
    {"status": "firing", "labels": {"alertname": "RedisDown", "severity": "critical"},
     "annotations": {"summary": "Redis does not answer"}, "startsAt": "2024-01-01T00:00:00Z", "fingerprint": "abc"}]}


class OperationsTest(AppCase):
    def state_of(self, name):
        return self.http.get("/health").json["dependencies"][name]["state"]

    def sample(self, name):
        lines = self.http.get("/metrics").text.splitlines()
        return [float(line.split()[-1]) for line in lines if line.split(" ")[0] == name]

    def lose_redis(self):
        self.cache.connection_pool.disconnect()
        self.cache.connection_pool = redis.Redis(unix_socket_path="/nonexistent/redis.sock").connection_pool

    def test_all_is_well(self):
        answer = self.http.get("/health")
        self.assertEqual((answer.status_code, answer.json["status"]), (200, "ok"))
        self.assertEqual({name: state["state"] for name, state in answer.json["dependencies"].items()},
                         {"mongodb": "up", "redis": "up", "vault": "up"})

    def test_the_time_to_answer_is_measured(self):
        command = self.db.command
        self.db.command = lambda name: time.sleep(0.05) or command(name)
        self.assertGreaterEqual(self.http.get("/health").json["dependencies"]["mongodb"]["milliseconds"], 50)

    def test_a_lost_redis_is_named(self):
        self.lose_redis()
        self.assertEqual(self.http.get("/health").status_code, 503)
        self.assertEqual((self.state_of("redis"), self.state_of("mongodb")), ("down", "up"))
        self.assertEqual(self.http.get("/health/live").status_code, 200)
        self.assertEqual(self.sample('credit_dependency_up{dependency="redis"}'), [0.0])
        self.assertEqual(self.sample('credit_dependency_up{dependency="mongodb"}'), [1.0])
        self.assertEqual(self.sample("credit_redis_connected_clients"), [])
        with self.assertLogs("credit.http", "ERROR"):
            answer = self.http.get("/api/v1/accounts", headers={"Authorization": "Bearer x"})
        self.assertEqual((answer.status_code, answer.json["error"]["dependency"]), (503, "redis"))

    def test_a_lost_mongodb_is_named(self):
        session = self.sign_in()
        self.db.down = True
        self.assertEqual((self.state_of("mongodb"), self.state_of("redis")), ("down", "up"))
        with self.assertLogs("credit.http", "ERROR"):
            answer = self.http.post("/api/v1/accounts", json={}, headers=session)
        self.assertEqual((answer.status_code, answer.json["error"]["dependency"]), (503, "mongodb"))

    def test_the_stores_figures_are_in_the_metrics(self):
        self.assertEqual(self.sample("credit_mongodb_connections_current"), [3.0])
        self.assertGreater(self.sample("credit_redis_connected_clients")[0], 0)
        self.assertGreater(self.sample("credit_redis_memory_used_bytes")[0], 0)

    def test_a_booking_is_counted(self):
        name = 'credit_bookings_total{outcome="booked",type="credit"}'
        before = sum(self.sample(name))
        session = self.sign_in()
        self.book(session, self.open_account(session), "key-00001", type="credit", amount=5)
        self.assertEqual(sum(self.sample(name)), before + 1)

    def test_an_alert_is_logged_and_kept_even_without_redis(self):
        self.lose_redis()
        with self.assertLogs("credit.alerts", "WARNING") as logged:
            self.assertEqual(self.http.post("/webhook/alertmanager", json=NOTIFICATION).json, {"stored": 1})
        self.assertIn("alert RedisDown firing: Redis does not answer", logged.output[0])
        alert = self.http.get("/api/v1/alerts").json["alerts"][0]
        self.assertEqual((alert["alertname"], alert["status"]), ("RedisDown", "firing"))

    def test_an_alert_that_cannot_be_kept_is_asked_for_again(self):
        self.db.down = True
        with self.assertLogs("credit", "WARNING"):
            self.assertEqual(self.http.post("/webhook/alertmanager", json=NOTIFICATION).status_code, 503)

    def test_what_is_not_a_notification_is_refused(self):
        for body in ({}, {"alerts": "x"}, {"alerts": [1]}):
            self.assertEqual(self.http.post("/webhook/alertmanager", json=body).status_code, 400)

    def test_errors_are_json_and_carry_a_request_id(self):
        answer = self.http.get("/nowhere", headers={"X-Request-ID": "abc123"})
        self.assertEqual((answer.status_code, answer.json["error"]["code"]), (404, "not_found"))
        self.assertEqual(answer.headers["X-Request-ID"], "abc123")
