# SPDX-License-Identifier: MIT
"""gunicorn's configuration: gevent workers, credentials read once by the master, metrics summed over the workers."""
from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
METRICS_DIR = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "/tmp/credit-metrics")

bind = os.environ.get("BIND", "0.0.0.0:5000")
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_connections = 500
worker_tmp_dir = "/dev/shm"
timeout = 30
graceful_timeout = 10
keepalive = 15
accesslog = None  # the application logs its requests itself, with the request id
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info")


def on_starting(_server):
    from core import startup
    from core.settings import Settings
    from utils.errors import CredentialsRefused

    shutil.rmtree(METRICS_DIR, ignore_errors=True)
    os.makedirs(METRICS_DIR, mode=0o700)
    startup.configure_logging(loglevel)
    try:
        startup.obtain_credentials(Settings.from_environment())
    except CredentialsRefused as error:
        sys.exit(f"flask_app: no credentials: {error}")


def child_exit(_server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
