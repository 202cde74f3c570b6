# SPDX-License-Identifier: MIT
"""An engine behind ssh://: crstack runs ssh, and `docker system dial-stdio` at the other end."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from harness import IMAGE, SLEEP, EngineTest, main

SOCKET = os.environ["DOCKER_HOST"].removeprefix("unix://")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def keygen(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)


class Server:
    """An SSH server on loopback that lets in one key of its own; root's real files are out of its sight."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.port = free_port()
        keygen(self.directory / "id")
        home = self.directory / "home" / ".ssh"
        home.mkdir(parents=True)
        shutil.copy(self.directory / "id.pub", home / "authorized_keys")
        (self.directory / "home").chmod(0o700)
        home.chmod(0o700)
        subprocess.run(["dropbearkey", "-t", "ecdsa", "-f", self.directory / "host"], check=True, capture_output=True)
        serve = f"mount --bind {self.directory}/home /root && exec dropbear -F -E -s -r {self.directory}/host " \
                f"-P {self.directory}/pid -p 127.0.0.1:{self.port}"
        self.process = subprocess.Popen(["unshare", "--mount", "sh", "-c", serve], stderr=subprocess.DEVNULL)
        self.write_client()
        self.wait()

    def write_client(self):
        """ssh with options of its own, which people would have in their configuration."""
        client = self.directory / "bin" / "ssh"
        client.parent.mkdir()
        client.write_text(f"#!/bin/sh\nexec {shutil.which('ssh')} -F none -i {self.directory}/id -o BatchMode=yes "
                          f"-o StrictHostKeyChecking=no -o UserKnownHostsFile={self.directory}/known \"$@\"\n")
        client.chmod(0o755)

    def wait(self):
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("no SSH server came up")

    def environment(self, host):
        return {**os.environ, "PATH": f"{self.directory}/bin:{os.environ['PATH']}", "DOCKER_HOST": host}

    def close(self):
        self.process.kill()
        self.process.wait(20)


class Ssh(EngineTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.server = Server(directory.name)
        self.addCleanup(self.server.close)
        self.web = self.stack(f"services: {{web: {{image: {IMAGE}, {SLEEP}}}}}\n")

    def test_a_stack_lives_behind_ssh(self):
        env = self.server.environment(f"ssh://root@127.0.0.1:{self.server.port}{SOCKET}")
        self.web.run("up", "-d", env=env)
        self.assertIn("web-1", self.web.run("ps", env=env).stdout)
        sent = "0123456789abcdef" * 20_000
        echo = subprocess.run(self.web.command("exec", "-T", "web", "cat"), cwd=self.web.directory, env=env, input=sent,
                              capture_output=True, text=True, timeout=120, check=True)
        self.assertTrue(echo.stdout == sent, f"{len(echo.stdout)} of {len(sent)} bytes, or others")
        self.assertEqual(self.web.run("exec", "-T", "web", "sh", "-c", "exit 7", env=env, expect=7).stdout, "")
        self.web.run("down", env=env)
        self.assertEqual(self.web.containers(), [])

    def test_what_ssh_says_is_told(self):
        closed = self.web.run("ps", env=self.server.environment(f"ssh://root@127.0.0.1:{free_port()}"), expect=1)
        self.assertIn("Connection refused", closed.stderr)
        nobody = self.web.run("ps", env=self.server.environment(f"ssh://nobody@127.0.0.1:{self.server.port}"), expect=1)
        self.assertIn("Permission denied", nobody.stderr)
        nowhere = f"ssh://root@127.0.0.1:{self.server.port}/nosuch.sock"
        self.assertIn("/nosuch.sock", self.web.run("ps", env=self.server.environment(nowhere), expect=1).stderr)

    def test_an_ssh_that_says_much_blocks_nothing(self):
        client = self.server.directory / "bin" / "ssh"
        client.write_text(client.read_text().replace("exec", "head -c 300000 /dev/zero | tr '\\0' x >&2; echo >&2; exec"))
        env = self.server.environment(f"ssh://root@127.0.0.1:{self.server.port}{SOCKET}")
        self.assertEqual(self.web.run("ps", "-q", env=env, timeout=60).stderr, "")
        nowhere = f"ssh://root@127.0.0.1:{self.server.port}/nosuch.sock"
        self.assertIn("/nosuch.sock", self.web.run("ps", env=self.server.environment(nowhere), expect=1).stderr)


if __name__ == "__main__":
    main()
