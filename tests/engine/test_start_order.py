# SPDX-License-Identifier: MIT
"""Services start when what they depend on has reached the condition, and not before."""
from harness import IMAGE, PODMAN, SLEEP, EngineTest, docker, engine_time, inspect, main


class StartOrder(EngineTest):
    def test_all_three_conditions_gate_the_start(self):
        stack = self.stack(f"""
services:
  healthy:
    image: {IMAGE}
    command: ["/bin/sh", "-c", "sleep 1; touch /tmp/ready; trap exit TERM; sleep 1000 & wait"]
    healthcheck: {{test: ["CMD", "test", "-e", "/tmp/ready"], interval: 500ms, timeout: 2s, retries: 20}}
  done:
    image: {IMAGE}
    command: ["/bin/sh", "-c", "sleep 1; exit 0"]
    restart: "no"
  begun:
    image: {IMAGE}
    {SLEEP}
  last:
    image: {IMAGE}
    {SLEEP}
    depends_on:
      healthy: {{condition: service_healthy}}
      done: {{condition: service_completed_successfully}}
      begun: {{condition: service_started}}
""")
        stack.run("up", "-d")
        last = engine_time(inspect(stack.container("last"))["State"]["StartedAt"])
        begun = inspect(stack.container("begun"))["State"]
        done = inspect(stack.container("done"))["State"]
        healthy = inspect(stack.container("healthy"))["State"]
        self.assertLess(engine_time(begun["StartedAt"]), last)
        self.assertEqual((done["Status"], done["ExitCode"]), ("exited", 0))
        self.assertLess(engine_time(done["FinishedAt"]), last)
        self.assertLess(engine_time(healthy["StartedAt"]), last)
        # Ready one second after its start: the dependent's start lies behind that.
        self.assertGreater(last, engine_time(healthy["StartedAt"]))
        running_for = float(last[17:26]) - float(engine_time(healthy["StartedAt"])[17:26])
        self.assertGreaterEqual(running_for % 60, 1.0)

    def test_a_chain_starts_in_order_and_stops_in_reverse(self):
        stack = self.stack(f"""
services:
  a: {{image: {IMAGE}, init: true, command: ["sleep", "1000"]}}
  b: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: [a]}}
  c: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: [b]}}
""")
        stack.run("up", "-d")
        started = [engine_time(inspect(stack.container(s))["State"]["StartedAt"]) for s in "abc"]
        self.assertEqual(started, sorted(started))
        stack.run("stop", "-t", "5")
        finished = [engine_time(inspect(stack.container(s))["State"]["FinishedAt"]) for s in "cba"]
        self.assertEqual(finished, sorted(finished))

    def test_start_of_what_runs_fails_by_an_unhealthy_dependency(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    init: true
    command: ["sleep", "1000"]
    healthcheck: {{test: ["CMD", "test", "!", "-e", "/tmp/bad"], interval: 200ms, timeout: 1s, retries: 1}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        stack.run("up", "-d")
        self.assertIn(f"Container {stack.container('db')}  Healthy", stack.run("start", "web").stderr)
        self.assertEqual(stack.run("run", "--rm", "web", "true").stderr,
                         f" Container {stack.container('db')}  Running\n")  # no Waiting, as in docker compose
        if PODMAN:
            self.skipTest("it never probes by itself")
        docker("pause", stack.container("db"))  # the engine calls it unhealthy then, until its next probe
        stack.run("up", "-d")
        stack.run("exec", "-T", "db", "touch", "/tmp/bad")
        stack.wait_for("unhealthy", lambda: inspect(stack.container("db"))["State"]["Health"]["Status"] == "unhealthy")
        done = stack.run("start", "web", expect=1)
        self.assertIn(f"dependency failed to start: container {stack.container('db')} is unhealthy", done.stderr)
        docker("rm", "-f", stack.container("db"))
        self.assertIn("web is missing dependency db", stack.run("start", "web", expect=1).stderr)

    def test_up_of_one_service_starts_its_dependencies_only(self):
        stack = self.stack(f"""
services:
  db: {{image: {IMAGE}, init: true, command: ["sleep", "1000"]}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: [db]}}
  other: {{image: {IMAGE}, init: true, command: ["sleep", "1000"]}}
""")
        stack.run("up", "-d", "web")
        self.assertEqual(stack.containers(), [stack.container("db"), stack.container("web")])

    def test_no_deps_starts_the_service_alone(self):
        stack = self.stack(f"""
services:
  db: {{image: {IMAGE}, init: true, command: ["sleep", "1000"]}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: [db]}}
""")
        stack.run("up", "-d", "--no-deps", "web")
        self.assertEqual(stack.containers(), [stack.container("web")])

    def test_wait_counts_a_finished_one_shot_as_done(self):
        stack = self.stack(f"""
services:
  job: {{image: {IMAGE}, command: ["true"], restart: "no"}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{job: {{condition: service_completed_successfully}}}}}}
""")
        stack.run("up", "-d", "--wait")
        self.assertEqual(inspect(stack.container("job"))["State"]["ExitCode"], 0)

    def test_wait_ends_when_the_engine_too_calls_it_healthy(self):
        check = 'healthcheck: {test: ["CMD", "true"], interval: 1s}'
        stack = self.stack(f"""
services:
  db: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], {check}}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], {check}, depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        def health():
            return [inspect(stack.container(name))["State"]["Health"]["Status"] for name in ("db", "web")]
        by_engine = ["starting" if PODMAN else "healthy"] * 2  # it never probes by itself
        stack.run("up", "-d", "--wait")
        self.assertEqual(health(), by_engine)
        stack.run("stop", "-t", "0")
        stack.run("start", "--wait")
        self.assertEqual(health(), by_engine)

    def test_a_run_that_waits_for_health_holds_nobody_up(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    {SLEEP}
    healthcheck: {{test: ["CMD", "false"], interval: 60s, retries: 100}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        up = stack.start("up", "-d")
        self.addCleanup(up.kill)
        stack.wait_for("the start of db", lambda: stack.states() == {"db": "running", "web": "created"})
        stack.run("up", "-d", "--no-deps", "web", timeout=30)
        self.assertEqual(stack.states(), {"db": "running", "web": "running"})
        stack.run("down", "-t", "0", timeout=30)
        _, errors = up.communicate(timeout=30)
        self.assertEqual((up.returncode, stack.leftovers()["containers"]), (1, []))
        self.assertIn(f"container {stack.container('db')} exited", errors)

    def test_a_restart_from_elsewhere_ends_no_wait_and_a_stop_does(self):
        stack = self.stack(f"""
services:
  db:
    image: {IMAGE}
    {SLEEP}
    healthcheck: {{test: ["CMD", "test", "-e", "/tmp/ready"], interval: 300ms, retries: 1000}}
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: {{db: {{condition: service_healthy}}}}}}
""")
        waiting = {"db": "running", "web": "created"}
        up = stack.start("up", "-d")
        self.addCleanup(up.kill)
        stack.wait_for("the start of db", lambda: stack.states() == waiting)
        docker("restart", "-t", "5", stack.container("db"))
        stack.run("restart", "-t", "5", "db")
        self.assertIsNone(up.poll())
        docker("exec", stack.container("db"), "touch", "/tmp/ready")
        _, errors = up.communicate(timeout=30)
        self.assertEqual((up.returncode, stack.states()), (0, {"db": "running", "web": "running"}), errors)
        stack.run("down", "-t", "0")
        up = stack.start("up", "-d")
        self.addCleanup(up.kill)
        stack.wait_for("the start of db", lambda: stack.states() == waiting)
        docker("kill", stack.container("db"))
        _, errors = up.communicate(timeout=30)
        self.assertEqual((up.returncode, stack.states()), (1, {"db": "exited", "web": "created"}))
        self.assertIn(f"dependency failed to start: container {stack.container('db')} exited (137)", errors)


main()
