# SPDX-License-Identifier: MIT
"""Flags that no other script has: what each of them changes, seen from outside."""
import json
import os
import pty
import re
import signal
import subprocess

from harness import IMAGE, SLEEP, EngineTest, docker, inspect, main

PAIR = f"""
services:
  db: {{image: {IMAGE}, {SLEEP}, stop_grace_period: 0s}}
  web: {{image: {IMAGE}, {SLEEP}, stop_grace_period: 0s, depends_on: [db], networks: {{default: {{aliases: [site]}}}}}}
"""
CLASSIC = {**os.environ, "DOCKER_BUILDKIT": "0"}


class OfUp(EngineTest):
    def test_dependencies_are_recreated_with_the_named_service_where_asked_for(self):
        stack = self.stack(PAIR)
        stack.run("up", "-d")
        first = stack.ids()
        stack.run("up", "-d", "--force-recreate", "web")
        second = stack.ids()
        stack.run("up", "-d", "--always-recreate-deps", "web")
        third = stack.ids()
        db, web = stack.container("db"), stack.container("web")
        self.assertEqual(first[db], second[db])
        self.assertNotEqual(first[web], second[web])
        self.assertNotEqual(second[db], third[db])

    def foreground(self, *flags):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, command: echo from-a}}, b: {{image: {IMAGE}, command: echo from-b}}}}")
        return stack.run("up", *flags).stdout

    def test_a_service_is_not_attached_to(self):
        self.assertNotIn("from-b", self.foreground("--no-attach", "b"))
        self.assertNotIn("from-a", self.foreground("--attach", "b"))

    def test_lines_have_their_time_or_no_prefix(self):
        self.assertRegex(self.foreground("--timestamps"), r"(?m)^a-1 +\| \d{4}-\d\d-\d\dT[\d:.]+Z from-a$")
        self.assertRegex(self.foreground("--no-log-prefix"), r"(?m)^from-a$")
        self.assertNotIn("\x1b", self.foreground("--no-color"))

    def test_a_pull_and_a_build_are_silent_where_asked_for(self):
        stack = self.stack('services: {a: {build: {dockerfile_inline: "FROM busybox:local\\nRUN echo in-the-build"}}}')
        self.addCleanup(docker, "rmi", "-f", stack.name + "-a", check=False)
        quiet = stack.run("up", "--no-start", "--build", "--quiet-build", "--quiet-pull", env=CLASSIC)
        self.assertNotIn("in-the-build", quiet.stdout + quiet.stderr)
        loud = stack.run("build", "--no-cache", env=CLASSIC)
        self.assertIn("in-the-build", loud.stdout + loud.stderr)

    def test_what_is_deprecated_or_accepted_changes_nothing(self):
        stack = self.stack(PAIR)
        stack.run("up", "-d", "--menu=false", "--no-color")
        self.assertEqual(stack.states(), {"db": "running", "web": "running"})


class OfRun(EngineTest):
    def test_capabilities_and_aliases(self):
        stack = self.stack(PAIR)
        run = ("run", "-d", "--name", stack.name + "-one", "--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN", "--use-aliases", "web")
        stack.run(*run)
        details = inspect(stack.name + "-one")
        for key, capability in (("CapAdd", "NET_ADMIN"), ("CapDrop", "CHOWN")):  # a Podman adds some of its own
            self.assertIn(capability, [name.removeprefix("CAP_") for name in details["HostConfig"][key]])
        self.assertLessEqual({"web", "site"}, set(details["NetworkSettings"]["Networks"][stack.name + "_default"]["Aliases"]))
        docker("rm", "-f", stack.name + "-one")
        stack.run(*(word for word in run if word != "--use-aliases"))
        aliases = inspect(stack.name + "-one")["NetworkSettings"]["Networks"][stack.name + "_default"]["Aliases"]
        self.assertTrue({"web", "site"}.isdisjoint(aliases), aliases)


class OfLogsAndAttach(EngineTest):
    def test_logs_have_their_time_and_no_colour(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, command: echo from-a}}}}")
        stack.run("up", "-d")
        stack.wait_for("the end", lambda: stack.states() == {"a": "exited"})
        self.assertRegex(stack.run("logs", "--timestamps", "--no-color").stdout,
                         r"(?m)^a-1  \| \d{4}-\d\d-\d\dT[\d:.]+Z from-a$")

    def test_detach_keys_end_attach_and_leave_the_container(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, command: cat, tty: true, stdin_open: true, stop_grace_period: 0s}}}}")
        stack.run("up", "-d")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(stack.directory)
            os.execvp("env", stack.command("attach", "--detach-keys", "ctrl-x,d", "a"))
        self.addCleanup(os.close, terminal)
        os.write(terminal, b"heard\n")
        said = b""
        while said.count(b"heard") < 2:  # the terminal's echo, and cat's
            said += os.read(terminal, 4096)
        os.write(terminal, b"\x18d")
        self.assertEqual(os.WEXITSTATUS(os.waitpid(pid, 0)[1]), 1)  # as docker compose ends, which calls it an error
        self.assertEqual(stack.states(), {"a": "running"})

    def test_attach_without_input_leaves_the_container_s_open(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, command: sh -c 'cat; echo closed; sleep 1000', stdin_open: true, "
                           "stop_grace_period: 0s}}")
        stack.run("up", "-d")
        attached = subprocess.Popen(stack.command("attach", "--no-stdin", "--sig-proxy=false", "a"), cwd=stack.directory,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        attached.stdin.write("unheard\n")
        attached.stdin.close()
        with self.assertRaises(subprocess.TimeoutExpired):
            attached.wait(1)
        attached.send_signal(signal.SIGKILL)
        attached.wait()
        self.assertEqual(stack.run("logs", "a").stdout, "")
        attached.stdout.close()
        attached.stderr.close()


class OfListings(EngineTest):
    def test_orphans_are_listed_unless_told_otherwise(self):
        stack = self.stack(PAIR)
        stack.run("up", "-d")
        stack.write("compose.yaml", f"services: {{db: {{image: {IMAGE}}}}}")
        names = lambda *flags: sorted(stack.run("ps", "--format", "{{.Service}}", *flags).stdout.split())
        self.assertEqual(names(), ["db", "web"])
        self.assertEqual(names("--orphans=false"), ["db"])

    def test_a_stack_is_taken_down_by_who_waits_for_it(self):
        stack = self.stack(f"services: {{job: {{image: {IMAGE}, command: sh -c 'sleep 1; exit 7'}}, other: {{image: {IMAGE}, {SLEEP}, "
                           "stop_grace_period: 0s}}")
        stack.run("up", "-d")
        self.assertRegex(stack.run("wait", "--down-project", "job", expect=7).stdout, "exited with status code 7$")
        self.assertEqual(stack.leftovers(), {"containers": [], "networks": [], "volumes": []})

    def test_version_is_short_or_json(self):
        stack = self.stack("services: {}")
        short = stack.run("version", "--short").stdout
        self.assertRegex(short, r"\A\d+\.\d+\.\d+\S*\n\Z")
        self.assertEqual(json.loads(stack.run("version", "--format", "json").stdout)["version"].lstrip("v"), short.strip().lstrip("v"))

    def test_a_graph_has_the_indentation_that_is_asked_for(self):
        stack = self.stack(PAIR)
        lines = lambda *flags: [line for line in stack.run("alpha", "viz", *flags).stdout.splitlines() if "->" in line]
        self.assertRegex(lines("--indentation-size", "2", "--spaces")[0], r'^  "web" -> "db"')
        self.assertRegex(lines()[0], r'^\t"web" -> "db"')


class OfImages(EngineTest):
    def test_which_images_are_pulled(self):
        stack = self.stack("""
services:
  base: {image: "127.0.0.1:1/base"}
  web: {image: "127.0.0.1:1/web", depends_on: [base]}
  made: {image: "127.0.0.1:1/made", build: .}
""")
        tried = lambda *words, expect: set(re.findall(r"(?m)^ (\w+) Pulling", stack.run("pull", *words, expect=expect).stderr))
        self.assertEqual(tried("web", expect=1), {"web"})
        self.assertEqual(tried("--include-deps", "web", expect=1), {"web", "base"})
        self.assertEqual(tried("--ignore-buildable", "made", expect=0), set())
        self.assertEqual(tried("--ignore-pull-failures", expect=0), {"base", "web", "made"})

    def test_arguments_of_a_build_and_its_cache(self):
        stack = self.stack('services: {a: {build: {dockerfile_inline: "FROM busybox:local\\nARG WHO=nobody\\nRUN echo $$WHO > /who"}}}')
        self.addCleanup(docker, "rmi", "-f", stack.name + "-a", check=False)
        image = lambda: docker("image", "inspect", "-f", "{{.Id}}", stack.name + "-a")
        who = lambda: stack.run("run", "--rm", "a", "cat", "/who").stdout
        stack.run("build", "--build-arg", "WHO=me", env=CLASSIC)
        first = image()
        self.assertEqual(who(), "me\n")
        stack.run("build", "--build-arg", "WHO=me", env=CLASSIC)
        self.assertEqual(image(), first)
        stack.run("build", "--build-arg", "WHO=me", "--no-cache", env=CLASSIC)
        self.assertNotEqual(image(), first)
        stack.run("build", "--build-arg", "WHO", env={**CLASSIC, "WHO": "the environment"})
        self.assertEqual(who(), "the environment\n")

    def test_dependencies_are_built_with_what_needs_them(self):
        stack = self.stack("""
services:
  base: {build: {dockerfile_inline: "FROM busybox:local\\nRUN echo base"}}
  web: {build: {dockerfile_inline: "FROM busybox:local\\nRUN echo web"}, depends_on: [base]}
""")
        self.addCleanup(docker, "rmi", "-f", stack.name + "-base", stack.name + "-web", check=False)
        there = lambda: sorted(docker("images", "--format", "{{.Repository}}", "--filter", f"reference={stack.name}-*").split())
        stack.run("build", "web", env=CLASSIC)
        self.assertEqual(len(there()), 1, there())
        stack.run("build", "--with-dependencies", "web", env=CLASSIC)
        self.assertEqual(len(there()), 2, there())


class OfConfig(EngineTest):
    def test_a_model_may_be_shown_without_being_whole(self):
        stack = self.stack("services: {a: {image: x, depends_on: [none]}}")
        self.assertNotEqual(stack.run("config", expect=None).returncode, 0)
        self.assertIn("none:", stack.run("config", "--no-consistency").stdout)

    def test_models_and_environment_are_listed(self):
        stack = self.stack("models: {llm: {model: some/model}}\nservices: {a: {image: x, models: [llm]}}", **{".env": "OF_FILE=1\n"})
        self.assertEqual(stack.run("config", "--models").stdout, "some/model\n")
        self.assertIn("OF_FILE=1\n", stack.run("config", "--environment").stdout)


if __name__ == "__main__":
    main()
