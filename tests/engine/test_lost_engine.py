#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An engine that goes away in the middle of things: an error at once, exit code 1, nothing hangs, the terminal is as
it was. A proxy before the engine's socket, which is then cut, stands for the engine's end."""
import os
import pty
import subprocess
import termios
import time

from harness import IMAGE, EngineTest, main
from proxy import Proxy

MANIFEST = f"""
services:
  app: {{image: {IMAGE}, init: true, command: [sh, -c, "while :; do echo tick; sleep 0.2; done"]}}
"""


class LostEngine(EngineTest):
    def setUp(self):
        self.app = self.stack(MANIFEST)
        self.proxy = Proxy(self.app.directory)
        self.env = {**os.environ, "DOCKER_HOST": f"unix://{self.proxy.path}"}

    def lose(self, *words, sign, code=1):
        """Runs a command until `sign` says that it is under way; what it says of its engine's end."""
        process = self.app.start(*words, env=self.env)
        sign(process)
        self.proxy.cut()
        _, told = process.communicate(timeout=20)
        self.assertEqual(process.returncode, code, told)
        self.assertIn("error: ", told)
        self.assertNotIn("Can't retrieve logs", told)

    @staticmethod
    def tick(process):
        while "tick" not in process.stdout.readline():
            pass

    def test_up_in_the_foreground(self):
        self.lose("up", sign=self.tick)
        self.assertEqual(self.app.states(), {"app": "running"})

    def test_logs_that_are_followed(self):
        self.app.run("up", "-d")
        self.lose("logs", "-f", sign=self.tick)

    def test_a_command_in_a_container(self):
        self.app.run("up", "-d")
        self.lose("exec", "-T", "app", "sh", "-c", "echo tick; sleep 60", sign=self.tick, code=255)

    def test_a_one_off_has_the_code_of_a_lost_engine(self):
        self.lose("run", "--rm", "-T", "app", "sh", "-c", "echo tick; sleep 60", sign=self.tick, code=125)

    def test_what_waits_without_a_word(self):
        self.app.run("up", "-d")
        self.lose("wait", "app", sign=lambda _: self.app.wait_for("two connections", lambda: len(self.proxy.sockets) >= 4))

    def test_a_terminal_is_as_it_was(self):
        self.app.run("up", "-d")
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        self.addCleanup(os.close, follower)
        before = termios.tcgetattr(follower)
        process = subprocess.Popen(self.app.command("exec", "app", "sh"), cwd=self.app.directory, env=self.env,
                                   stdin=follower, stdout=follower, stderr=follower)
        self.app.wait_for("raw mode", lambda: termios.tcgetattr(follower)[3] != before[3])
        time.sleep(0.2)
        self.proxy.cut()
        self.assertEqual(process.wait(20), 255)
        self.assertEqual(termios.tcgetattr(follower), before)


main()
