# SPDX-License-Identifier: MIT
"""What Alertmanager sends: logged, counted and kept in MongoDB (not in Redis, whose loss is one of the alerts)."""
import logging
import uuid

from core import metrics
from utils.clock import now
from utils.deadline import guarded
from utils.errors import ServiceError

log = logging.getLogger("credit.alerts")


def _texts(value):
    return {str(k): str(v)[:500] for k, v in list(value.items())[:40]} if isinstance(value, dict) else {}


def _record(alert):
    labels = _texts(alert.get("labels"))
    return {"_id": uuid.uuid4().hex, "received_at": now(), "alertname": labels.get("alertname", "?"),
            "status": "resolved" if alert.get("status") == "resolved" else "firing", "labels": labels,
            "annotations": _texts(alert.get("annotations")), "starts_at": str(alert.get("startsAt", ""))[:40],
            "ends_at": str(alert.get("endsAt", ""))[:40], "fingerprint": str(alert.get("fingerprint", ""))[:64]}


class Alerts:
    def __init__(self, db):
        self._alerts = db.alerts

    def receive(self, body):
        """Takes one notification. If MongoDB is away the caller answers 503, and Alertmanager sends it again."""
        alerts = body.get("alerts")
        if not isinstance(alerts, list) or not all(isinstance(alert, dict) for alert in alerts):
            raise ServiceError(400, "invalid", "alerts: a list of objects, as Alertmanager's webhook sends it")
        records = [_record(alert) for alert in alerts[:100]]
        for record in records:
            log.warning("alert %s %s: %s", record["alertname"], record["status"], record["annotations"].get("summary", ""))
            metrics.alerts_received.labels(record["alertname"], record["status"]).inc()
        for record in records:
            with guarded("mongodb"):
                self._alerts.insert_one(record)
        return len(records)

    def newest(self, limit):
        with guarded("mongodb"):
            records = list(self._alerts.find({}).sort([("received_at", -1)]).limit(limit))
        return [{name: value for name, value in record.items() if name != "_id"} for record in records]
