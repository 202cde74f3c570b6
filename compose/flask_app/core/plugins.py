# SPDX-License-Identifier: MIT
"""Plugins: each *.py file in /plugins may define before_booking(account, entry) and after_booking(account, entry).

before_booking refuses a booking by raising ServiceError. A plugin that can't be loaded is named in the log and in
GET /api/v1/plugins; the service goes on without it. A plugin that fails while booking refuses the booking (before) or is
logged (after): a rule that can't be checked does not let money through.
"""
import importlib.util
import logging
from pathlib import Path

from core import metrics
from utils.errors import ServiceError

log = logging.getLogger("credit.plugins")


class Plugins:
    def __init__(self, folder):
        self._loaded, self.failed = {}, {}
        for path in sorted(Path(folder).glob("*.py")):
            if not path.name.startswith("_"):
                self._load(path)
        metrics.plugins_loaded.set(len(self._loaded))

    def _load(self, path):
        name = path.stem
        spec = importlib.util.spec_from_file_location(f"credit_plugin_{name}", path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:  # a plugin is foreign code: whatever it raises is reported, not passed on
            self.failed[name] = type(error).__name__
            log.error("plugin %s can't be loaded: %s: %s", name, type(error).__name__, error)
            return
        self._loaded[name] = module

    def describe(self):
        loaded = [{"name": name, "about": (module.__doc__ or "").strip().split("\n")[0]}
                  for name, module in self._loaded.items()]
        return {"loaded": loaded, "failed": [{"name": n, "error": e} for n, e in self.failed.items()]}

    def before_booking(self, account, entry):
        for name, hook in self._hooks("before_booking"):
            try:
                hook(account, entry)
            except ServiceError:
                metrics.bookings.labels(entry["type"], "refused").inc()
                raise
            except Exception as error:
                log.exception("plugin %s failed before a booking", name)
                raise ServiceError(500, "plugin_failed", f"the rule {name} could not be checked") from error

    def after_booking(self, account, entry):
        for name, hook in self._hooks("after_booking"):
            try:
                hook(account, entry)
            except Exception:
                log.exception("plugin %s failed after a booking, which stands", name)

    def _hooks(self, event):
        return [(name, getattr(module, event)) for name, module in self._loaded.items() if hasattr(module, event)]
