# SPDX-License-Identifier: MIT
"""A small client of the Docker Engine API, so that the test sees the engine's own truth and not crstack's."""
import http.client
import json
import os
import socket
from urllib.parse import quote, urlsplit


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine", timeout=60)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Engine:
    def __init__(self, host=None):
        self._host = urlsplit(host or os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")

    def ask(self, method, path):
        unix = self._host.scheme == "unix"
        connection = _UnixConnection(self._host.path) if unix else http.client.HTTPConnection(self._host.netloc, timeout=60)
        connection.request(method, path)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:200]!r}")
        return data

    def get(self, path):
        return json.loads(self.ask("GET", path))

    def of_project(self, kind, project):
        """The project's containers (stopped ones too), networks or volumes, by label."""
        label = quote(json.dumps({"label": [f"com.docker.compose.project={project}"]}))
        path = {"containers": "/containers/json?all=1&", "networks": "/networks?", "volumes": "/volumes?"}[kind]
        found = self.get(f"{path}filters={label}")
        return (found["Volumes"] or []) if kind == "volumes" else found

    def container(self, project, service):
        for container in self.of_project("containers", project):
            if container["Labels"]["com.docker.compose.service"] == service:
                return container
        raise RuntimeError(f"there is no container of {service}")
