# SPDX-License-Identifier: MIT
"""Asks a data source: the proxy, and Prometheus queries in the form of Grafana's data frames."""
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_SECONDS = 10
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def forward(source, method, path, body=None, content_type=None):
    """(status, content type, raw body) of the data source's own answer; 502 if it gives none."""
    request = urllib.request.Request(source["url"].rstrip("/") + "/" + path, data=body, method=method)
    if content_type:
        request.add_header("Content-Type", content_type)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()
    except OSError as error:
        message = {"message": f"{source['name']} does not answer: {getattr(error, 'reason', error)}"}
        return 502, "application/json", json.dumps(message).encode()


def moment(text, now):
    """Seconds since the epoch of "now-15m" or of milliseconds."""
    match = re.fullmatch(r"now(?:-(\d+)([smhd]))?", str(text))
    if match:
        return now - int(match.group(1) or 0) * UNITS.get(match.group(2), 0)
    return float(text) / 1000


def query(source, target, begin, end):
    """Frames for one target of /api/ds/query: instant, or a range of at most some 200 points."""
    instant = bool(target.get("instant"))
    step = max(float(target.get("intervalMs") or 5000) / 1000, (end - begin) / 200, 1)
    fields = {"query": target.get("expr", "")}
    fields.update({"time": end} if instant else {"start": begin, "end": end, "step": step})
    path = "api/v1/query" if instant else "api/v1/query_range"
    status, _, raw = forward(source, "GET", path + "?" + urllib.parse.urlencode(fields))
    answer = json.loads(raw)
    if status != 200:
        return {"status": status, "error": answer.get("error") or answer.get("message"), "frames": []}
    return {"status": 200, "frames": [_frame(series, target) for series in _series(answer["data"])]}


def _series(data):
    if data["resultType"] in ("scalar", "string"):
        return [{"metric": {}, "values": [data["result"]]}]
    return [
        {"metric": series["metric"], "values": series.get("values") or [series["value"]]} for series in data["result"]
    ]


def _frame(series, target):
    labels = series["metric"]
    name = labels.get("__name__") or target.get("expr", "")
    return {
        "schema": {
            "refId": target.get("refId", "A"),
            "name": name,
            "fields": [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "labels": labels}],
        },
        "data": {
            "values": [[int(at * 1000) for at, _ in series["values"]], [float(value) for _, value in series["values"]]]
        },
    }


def run(sources, body):
    """The answer of /api/ds/query to its request body."""
    now, results = time.time(), {}
    begin, end = moment(body.get("from", "now-1h"), now), moment(body.get("to", "now"), now)
    for target in body.get("queries", []):
        wanted = target.get("datasource") or {}
        source = next((source for source in sources if source["uid"] == wanted.get("uid")), None)
        if source is None or source["type"] != "prometheus":
            results[target.get("refId", "A")] = {
                "status": 404,
                "error": "no Prometheus data source of that uid",
                "frames": [],
            }
        else:
            results[target.get("refId", "A")] = query(source, target, begin, end)
    return {"results": results}
