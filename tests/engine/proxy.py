# SPDX-License-Identifier: MIT
"""A socket before the engine's own, for tests that look at what is said to the engine, or take it away."""
import os
import socket
import threading


class Proxy:
    """Passes on what goes to the engine and back until it is cut; `said` is what went there."""

    def __init__(self, directory):
        self.path = f"{directory}/proxy.sock"
        self.sockets, self.said = [], []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(os.environ["DOCKER_HOST"].removeprefix("unix://"))
            self.sockets += [client, engine]
            for ends in ((client, engine, self.said), (engine, client, [])):
                threading.Thread(target=self.copy, args=ends, daemon=True).start()

    @staticmethod
    def copy(source, target, said):
        try:
            while data := source.recv(65536):
                said.append(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def cut(self):
        os.unlink(self.path)
        self.listener.close()
        for end in self.sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
