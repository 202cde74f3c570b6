# SPDX-License-Identifier: MIT
"""What the real-engine tests share: a project in a directory of its own, run with the binary in $CRSTACK on the
engine in $DOCKER_HOST. Nothing is left behind, also when a test fails."""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import uuid

CRSTACK = os.environ["CRSTACK"].split()
IMAGE = "busybox:local"
# A service that lives until it is told to stop.
SLEEP = 'command: ["/bin/sh", "-c", "trap exit TERM; sleep 1000 & wait"]'


def docker(*args, check=True):
    """The docker client's standard output."""
    done = subprocess.run(["docker", *args], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(args)}: {done.stderr}")
    return done.stdout


# Podman answers the same API, and does some things otherwise: the tests say which.
PODMAN = "Podman" in docker("version", "--format", "{{json .Server}}")


def inspect(container):
    return json.loads(docker("inspect", container))[0]


def engine_time(text):
    """An engine's timestamp as something that compares: they all are UTC."""
    return text.rstrip("Z").ljust(29, "0")


class Stack:
    """A project: its directory, its manifest, its commands."""

    def __init__(self, manifest, **files):
        self.tool = CRSTACK
        self.name = "t" + uuid.uuid4().hex[:10]
        self._directory = tempfile.TemporaryDirectory(prefix="crstack-test-")
        self.directory = pathlib.Path(self._directory.name)
        self.write("compose.yaml", manifest)
        for name, text in files.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def command(self, *args):
        # -p would leave the manifest out where none is needed
        return ["env", "COMPOSE_PROJECT_NAME=" + self.name, *self.tool, *args]

    def run(self, *args, expect=0, timeout=120, **options):
        """Runs a command; `expect` is its exit code, None for any. Gives the CompletedProcess."""
        done = subprocess.run(self.command(*args), cwd=self.directory, capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL, check=False, **options)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"{' '.join(args)}: exit {done.returncode}, expected {expect}\n"
                                 f"--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}")
        return done

    def start(self, *args, **options):
        return subprocess.Popen(self.command(*args), cwd=self.directory, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, **options)

    def containers(self, *filters):
        """Names of the project's containers, one-offs too, sorted."""
        out = docker("ps", "-a", "--format", "{{.Names}}", "--filter", f"label=com.docker.compose.project={self.name}",
                     *[word for f in filters for word in ("--filter", f)])
        return sorted(out.split())

    def container(self, service, number=1):
        return f"{self.name}-{service}-{number}"

    def states(self):
        """State of each service's first container."""
        return {name[len(self.name) + 1:-2]: inspect(name)["State"]["Status"] for name in self.containers()}

    def ids(self):
        """Container ID by name."""
        return {name: inspect(name)["Id"] for name in self.containers()}

    def leftovers(self):
        """Everything of this project that the engine still has."""
        label = f"label=com.docker.compose.project={self.name}"
        return {
            "containers": self.containers(),
            "networks": docker("network", "ls", "-q", "--filter", label).split(),
            "volumes": docker("volume", "ls", "-q", "--filter", label).split(),
        }

    def wait_for(self, what, condition, seconds=30):
        """Waits (in the test, not in the product) until the condition holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"{self.name}: {what} did not happen within {seconds} s")

    def clean(self):
        for container in self.containers():
            docker("rm", "-f", "-v", container, check=False)
        left = self.leftovers()
        for network in left["networks"]:
            docker("network", "rm", network, check=False)
        for volume in left["volumes"]:
            docker("volume", "rm", "-f", volume, check=False)
        self._directory.cleanup()


class EngineTest(unittest.TestCase):
    """A test case whose stacks are cleaned up after each test."""

    maxDiff = None

    def stack(self, manifest, **files):
        stack = Stack(manifest, **files)
        self.addCleanup(stack.clean)
        return stack


def main():
    unittest.main(verbosity=2)
