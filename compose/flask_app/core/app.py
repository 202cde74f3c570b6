# SPDX-License-Identifier: MIT
"""Puts the application together. Everything it needs comes in as arguments, so tests pass stores of their own."""
import logging
import socket
import time
import uuid
from types import SimpleNamespace

from flask import Flask, g, jsonify, request
from werkzeug.exceptions import HTTPException

from core import api, metrics, ops
from core.accounts import Accounts
from core.alerts import Alerts
from core.dependencies import Dependencies
from core.ledger import Ledger
from core.plugins import Plugins
from core.users import Sessions, Users
from utils.errors import DependencyDown, ServiceError

log = logging.getLogger("credit.http")
_REPLICA = socket.gethostname()
# Asked every few seconds by the engine and by Prometheus: not worth a log line each.
_QUIET = ("ops.live", "ops.health", "ops.metrics")


def create_app(settings, stores, secret_key):
    app = Flask("credit", static_folder=settings.static, static_url_path="/static")
    plugins = Plugins(settings.plugins)
    ledger = Ledger(stores.db, plugins)
    app.service = SimpleNamespace(
        settings=settings,
        stores=stores,
        plugins=plugins,
        ledger=ledger,
        accounts=Accounts(stores, ledger, settings.cache_seconds),
        users=Users(stores.cache),
        sessions=Sessions(stores.cache, secret_key, settings.session_seconds),
        alerts=Alerts(stores.db),
        dependencies=Dependencies(stores, settings.vault_addr),
    )
    app.register_blueprint(api.blueprint)
    app.register_blueprint(ops.blueprint)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)
    app.before_request(_begin)
    app.after_request(_end)
    return app


def _service_error(error):
    if isinstance(error, DependencyDown):
        log.error("%s: %s", error.message, error.cause)
    answer = jsonify(error.body())
    answer.status_code = error.status
    if "retry_after" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    return answer


def _http_error(error):
    return jsonify(error={"code": error.name.lower().replace(" ", "_"), "message": error.description}), error.code


def _unexpected_error(_error):
    log.exception("unexpected error in request %s", g.get("request_id"))
    return jsonify(error={"code": "internal", "message": "unexpected error", "request_id": g.get("request_id")}), 500


def _begin():
    g.start = time.monotonic()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if given.isalnum() and len(given) <= 64 else uuid.uuid4().hex


def _end(answer):
    route = request.url_rule.rule if request.url_rule else "none"
    seconds = time.monotonic() - g.get("start", time.monotonic())
    metrics.requests.labels(request.method, route, answer.status_code).inc()
    metrics.request_seconds.labels(route).observe(seconds)
    if request.endpoint not in _QUIET:
        log.info("%s %s %d %.0f ms %s", request.method, route, answer.status_code, seconds * 1000, g.get("request_id"))
    answer.headers["X-Request-ID"] = g.get("request_id", "")
    answer.headers["X-Served-By"] = _REPLICA
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
