# SPDX-License-Identifier: MIT
"""What makes an `up` fast does what it says: own probes, charts of the run, nothing done where nothing is to do."""
import json
import os
import re
import resource
import signal
import time
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from harness import IMAGE, PODMAN, SLEEP, EngineTest, inspect, main

# With an interval of an hour, only crstack's own probe can find out that `db` is ready.
GATED = f"""
services:
  db:
    image: {IMAGE}
    command: ["/bin/sh", "-c", "sleep 0.5; touch ready; trap exit TERM; sleep 1000 & wait"]
    working_dir: /dev/shm
    environment: {{FILE: ready}}
    user: nobody
    healthcheck: {{test: "test -e $$FILE && test $$(id -u) = 65534", interval: 1h, timeout: 20s}}
  web:
    image: {IMAGE}
    {SLEEP}
    depends_on: {{db: {{condition: service_healthy}}}}
"""


needs_probes = unittest.skipIf(PODMAN, "Podman without systemd never probes")


class Speed(EngineTest):
    def test_the_own_probe_opens_a_gate_long_before_the_engine_looks(self):
        stack = self.stack(GATED)
        stack.run("up", "-d", timeout=60)
        self.assertTrue(inspect(stack.container("web"))["State"]["Running"])
        self.assertEqual(inspect(stack.container("db"))["State"]["Health"]["Status"], "starting")

    @needs_probes
    def test_with_probe_engine_nothing_is_run_in_the_container(self):
        stack = self.stack(GATED.replace("interval: 1h", "interval: 1s"))
        for said in (["up", "-d", "--probe", "engine"], ["up", "-d", "--force-recreate"]):
            if "--probe" not in said:
                stack.write("compose.yaml", "x-crstack: {probe: engine}\n" + GATED.replace("interval: 1h", "interval: 1s"))
            done = stack.run("--debug", *said)
            self.assertNotIn("/exec", done.stderr)
            self.assertEqual(inspect(stack.container("db"))["State"]["Health"]["Status"], "healthy")

    @needs_probes
    def test_a_probe_that_hangs_does_not_hold_the_gate(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    command: ["/bin/sh", "-c", "sleep 1; touch /answers; trap exit TERM; sleep 1000 & wait"]
    # Whoever asks too early hears nothing for minutes.
    healthcheck: {{test: "test -e /answers || sleep 600", interval: 2s, timeout: 300s}}
  web:
    image: {IMAGE}
    {SLEEP}
    depends_on: {{db: {{condition: service_healthy}}}}
""")
        stack.run("up", "-d", timeout=60)
        self.assertTrue(inspect(stack.container("web"))["State"]["Running"])

    def test_the_run_is_drawn_and_traced(self):
        stack = self.stack(GATED)
        cache = {"env": dict(os.environ, XDG_CACHE_HOME=str(stack.directory / "cache"))}
        stack.run("up", "-d", "--timeline", "run.svg")
        picture = (stack.directory / "run.svg").read_text()
        root = xml.fromstring(picture)
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertIn("this probe's interval would have cost", picture)
        self.assertNotIn("href", picture)
        stack.run("down", "-t", "0")
        stack.run("up", "-d", "--timeline", "run.json", **cache)
        events = json.loads((stack.directory / "run.json").read_text())["traceEvents"]
        names = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
        bars = [(names[event["tid"]], event["name"]) for event in events if event["ph"] == "X"]
        for bar in (("db", "create"), ("db", "start"), ("db", "wait"), ("db", "ready"), ("web", "start")):
            self.assertIn(bar, bars)
        critical = {names[event["tid"]] for event in events if event["ph"] == "X" and event["args"]["critical"]}
        self.assertLessEqual({"db", "web"}, critical)
        shown = stack.run("timeline", **cache).stdout
        self.assertRegex(shown, r"(?m)^db +\* ")
        self.assertIn("critical path: ", shown)

    def test_what_failed_and_what_was_stopped_is_on_record(self):
        stack = self.stack(f"""
services:
  job: {{image: {IMAGE}, command: ["false"]}}
  web: {{image: {IMAGE}, {SLEEP}, depends_on: {{job: {{condition: service_completed_successfully}}}}}}
""")
        cache = {"env": dict(os.environ, XDG_CACHE_HOME=str(stack.directory / "cache"))}
        stack.run("up", "-d", "--timeline", "run.svg", expect=1, **cache)
        self.assertIn('class="failed"', (stack.directory / "run.svg").read_text())
        shown = stack.run("timeline", **cache).stdout
        self.assertIn("the last run, which failed", shown)
        self.assertRegex(shown, r"(?m)^job +\* .*✘")
        stack.write("compose.yaml", f"services: {{job: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}}}")
        process = stack.start("up", **cache)
        for line in process.stdout:
            if "Attaching" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertRegex(stack.run("timeline", **cache).stdout, r"critical path: .*job create")

    def test_a_timeline_that_cannot_be_written_stops_before_anything_starts(self):
        stack = self.stack(GATED)
        done = stack.run("up", "-d", "--timeline", "no/such/directory/run.svg", expect=1)
        self.assertIn("no/such/directory/run.svg", done.stderr)
        self.assertEqual(stack.containers(), [])

    def test_an_up_with_nothing_to_do_asks_a_handful_of_times(self):
        calls = []
        for count in (2, 12):
            services = "".join(f"  s{n}: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}\n" for n in range(count))
            stack = self.stack("services:\n" + services)
            stack.run("up", "-d")
            said = stack.run("--debug", "up", "-d").stderr
            calls.append(len(re.findall(r"\b(?:GET|POST|DELETE) /", said)))
            stack.run("down", "-t", "0")
        self.assertEqual(calls[0], calls[1])
        self.assertLessEqual(calls[0], 7 if PODMAN else 6)  # whose list of containers tells of no health

    @unittest.skipIf(PODMAN, "Podman answers a request for logs once there is a line, and a thread waits for each answer")
    def test_no_command_has_a_thread_for_each_container(self):
        follow = {"up": ["up"], "logs": ["logs", "-f"], "stats": ["stats"], "wait": ["wait", "web"]}
        counts = []
        for containers in (2, 12):
            stack = self.stack(f"services: {{web: {{image: {IMAGE}, init: true, command: [sleep, '1000'], scale: {containers}}}}}")
            stack.run("up", "-d")
            counts.append({name: self.most_threads(stack, words) for name, words in follow.items()})
            stack.run("down", "-t", "0")
        self.assertEqual(counts[0], counts[1])

    def test_a_shell_s_limit_of_open_files_is_no_limit_of_followed_containers(self):
        stack = self.stack(f"services: {{web: {{image: {IMAGE}, init: true, command: [sh, -c, 'echo here; sleep 1000'], scale: 12}}}}")
        stack.run("up", "-d")
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        process = stack.start("logs", "-f", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10, hard)))
        try:
            self.assertEqual(len({process.stdout.readline().split()[0] for _ in range(12)}), 12)
        finally:
            process.kill()
            process.communicate()

    def most_threads(self, stack, words):
        """Of a command that goes on until it is interrupted, once it is at rest."""
        process = stack.start(*words)
        try:
            status = Path(f"/proc/{process.pid}/status")
            seen = []
            while len(seen) < 10 or len(set(seen[-10:])) > 1:  # a second without a change
                time.sleep(0.1)
                seen.append(int(re.search(r"Threads:\s+(\d+)", status.read_text()).group(1)))
            return seen[-1]
        finally:
            process.kill()
            process.communicate()


main()
