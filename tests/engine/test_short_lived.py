# SPDX-License-Identifier: MIT
"""Containers that end by themselves: logs of a replica that is not there, one-offs that clean up after themselves."""
import time

from harness import IMAGE, PODMAN, EngineTest, main

MANIFEST = f"""
services:
  short: {{image: {IMAGE}, command: sh -c "echo brief; exit 3"}}
"""


class ShortLived(EngineTest):
    def test_logs_of_a_replica_that_is_not_there(self):
        stack = self.stack(MANIFEST)
        stack.run("up", "-d")
        self.assertIn("is not running container #2", stack.run("logs", "--index", "2", "short", expect=1).stderr)

    def test_the_foreground_ends_with_what_ended_as_it_began(self):
        stack = self.stack(MANIFEST)
        stack.run("up", "-d")
        for _ in range(3):  # listed as running still, at times
            stack.run("restart", "-t", "0")
            self.assertRegex(stack.run("up", timeout=30).stdout, r"short-1 exited with code 3\n\Z")

    def test_logs_of_what_was_only_created_are_followed_from_its_start(self):
        stack = self.stack(MANIFEST)
        stack.run("create")
        logs = stack.start("logs", "-f", "--no-log-prefix")
        self.addCleanup(logs.kill)
        time.sleep(0.5)  # to end, if it did
        stack.run("start")
        out, _ = logs.communicate(timeout=30)
        self.assertTrue(out.startswith("brief\n"), out)

    def test_following_ends_at_once_with_what_ends_by_itself(self):
        stack = self.stack(f"services: {{job: {{image: {IMAGE}, command: [sh, -c, 'echo on; sleep 2; echo off; exit 3']}}}}")
        stack.run("up", "-d")
        logs = stack.start("logs", "-f", "--no-log-prefix")
        self.addCleanup(logs.kill)
        self.assertEqual([logs.stdout.readline() for _ in range(2)], ["on\n", "off\n"])
        begin = time.monotonic()
        self.assertEqual(logs.communicate(timeout=30)[0], "job-1 exited with code 3\n")
        self.assertLess(time.monotonic() - begin, 2)

    def test_following_outlives_a_restart_and_tells_each_end_once(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sh, -c, 'echo on; sleep 60']}}}}")
        stack.run("up", "-d")
        logs = stack.start("logs", "-f", "--no-log-prefix")
        self.addCleanup(logs.kill)
        self.assertEqual(logs.stdout.readline(), "on\n")
        stack.run("restart", "-t", "1")
        ends = []
        while (line := logs.stdout.readline()) != "on\n":
            ends.append(line)
        if not PODMAN:  # which tells of an end late
            self.assertEqual(len(ends), 1)
        stack.run("down", "-t", "0")  # engines tell the end twice, at times
        begin = time.monotonic()
        ends += logs.communicate(timeout=30)[0].splitlines()
        self.assertEqual(len(ends), 2)
        for end in ends:
            self.assertRegex(end, r"^a-1 exited with code \d+( \(restarting\))?$")
        self.assertLess(time.monotonic() - begin, 2)  # what is removed doesn't come back

    def test_each_life_is_followed_once(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, restart: 'on-failure:2', "
                           "command: [sh, -c, 'echo life; sleep 1; exit 3']}}")
        shown = stack.run("up", "--no-log-prefix").stdout.splitlines()
        self.assertEqual(shown.count("life"), 3)
        self.assertEqual(sum("exited with code 3" in line for line in shown), 3)

    def test_a_detached_one_off_removes_itself(self):
        stack = self.stack(MANIFEST)
        stack.run("run", "--rm", "-d", "short")
        stack.wait_for("removal", lambda: not stack.containers())


if __name__ == "__main__":
    main()
