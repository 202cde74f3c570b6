# SPDX-License-Identifier: MIT
"""The service's own figures. Under gunicorn they are summed over the workers (prometheus_client's multiprocess mode)."""
from prometheus_client import Counter, Gauge, Histogram

requests = Counter("credit_http_requests_total", "Requests answered", ["method", "route", "code"])
request_seconds = Histogram("credit_http_request_seconds", "Time to answer a request", ["route"],
                            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5))
bookings = Counter("credit_bookings_total", "Bookings by outcome: booked, replayed, refused", ["type", "outcome"])
booked_cents = Counter("credit_booked_cents_total", "Amount booked, in cents", ["type", "currency"])
accounts_opened = Counter("credit_accounts_opened_total", "Accounts opened")
logins = Counter("credit_logins_total", "Log-ins by outcome: accepted, refused", ["outcome"])
cache = Counter("credit_cache_total", "Look-ups in the cache: hit, miss, unavailable", ["result"])
rate_limited = Counter("credit_rate_limited_total", "Calls refused by a rate limit", ["scope"])
alerts_received = Counter("credit_alerts_received_total", "Alerts that Alertmanager sent", ["alertname", "status"])
plugins_loaded = Gauge("credit_plugins_loaded", "Plugins in use", multiprocess_mode="max")
