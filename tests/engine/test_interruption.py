# SPDX-License-Identifier: MIT
"""Ctrl-C and kill -9 in the middle of things: nothing is lost, and the next `up` puts it right."""
import signal
import subprocess

from harness import IMAGE, EngineTest, inspect, main

MANIFEST = f"""
services:
  slow:
    image: {IMAGE}
    init: true
    command: ["/bin/sh", "-c", "sleep 2; touch /tmp/ready; sleep 1000"]
    healthcheck: {{test: ["CMD", "test", "-e", "/tmp/ready"], interval: 500ms, timeout: 2s, retries: 60}}
    volumes: [data:/data, /scratch]
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{slow: {{condition: service_healthy}}}}}}
volumes: {{data: {{}}}}
"""


def up_in_the_foreground(stack, *options):
    """Of MANIFEST, once both its containers run."""
    process = stack.start("up", *options)
    stack.wait_for("the stack's start", lambda: len(stack.containers("status=running")) == 2)
    return process


class Interruption(EngineTest):
    def test_ctrl_c_in_the_middle_of_a_detached_up(self):
        stack = self.stack(MANIFEST)
        process = stack.start("up", "-d")
        stack.wait_for("the first container's start", lambda: stack.containers("status=running"))
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertNotEqual(inspect(stack.container("web"))["State"]["Status"], "running")
        stack.run("up", "-d")
        self.assertEqual(stack.containers("status=running"), [stack.container("slow"), stack.container("web")])

    def test_ctrl_c_while_a_run_begins_leaves_nothing(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}}}")
        stack.run("create")
        for _ in range(3):
            process = stack.start("run", "--rm", "a")
            stack.wait_for("the one-off", lambda: len(stack.containers()) == 2)
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:  # its init was not ready for the first one
                process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 130, stderr)
            self.assertEqual(stack.containers(), [stack.container("a")])

    def test_ctrl_c_stops_a_foreground_up_gracefully(self):
        self.assert_that_ctrl_c_ends()

    def test_ctrl_c_counts_more_than_the_exit_code_from_a_service(self):
        self.assert_that_ctrl_c_ends("--exit-code-from", "web")

    def assert_that_ctrl_c_ends(self, *options):
        stack = self.stack(MANIFEST)
        process = up_in_the_foreground(stack, *options)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(stack.containers("status=running"), [])
        self.assertEqual(len(stack.containers()), 2)

    def test_a_terminal_that_goes_away_leaves_the_stack(self):
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup, `up` shall not
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        stack = self.stack(MANIFEST)
        process = up_in_the_foreground(stack)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 129)
        self.assertEqual(len(stack.containers("status=running")), 2)

    def test_nohup_keeps_an_up_in_the_foreground(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sh, -c, 'while :; do echo tick; sleep 0.2; done']}}}}")
        process = stack.start("up", "-t", "0", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        while "tick" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGHUP)
        for _ in range(5):
            self.assertIn("tick", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)

    def test_a_second_ctrl_c_kills(self):
        stack = self.stack(f"""
services:
  stubborn: {{image: {IMAGE}, command: ["/bin/sh", "-c", "trap '' TERM; while true; do sleep 1; done"], stop_grace_period: 60s}}
""")
        process = stack.start("up")
        stack.wait_for("the start", lambda: stack.containers("status=running"))
        process.send_signal(signal.SIGINT)
        self.assertRaises(subprocess.TimeoutExpired, process.communicate, timeout=2)  # it is being stopped gracefully
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(stack.containers("status=running"), [])

    def test_up_after_kill_9_at_any_moment(self):
        stack = self.stack(MANIFEST)
        for moment in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 2.8):
            process = stack.start("up", "-d")
            try:
                process.communicate(timeout=moment)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            if moment == 0.8:  # also in the middle of a recreation
                stack.write("compose.yaml", MANIFEST.replace("init: true", "init: true\n    environment: {A: b}", 1))
        stack.run("up", "-d", "--wait")
        self.assertEqual(stack.containers(), [stack.container("slow"), stack.container("web")])
        self.assertEqual(stack.containers("status=running"), stack.containers())
        before = stack.ids()
        stack.run("up", "-d")
        self.assertEqual(stack.ids(), before)
        stack.run("down", "--volumes", "-t", "0")
        self.assertEqual(stack.leftovers(), {"containers": [], "networks": [], "volumes": []})


main()
