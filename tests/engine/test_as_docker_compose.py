# SPDX-License-Identifier: MIT
"""By docker compose's name, crstack answers as docker compose does; and copying there and back."""
import json
import os
import re
import signal
import socket
import subprocess

from harness import CRSTACK, IMAGE, PODMAN, SLEEP, EngineTest, docker, inspect, main


class AsDockerCompose(EngineTest):
    def call(self, stack, *args, expect):
        link = stack.directory / "docker-compose"
        if not link.exists():
            link.symlink_to(CRSTACK[0])
        done = subprocess.run([link, *args], cwd=stack.directory, capture_output=True, text=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def test_wrong_words_end_with_one(self):
        stack = self.stack("services: {a: {image: x, nope: 1}}")
        done = self.call(stack, "nosuch", expect=1)
        self.assertIn('unknown docker command: "compose nosuch"', done.stderr)
        self.assertIn("unknown flag: --nosuch", self.call(stack, "ps", "--nosuch", expect=1).stderr)
        for words, refusal in ((("exec", "a"), "requires at least 2 arg(s), only received 1"),
                               (("ls", "x"), 'unknown command "x" for "docker compose ls"'),
                               (("commit",), "accepts between 1 and 2 arg(s), received 0"),
                               (("cp", "a"), "'docker compose cp' requires 2 arguments"),
                               (("wait",), "'docker compose wait' requires at least 1 argument")):
            self.assertRegex(self.call(stack, *words, expect=1).stderr, "(?m)^" + re.escape(refusal))
        self.assertIn("option '--no-ansi' is DEPRECATED ! Please use '--ansi' instead.",
                      self.call(stack, "--no-ansi", "config", expect=1).stderr)
        missing = self.call(stack, "-f", "nosuch.yaml", "config", expect=1).stderr
        self.assertIn(f"open {stack.directory}/nosuch.yaml: no such file or directory", missing)
        stack.run("nosuch", expect=2)
        stack.run("config", expect=2)

    def test_old_names_of_options_are_taken(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}")
        project = ("-p", stack.name)
        said = self.call(stack, *project, "up", "-d", "--y", expect=0).stderr
        self.assertIn('level=warning msg="--y is deprecated, please use --yes instead"', said)
        self.assertTrue(said.endswith(f" Container {stack.container('a')}  Started\n"), said)
        self.call(stack, *project, "exec", "--no-TTY", "a", "true", expect=0)
        shown = self.call(stack, *project, "run", "--rm", "--volumes", "/old", "--labels", "a=b", "a", "ls", "-d", "/old", expect=0)
        self.assertEqual(shown.stdout, "/old\n")
        self.assertIn("option '--parallel' is DEPRECATED and will be ignored.",
                      self.call(stack, *project, "pull", "--parallel", "--policy", "missing", expect=0).stderr)
        self.assertIn("--volume is deprecated, please use --volumes",
                      self.call(stack, *project, "down", "-t", "0", "--volume", expect=0).stderr)

    def test_what_stands_in_several_files_or_in_none(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}}}}}",
                           **{"docker-compose.yml": "services: {b: {image: x}}", "empty/none": ""})
        said = self.call(stack, "config", "--services", expect=0).stderr
        self.assertIn(f'msg="Found multiple config files with supported names: {stack.directory}/compose.yaml, '
                      f'{stack.directory}/docker-compose.yml"', said)
        self.assertIn(f'msg="Using {stack.directory}/compose.yaml"', said)
        for file in ("compose.yaml", "docker-compose.yml"):
            (stack.directory / file).unlink()
        for words in (("run", "a"), ("scale", "a=1"), ("pull",), ("up", "-d")):
            self.assertIn("no configuration file provided: not found",
                          self.call(stack, "-p", stack.name, *words, expect=1).stderr)

    def test_an_env_file_that_is_missing_or_broken_is_all_that_is_told(self):
        stack = self.stack("services: {a: {image: x, user: '$TAG'}}", **{"bad.env": "A=1\nB C=2\n"})
        for file, told in (("none.env", f"couldn't find env file: {stack.directory}/none.env"),
                           ("bad.env", f"failed to read {stack.directory}/bad.env: line 2: key cannot contain a space")):
            said = self.call(stack, "--env-file", file, "config", expect=1).stderr
            self.assertIn(told, said)
            self.assertNotIn("TAG", said)
        for words, refusal in ((("logs", "--index", "1"), "--index requires one service to be selected"),
                               (("ls", "--filter", "x"), "bad format of filter (expected name=value)")):
            self.assertIn(refusal, self.call(stack, *words, expect=1).stderr)

    def test_questions_without_a_terminal_stand_where_docker_compose_writes_them(self):
        volumes = f'services: {{a: {{image: {IMAGE}, volumes: ["data:/data"]}}}}\nvolumes: {{data: {{labels: {{x: LABEL}}}}}}\n'
        stack = self.stack(volumes.replace("LABEL", "one"))
        project = ("-p", stack.name)
        self.call(stack, *project, "create", expect=0)
        stack.write("compose.yaml", volumes.replace("LABEL", "two"))
        self.assertEqual(self.call(stack, *project, "create", expect=0).stdout,
                         f'Volume "{stack.name}_data" exists but doesn\'t match configuration in compose file. '
                         "Recreate (data will be lost)?")
        removal = self.call(stack, *project, "rm", expect=0)
        self.assertEqual((removal.stdout, removal.stderr), (f"Going to remove {stack.container('a')}\n", ""))
        self.call(stack, *project, "down", "-v", expect=0)

    def test_remarks_on_a_manifest_are_one_line_each(self):
        stack = self.stack('version: "3"\nservices: {a: {image: "x$UNSET_HERE"}}')
        said = self.call(stack, "config", "-q", expect=0).stderr
        self.assertIn(r'level=warning msg="The \"UNSET_HERE\" variable is not set. Defaulting to a blank string."', said)
        self.assertIn(f'level=warning msg="{stack.directory}/compose.yaml: the attribute `version` is obsolete, it will be '
                      'ignored, please remove it to avoid potential confusion"', said)
        self.assertEqual(said.count("\n"), 2, said)

    def test_refusals_are_worded_as_docker_compose_words_them(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}}}}}")
        for words, refusal in ((("up", "--scale", "a=x"), 'strconv.Atoi: parsing "x": invalid syntax'),
                               (("scale", "a"), "invalid scale specifier: a"),
                               (("scale", "a=x"), "invalid scale specifier: can't parse replica value as int: a=x"),
                               (("up", "-V", "--no-recreate"), "--no-recreate and --renew-anon-volumes are incompatible"),
                               (("up", "--watch", "--wait"), "--wait cannot be combined with"),
                               (("up", "--pull", "policy"), 'invalid --pull option "policy"'),
                               (("port", "a", "x"), 'strconv.ParseUint: parsing "x": invalid syntax'),
                               (("publish", "localhost:1/x"), "failed to do request: "),
                               (("build", "--progress", "nope"), 'unsupported --progress value "nope"')):
            self.assertRegex(self.call(stack, *words, expect=1).stderr, "(?m)^" + re.escape(refusal))
        self.assertIn("Usage:  docker compose up", self.call(stack, "up", "--help", expect=0).stdout)
        self.assertIn("Usage:  docker compose up", self.call(stack, "help", "compose", "up", expect=0).stdout)
        self.assertIn("Usage:  docker compose [OPTIONS]", self.call(stack, "help", "compose", expect=0).stdout)
        self.assertIn("Usage:  docker compose alpha", self.call(stack, "alpha", "nosuch", expect=0).stdout)
        self.assertIn("viz command is EXPERIMENTAL", self.call(stack, "alpha", "viz", expect=0).stderr)
        self.call(stack, "--context", "default", "ps", expect=0)  # which DOCKER_HOST names

    def test_docker_ends_its_plugin_by_closing_a_socket(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, {SLEEP}}}}}")
        link = stack.directory / "docker-compose"
        link.symlink_to(CRSTACK[0])
        with socket.socket(socket.AF_UNIX) as docker_s:
            docker_s.bind("\0" + stack.name)
            docker_s.listen()
            environment = {**os.environ, "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND": "docker",
                           "DOCKER_CLI_PLUGIN_SOCKET": "@" + stack.name}
            up = subprocess.Popen([link, "compose", "-p", stack.name, "up"], cwd=stack.directory, env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            connection, _ = docker_s.accept()
            stack.wait_for("the start", lambda: stack.containers("status=running"))
            connection.close()
            said, _ = up.communicate(timeout=60)
        self.assertEqual(up.returncode, 130, said)
        self.assertIn(f" Container {stack.container('a')}  Stopped", said)
        self.assertEqual(stack.containers("status=running"), [])

    def test_an_engine_that_is_not_there_is_told_in_dockers_words(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}}}}}")
        done = stack.run("ps", expect=1, env={**os.environ, "DOCKER_HOST": "unix:///nosuch.sock"})
        self.assertIn("Cannot connect to the Docker daemon at unix:///nosuch.sock. Is the docker daemon running?",
                      done.stderr)

    def test_a_copy_is_told_and_replaces_no_pipe(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}", **{"file": "text\n"})
        stack.run("up", "-d")
        name = stack.container("a")
        self.assertIn(f" {name} copy file to {name}:/tmp/ Copied\n", stack.run("cp", "file", "a:/tmp/").stderr)
        self.assertIn("open none: no such file or directory", stack.run("run", "--env-from-file", "none", "a", expect=None).stderr)
        pipe = stack.directory / "pipe"
        os.mkfifo(pipe)
        for command in ["cp", "a:/tmp/file", "pipe"], ["export", "-o", "pipe", "a"]:
            self.assertIn('invalid output path: "pipe" must be a directory or a regular file: got a pipe',
                          stack.run(*command, expect=1).stderr)
            self.assertTrue(pipe.is_fifo())
        self.assertIn("failed to export container: invalid", stack.run("export", "-o", "pipe", "a", expect=1).stderr)
        done = stack.run("cp", "a:/tmp/nosuch", ".", expect=1)
        missing = f"Could not find the file /tmp/nosuch in container {inspect(name)['Id']}"
        self.assertIn("no such file or directory" if PODMAN else missing, done.stderr)
        done = stack.run("cp", "--index", "3", "file", "a:/tmp/", expect=1)
        self.assertIn('service "a" is not running container #3', done.stderr)

    def test_a_signal_ends_it_with_130(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}")
        stack.run("up", "-d")
        (stack.directory / "docker-compose").symlink_to(CRSTACK[0])
        command = [stack.directory / "docker-compose", "-p", stack.name, "logs", "-f"]
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as no caller under nohup has it
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(command, cwd=stack.directory, stdout=subprocess.PIPE)
            docker("exec", stack.container("a"), "sh", "-c", "echo ready > /proc/1/fd/1")
            process.stdout.readline()
            process.send_signal(number)
            self.assertEqual(process.wait(20), 130)
            process.stdout.close()
        for number, code in ((signal.SIGTERM, 130), (signal.SIGHUP, 129)):  # of a terminal that goes away it is another
            process = subprocess.Popen([*command[:3], "wait", "a"], cwd=stack.directory, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True)
            self.assertRaises(subprocess.TimeoutExpired, process.communicate, timeout=1)
            process.send_signal(number)
            self.assertEqual((process.communicate(timeout=20)[0], process.returncode), ("", code))

    def test_it_tells_docker_which_docker_compose_it_is_like(self):
        told = json.loads(self.call(self.stack("{}"), "docker-cli-plugin-metadata", expect=0).stdout)
        self.assertRegex(told["Version"], r"^v2\.40\.\d+$")
        self.assertEqual(told["SchemaVersion"], "0.1.0")

    def test_a_project_is_named_after_the_link_that_leads_to_it(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}}}}}")
        link = stack.directory / "a-link"
        link.symlink_to(stack.directory)
        done = subprocess.run([CRSTACK[0], "config"], cwd=link, env={**os.environ, "PWD": str(link)}, capture_output=True,
                              text=True, check=True)
        self.assertTrue(done.stdout.startswith("name: a-link\n"), done.stdout)
        self.assertIn("without an explicit name from a symlink", done.stderr)

    def test_it_answers_dockers_completion(self):
        stack = self.stack("services: {web: {image: x}, db: {image: x, profiles: [p, q]}}")
        for words, wanted in ((["up", ""], "db\nweb\n:4\n"), (["compose", "logs", "w"], "web\n:4\n"),
                              (["--profile", ""], "p\nq\n:4\n"), (["scale", ""], "db=\nweb=\n:4\n"),
                              (["-f", ""], "yaml\nyml\n:8\n"), (["nosuch", ""], ":0\n"), (["-f", "nosuch", "ps", ""], ":4\n"),
                              (["--progress", "p"], "plain\n:4\n"), (["cp", "--index", ""], ":0\n")):
            self.assertEqual(self.call(stack, "__complete", *words, expect=0).stdout, wanted, words)
        self.assertIn("up\tCreate and start containers\n", self.call(stack, "__complete", "u", expect=0).stdout)
        self.assertIn("--dry-run\t", self.call(stack, "__complete", "logs", "--d", expect=0).stdout)
        self.assertEqual("unpause\nup\n:4\n", self.call(stack, "__completeNoDesc", "u", expect=0).stdout)


if __name__ == "__main__":
    main()
