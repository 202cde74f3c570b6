#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""push on an engine made up here, which counts how many pushes run at once and refuses some in the middle of them."""
import http.server
import json
import os
import socketserver
import tempfile
import threading

from harness import EngineTest, main


class Engine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path, together):
        super().__init__(path, Handler)
        self.lock = threading.Lock()
        self.running, self.most, self.pushed = 0, 0, []
        self.together = threading.Barrier(together)  # so many pushes wait for one another


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({} if self.path.endswith("/_ping") else {"ApiVersion": "1.41"})

    do_HEAD = do_GET

    def do_POST(self):
        name, server = self.path.split("?")[0].split("/images/")[1].removesuffix("/push"), self.server
        with server.lock:
            server.running += 1
            server.most = max(server.most, server.running)
        server.together.wait(20)
        with server.lock:
            server.running -= 1
            server.pushed.append(name)
        refused = "refused" in name
        self.answer({"error": "denied", "errorDetail": {"message": "denied"}} if refused else {"status": "done"})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass

    def address_string(self):
        return "client"


class Pushes(EngineTest):
    def engine(self, together):
        directory = tempfile.TemporaryDirectory(prefix="crstack-test-")
        self.addCleanup(directory.cleanup)
        server = Engine(directory.name + "/engine.sock", together)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{directory.name}/engine.sock"}
        return server

    def app(self, *names):
        services = "".join(f"  {name}: {{image: '{name}:1', build: .}}\n" for name in names)
        return self.stack(f"services:\n{services}")

    def test_sixteen_at_once(self):
        engine = self.engine(together=16)
        app = self.app(*(f"s{i:02}" for i in range(48)))
        done = app.run("push", env=self.environment)
        self.assertEqual(done.stderr, "")  # its layers alone are told, and there are none
        self.assertEqual((len(engine.pushed), engine.most), (48, 16))

    def test_as_many_as_parallel_says(self):
        engine = self.engine(together=3)
        self.app(*(f"s{i}" for i in range(6))).run("--parallel", "3", "push", env=self.environment)
        self.assertEqual((len(engine.pushed), engine.most), (6, 3))

    def test_what_is_refused_inside_of_an_answer(self):
        self.engine(together=1)
        app = self.app("good", "refused")
        for quiet in ([], ["-q"]):
            done = app.run("push", *quiet, expect=1, env=self.environment)
            self.assertTrue(done.stderr.endswith("error: denied\n"), done.stderr)
        done = app.run("push", "--ignore-push-failures", env=self.environment)
        self.assertEqual(done.stderr, "Pushing refused: denied\n")


main()
