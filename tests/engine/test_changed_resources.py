# SPDX-License-Identifier: MIT
"""Networks and volumes whose configuration has changed: who is asked, what is made anew, what stays."""
import os
import pty
import subprocess
import unittest

from harness import IMAGE, PODMAN, SLEEP, EngineTest, docker, inspect, main

MANIFEST = f"""
services:
  db: {{image: {IMAGE}, {SLEEP}, stop_grace_period: 0s, networks: {{net: {{aliases: [data]}}}}, volumes: ["kept:/kept"]}}
  web: {{image: {IMAGE}, {SLEEP}, stop_grace_period: 0s, networks: [net], depends_on: [db]}}
networks: {{net: {{labels: {{made: NETWORK}}}}}}
volumes: {{kept: {{labels: {{made: VOLUME}}}}}}
"""


def manifest(network="once", volume="once"):
    return MANIFEST.replace("NETWORK", network).replace("VOLUME", volume)


class ChangedResources(EngineTest):
    def up(self, **changes):
        """A stack that is up, and whose manifest has changed since."""
        stack = self.stack(manifest())
        stack.run("up", "-d")
        stack.write("compose.yaml", manifest(**changes))
        return stack

    def label(self, stack, kind, name):
        return docker(kind, "inspect", "-f", '{{index .Labels "made"}}', f"{stack.name}_{name}").strip()

    def assert_data_answers(self, stack):
        self.assertIn(" data", stack.run("exec", "web", "nslookup", "data", expect=None).stdout.replace("\t", " "))
        aliases = inspect(stack.container("db"))["NetworkSettings"]["Networks"][stack.name + "_net"]["Aliases"]
        self.assertLessEqual({"db", "data"}, set(aliases))

    def answer(self, stack, typed, *args):
        """Runs a command with a terminal for its input, on which an answer is typed. Gives its standard error."""
        typist, terminal = pty.openpty()
        self.addCleanup(os.close, typist)
        os.write(typist, typed)
        try:
            done = subprocess.run(stack.command(*args), cwd=stack.directory, stdin=terminal, capture_output=True,
                                  text=True, timeout=60, check=False)
        finally:
            os.close(terminal)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def test_containers_stay_and_join_the_new_network(self):
        for words in (("up", "-d"), ("up", "-d", "--no-recreate"), ("create",), ("scale", "web=1")):
            with self.subTest(words=words):
                stack = self.up(network="twice")
                before = stack.ids()
                said = stack.run(*words).stderr.splitlines()
                self.assertEqual(self.label(stack, "network", "net"), "twice")
                self.assertEqual(stack.ids(), before)
                if words == ("create",):
                    self.assertEqual(stack.states(), {"db": "exited", "web": "exited"})
                    stack.run("start")
                else:
                    db, web = stack.container("db"), stack.container("web")
                    order = [f" Container {web}  Stopped", f" Container {db}  Stopped", f" Network {stack.name}_net  Removed",
                             f" Network {stack.name}_net  Creating", f" Network {stack.name}_net  Created",
                             f" Container {db}  Starting", f" Container {db}  Started", f" Container {web}  Starting",
                             f" Container {web}  Started"]
                    self.assertEqual([line for line in said if line in order], order)
                self.assert_data_answers(stack)
                self.assertEqual(stack.run("up", "-d").stderr.count("  Running"), 2)
                stack.run("down", "-v", "-t", "0")

    def test_who_is_not_part_of_the_command_is_not_interrupted(self):
        for words in (("up", "-d", "db"), ("run", "--rm", "db", "true")):
            with self.subTest(words=words):
                stack = self.up(network="twice")
                before = {name: inspect(name)["State"]["StartedAt"] for name in stack.containers()}
                said = stack.run(*words).stderr
                self.assertIn("exists but doesn't match configuration in compose file; it is left as it is", said)
                self.assertEqual(self.label(stack, "network", "net"), "once")
                self.assertEqual({name: inspect(name)["State"]["StartedAt"] for name in stack.containers()}, before)

    def test_a_container_of_nobody_keeps_its_network(self):
        stack = self.up(network="twice")
        other = docker("run", "-d", "--network", stack.name + "_net", IMAGE, "sleep", "1000").strip()
        self.addCleanup(docker, "rm", "-f", other, check=False)
        name = inspect(other)["Name"].lstrip("/")
        said = stack.run("up", "-d").stderr
        self.assertIn(f"it is left as it is, since {name} is on it", said)
        self.assertNotIn("Stopping", said)
        docker("rm", "-f", other)
        stack.run("up", "-d")
        self.assertEqual(self.label(stack, "network", "net"), "twice")

    def test_a_terminal_is_asked_about_a_network(self):
        stack = self.up(network="twice")
        question = f'Network "{stack.name}_net" exists but doesn\'t match configuration in compose file. Recreate'
        self.assertIn(question, self.answer(stack, b"n\n", "up", "-d"))
        self.assertEqual(self.label(stack, "network", "net"), "once")
        self.assertIn(question, self.answer(stack, b"y\n", "up", "-d"))
        self.assertEqual(self.label(stack, "network", "net"), "twice")
        stack.write("compose.yaml", manifest(network="thrice"))
        self.assertNotIn("Recreate (", self.answer(stack, b"", "up", "-d", "--yes"))
        self.assertEqual(self.label(stack, "network", "net"), "thrice")

    def test_a_volume_goes_with_consent_only(self):
        stack = self.up(volume="twice")
        stack.run("exec", "db", "touch", "/kept/data")
        for words in (("up", "-d"), ("scale", "web=1"), ("run", "--rm", "web", "true")):
            self.assertIn("it is left as it is", stack.run(*words).stderr)
        self.assertEqual(stack.run("exec", "db", "ls", "/kept").stdout, "data\n")
        self.assertNotIn("Recreate (", self.answer(stack, b"", "up", "-d", "web", "--no-deps"))
        self.answer(stack, b"y\n", "up", "-d")
        self.assertEqual(stack.run("exec", "db", "ls", "/kept").stdout, "")
        self.assertEqual(self.label(stack, "volume", "kept"), "twice")

    def test_each_volume_is_asked_about_by_itself(self):
        both = f'services: {{a: {{image: {IMAGE}, volumes: ["one:/1", "two:/2"]}}}}\n' \
               "volumes: {one: {labels: {made: WHEN}}, two: {labels: {made: WHEN}}}\n"
        stack = self.stack(both.replace("WHEN", "once"))
        stack.run("create")
        stack.write("compose.yaml", both.replace("WHEN", "twice"))
        self.answer(stack, b"n\ny\n", "create")
        self.assertEqual((self.label(stack, "volume", "one"), self.label(stack, "volume", "two")), ("once", "twice"))


class Swarm(EngineTest):
    @unittest.skipIf(PODMAN, "a Podman joins no swarm")
    def test_a_swarm_may_have_an_external_network_that_its_node_does_not_know(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, networks: [out]}}}}\nnetworks: {{out: {{external: true, name: nowhere}}}}")
        self.assertIn("declared as external, but could not be found", stack.run("up", "-d", expect=1).stderr)
        if "docker_gwbridge" not in docker("network", "ls", "--format", "{{.Name}}"):
            self.addCleanup(docker, "network", "rm", "docker_gwbridge", check=False)  # the swarm's
        docker("swarm", "init", "--advertise-addr", "127.0.0.1")
        self.addCleanup(docker, "swarm", "leave", "--force", check=False)
        self.assertIn("network nowhere not found", stack.run("up", "-d", expect=1).stderr)  # says the swarm


if __name__ == "__main__":
    main()
