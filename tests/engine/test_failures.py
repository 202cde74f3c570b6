# SPDX-License-Identifier: MIT
"""What an `up` that fails says and leaves: exit 1 at once, a report, and everything started stays for inspection."""
import os
import time
import uuid

from harness import IMAGE, PODMAN, SLEEP, EngineTest, docker, inspect, main


class Failures(EngineTest):
    def test_a_failing_health_check_is_reported_with_its_output(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    {SLEEP}
    healthcheck: {{test: ["CMD-SHELL", "echo no route to the moon; exit 3"], interval: 300ms, timeout: 2s, retries: 2}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        done = stack.run("up", "-d", expect=1)
        self.assertIn(f"✘ db: dependency failed to start: container {stack.container('db')} is unhealthy", done.stderr)
        # Podman keeps of its probes those that it has run by itself, which without systemd are none.
        self.assertIn("exit 3  no route to the moon" if PODMAN else "exit 3 (2 times)  no route to the moon", done.stderr)
        self.assertIn("not started: web", done.stderr)
        self.assertRegex(done.stderr, r"Failed after [0-9.]+s: .*db not healthy [0-9.]+s")
        self.assertTrue(inspect(stack.container("db"))["State"]["Running"])
        self.assertNotEqual(inspect(stack.container("web"))["State"]["Status"], "running")

    def test_a_hanging_health_check_is_unhealthy_after_its_timeout(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    {SLEEP}
    healthcheck: {{test: ["CMD", "sleep", "60"], interval: 300ms, timeout: 1s, retries: 2}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        begin = time.monotonic()
        done = stack.run("up", "-d", expect=1, timeout=60)
        self.assertLess(time.monotonic() - begin, 40)
        self.assertIn("unhealthy", done.stderr)

    def test_an_exit_during_start_up_stops_the_up_at_once(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    command: ["/bin/sh", "-c", "echo starting; echo cannot open the ledger >&2; sleep 1; exit 3"]
    healthcheck: {{test: ["CMD", "false"], interval: 60s, retries: 50}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        begin = time.monotonic()
        done = stack.run("up", "-d", expect=1)
        self.assertLess(time.monotonic() - begin, 30)
        self.assertIn(f"✘ db: dependency failed to start: container {stack.container('db')} exited (3)", done.stderr)
        self.assertIn("    | cannot open the ledger", done.stderr)
        self.assertIn("not started: web", done.stderr)
        self.assertEqual(inspect(stack.container("db"))["State"]["ExitCode"], 3)

    def test_a_failed_one_shot_stops_its_dependents(self):
        stack = self.stack(f"""
services:
  job: {{image: {IMAGE}, command: ["/bin/sh", "-c", "exit 7"], restart: "no"}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{job: {{condition: service_completed_successfully}}}}}}
""")
        done = stack.run("up", "-d", expect=1)
        self.assertIn("✘ job: service \"job\" didn't complete successfully: exit 7", done.stderr)
        self.assertNotEqual(inspect(stack.container("web"))["State"]["Status"], "running")

    def test_a_port_in_use_is_named(self):
        blocker = self.stack(f"""
services:
  first: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], ports: ["127.0.0.1:28431:80"]}}
""")
        blocker.run("up", "-d")
        stack = self.stack(f"""
services:
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], ports: ["127.0.0.1:28431:80"]}}
""")
        done = stack.run("up", "-d", expect=1)
        self.assertIn("✘ web: port 28431 is already in use", done.stderr)
        blocker.run("down", "-t", "0")
        stack.run("up", "-d")  # free again: the half-made container is no obstacle

    def test_a_missing_image_is_named(self):
        stack = self.stack("services:\n  web: {image: 'localhost:1/nobody/has-this:1'}\n")
        done = stack.run("up", "-d", expect=1)
        self.assertIn("localhost:1/nobody/has-this:1", done.stderr)
        self.assertEqual(stack.leftovers(), {"containers": [], "networks": [], "volumes": []})

    def test_what_runs_goes_on_where_an_image_can_not_be_built(self):
        web = "services:\n" + f"  web: {{image: {IMAGE}, init: true, command: ['sleep', '1000'], environment: [SHADE=%s]}}\n"
        stack = self.stack(web % "green")
        stack.run("up", "-d")
        before = stack.ids()
        stack.write("compose.yaml", web % "red" + "  fresh: {build: {dockerfile_inline: "
                    f'"FROM {IMAGE}\\nRUN sleep 2; exit 9 {uuid.uuid4()}"}}}}\n')
        stack.run("up", "-d", expect=1)
        self.assertEqual(stack.ids(), before)
        self.assertEqual(stack.states(), {"web": "running"})

    def test_a_container_killed_for_memory_is_called_that(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    command: ["tail", "-c", "1000m", "/dev/zero"]
    mem_limit: 16m
    memswap_limit: 16m
    healthcheck: {{test: ["CMD", "false"], interval: 60s, retries: 50}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        done = stack.run("up", "-d", expect=1)
        if PODMAN and "ran out of memory" not in done.stderr:  # it can't tell, or tells later than of the end
            return self.assertIn("exit code:   137: SIGKILL: killed, by hand or for memory", done.stderr)
        self.assertIn(f"✘ db: dependency failed to start: container {stack.container('db')} was killed because it ran out of memory", done.stderr)
        self.assertIn("exit code:   137: SIGKILL: the kernel killed it for memory", done.stderr)

    def test_a_crash_loop_is_called_that_and_not_unhealthy(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    restart: always
    command: ["/bin/sh", "-c", "echo no ledger; exit 9"]
    healthcheck: {{test: ["CMD", "false"], interval: 60s}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        done = stack.run("up", "-d", expect=1)
        self.assertIn(f"✘ db: dependency failed to start: container {stack.container('db')} keeps crashing", done.stderr)
        self.assertIn("exit code:   9", done.stderr)
        self.assertIn("    | no ledger", done.stderr)
        self.assertIn("not started: web", done.stderr)

    def test_a_command_that_is_not_in_the_image_is_named(self):
        stack = self.stack(f"services: {{web: {{image: {IMAGE}, command: [no-such-program]}}}}\n")
        done = stack.run("up", "-d", expect=1)
        self.assertIn("✘ web: its command no-such-program is not in the image", done.stderr)
        self.assertIn("exit code:   127: its command was not found", done.stderr)

    def test_a_wait_that_takes_too_long_says_for_whom(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    {SLEEP}
    healthcheck: {{test: ["CMD-SHELL", "echo still loading; exit 1"], interval: 60s}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        done = stack.run("up", "-d", "--wait", "--wait-timeout", "3", expect=1)
        self.assertIn(f"✘ db: container {stack.container('db')} is not healthy after 3s", done.stderr)
        self.assertIn("exit 1  still loading", done.stderr)  # crstack's own probe: the engine has made none yet
        self.assertIn("not started: web", done.stderr)

    def test_no_engine_says_which_socket_was_tried(self):
        stack = self.stack(f"services: {{web: {{image: {IMAGE}}}}}\n")
        env = {**os.environ, "DOCKER_HOST": f"unix://{stack.directory}/none.sock"}
        done = stack.run("up", "-d", expect=1, env=env)
        self.assertIn("none.sock", done.stderr)

    def test_a_manifest_error_shows_line_caret_and_suggestion(self):
        stack = self.stack(f"services:\n  web:\n    image: {IMAGE}\n    enviroment: [A=1]\n")
        done = stack.run("up", "-d", expect=2)
        self.assertIn("compose.yaml:4:5", done.stderr)
        self.assertIn("enviroment: [A=1]", done.stderr)
        self.assertIn("^", done.stderr)
        self.assertIn("environment", done.stderr)
        self.assertEqual(docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={stack.name}"), "")


main()
