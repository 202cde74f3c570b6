# SPDX-License-Identifier: MIT
"""`up` in the foreground: what it writes, when it ends and with which code; and what scripts read of failures."""
import signal
import time
import uuid

from harness import IMAGE, PODMAN, SLEEP, EngineTest, docker, engine_time, inspect, main

DONE = "service_completed_successfully"

ENDING = f"""
services:
  one: {{image: {IMAGE}, command: ["/bin/sh", "-c", "echo from one"]}}
  two:
    image: {IMAGE}
    command: ["/bin/sh", "-c", "echo from two; exit 3"]
    depends_on: {{one: {{condition: service_completed_successfully}}}}
"""
MIXED = f"""
services:
  web:
    image: {IMAGE}
    {SLEEP}
  job: {{image: {IMAGE}, command: ["/bin/sh", "-c", "sleep 1; exit 3"]}}
"""


class Foreground(EngineTest):
    def test_ends_with_the_last_container_and_shows_each_line_once(self):
        done = self.stack(ENDING).run("up")
        lines = done.stdout.splitlines()
        if PODMAN:  # its events come a little later than what they tell of
            lines[2:4] = sorted(lines[2:4])
        self.assertEqual(lines, ["Attaching to one-1, two-1", "one-1  | from one", "one-1 exited with code 0",
                                 "two-1  | from two", "two-1 exited with code 3"])
        self.assertNotIn("Starting", done.stderr)  # the logs have the screen by then

    def test_a_failing_dependency_is_told_as_docker_compose_does(self):
        stack = self.stack(ENDING.replace("echo from one", "echo no luck; exit 7"))
        done = stack.run("up", expect=1)
        self.assertIn('service "one" didn\'t complete successfully: exit 7', done.stderr)
        self.assertIn("no luck", done.stderr)
        done = stack.run("up", "-d", expect=1)
        self.assertIn(f' Container {stack.container("one")}  service "one" didn\'t complete successfully: exit 7\n',
                      done.stderr)

    def test_exit_code_from_waits_for_that_services_own_code(self):
        done = self.stack(MIXED).run("up", "--exit-code-from", "web", expect=143)
        self.assertIn("Aborting on container exit...", done.stderr)
        self.assertIn("web-1 exited with code 143", done.stdout)

    def test_an_awaited_job_aborts_where_nobody_is_there_to_wait(self):
        stack = self.stack(f"""
services:
  job: {{image: {IMAGE}, command: ["true"]}}
  long: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}
  none: {{image: {IMAGE}, scale: 0, depends_on: {{job: {{condition: service_completed_successfully}}}}}}
""")
        stack.run("up", "-t", "0", "--abort-on-container-exit", timeout=60)
        self.assertEqual(stack.containers("status=running"), [])

    def test_abort_on_failure_gives_the_failed_ones_code(self):
        stack = self.stack(MIXED)
        stack.run("up", "--abort-on-container-failure", expect=3)
        self.assertEqual(stack.containers("status=running"), [])
        stack.run("up", "--abort-on-container-failure", "--exit-code-from", "web", expect=143)
        ended = MIXED + f"""  first: {{image: {IMAGE}, command: ["true"]}}\n"""
        stack.write("compose.yaml", ended)  # what ends well doesn't count
        stack.run("up", "--abort-on-container-failure", "--exit-code-from", "first", expect=3)

    def test_only_the_named_service_decides_about_the_end(self):
        stack = self.stack(f"""
services:
  web:
    image: {IMAGE}
    {SLEEP}
  job: {{image: {IMAGE}, command: ["/bin/sh", "-c", "echo hello"], depends_on: [web]}}
""")
        done = stack.run("up", "job", "--attach-dependencies")
        self.assertIn("job-1  | hello\njob-1 exited with code 0\n", done.stdout)
        self.assertEqual(stack.containers("status=running"), [stack.container("web")])

    def test_a_name_that_the_manifest_gives_stands_whole_before_the_lines(self):
        stack = self.stack(f"""
services:
  web: {{image: {IMAGE}, container_name: "${{COMPOSE_PROJECT_NAME}}-own", command: [echo, hello]}}
""")
        name = stack.name + "-own"
        self.assertEqual(stack.run("up").stdout, f"Attaching to {name}\n{name}  | hello\n{name} exited with code 0\n")
        stack.write("compose.yaml", f"""
services:
  b: {{image: {IMAGE}, container_name: "{stack.name}-a-name"}}
  m: {{image: {IMAGE}}}""")
        self.assertEqual(stack.run("up").stdout.splitlines()[0], f"Attaching to {stack.name}-a-name, m-1")  # by whole names

    def test_hooks_write_among_the_logs_and_fail_the_up(self):
        stack = self.stack(f"""
services:
  web:
    image: {IMAGE}
    command: ["sleep", "1"]
    init: true
    post_start: [{{command: ["/bin/sh", "-c", "echo warm"]}}]
""")
        self.assertIn("web-1 ->  | warm\n", stack.run("up").stdout)
        stack.write("compose.yaml", (stack.directory / "compose.yaml").read_text().replace("warm", "cold; exit 4"))
        done = stack.run("up", "-d", expect=1)
        self.assertIn("web hook exited with status 4", done.stderr)


    def test_a_hook_that_is_not_in_the_image_fails_only_where_hooks_are_seen(self):
        stack = self.stack(f"""
services:
  a: {{image: {IMAGE}, init: true, command: [sleep, '1000'], post_start: [{{command: [nosuch]}}], pre_stop: [{{command: [nosuch]}}]}}
  b: {{image: {IMAGE}, init: true, command: [sleep, '1000'], depends_on: [a]}}
""")
        self.assertIn("a hook exited with status", stack.run("up", expect=1).stderr)
        for words in (["up", "-d"], ["restart"], ["stop"], ["start"], ["down"]):
            stack.run(*words)
        self.assertEqual(stack.containers(), [])

    def test_a_ctrl_c_whose_stop_fails_ends_at_once(self):
        stack = self.stack(f"""
services:
  a: {{image: {IMAGE}, init: true, command: [sleep, '1000'], pre_stop: [{{command: [sh, -c, exit 3]}}]}}
""")
        up = stack.start("up")
        stack.wait_for("its start", lambda: stack.states() == {"a": "running"})
        time.sleep(0.5)
        up.send_signal(signal.SIGINT)
        begun = time.monotonic()
        self.assertIn("a hook exited with status 3", up.communicate(timeout=30)[1])
        self.assertLess(time.monotonic() - begun, 2.5)


class Codes(EngineTest):
    def test_pausing_what_is_paused_and_unpausing_what_is_not_fails(self):
        stack = self.stack(MIXED)
        stack.run("up", "-d", "web")
        stack.run("pause")
        self.assertIn("is already paused", stack.run("pause", expect=1).stderr)
        stack.run("unpause")
        self.assertIn("is not paused", stack.run("unpause", expect=1).stderr)

    def test_a_foreign_network_of_the_same_name_is_not_taken(self):
        stack = self.stack(MIXED)
        network = f"{stack.name}_default"
        docker("network", "create", network)
        self.addCleanup(docker, "network", "rm", network, check=False)
        done = stack.run("up", "-d", expect=1)
        self.assertIn(f"a network with name {network} exists but was not created by compose", done.stderr)
        self.assertEqual(stack.containers(), [])

    def test_one_offs_are_quiet_and_have_no_number(self):
        stack = self.stack(MIXED)
        stack.run("up", "-d", "web")
        done = stack.run("run", "-d", "--name", stack.name + "-x", "web", "sleep", "9")
        self.assertNotIn("Creat", done.stderr)
        labels = docker("inspect", "-f", "{{json .Config.Labels}}", stack.name + "-x")
        self.assertNotIn("container-number", labels)

    def test_a_bare_variable_takes_its_value_from_the_caller_or_the_env_file(self):
        stack = self.stack(f"services: {{app: {{image: {IMAGE}, {SLEEP}, environment: {{OWN: own}}}}}}",
                           **{".env": "DOT=dot\n"})
        bare = ("-e", "DOT", "-e", "OWN", "-e", "NOWHERE")
        shown = stack.run("run", "--rm", *bare, "app", "env").stdout.splitlines()
        self.assertIn("DOT=dot", shown)
        self.assertIn("OWN=own", shown)
        self.assertEqual([line for line in shown if "NOWHERE" in line], [])
        stack.run("up", "-d")
        self.assertIn("DOT=dot", stack.run("exec", "-T", *bare, "app", "env").stdout.splitlines())

    def test_exec_reaches_a_one_off_where_the_service_itself_does_not_run(self):
        stack = self.stack(MIXED)
        stack.run("run", "-d", "-e", "ME=one-off", "web")
        self.assertEqual(stack.run("exec", "-T", "web", "sh", "-c", "echo $ME").stdout, "one-off\n")
        stack.run("up", "-d", "web")
        self.assertEqual(stack.run("exec", "-T", "web", "sh", "-c", "echo $ME").stdout, "\n")

    def test_options_in_short_forms_name_themselves_when_they_are_wrong(self):
        stack = self.stack(MIXED)
        for option, value in (("publish", "x"), ("volume", "data:"), ("entrypoint", "'")):
            done = stack.run("run", f"--{option}", value, "web", expect=1)
            self.assertIn(f'invalid argument "{value}" for --{option}: ', done.stderr)

    def test_a_one_off_is_made_once_its_dependencies_are_ready(self):
        stack = self.stack(f"""
            services:
              app: {{image: {IMAGE}, depends_on: {{dep: {{condition: service_healthy}}}}}}
              dep: {{image: {IMAGE}, init: true, {SLEEP}, healthcheck: {{test: "false", interval: 1s, retries: 1}}}}""")
        self.assertIn("is unhealthy", stack.run("run", "--rm", "app", "true", expect=1).stderr)
        self.assertEqual(stack.containers(), [stack.container("dep")])

    def test_a_dependency_that_was_to_end_does_not_end_the_up(self):
        stack = self.stack(f"""
            services:
              app: {{image: {IMAGE}, command: [sh, -c, "exit 5"], depends_on: {{job: {{condition: {DONE}}}, dep: {{condition: service_started}}}}}}
              job: {{image: {IMAGE}, command: ["true"]}}
              dep: {{image: {IMAGE}, init: true, {SLEEP}}}""")
        stack.run("up", "-t", "0", "--exit-code-from", "app", expect=5)
        self.assertEqual(stack.states()["dep"], "exited")
        stack.run("up", "-t", "0", "--exit-code-from", "app", "app", expect=5)
        self.assertEqual(stack.states()["dep"], "running")  # it was not named
        stack.run("up", "-t", "0", "--abort-on-container-exit", "--abort-on-container-failure", expect=2)

    def test_the_only_one_that_ends_gives_its_code(self):
        stack = self.stack(f"""services: {{one: {{image: {IMAGE}, command: [sh, -c, "exit 3"]}}}}""")
        for _ in range(3):
            done = stack.run("up", "--abort-on-container-exit", expect=3)
            self.assertIn("Aborting on container exit...", done.stderr)

    def test_a_container_that_is_recreated_goes_on_being_followed(self):
        stack = self.stack(f"""services: {{a: {{image: {IMAGE}, init: true, command: [sh, -c, "echo hello; sleep 100"]}}}}""")
        up = stack.start("up", "-t", "0")
        self.addCleanup(up.kill)
        self.assertEqual([up.stdout.readline() for _ in range(2)], ["Attaching to a-1\n", "a-1  | hello\n"])
        stack.run("up", "-d", "--force-recreate", "-t", "0")
        told = iter(up.stdout.readline, "")
        self.assertIn("a-1 has been recreated\n", told)
        self.assertIn("a-1  | hello\n", told)
        stack.run("stop", "-t", "0")
        up.communicate(timeout=30)
        self.assertEqual(up.returncode, 0)

    def test_a_last_line_without_an_end_is_seen(self):
        stack = self.stack(f"""services: {{a: {{image: {IMAGE}, command: [sh, -c, "sleep 0.1; printf 'no end'"]}}}}""")
        for _ in range(5):
            self.assertIn("a-1  | no end\n", stack.run("up").stdout)
            stack.run("down")

    def test_outputs_stay_apart_and_a_restart_is_told(self):
        stack = self.stack(f"""
            services:
              a: {{image: {IMAGE}, command: [sh, -c, "echo out; echo err >&2; exit 3"], restart: "on-failure:1"}}""")
        done = stack.run("up", expect=0)
        self.assertIn("a-1  | err\n", done.stderr)
        self.assertNotIn("err", done.stdout)
        # Podman has no state between two lives of a container.
        self.assertIn("a-1 exited with code 3\n" if PODMAN else "a-1 exited with code 3 (restarting)\n", done.stdout)
        stack.run("down")
        self.assertIn("not included in up: nosuch", stack.run("up", "--attach", "nosuch", expect=1).stderr)
        self.assertEqual(stack.containers(), [])

    def test_each_end_is_told_also_of_a_second_life(self):
        stack = self.stack(f"""
services:
  job: {{image: {IMAGE}, command: ["/bin/sh", "-c", "trap 'exit 3' TERM; echo up; while true; do sleep 0.2; done"]}}
  web:
    image: {IMAGE}
    {SLEEP}
""")
        up = stack.start("up")
        self.addCleanup(up.kill)
        said_up = lambda times: stack.run("logs", "job").stdout.count("up") == times  # it heeds its signal by then
        stack.wait_for("the start", lambda: stack.states() == {"job": "running", "web": "running"} and said_up(1))
        stack.run("restart", "-t", "10", "job")  # Podman kills at once without
        stack.wait_for("the second start", lambda: said_up(2))
        stack.run("stop", "job")
        stack.run("stop")
        out, _ = up.communicate(timeout=30)
        self.assertEqual((up.returncode, out.count("job-1 exited with code 3")), (0, 2), out)

    def test_a_service_brings_its_profile_but_not_the_others_in_it(self):
        stack = self.stack(f"""
            services:
              p: {{image: {IMAGE}, init: true, profiles: [x], {SLEEP}}}
              q: {{image: {IMAGE}, profiles: [x], depends_on: [r]}}
              r: {{image: {IMAGE}, profiles: [y]}}""")
        stack.run("up", "-d", "p")
        self.assertEqual(stack.containers(), [stack.container("p")])

    def test_what_keeps_no_logs_is_seen_whole_nevertheless(self):
        done = self.stack(f"""
            services:
              a: {{image: {IMAGE}, command: [sh, -c, "echo first; echo last"], logging: {{driver: none}}}}
              b: {{image: {IMAGE}, command: [echo, other]}}""").run("up")
        for line in ("a-1  | first\n", "a-1  | last\n", "a-1 exited with code 0\n", "b-1  | other\n"):
            self.assertEqual(done.stdout.count(line), 1, done.stdout)

    def test_what_has_its_image_starts_while_another_is_built(self):
        stack = self.stack(f"""
            services:
              one: {{image: {IMAGE}, command: [sh, -c, "echo from one; sleep 5"]}}
              two: {{image: {IMAGE}, command: [sh, -c, "echo from two; exit 3"]}}
              app:
                build: {{context: ., dockerfile_inline: "FROM {IMAGE}\\nRUN sleep 2; : {uuid.uuid4()}"}}
                command: [echo, from app]
                depends_on: [one]""")
        done = stack.run("up")
        lines = done.stdout.splitlines()
        attaching = lines.index("Attaching to app-1, one-1, two-1")
        said = ["one-1  | from one", "two-1  | from two", "app-1  | from app", "two-1 exited with code 3",
                "app-1 exited with code 0", "one-1 exited with code 0"]
        self.assertEqual(sorted(lines[attaching + 1:]), sorted(said))
        self.assertNotIn("Starting", done.stderr)
        started = inspect(stack.container("one"))["State"]["StartedAt"]
        self.assertLess(engine_time(started), engine_time(inspect(stack.container("app"))["Created"]))
        stack.run("down", "--rmi", "local")

    def test_what_started_beside_a_build_that_fails_is_stopped(self):
        stack = self.stack(f"""
            services:
              before: {{image: {IMAGE}, {SLEEP}}}
              one: {{image: {IMAGE}, {SLEEP}}}
              app: {{build: {{context: ., dockerfile_inline: "FROM {IMAGE}\\nRUN sleep 2; exit 9 {uuid.uuid4()}"}}}}""")
        stack.run("up", "-d", "before")
        done = stack.run("up", "-t", "0", expect=1)
        self.assertIn(f' Container {stack.container("one")}  Stopped\n', done.stderr)
        self.assertEqual(stack.containers("status=running"), [stack.container("before")])

    def test_what_ran_before_runs_on_where_its_successor_can_not_be_made(self):
        stack = self.stack(f"services: {{one: {{image: {IMAGE}, {SLEEP}}}}}")
        stack.run("up", "-d")
        stack.write("compose.yaml", f"services: {{one: {{image: {IMAGE}, {SLEEP}, cpuset: '900'}}}}")
        stack.run("up", "-t", "0", expect=1)
        self.assertEqual(stack.containers("status=running"), [stack.container("one")])

    def test_following_what_runs_already_keeps_no_other_waiting(self):
        stack = self.stack(MIXED)
        stack.run("up", "-d", "web")
        up = stack.start("up", "-t", "0", "web")
        self.assertEqual(up.stdout.readline(), "Attaching to web-1\n")
        stack.run("up", "-d", "web", timeout=20)
        stack.run("stop", "-t", "0")
        up.communicate()


main()
