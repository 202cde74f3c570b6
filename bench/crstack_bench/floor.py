# SPDX-License-Identifier: MIT
"""The floor: the least engine calls that could do what a command does, sent as early as they could be.

It knows the answer beforehand: which containers there are to make, in which order, and how to tell that one is ready. It
makes a network, creates and starts each container once its dependencies are ready, and finds that out by running the
health command itself, back to back, or by waiting for the container's end.
"""
import threading
import time

from .engine import EngineError

PAUSE = 0.02  # seconds between two probes


class Floor:
    def __init__(self, engine, project, services):
        self.engine, self.project, self.services = engine, project, services
        self.network = project + "_default"
        self.errors = []

    def name(self, service):
        return "%s-%s-1" % (self.project, service)

    def labels(self, service):
        return {"com.docker.compose.project": self.project, "com.docker.compose.service": service}

    def up(self):
        """As `up --detach`: back when everything is started."""
        self.engine.request("POST", "/networks/create", {"Name": self.network, "CheckDuplicate": True,
                                                         "Labels": {"com.docker.compose.project": self.project}})
        self.ready = {name: threading.Event() for name in self.services}
        wanted = {dependency for service in self.services.values() for dependency in service.get("depends_on", {})}
        starters = [threading.Thread(target=self.guarded, args=(name, name in wanted)) for name in self.services]
        for starter in starters:
            starter.start()
        for starter in starters:
            starter.join()
        if self.errors:
            raise self.errors[0]

    def guarded(self, name, wanted):
        try:
            self.bring_up(self.engine.another(), name, wanted)
        except (EngineError, OSError) as error:
            self.errors.append(error)
        finally:
            self.ready[name].set()

    def bring_up(self, engine, name, wanted):
        service = self.services[name]
        spec = {"Image": service["image"], "Cmd": service["command"], "Labels": self.labels(name),
                "StopSignal": service["stop_signal"], "HostConfig": {"NetworkMode": self.network},
                "NetworkingConfig": {"EndpointsConfig": {self.network: {"Aliases": [name]}}}}
        container = engine.request("POST", "/containers/create?name=" + self.name(name), spec)["Id"]
        for dependency in service.get("depends_on", {}):
            self.ready[dependency].wait()
        engine.request("POST", "/containers/%s/start" % container)
        if not wanted:
            return
        if "healthcheck" in service:
            self.probe(engine, container, service["healthcheck"]["test"][1:])
        else:
            engine.request("POST", "/containers/%s/wait" % container)

    def probe(self, engine, container, command):
        while self.run_inside(engine, container, command) != 0:
            time.sleep(PAUSE)

    @staticmethod
    def run_inside(engine, container, command):
        """The exit code."""
        run = engine.request("POST", "/containers/%s/exec" % container, {"Cmd": command, "AttachStdout": True})["Id"]
        engine.request("POST", "/exec/%s/start" % run, {"Detach": False})
        return engine.request("GET", "/exec/%s/json" % run).get("ExitCode")

    def exec(self, service):
        self.run_inside(self.engine, self.name(service), ["true"])

    def unchanged(self):
        """As `up` that finds nothing to do: one list of containers, one of networks."""
        self.engine.labelled("containers/json", self.project)
        self.engine.labelled("networks", self.project)

    def ps(self):
        self.engine.labelled("containers/json", self.project)

    def logs(self):
        """Each container's whole log, one after the other, unread."""
        for name in self.services:
            self.engine.read_logs_raw(self.name(name))

    def down(self):
        """One forced removal each, what depends first, then the network."""
        gone = {name: threading.Event() for name in self.services}

        def remove(name):
            engine = self.engine.another()
            for other, service in self.services.items():
                if name in service.get("depends_on", {}):
                    gone[other].wait()
            try:
                engine.request("DELETE", "/containers/%s?force=1" % self.name(name), expect=(204, 404))
            except (EngineError, OSError) as error:
                self.errors.append(error)
            gone[name].set()

        removers = [threading.Thread(target=remove, args=(name,)) for name in self.services]
        for remover in removers:
            remover.start()
        for remover in removers:
            remover.join()
        if self.errors:
            raise self.errors[0]
        self.engine.request("DELETE", "/networks/" + self.network)
