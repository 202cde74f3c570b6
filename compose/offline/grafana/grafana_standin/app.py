# SPDX-License-Identifier: MIT
"""What each path answers. The HTTP side is in server.py."""
import json
import time
import urllib.parse

from . import VERSION, datasource, pages

OPEN = ("/api/health", "/metrics", "/login", "/healthz")


class Answer:
    """kind is the content type; headers are further ones."""

    def __init__(self, status, body, kind="application/json", headers=()):
        self.status = status
        self.kind = kind
        self.headers = headers
        self.raw = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )


def page(text, status=200):
    return Answer(status, text, "text/html; charset=utf-8")


class App:
    def __init__(self, accounts, provisioned):
        self.accounts = accounts
        self.provisioned = provisioned
        self.started = time.time()
        self.requests = {}

    def answer(self, method, target, body, headers, session):
        """The Answer to a request. headers: a mapping; session: the cookie's value or None."""
        path, _, query = target.partition("?")
        answer = self._route(method, path, query, body, headers, session)
        self.requests[answer.status] = self.requests.get(answer.status, 0) + 1
        return answer

    def _route(self, method, path, query, body, headers, session):
        if path not in OPEN and not self.accounts.allows(headers.get("Authorization"), session):
            if path.startswith("/api/"):
                return Answer(401, {"message": "Unauthorized", "messageId": "auth.unauthorized", "statusCode": 401})
            return Answer(302, "", headers=[("Location", "/login")])
        if path == "/login":
            return self._login(body, headers) if method == "POST" else page(pages.login())
        if path in ("/api/health", "/healthz"):
            return Answer(200, {"commit": "standin", "database": "ok", "version": VERSION})
        if path == "/metrics":
            return Answer(200, self._metrics(), "text/plain; version=0.0.4")
        if path == "/":
            return page(pages.home(self.provisioned))
        if path.startswith("/d/"):
            return self._dashboard_page(path.split("/")[2])
        if path.startswith("/api/datasources/proxy/"):
            return self._proxy(method, path[len("/api/datasources/proxy/") :], query, body, headers)
        return self._api(method, path, query, body)

    def _login(self, body, headers):
        try:
            if "json" in headers.get("Content-Type", ""):
                fields = json.loads(body)
            else:
                fields = dict(urllib.parse.parse_qsl(body.decode()))
        except ValueError:
            return Answer(400, {"message": "bad login data"})
        form = "json" not in headers.get("Content-Type", "")
        if not self.accounts.right(str(fields.get("user", "")), str(fields.get("password", ""))):
            return page(pages.login(), 401) if form else Answer(401, {"message": "Invalid username or password"})
        cookie = ("Set-Cookie", f"grafana_session={self.accounts.open_session()}; Path=/; HttpOnly; SameSite=Lax")
        if form:
            return Answer(302, "", headers=[cookie, ("Location", "/")])
        return Answer(200, {"message": "Logged in", "redirectUrl": "/"}, headers=[cookie])

    def _api(self, method, path, query, body):
        parts = path.strip("/").split("/")[1:]
        if parts == ["datasources"]:
            return Answer(200, self.provisioned.sources)
        if parts[0] == "datasources" and len(parts) >= 2:
            return self._source(parts[1:])
        if parts == ["ds", "query"] and method == "POST":
            return Answer(200, datasource.run(self.provisioned.sources, json.loads(body)))
        if parts == ["search"]:
            return Answer(200, self._search(dict(urllib.parse.parse_qsl(query))))
        if parts[:2] == ["dashboards", "uid"] and len(parts) == 3:
            return self._dashboard(parts[2])
        if parts == ["org"]:
            return Answer(200, {"id": 1, "name": "Main Org."})
        if parts == ["user"]:
            return Answer(200, {"id": 1, "login": self.accounts.user, "isGrafanaAdmin": True, "orgId": 1})
        return Answer(404, {"message": "Not found (this is a stand-in with a part of Grafana's API)"})

    def _source(self, parts):
        key, value = ("id", parts[0]) if len(parts) < 2 or parts[0] not in ("uid", "name") else (parts[0], parts[1])
        source = self.provisioned.source(key, urllib.parse.unquote(value))
        if source is None:
            return Answer(404, {"message": "Data source not found"})
        if parts[-1] == "health":
            path = "-/healthy"
            status, _, _ = datasource.forward(source, "GET", path)
            return Answer(200 if status == 200 else 400, {"status": "OK" if status == 200 else "ERROR"})
        return Answer(200, source)

    def _proxy(self, method, rest, query, body, headers):
        parts = rest.split("/")
        key, value, path = ("uid", parts[1], parts[2:]) if parts[0] == "uid" else ("id", parts[0], parts[1:])
        source = self.provisioned.source(key, value)
        if source is None:
            return Answer(404, {"message": "Unable to find datasource"})
        status, kind, raw = datasource.forward(
            source, method, "/".join(path) + ("?" + query if query else ""), body or None, headers.get("Content-Type")
        )
        return Answer(status, raw, kind)

    def _search(self, query):
        if query.get("type", "dash-db") != "dash-db":
            return []
        found = [
            {
                "id": number,
                "uid": uid,
                "title": dashboard["title"],
                "uri": f"db/{uid}",
                "url": f"/d/{uid}",
                "type": "dash-db",
                "tags": dashboard.get("tags", []),
                "isStarred": False,
                "folderTitle": folder,
            }
            for number, (uid, (folder, dashboard)) in enumerate(self.provisioned.dashboards.items(), 1)
        ]
        return [entry for entry in found if query.get("query", "").lower() in entry["title"].lower()]

    def _dashboard(self, uid):
        if uid not in self.provisioned.dashboards:
            return Answer(404, {"message": "Dashboard not found"})
        folder, dashboard = self.provisioned.dashboards[uid]
        return Answer(
            200,
            {
                "meta": {"provisioned": True, "folderTitle": folder, "url": f"/d/{uid}", "type": "db"},
                "dashboard": dashboard,
            },
        )

    def _dashboard_page(self, uid):
        if uid not in self.provisioned.dashboards:
            return page(pages.page("Not found", ""), 404)
        dashboard = self.provisioned.dashboards[uid][1]
        return page(pages.dashboard(dashboard["title"], list(self._rows(dashboard))))

    def _rows(self, dashboard):
        for panel in dashboard.get("panels", []):
            for target in panel.get("targets", []):
                source = self.provisioned.source(
                    "uid", (target.get("datasource") or panel.get("datasource") or {}).get("uid")
                )
                if source is None or source["type"] != "prometheus" or not target.get("expr"):
                    continue
                now = time.time()
                answer = datasource.query(source, {**target, "instant": True}, now, now)
                if answer.get("error"):
                    yield panel["title"], "", str(answer["error"])
                for frame in answer["frames"]:
                    labels = frame["schema"]["fields"][1]["labels"]
                    yield (
                        panel["title"],
                        " ".join(f"{name}={value}" for name, value in sorted(labels.items())),
                        f"{frame['data']['values'][1][-1]:g}",
                    )

    def _metrics(self):
        rows = [
            ('grafana_build_info{version="%s",edition="standin"}' % VERSION, 1),
            ("grafana_stat_totals_dashboard", len(self.provisioned.dashboards)),
            ("grafana_stat_totals_datasource", len(self.provisioned.sources)),
            ("process_start_time_seconds", self.started),
        ]
        rows += [
            (f'grafana_http_request_total{{status_code="{status}"}}', count)
            for status, count in sorted(self.requests.items())
        ]
        return "".join(f"{name} {value}\n" for name, value in rows)
