# SPDX-License-Identifier: MIT
"""Calls to a dependency with an upper limit in time.

Socket time-outs do not cover name resolution, which can hang for many seconds once a container is gone. A gevent
deadline covers the whole call under gunicorn's gevent workers; elsewhere the socket time-outs alone apply.
"""
from contextlib import contextmanager

import gevent
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from utils.errors import DependencyDown


class DeadlineExceeded(Exception):
    """The dependency took longer than it may."""


@contextmanager
def guarded(dependency, seconds=3.0):
    """Turns a store's own errors and a missed deadline into DependencyDown."""
    try:
        with gevent.Timeout(seconds, DeadlineExceeded(f"no answer in {seconds} s")):
            yield
    except (PyMongoError, RedisError, DeadlineExceeded, OSError) as error:
        raise DependencyDown(dependency, error) from error
