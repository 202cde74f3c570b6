# SPDX-License-Identifier: MIT
"""A small client of the Engine API on a Unix socket: what the floor needs, and cleaning up."""
import http.client
import io
import json
import os
import shutil
import socket
import tarfile
import urllib.parse

IMAGE = "crstack-bench:busybox"
TOOLS = "sh sleep true false test touch seq yes head cat echo mkdir".split()


class EngineError(Exception):
    pass


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Engine:
    """One kept connection; use one object per thread."""

    def __init__(self, host):
        if not host.startswith("unix://"):
            raise EngineError("the benchmark needs a unix:// DOCKER_HOST, not " + host)
        self.host = host
        self.connection = Connection(host[len("unix://") :])

    def another(self):
        return Engine(self.host)

    def request(self, method, path, body=None, raw=None, expect=(200, 201, 204, 304)):
        headers = {"Content-Type": "application/x-tar" if raw is not None else "application/json"}
        data = raw if raw is not None else (json.dumps(body) if body is not None else None)
        self.connection.request(method, path, data, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status not in expect:
            raise EngineError("%s %s: %d %s" % (method, path, response.status, text.decode(errors="replace").strip()))
        if not text or not response.headers.get("Content-Type", "").startswith("application/json"):
            return text
        try:
            return json.loads(text)
        except ValueError:
            return text

    def version(self):
        return self.request("GET", "/version")

    def make_image(self):
        """The benchmark's own image, from the machine's static busybox; nothing is pulled."""
        if any(IMAGE in (image.get("RepoTags") or []) for image in self.request("GET", "/images/json")):
            return
        busybox = next((path for path in ("/bin/busybox", shutil.which("busybox")) if path and os.path.exists(path)), None)
        if busybox is None:
            raise EngineError("no busybox to make the benchmark's image of: install busybox-static")
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            tar.add(busybox, "bin/busybox")
            for tool in TOOLS:
                link = tarfile.TarInfo("bin/" + tool)
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        repo, tag = IMAGE.split(":")
        self.request("POST", "/images/create?fromSrc=-&repo=%s&tag=%s" % (repo, tag), raw=buffer.getvalue())
        if self.request("GET", "/images/%s/json" % IMAGE, expect=(200, 404)).get("Id") is None:  # podman drops the tag
            self.request("POST", "/images/%s:latest/tag?repo=%s&tag=%s" % (repo, repo, tag))

    def labelled(self, kind, project):
        filters = urllib.parse.quote(json.dumps({"label": ["com.docker.compose.project=" + project]}))
        found = self.request("GET", "/%s?all=1&filters=%s" % (kind, filters))
        return found.get("Volumes") or [] if isinstance(found, dict) else found

    def projects(self, prefix):
        """The projects of this name that have a container, network or volume here."""
        filters = urllib.parse.quote(json.dumps({"label": ["com.docker.compose.project"]}))
        found = set()
        for kind in ("containers/json", "networks", "volumes"):
            answer = self.request("GET", "/%s?all=1&filters=%s" % (kind, filters))
            for one in answer.get("Volumes") or [] if isinstance(answer, dict) else answer:
                found.add(one["Labels"]["com.docker.compose.project"])
        return {name for name in found if name.startswith(prefix)}

    def remove_project(self, project):
        for container in self.labelled("containers/json", project):
            self.request("DELETE", "/containers/%s?force=1&v=1" % container["Id"], expect=(204, 404, 409))
        for network in self.labelled("networks", project):
            # Engine 20.10 sometimes forgets to let go of an endpoint; only its restart removes such a network.
            self.request("DELETE", "/networks/" + network["Id"], expect=(204, 403, 404))
        for volume in self.labelled("volumes", project):
            self.request("DELETE", "/volumes/" + volume["Name"], expect=(204, 404))

    def read_logs_raw(self, container):
        """Reads a container's whole log from the socket, without looking at it. How many bytes."""
        return self.read_raw("GET", "/containers/%s/logs?stdout=1&stderr=1&tail=all" % container)

    def exec_raw(self, container, command):
        """Reads all that a command inside writes, without looking at it."""
        spec = {"Cmd": command, "AttachStdout": True, "AttachStderr": True}
        run = self.request("POST", "/containers/%s/exec" % container, spec)["Id"]
        self.read_raw("POST", "/exec/%s/start" % run, b'{"Detach": false}')

    def put_zeros(self, container, name, size):
        """Sends a file of zeros to a container's root directory, as an archive."""
        self.send_zeros("PUT", "/containers/%s/archive?path=/" % container, [], name, size)

    def build_zeros(self, image, labels, dockerfile, size):
        """Builds an image by the classic builder, with a context of the Dockerfile and a file of zeros."""
        text = dockerfile.encode()
        head = tarfile.TarInfo("Dockerfile")
        head.size = len(text)
        query = urllib.parse.urlencode({"t": image, "labels": json.dumps(labels)})
        self.send_zeros("POST", "/build?" + query, [head.tobuf(), text, bytes(-len(text) % 512)], "zeros", size)

    def send_zeros(self, method, path, first, name, size):
        """Sends an archive: what is first, then a file of zeros. Reads the answer to its end."""
        raw = self.open_raw()
        head = tarfile.TarInfo(name)
        head.size = size
        head, tail = b"".join([*first, head.tobuf()]), bytes(1024 + -size % 512)
        raw.sendall(("%s %s HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n"
                     "Content-Type: application/x-tar\r\nContent-Length: %d\r\n\r\n"
                     % (method, path, len(head) + size + len(tail))).encode() + head)
        zeros = bytes(1 << 18)
        for begin in range(0, size, len(zeros)):
            raw.sendall(zeros[: size - begin])
        raw.sendall(tail)
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
        if b" 200 " not in answer[:20] or b'"error"' in answer:
            raise EngineError("the engine refused an archive")
        raw.close()

    def open_raw(self):
        raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        raw.connect(self.connection.path)
        return raw

    def read_raw(self, method, path, body=b""):
        raw = self.open_raw()
        head = "%s %s HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        raw.sendall((head % (method, path, len(body))).encode() + body)
        buffer, total = bytearray(1 << 18), 0
        while count := raw.recv_into(buffer):
            total += count
        raw.close()
        return total
