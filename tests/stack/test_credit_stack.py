#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The whole credit stack on a real engine: up, a booking through nginx, its way into Prometheus, an alert's way into the
application, backup, scaling, and down without residue. Exit code 0 if every step holds.

Environment: CRSTACK (the command, default build/release/crstack), DOCKER_HOST, CREDIT_ENV_FILE (default
compose/offline/images.env), CREDIT_PROJECT (default cr_credit_system), CREDIT_ADDRESS (where the ports are published, default BIND_ADDRESS
or 127.0.0.1), NGINX_PORT and the like (read from the environment, as compose.yaml does), CREDIT_KEEP=1 (leave the stack up).
"""
import base64
import gzip
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from engine import Engine

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose"
SECRETS = ("vault_root_token", "mongodb_root_password", "redis_password", "grafana_admin_password", "flask_secret_key")
LONG_RUNNING = {"vault", "mongodb", "redis", "flask_app", "nginx", "prometheus", "grafana", "alertmanager"}
ONE_SHOTS = {"vault-config", "k8s-init"}
PROJECT = os.environ.get("CREDIT_PROJECT", "cr_credit_system")
ADDRESS = os.environ.get("CREDIT_ADDRESS") or os.environ.get("BIND_ADDRESS") or "127.0.0.1"
engine = Engine()
# k8s-init gets the socket of the engine under test.
if os.environ.get("DOCKER_HOST", "").startswith("unix://"):
    os.environ.setdefault("DOCKER_SOCKET", os.environ["DOCKER_HOST"][len("unix://"):])


class Failed(Exception):
    """A step does not hold."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def base_command():
    env_file = os.environ.get("CREDIT_ENV_FILE", str(COMPOSE / "offline" / "images.env"))
    return [*shlex.split(os.environ.get("CRSTACK", str(ROOT / "build/release/crstack"))),
            "-p", PROJECT, "--env-file", env_file]


def run(*arguments):
    """The command on the stack: how it ended."""
    command = [*base_command(), "-f", str(COMPOSE / "compose.yaml"), *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)


def crstack(*arguments):
    """Runs the command on the stack, which has to succeed; returns its standard output."""
    done = run(*arguments)
    text = done.stdout.decode(errors="replace")
    check(done.returncode == 0,
          f"`{' '.join(arguments)}` ended with {done.returncode}:\n{text[-4000:]}\n{done.stderr.decode(errors='replace')[-4000:]}")
    return text


def url(service, path):
    port = {"NGINX": 8080, "PROMETHEUS": 9090, "GRAFANA": 3000, "ALERTMANAGER": 9093}[service]
    return f"http://{ADDRESS}:{os.environ.get(service + '_PORT', port)}{path}"


def call(method, address, body=None, headers=None):
    """(status, decoded JSON or text, headers)"""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            status, data, headers = answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        status, data, headers = error.code, error.read(), error.headers
    try:
        return status, json.loads(data), headers
    except ValueError:
        return status, data.decode(errors="replace"), headers


def eventually(what, ask, seconds):
    """The first true value of ask(); fails after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        try:
            value = ask()
        except OSError as error:
            value, what_now = None, f" ({error})"
        else:
            what_now = ""
        if value:
            return value
        check(time.monotonic() < end, f"{what}: not within {seconds} s{what_now}")
        time.sleep(0.5)


def query(expression):
    """The values that Prometheus has for an expression, by their labels."""
    _, answer, _ = call("GET", url("PROMETHEUS", "/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
    return {json.dumps(r["metric"], sort_keys=True): float(r["value"][1]) for r in answer["data"]["result"]}


class Client:
    """A user of the credit service, through nginx."""

    def __init__(self, name):
        self.headers, self.user = {}, {"username": name, "password": "a long enough password"}

    def call(self, method, path, body=None, **headers):
        return call(method, url("NGINX", path), body, {**self.headers, **headers})

    def sign_up(self):
        status, answer, _ = self.call("POST", "/api/v1/users", self.user)
        check(status == 201, f"sign-up: {status} {answer}")

    def log_in(self):
        status, answer, _ = self.call("POST", "/api/v1/sessions", self.user)
        check(status == 200, f"log-in: {status} {answer}")
        self.headers = {"Authorization": "Bearer " + answer["token"]}

    def book(self, account, key, kind, amount):
        return self.call("POST", f"/api/v1/accounts/{account}/transactions", {"type": kind, "amount": amount},
                         **{"Idempotency-Key": key})


def vault_config_log():
    container = engine.container(PROJECT, "vault-config")
    data = engine.ask("GET", f"/containers/{container['Id']}/logs?stdout=1&stderr=1")
    return re.findall(r"vault-config: [^\n]*", data.decode(errors="replace"))


def step_up():
    crstack("up", "--detach", "--wait")
    check_states()


def check_states():
    """Healthy in the engine's eyes too: crstack goes by its own first good probe, the engine by its next. k8s-init, on which
    nothing depends, may still be at work."""
    states = {c["Labels"]["com.docker.compose.service"]: c for c in engine.of_project("containers", PROJECT)}
    check(set(states) == LONG_RUNNING | ONE_SHOTS, f"services: {sorted(states)}")
    for name in sorted(LONG_RUNNING):
        eventually(f"{name} healthy", lambda: "(healthy)" in engine.container(PROJECT, name)["Status"], 60)
    for name in sorted(ONE_SHOTS):
        eventually(f"{name} done", lambda: engine.container(PROJECT, name)["Status"].startswith("Exited"), 60)
        status = engine.container(PROJECT, name)["Status"]
        check(status.startswith("Exited (0)"), f"{name}: {status}")


def step_secrets_are_files_only():
    values = []
    for name in SECRETS:
        path = COMPOSE / "secrets" / name
        check(stat.S_IMODE(path.stat().st_mode) == 0o600, f"{name}: mode {oct(path.stat().st_mode)}")
        values.append(path.read_text().strip())
        check(len(values[-1]) >= 32, f"{name}: {len(values[-1])} characters")
    for container in engine.of_project("containers", PROJECT):
        identity = container["Id"]
        seen = [("inspect", engine.ask("GET", f"/containers/{identity}/json")),
                ("log", engine.ask("GET", f"/containers/{identity}/logs?stdout=1&stderr=1"))]
        if container["State"] == "running":
            seen.append(("process list", engine.ask("GET", f"/containers/{identity}/top?ps_args=axww")))
        for name, value in zip(SECRETS, values):
            for where, data in seen:
                check(value.encode() not in data, f"{name} shows in the {where} of {container['Names'][0]}")


def step_every_service_is_fenced_in():
    """What the engine was asked for: limits, capabilities, restart policy, health check, addresses."""
    for container in engine.of_project("containers", PROJECT):
        name = container["Labels"]["com.docker.compose.service"]
        host = (details := engine.get(f"/containers/{container['Id']}/json"))["HostConfig"]
        check(host["Memory"] > 0 and host["NanoCpus"] > 0, f"{name}: no limits")
        check("no-new-privileges:true" in host["SecurityOpt"], f"{name}: may gain privileges")
        check(host["CapDrop"] == ["ALL"], f"{name}: drops {host['CapDrop']}")
        check(host["RestartPolicy"]["Name"] == ("no" if name in ONE_SHOTS else "unless-stopped"), f"{name}: restart policy")
        check(name in ONE_SHOTS or details["Config"]["Healthcheck"]["Test"], f"{name}: no health check")
        bound = {b["HostIp"] for bindings in (host["PortBindings"] or {}).values() for b in bindings}
        check(bound <= {ADDRESS}, f"{name}: published on {bound}")


def step_a_lost_secret_is_reported():
    """A new one would not fit what the volume was set up with."""
    before = {c["Id"] for c in engine.of_project("containers", PROJECT)}
    path = COMPOSE / "secrets" / "mongodb_root_password"
    away = path.rename(path.with_suffix(".away"))
    try:
        done = run("up", "--detach")
        check(done.returncode == 1 and b"mongodb_root_password has no file any more" in done.stderr, f"{done}")
        check(not path.exists(), "a new one was made")
    finally:
        away.rename(path)
    check(before == {c["Id"] for c in engine.of_project("containers", PROJECT)}, "something was started all the same")


def step_vault_is_configured_once():
    log = vault_config_log()
    check(any("execute permission taken away again" in line for line in log), f"log: {log}")
    check(any(re.search(r"done: \d+ changed$", line) for line in log), f"log: {log}")
    check_scripts_are_plain()
    crstack("up", "--detach", "--wait")
    nothing = "done: everything was in place, nothing changed"
    eventually("vault-config's second run", lambda: any(nothing in line for line in vault_config_log()[len(log):]), 60)
    eventually("vault-config done", lambda: engine.container(PROJECT, "vault-config")["Status"].startswith("Exited (0)"), 30)
    check_scripts_are_plain()


def check_scripts_are_plain():
    for script in sorted((COMPOSE / "vault" / "scripts").glob("*.sh")):
        mode = stat.S_IMODE(script.stat().st_mode)
        check(not mode & 0o111 and mode & 0o444 == 0o444, f"{script.name}: mode {oct(mode)}")


def step_a_booking(client, shared):
    client.sign_up()
    client.log_in()
    _, account, _ = client.call("POST", "/api/v1/accounts", {"currency": "EUR", "credit_limit": 0})
    shared["account"] = account["id"]
    status, first, _ = client.book(account["id"], "stack-test-1", "credit", 12550)
    check(status == 201 and first["balance_after"] == 12550, f"booking: {status} {first}")
    status, again, headers = client.book(account["id"], "stack-test-1", "credit", 12550)
    check(status == 200 and again == first and headers["Idempotent-Replayed"] == "true", f"again: {status} {again}")
    status, refused, _ = client.book(account["id"], "stack-test-2", "debit", 99999)
    check(status == 422 and refused["error"]["code"] == "credit_limit", f"over the limit: {status} {refused}")
    _, page, _ = client.call("GET", f"/api/v1/accounts/{account['id']}/transactions")
    check(page["transactions"] == [first], f"ledger: {page}")
    _, verified, _ = client.call("GET", f"/api/v1/accounts/{account['id']}/verification")
    check(verified == {"entries": 1, "intact": True, "broken_at": None}, f"chain: {verified}")


def step_nginx_keeps_inside_what_belongs_inside():
    check("Credit service" in call("GET", url("NGINX", "/"))[1], "the start page is not there")
    check(call("GET", url("NGINX", "/static/style.css"))[0] == 200, "static files are not there")
    check("Active connections" in call("GET", url("NGINX", "/nginx-status"))[1], "stub status is not there")
    for method, path in (("GET", "/metrics"), ("POST", "/webhook/alertmanager")):
        check(call(method, url("NGINX", path), {} if method == "POST" else None)[0] == 404, f"{path} is open")


def step_prometheus_sees_it():
    booked = 'sum(credit_bookings_total{type="credit",outcome="booked"})'
    eventually("the booking in Prometheus", lambda: query(booked).get("{}", 0) >= 1, 60)
    jobs = {"prometheus", "alertmanager", "grafana", "flask_app", "vault"}
    eventually("all targets up", lambda: {json.loads(k)["job"] for k, v in query("up").items() if v == 1} == jobs, 60)
    for name in ("mongodb", "redis", "vault"):
        check(list(query(f'credit_dependency_up{{dependency="{name}"}}').values()) == [1.0], f"{name} is not up")
    check(query("credit_redis_connected_clients") and query("credit_mongodb_connections_current"), "the stores' figures lack")
    check(query('{__name__=~"vault_.+"}'), "Vault's telemetry lacks")


def step_grafana_is_provisioned():
    password = (COMPOSE / "secrets" / "grafana_admin_password").read_text().strip()
    login = {"Authorization": "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()}
    status, sources, _ = call("GET", url("GRAFANA", "/api/datasources"), headers=login)
    check(status == 200, f"data sources: {status} {sources}")
    check({s["name"] for s in sources} >= {"Prometheus", "Alertmanager"}, f"data sources: {sources}")
    _, boards, _ = call("GET", url("GRAFANA", "/api/search?type=dash-db"), headers=login)
    check({b["uid"] for b in boards} >= {"stack-overview", "credit-service"}, f"dashboards: {boards}")
    check(call("GET", url("GRAFANA", "/api/datasources"))[0] == 401, "Grafana lets anybody in")


# What no command of the stack does: every collection and every user gone.
LOSE_ALL = """
import sys
sys.path.insert(0, "/tools")
from store_access import run
def lose(stores):
    for name in ("accounts", "ledger", "alerts"):
        stores.db[name].drop()
    stores.cache.delete(*stores.cache.scan_iter("user:*"))
run(lose)
"""


def step_backup(client, shared):
    with tempfile.TemporaryDirectory() as folder:
        file, environment = Path(folder, "credit.gz"), {**os.environ, "CRSTACK": " ".join(map(shlex.quote, base_command()))}
        run_script = lambda name: subprocess.run(  # noqa: E731
            [str(COMPOSE / "backup" / name), str(file)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        done = run_script("backup.sh")
        check(done.returncode == 0 and stat.S_IMODE(file.stat().st_mode) == 0o600, f"backup: {done.stdout!r}")
        check(shared["account"].encode() in gzip.decompress(file.read_bytes()), "the account is not in the backup")
        crstack("exec", "-T", "flask_app", "python3", "-c", LOSE_ALL)
        page = f"/api/v1/accounts/{shared['account']}/transactions"
        check(client.call("GET", page)[0] == 404, "the data is still there")
        done = run_script("restore.sh")
        check(done.returncode == 0, f"restore: {done.stdout!r}")
        check(b"0 there already, 0 different" in done.stdout and b"0 chains broken" in done.stdout, f"restore: {done.stdout!r}")
        status, answer, _ = client.call("GET", page)
        check(status == 200 and [e["balance_after"] for e in answer["transactions"]] == [12550], f"ledger: {answer}")
        client.log_in()


def step_scaling(client, _shared):
    crstack("up", "--detach", "--wait", "--scale", "flask_app=3")

    def served_by():
        answers = [client.call("GET", "/health/live") for _ in range(20)]
        return {headers["X-Served-By"] for code, _, headers in answers if code == 200}

    eventually("nginx uses three replicas", lambda: len(served_by()) == 3, 60)
    eventually("Prometheus scrapes three replicas", lambda: query('sum(up{job="flask_app"})').get("{}") == 3, 60)
    crstack("up", "--detach", "--wait", "--scale", "flask_app=1")
    eventually("nginx uses one replica again", lambda: len(served_by()) == 1, 60)


def redis_alerts(status, since):
    code, answer, _ = call("GET", url("NGINX", "/api/v1/alerts"))
    return code == 200 and [a for a in answer["alerts"] if a["alertname"] == "RedisDown" and a["status"] == status
                            and a["received_at"] > since]


def step_an_alert_reaches_the_application(client, shared):
    since = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    engine.ask("POST", f"/containers/{engine.container(PROJECT, 'redis')['Id']}/kill")
    eventually("RedisDown in the application", lambda: redis_alerts("firing", since), 90)
    check(client.call("GET", "/health")[1]["dependencies"]["redis"]["state"] == "down", "/health does not say so")
    crstack("start", "redis")
    eventually("RedisDown resolved in the application", lambda: redis_alerts("resolved", since), 90)
    path = f"/api/v1/accounts/{shared['account']}"
    eventually("the account, as before", lambda: client.call("GET", path)[1].get("balance") == 12550, 60)


def step_down_leaves_nothing():
    crstack("down", "--volumes")
    for kind in ("containers", "networks", "volumes"):
        left = engine.of_project(kind, PROJECT)
        check(not left, f"{kind} left: {[item.get('Name') or item.get('Names') for item in left]}")


def main():
    client, shared = Client("stack-test"), {}
    steps = [
        ("up: eight services healthy, two one-shots done", step_up),
        ("the secrets are in their files and nowhere else", step_secrets_are_files_only),
        ("every service: limits, capabilities, restart policy, health check, address", step_every_service_is_fenced_in),
        ("a lost secret is reported and nothing starts", step_a_lost_secret_is_reported),
        ("vault-config: a second run changes nothing", step_vault_is_configured_once),
        ("log in, book through nginx, read the ledger back", lambda: step_a_booking(client, shared)),
        ("nginx: static files, status, nothing internal", step_nginx_keeps_inside_what_belongs_inside),
        ("Prometheus has the booking and every target", step_prometheus_sees_it),
        ("Grafana has its data sources and dashboards", step_grafana_is_provisioned),
        ("backup, loss of everything, restore", lambda: step_backup(client, shared)),
        ("scale flask_app to three and back", lambda: step_scaling(client, shared)),
        ("Redis killed: the alert reaches the application", lambda: step_an_alert_reaches_the_application(client, shared)),
        ("down --volumes leaves nothing", step_down_leaves_nothing),
    ]
    if os.environ.get("CREDIT_KEEP"):
        steps.pop()
    failed = 0
    for number, (name, step) in enumerate(steps, 1):
        start = time.monotonic()
        try:
            step()
        except (Failed, OSError, RuntimeError, KeyError, subprocess.SubprocessError) as error:
            print(f"FAILED {number} {name}: {type(error).__name__}: {error}", flush=True)
            failed = 1
            break
        print(f"ok {number} {name} ({time.monotonic() - start:.1f} s)", flush=True)
    if failed and not os.environ.get("CREDIT_KEEP"):
        subprocess.run([*base_command(), "-f", str(COMPOSE / "compose.yaml"), "down", "--volumes"])
    print(f"{number - failed} passed, {failed} failed", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
