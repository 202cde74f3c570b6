# SPDX-License-Identifier: MIT
"""What the stack calls: health, metrics, Alertmanager's webhook; and the list of the alerts received."""
import os

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from core.dependencies import DependencyCollector
from utils import validate

blueprint = Blueprint("ops", __name__)


@blueprint.get("/health")
def health():
    """200 if all dependencies answer, else 503; the body names each one's state."""
    states = current_app.service.dependencies.probe()
    shown = {name: {"state": "up" if state["up"] else "down", "milliseconds": round(state["seconds"] * 1000, 1)}
             for name, state in states.items()}
    well = all(state["up"] for state in states.values())
    return jsonify(status="ok" if well else "degraded", dependencies=shown), 200 if well else 503


@blueprint.get("/health/live")
def live():
    """200 as long as this worker answers at all."""
    return jsonify(status="ok")


@blueprint.get("/metrics")
def metrics():
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
        own = b""
    else:
        own = generate_latest(REGISTRY)
    registry.register(DependencyCollector(current_app.service.dependencies))
    return Response(own + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@blueprint.post("/webhook/alertmanager")
def alertmanager():
    stored = current_app.service.alerts.receive(validate.json_object(request))
    return jsonify(stored=stored)


@blueprint.get("/api/v1/alerts")
def alerts():
    """The newest alerts first. Open without a session: when Redis is away there are no sessions."""
    limit = validate.integer_argument(request, "limit", 50, 1, 200)
    return jsonify(alerts=current_app.service.alerts.newest(limit))
