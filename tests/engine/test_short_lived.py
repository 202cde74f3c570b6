# SPDX-License-Identifier: MIT
"""Containers that end before anybody looks: their output and their end are told all the same."""
from harness import IMAGE, EngineTest, main

MANIFEST = f"""
services:
  short: {{image: {IMAGE}, command: sh -c "echo brief; exit 3"}}
"""


class ShortLived(EngineTest):
    def test_up_shows_their_output_and_end_and_ends(self):
        stack = self.stack(MANIFEST)
        for _ in range(3):
            done = stack.run("up")
            self.assertIn("short-1  | brief\n", done.stdout)
            self.assertIn("short-1 exited with code 3\n", done.stdout)

    def test_logs_of_a_replica_that_is_not_there(self):
        stack = self.stack(MANIFEST)
        stack.run("up", "-d")
        self.assertIn("is not running container #2", stack.run("logs", "--index", "2", "short", expect=1).stderr)

    def test_a_detached_one_off_removes_itself(self):
        stack = self.stack(MANIFEST)
        stack.run("run", "--rm", "-d", "short")
        stack.wait_for("removal", lambda: not stack.containers())


if __name__ == "__main__":
    main()
