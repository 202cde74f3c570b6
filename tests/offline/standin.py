# SPDX-License-Identifier: MIT
"""Starts a stand-in as a process of its own on a free port, and ends it."""
import os
import pathlib
import socket
import subprocess
import sys

OFFLINE = pathlib.Path(__file__).resolve().parents[2] / "compose" / "offline"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(image, **extra):
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "PYTHONPATH": str(OFFLINE / image),
        "PYTHONDONTWRITEBYTECODE": "1",
        **extra,
    }


def words(module, arguments):
    code = f"import sys; from {module} import main; sys.exit(main(sys.argv[1:]))"
    return [sys.executable, "-c", code, *arguments]


class StandIn:
    """A running stand-in. ready is a text of the line that says it serves; lines holds what it printed up to there."""

    def __init__(self, image, module, arguments, ready, **variables):
        self.process = subprocess.Popen(
            words(module, arguments),
            env=environment(image, **variables),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line)
            if ready in line:
                return
        raise AssertionError(f"{module} ended: {''.join(self.lines)}")

    def end(self):
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self._reap()

    def kill(self):
        self.process.kill()
        return self._reap()

    def _reap(self):
        said = self.process.communicate(timeout=10)[0]
        if self.process.returncode > 0 or self.process.returncode == -6:
            raise AssertionError(f"exit {self.process.returncode}: {said}")
        return self.process.returncode


def run(image, module, arguments, stdin="", **variables):
    """Runs a command line of a stand-in to its end."""
    return subprocess.run(
        words(module, arguments),
        env=environment(image, **variables),
        input=stdin,
        text=True,
        capture_output=True,
        timeout=30,
        check=False,
    )
