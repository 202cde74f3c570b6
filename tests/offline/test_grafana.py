#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Grafana stand-in, through its HTTP API, with a data source that the test plays."""
import base64
import http.server
import json
import os
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

from standin import StandIn, free_port, run

PASSWORD = "s3cret"
SOURCES = """apiVersion: 1
datasources:
  - {name: Prometheus, uid: prometheus, type: prometheus, access: proxy, url: "http://127.0.0.1:PORT", isDefault: true}
"""
DASHBOARD = {
    "uid": "stack",
    "title": "Stack <overview>",
    "panels": [{"title": "Up", "datasource": {"uid": "prometheus"}, "targets": [{"refId": "A", "expr": "up"}]}],
}


class Prometheus(http.server.BaseHTTPRequestHandler):
    """Answers every query with one series."""

    def do_GET(self):
        self.server.asked.append(self.path)
        ranged = "query_range" in self.path
        value = {"values": [[1000, "1"], [1005, "0.5"]]} if ranged else {"value": [1000, "1"]}
        value, kind = {"metric": {"job": "web"}, **value}, "matrix" if ranged else "vector"
        raw = json.dumps({"status": "success", "data": {"resultType": kind, "result": [value]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class GrafanaTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.prometheus = http.server.HTTPServer(("127.0.0.1", 0), Prometheus)
        self.prometheus.asked = []
        threading.Thread(target=self.prometheus.serve_forever, daemon=True).start()
        self.addCleanup(self.prometheus.server_close)
        self.addCleanup(self.prometheus.shutdown)
        self.write("password", PASSWORD + "\n")
        self.write("provisioning/datasources/d.yml", SOURCES.replace("PORT", str(self.prometheus.server_port)))
        self.write(
            "provisioning/dashboards/p.yml",
            f"providers: [{{name: a, folder: F, type: file, options: {{path: {self.directory}/dashboards}}}}]",
        )
        self.write("dashboards/stack.json", json.dumps(DASHBOARD))
        self.write("dashboards/broken.json", "{")
        self.port = free_port()
        self.start()
        self.addCleanup(lambda: self.server.kill())

    def variables(self):
        return {
            "GF_SECURITY_ADMIN_PASSWORD__FILE": os.path.join(self.directory, "password"),
            "GF_PATHS_DATA": self.directory,
            "GF_PATHS_PROVISIONING": os.path.join(self.directory, "provisioning"),
            "GF_SERVER_HTTP_PORT": str(self.port),
        }

    def start(self):
        self.server = StandIn("grafana", "grafana_standin.server", ["server"], "listening on", **self.variables())

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def ask(self, path, password=PASSWORD, body=None, **headers):
        """(status, headers, text)."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        if password:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{password}".encode()).decode())
        try:
            with urllib.request.build_opener(NoRedirect).open(request) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def test_health_and_metrics_need_no_log_in_all_else_does(self):
        self.assertEqual(json.loads(self.ask("/api/health", None)[2])["database"], "ok")
        self.assertIn("grafana_stat_totals_dashboard 1\n", self.ask("/metrics", None)[2])
        for path, wanted in (
            ("/api/datasources", 401),
            ("/api/search", 401),
            ("/", 302),
            ("/d/stack", 302),
            ("/api/datasources/proxy/uid/prometheus/api/v1/query", 401),
        ):
            self.assertEqual((path, self.ask(path, None)[0]), (path, wanted))
            self.assertEqual((path, self.ask(path, "wrong")[0]), (path, wanted))

    def test_provisioned_sources_and_dashboards_are_there(self):
        sources = json.loads(self.ask("/api/datasources")[2])
        self.assertEqual([(s["name"], s["uid"], s["isDefault"]) for s in sources], [("Prometheus", "prometheus", True)])
        self.assertEqual([d["uid"] for d in json.loads(self.ask("/api/search?type=dash-db")[2])], ["stack"])
        self.assertEqual(json.loads(self.ask("/api/dashboards/uid/stack")[2])["dashboard"], DASHBOARD)
        self.assertEqual(self.ask("/api/dashboards/uid/none")[0], 404)
        self.assertTrue(any("broken.json" in line for line in self.server.lines))

    def test_log_in_opens_a_session(self):
        body = json.dumps({"user": "admin", "password": PASSWORD}).encode()
        status, headers, _ = self.ask("/login", None, body, **{"Content-Type": "application/json"})
        self.assertEqual(status, 200)
        cookie = headers["Set-Cookie"].partition(";")[0]
        self.assertEqual(self.ask("/api/user", None, Cookie=cookie)[0], 200)
        self.assertEqual(self.ask("/api/user", None, Cookie="grafana_session=guess")[0], 401)
        body = json.dumps({"user": "admin", "password": "wrong"}).encode()
        self.assertEqual(self.ask("/login", None, body, **{"Content-Type": "application/json"})[0], 401)

    def test_queries_reach_the_data_source(self):
        body = json.dumps(
            {
                "from": "now-5m",
                "to": "now",
                "queries": [
                    {"refId": "A", "expr": "up", "datasource": {"uid": "prometheus"}},
                    {"refId": "B", "expr": "up", "datasource": {"uid": "none"}},
                ],
            }
        ).encode()
        results = json.loads(self.ask("/api/ds/query", body=body)[2])["results"]
        self.assertEqual(results["A"]["frames"][0]["data"]["values"], [[1000000, 1005000], [1.0, 0.5]])
        self.assertEqual(results["B"]["status"], 404)
        self.assertIn('"result"', self.ask("/api/datasources/proxy/uid/prometheus/api/v1/query?query=up")[2])
        self.assertEqual(self.prometheus.asked[-1], "/api/v1/query?query=up")

    def test_a_dashboard_page_shows_the_current_values_escaped(self):
        text = self.ask("/d/stack")[2]
        self.assertIn("<td>Up</td><td>job=web</td><td>1</td>", text)
        self.assertIn("Stack &lt;overview&gt;", text)
        self.assertIn("not Grafana", text)

    def test_the_data_volume_keeps_its_password_until_it_is_reset(self):
        self.write("password", "another")
        self.assertEqual(self.server.end(), 0)
        self.start()
        self.assertEqual((self.ask("/api/user")[0], self.ask("/api/user", "another")[0]), (200, 401))
        result = run(
            "grafana",
            "grafana_standin.server",
            ["cli", "admin", "reset-admin-password", "--password-from-stdin"],
            "third\n",
            **self.variables(),
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.server.end()
        self.start()
        self.assertEqual((self.ask("/api/user")[0], self.ask("/api/user", "third")[0]), (401, 200))


if __name__ == "__main__":
    unittest.main()
