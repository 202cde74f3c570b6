# SPDX-License-Identifier: MIT
"""Rate limits: a counter for each subject and minute in Redis, shared by all replicas."""
import time

from core import metrics
from utils.deadline import guarded
from utils.errors import ServiceError


def enforce(cache, scope, subject, per_minute, clock=time.time):
    """Counts one call; raises 429 once the minute's share is used up."""
    minute, second = divmod(int(clock()), 60)
    key = f"rate:{scope}:{subject}:{minute}"
    with guarded("redis"):
        calls, _ = cache.pipeline().incr(key).expire(key, 120).execute()
    if calls > per_minute:
        metrics.rate_limited.labels(scope).inc()
        raise ServiceError(429, "rate_limited", f"more than {per_minute} calls a minute", retry_after=60 - second)
