# SPDX-License-Identifier: MIT
"""gunicorn's configuration: gevent workers, credentials read once by the master, metrics summed over the workers."""
from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Where the workers' figures meet; it has to be there before prometheus_client is imported.
os.makedirs(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "/tmp/credit-metrics"), mode=0o700, exist_ok=True)

bind = os.environ.get("BIND", "0.0.0.0:5000")
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_connections = 500
worker_tmp_dir = "/dev/shm"
preload_app = True  # the master imports the application and reads the credentials, once; the workers inherit both
timeout = 30
graceful_timeout = 10
keepalive = 15
accesslog = None  # the application logs its requests itself, with the request id
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info")


def child_exit(_server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
