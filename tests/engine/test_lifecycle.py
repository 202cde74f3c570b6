# SPDX-License-Identifier: MIT
"""Scaling, recreation and removal: only what has to change changes, and `down --volumes` leaves nothing."""
import subprocess
import unittest

from harness import CRSTACK, IMAGE, PODMAN, SLEEP, EngineTest, docker, inspect, main

WEB = f"""
services:
  web:
    image: {IMAGE}
    init: true
    command: ["sleep", "1000"]
    environment: {{COLOUR: blue}}
    volumes: [data:/data, /scratch]
  db: {{image: {IMAGE}, init: true, command: ["sleep", "1000"]}}
volumes: {{data: {{}}}}
"""


class Scale(EngineTest):
    def test_scale_keeps_container_numbers(self):
        stack = self.stack(WEB)
        stack.run("up", "-d", "--scale", "web=3")
        names = [stack.container("db")] + [stack.container("web", n) for n in (1, 2, 3)]
        self.assertEqual(stack.containers(), names)
        before = stack.ids()
        stack.run("up", "-d", "--scale", "web=2", "-t", "0")
        self.assertEqual(stack.containers(), names[:3])
        stack.run("up", "-d", "--scale", "web=4")
        after = stack.ids()
        self.assertEqual(sorted(after), names + [stack.container("web", 4)])
        for name in names[:3]:
            self.assertEqual(after[name], before[name])
        self.assertNotEqual(after[names[3]], before[names[3]])

    def test_a_scale_of_what_is_not_started_is_an_error(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}}}, b: {{image: {IMAGE}}}, c: {{image: {IMAGE}, profiles: [x]}}}}")
        for words in (["up", "-d", "--scale", "b=2", "a"], ["create", "--scale", "b=2", "a"], ["up", "-d", "--scale", "c=2"]):
            self.assertRegex(stack.run(*words, expect=1).stderr, "no such service: [bc]: disabled")
        self.assertEqual(stack.containers(), [])

    def test_a_scale_after_a_change_recreates(self):
        stack = self.stack(f"services: {{web: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}}}")
        stack.run("up", "-d")
        stack.write("compose.yaml", (stack.directory / "compose.yaml").read_text().replace("init:", "labels: {new: x}, init:"))
        self.assertIn(f"Container {stack.container('web')}  Recreate\n", stack.run("scale", "web=2").stderr)
        self.assertEqual([inspect(name)["Config"]["Labels"]["new"] for name in stack.containers()], ["x", "x"])

    def test_plain_up_goes_back_to_the_manifests_scale(self):
        stack = self.stack(WEB)
        stack.run("up", "-d", "--scale", "web=2")
        stack.run("up", "-d", "-t", "0")
        self.assertEqual(stack.containers(), [stack.container("db"), stack.container("web")])


class Restart(EngineTest):
    MANIFEST = f"""
services:
  bad: {{image: {IMAGE}, init: true, command: [sleep, '1000'], post_start: [{{command: [sh, -c, 'test ! -e /x || exit 3; touch /x']}}]}}
  other: {{image: {IMAGE}, init: true, command: [sleep, '1000'], depends_on: [bad]}}
  tied: {{image: {IMAGE}, init: true, command: [sleep, '1000'], depends_on: {{bad: {{condition: service_started, restart: true}}}}}}
  job: {{image: {IMAGE}, command: [sh, -c, 'test ! -e /x || exit 4; touch /x']}}
  waits: {{image: {IMAGE}, init: true, command: [sleep, '1000'],
    depends_on: {{job: {{condition: service_completed_successfully, restart: true}}}}}}
"""

    def test_who_need_not_follow_restarts_whatever_becomes_of_what_it_depends_on(self):
        stack = self.stack(self.MANIFEST)
        stack.run("up", "-d")
        started = {service: inspect(stack.container(service))["State"]["StartedAt"] for service in stack.states()}
        done = stack.run("restart", "-t", "0", expect=1)
        self.assertIn("bad hook exited with status 3", done.stderr)
        self.assertIn('service "job" didn\'t complete successfully: exit 4', done.stderr)
        again = {service for service in started if inspect(stack.container(service))["State"]["StartedAt"] != started[service]}
        self.assertEqual(again, {"bad", "job", "other"})


class Recreate(EngineTest):
    def test_up_again_changes_nothing(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        before = stack.ids()
        stack.run("up", "-d")
        self.assertEqual(stack.ids(), before)

    def test_a_changed_key_recreates_its_service_only(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        before = stack.ids()
        stack.write("compose.yaml", WEB.replace("blue", "red"))
        stack.run("up", "-d", "-t", "0")
        after = stack.ids()
        self.assertNotEqual(after[stack.container("web")], before[stack.container("web")])
        self.assertEqual(after[stack.container("db")], before[stack.container("db")])
        self.assertIn("COLOUR=red", inspect(stack.container("web"))["Config"]["Env"])

    def test_comments_order_and_labels_of_others_recreate_nothing(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        before = stack.ids()
        stack.write("compose.yaml", "# a comment\n" + WEB.replace("init: true\n    command: [\"sleep\", \"1000\"]",
                                                                 "command: [\"sleep\", \"1000\"]\n    init: true"))
        stack.run("up", "-d")
        self.assertEqual(stack.ids(), before)

    def test_a_changed_image_recreates(self):
        stack = self.stack(WEB.replace(IMAGE, "crstack-test-retag:1", 1))
        self.addCleanup(docker, "rmi", "-f", "crstack-test-retag:1", check=False)
        docker("tag", IMAGE, "crstack-test-retag:1")
        stack.run("up", "-d")
        before = stack.ids()
        # The same name for another image: a new layer of configuration.
        other = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}}}")
        other.run("up", "-d")
        other.run("commit", "--change", "LABEL generation=2", "a", "crstack-test-retag:1")
        stack.run("up", "-d", "-t", "0")
        after = stack.ids()
        self.assertNotEqual(after[stack.container("web")], before[stack.container("web")])
        self.assertEqual(after[stack.container("db")], before[stack.container("db")])

    def test_anonymous_volumes_are_carried_over(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        docker("exec", stack.container("web"), "sh", "-c", "echo kept >/scratch/file; echo kept >/data/file")
        stack.write("compose.yaml", WEB.replace("blue", "red"))
        stack.run("up", "-d", "-t", "0")
        self.assertEqual(docker("exec", stack.container("web"), "cat", "/scratch/file", "/data/file"), "kept\nkept\n")
        seen = {self.anonymous(stack)}
        stack.run("up", "-d", "-t", "0", "--force-recreate", "--renew-anon-volumes", "web")
        self.assertEqual(docker("exec", stack.container("web"), "ls", "/scratch"), "")
        seen.add(self.anonymous(stack))
        stack.run("up", "-d", "-t", "0", "--force-recreate", "web")
        self.assertEqual(len(seen | {self.anonymous(stack)}), 2)
        stack.run("down", "--volumes", "-t", "0")
        self.assertEqual(seen & set(docker("volume", "ls", "-q").split()), set())

    @staticmethod
    def anonymous(stack):
        (name,) = [m["Name"] for m in inspect(stack.container("web"))["Mounts"] if m["Destination"] == "/scratch"]
        return name

    @unittest.skipIf(PODMAN, "Podman removes no network that a container is on, be it stopped")
    def test_a_stopped_stack_whose_network_was_removed_comes_up_again(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        stack.run("stop", "-t", "0")
        docker("network", "rm", f"{stack.name}_default")
        done = stack.run("up", "-d")
        self.assertIn(f"Container {stack.container('web')}  Recreated", done.stderr)
        self.assertEqual(inspect(stack.container("web"))["State"]["Status"], "running")

    @unittest.skipIf(PODMAN, "on Podman who shares goes first, and by a stop of its own, with its hook")
    def test_a_pre_stop_hook_is_no_obstacle_to_a_recreation(self):
        hook = "pre_stop: [{command: [sh, -c, 'echo busy; exit 2']}, {user: nobody-there, command: ['true']}]"
        manifest = f"""
services:
  a: {{image: {IMAGE}, init: true, command: [sleep, '1000'], {hook}}}
  b: {{image: {IMAGE}, command: [sleep, '1000'], pid: "service:a", depends_on: [a], {hook}}}
"""
        stack = self.stack(manifest)
        stack.run("up", "-d")
        stack.write("compose.yaml", manifest.replace("init: true", "init: true, environment: {A: b}"))
        said = stack.run("up", "-d").stderr  # with `a` goes the PID namespace of `b`, whose hook then has nowhere to run
        self.assertIn("a hook exited with status 2 (pre_stop)", said)
        self.assertEqual(stack.states(), {"a": "running", "b": "running"})
        self.assertEqual(stack.containers(), [stack.container("a"), stack.container("b")])

    def test_force_and_no_recreate(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        before = stack.ids()
        stack.write("compose.yaml", WEB.replace("blue", "red"))
        stack.run("up", "-d", "--no-recreate")
        self.assertEqual(stack.ids(), before)
        stack.run("up", "-d", "--force-recreate", "-t", "0")
        for name, container in stack.ids().items():
            self.assertNotEqual(container, before[name])


    def test_what_a_hook_fails_in_has_not_started(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, {SLEEP}, post_start: [{{command: 'false'}}]}}}}")
        stack.run("create")
        said = stack.run("start", expect=1).stderr
        self.assertIn("Starting", said)
        self.assertNotIn("Started", said)


class Down(EngineTest):
    def test_down_volumes_leaves_nothing(self):
        stack = self.stack(WEB)
        stack.run("up", "-d", "--scale", "web=2")
        anonymous = [m["Name"] for m in inspect(stack.container("web"))["Mounts"] if m["Destination"] == "/scratch"]
        self.assertEqual(len(anonymous), 1)
        stack.run("down", "--volumes", "-t", "0")
        self.assertEqual(stack.leftovers(), {"containers": [], "networks": [], "volumes": []})
        self.assertNotIn(anonymous[0], docker("volume", "ls", "-q").split())

    def test_down_keeps_named_volumes(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        stack.run("down", "-t", "0")
        left = stack.leftovers()
        self.assertEqual((left["containers"], left["networks"]), ([], []))
        self.assertEqual(left["volumes"], [f"{stack.name}_data"])

    def test_down_works_when_the_manifest_is_gone(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        (stack.directory / "compose.yaml").unlink()
        stack.run("down", "-t", "0", "--volumes")
        self.assertEqual(stack.leftovers()["containers"], [])
        self.assertEqual(stack.leftovers()["networks"], [])

    def test_down_of_a_service_takes_what_only_it_uses(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        said = stack.run("down", "-v", "-t", "0", "web").stderr
        self.assertIn(f" Volume {stack.name}_data  Removed", said)
        self.assertIn(f" Network {stack.name}_default  Resource is still in use", said)
        self.assertEqual(stack.leftovers()["volumes"], [])
        self.assertEqual(stack.containers(), [stack.container("db")])

    def test_a_project_that_is_named_is_not_the_manifest_s(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        other = self.stack(f"services: {{other: {{image: {IMAGE}}}}}")
        named = [*CRSTACK, "-p", stack.name]
        done = subprocess.run([*named, "stop", "-t", "0", "web"], cwd=other.directory, capture_output=True, text=True, check=True)
        self.assertIn(f" Container {stack.container('web')}  Stopped", done.stderr)
        subprocess.run([*named, "down", "-v", "-t", "0", "web"], cwd=other.directory, capture_output=True, check=True)
        self.assertEqual(stack.leftovers()["volumes"], [])

    def test_without_a_manifest_what_is_not_there_needs_no_stop(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}}}")
        by_name = ("-p", stack.name)
        stack.run("up", "-d")
        for words, told in ((["stop"], ""), (["kill"], "no container to kill"), (["rm", "-fs"], "No stopped containers"),
                            (["pause"], ""), (["unpause"], ""), (["down"], "Any of the services [gone] not running")):
            said = stack.run(*by_name, *words, "gone").stderr
            self.assertIn(told, said)
            self.assertEqual(stack.states(), {"a": "running"})
        self.assertIn('no such service: "gone": not found', stack.run(*by_name, "start", "gone", expect=1).stderr)
        unnamed = subprocess.run([*CRSTACK, "stop", "gone"], cwd=stack.directory, capture_output=True, check=False)
        self.assertEqual(unnamed.returncode, 1)  # with the manifest it is a wrong name
        stack.run(*by_name, "down", "-t", "0", "gone", "a")
        self.assertEqual(stack.containers(), [])

    @unittest.skipIf(PODMAN, "Podman removes nothing that is paused")
    def test_down_of_what_is_paused_passes_over_its_pre_stop_hook(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sleep, '1000'], pre_stop: [{{command: 'true'}}]}}}}")
        stack.run("up", "-d")
        stack.run("pause")
        stack.run("down", "-t", "0")
        self.assertEqual(stack.containers(), [])

    def test_a_manifest_in_the_way_of_a_project_named_by_the_environment_is_left_out(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        stack.write("compose.yaml", f"services: {{other: {{image: {IMAGE}}}}}")
        self.assertEqual(stack.run("ps", "web", "--format", "{{.Service}}").stdout, "web\n")
        self.assertEqual(stack.run("ps", "nosuch", "-q").stdout, "")
        stack.write("compose.yaml", "services: {web: {imag: x}}")
        done = stack.run("ps", "--services")
        self.assertEqual(done.stdout, "db\nweb\n")
        self.assertIn("the manifest can't be used", done.stderr)
        self.assertIn("imag", stack.run("up", "-d", expect=2).stderr)
        stack.run("-f", "nosuch.yaml", "down", "-v", "-t", "0")
        self.assertEqual(stack.leftovers(), {"containers": [], "networks": [], "volumes": []})

    def test_rm_stop_stops_before_it_asks(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        self.assertIn("Going to remove", stack.run("rm", "-s").stdout)
        self.assertEqual(set(stack.states().values()), {"exited"})

    def test_external_resources_stay(self):
        stack = self.stack("")
        network, volume = stack.name + "-net", stack.name + "-vol"
        docker("network", "create", network)
        self.addCleanup(docker, "network", "rm", network, check=False)
        docker("volume", "create", volume)
        self.addCleanup(docker, "volume", "rm", volume, check=False)
        stack.write("compose.yaml", f"""
services:
  web: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], networks: [n], volumes: ["kept:/v"]}}
networks: {{n: {{external: true, name: {network}}}}}
volumes: {{kept: {{external: true, name: {volume}}}}}
""")
        stack.run("up", "-d")
        stack.run("down", "--volumes", "-t", "0")
        self.assertIn(network, docker("network", "ls", "--format", "{{.Name}}").split())
        self.assertIn(volume, docker("volume", "ls", "-q").split())

    def test_a_missing_external_network_is_told_before_anything_starts(self):
        stack = self.stack(f"""
services: {{web: {{image: {IMAGE}, networks: [n]}}}}
networks: {{n: {{external: true, name: nobody-made-this}}}}
""")
        done = stack.run("up", "-d", expect=1)
        self.assertIn("nobody-made-this", done.stderr)
        self.assertEqual(stack.containers(), [])

    def test_orphans_are_warned_of_and_removed_on_demand(self):
        stack = self.stack(WEB)
        stack.run("up", "-d")
        stack.write("compose.yaml", f"services: {{db: {{image: {IMAGE}, init: true, command: ['sleep', '1000']}}}}\n")
        done = stack.run("up", "-d")
        self.assertIn(stack.container("web"), done.stderr)
        self.assertEqual(len(stack.containers()), 2)
        stack.run("up", "-d", "--remove-orphans", "-t", "0")
        self.assertEqual(stack.containers(), [stack.container("db")])

    def test_what_was_labelled_by_hand_is_none_of_the_project_s(self):
        """Many label a container of their own so that it is shown with the stack."""
        stack = self.stack(WEB)
        labels = [f"com.docker.compose.project={stack.name}", "com.docker.compose.service=db", "com.docker.compose.oneoff=False"]
        options = [word for label in labels for word in ("--label", label)]
        own = docker("run", "-d", "--init", *options, IMAGE, "sh", "-c", "echo mine; sleep 1000").strip()
        self.addCleanup(docker, "rm", "-f", own, check=False)
        self.assertEqual(stack.run("ps", "-aq").stdout, "")
        self.assertNotIn(stack.name, stack.run("ls", "-a").stdout)
        self.assertNotIn("orphan", stack.run("up", "-d").stderr)
        self.assertEqual(len(stack.run("ps", "-q").stdout.split()), 2)
        self.assertNotIn("mine", stack.run("logs").stdout)
        stack.run("up", "-d", "--remove-orphans")
        stack.run("restart", "-t", "0")
        stack.run("kill")
        stack.run("down", "-t", "0")
        state = inspect(own)
        self.assertTrue(state["State"]["Running"])
        self.assertEqual(state["RestartCount"], 0)

    def test_orphans_are_removed_when_env_says_so(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}}}, old: {{image: {IMAGE}}}}}")
        stack.run("create")
        stack.write("compose.yaml", f"services: {{a: {{image: {IMAGE}}}}}")
        stack.write(".env", "COMPOSE_REMOVE_ORPHANS=true\n")
        for words in ["create"], ["run", "--rm", "a", "true"]:  # only up and down go by it
            self.assertIn("Found orphan containers", stack.run(*words).stderr)
        stack.run("up", "-d")
        self.assertEqual(stack.containers(), [stack.container("a")])

    def test_a_stack_of_docker_compose_1_is_taken_over(self):
        stack = self.stack(f"services: {{db: {{image: {IMAGE}, {SLEEP}}}}}")
        old = stack.name + "_db_1"
        labels = {"project": stack.name, "service": "db", "oneoff": "False", "container-number": "1",
                  "config-hash": "0" * 64, "version": "1.29.2"}
        docker("run", "-d", "--name", old, *[f"--label=com.docker.compose.{key}={labels[key]}" for key in labels],
               IMAGE, "sh", "-c", "echo hello; trap exit TERM; sleep 1000 & wait")
        stack.wait_for("the line", lambda: stack.run("logs").stdout == f"{old}  | hello\n")
        said = stack.run("up", "-d").stderr
        for line in f"{old}  Recreate", f"{old}  Recreated", f"{stack.container('db')}  Started":
            self.assertIn(f" Container {line}\n", said)
        self.assertEqual(stack.containers(), [stack.container("db")])

    def test_nothing_selected(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, profiles: [x, y]}}, b: {{image: {IMAGE}, profiles: [y]}}}}")
        for words in (["up", "-d"], ["up", "--remove-orphans"]):
            said = stack.run(*words, expect=1).stderr
            self.assertIn("no service selected", said)
            self.assertIn("--profile (there are: x, y)", said)
        self.assertIn("Warning: No resource found to remove for project ", stack.run("down").stderr)
        stack.write("compose.yaml", f"services: {{a: {{image: {IMAGE}}}}}")
        self.assertNotIn("No resource found", stack.run("down").stderr)
        stack.write("compose.yaml", "services: {a: {build: ., network_mode: none}}")
        for words in (["down"], ["down", "--rmi", "all"], ["down", "--rmi", "local"]):
            self.assertIn("Warning: No resource found to remove for project ", stack.run(*words).stderr)
        docker("tag", IMAGE, f"{stack.name}-a")
        self.assertNotIn("No resource found", stack.run("down", "--rmi", "local").stderr)

    def test_logs_that_cannot_be_read_are_warned_of(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, command: [echo, hi], logging: {{driver: none}}}}}}")
        stack.run("up", "-d")
        told = stack.run("logs", "a").stderr
        self.assertIn(f'Can\'t retrieve logs for \\"{stack.container("a")}\\"', told)

    def test_rm_leaves_one_offs_and_kill_does_not(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}}}")
        stack.run("run", "a", "true")
        stack.run("run", "-d", "--name", stack.name + "-x", "a")
        self.assertIn("No stopped containers", stack.run("rm", "-f").stderr)
        stack.run("kill")
        self.assertEqual(len(stack.containers("status=exited")), 2)
        self.assertIn("the input device is not a TTY", stack.run("run", "-t", "a", expect=1).stderr)

    def test_the_hash_of_who_shares_a_network_counts_its_owner(self):
        stack = self.stack(f"""
            services:
              web: {{image: {IMAGE}, init: true, command: [sleep, "1000"]}}
              side: {{image: {IMAGE}, init: true, command: [sleep, "1000"], network_mode: "service:web"}}""")
        stack.run("up", "-d")
        side = inspect(stack.container("side"))
        stack.run("up", "-d")
        self.assertEqual(inspect(stack.container("side"))["Id"], side["Id"])
        if PODMAN:  # removes nothing that another container shares
            refused = stack.run("up", "-d", "-t", "0", "--force-recreate", "web", expect=1).stderr
            self.assertIn('service "web" can\'t be recreated alone: "side" shares with it', refused)
            stack.run("up", "-d", "-t", "0", "--force-recreate")
        else:
            stack.run("up", "-d", "-t", "0", "--force-recreate", "web")
            stack.run("up", "-d", "-t", "0")
        label = "com.docker.compose.config-hash"
        self.assertNotEqual(inspect(stack.container("side"))["Config"]["Labels"][label], side["Config"]["Labels"][label])

    def test_a_missing_env_file_is_in_the_way_of_its_service_only(self):
        stack = self.stack(f"""
            services:
              a: {{image: {IMAGE}, env_file: [nosuch.env]}}
              b: {{image: {IMAGE}, init: true, command: [sleep, "1000"], env_file: [b.env]}}""", **{"b.env": "B=1\n"})
        path = stack.directory / "nosuch.env"
        self.assertIn(f"env file {path} not found: stat {path}: no such file", stack.run("up", "-d", expect=2).stderr)
        self.assertIn("nosuch.env not found", stack.run("run", "--rm", "a", "true", expect=2).stderr)
        stack.run("up", "-d", "b")
        self.assertEqual(stack.run("run", "--rm", "b", "sh", "-c", "echo $B").stdout, "1\n")
        self.assertIn("b-1", stack.run("ps").stdout)
        stack.run("stop", "-t", "0")
        stack.run("down")

    def test_wait_tells_each_exit_code_and_returns_the_last(self):
        ends = 'command: ["/bin/sh", "-c", "sleep %s; exit %d"]'
        stack = self.stack(f"""
services:
  early: {{image: {IMAGE}, {ends % (4, 3)}}}
  late: {{image: {IMAGE}, {ends % (6, 4)}}}
""")
        stack.run("up", "-d")
        ids = stack.ids()
        done = stack.run("wait", "late", "early", expect=4)
        said = [f'container "{ids[stack.container(name)]}" exited with status code {code}\n' for name, code in (("early", 3), ("late", 4))]
        self.assertEqual(done.stdout, "".join(said))
        stack.run("wait", "early", expect=1)  # nothing runs


main()
