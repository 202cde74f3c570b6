# SPDX-License-Identifier: MIT
"""Builds by the engine's BuildKit, by its classic builder and by buildx: what they leave, what they say, how they fail;
and pulls that fail."""
import json
import os
import pathlib
import subprocess
import unittest

from harness import IMAGE, PODMAN, SLEEP, EngineTest, docker, main

MANIFEST = """
services:
  web:
    image: NAME/web:1
    build: {context: ./context, dockerfile: ../other/Dockerfile.dev, args: {A: "1"}, tags: ["NAME/web:2"]}
  inline:
    build:
      dockerfile_inline: |
        FROM busybox:local
        RUN echo made inline  # for NAME
  bad:
    profiles: [bad]
    build:
      dockerfile_inline: |
        FROM busybox:local
        RUN exit 42
  lost:
    profiles: [bad]
    build: ./lost
"""
FILES = {
    "other/Dockerfile.dev": "FROM busybox:local\nARG A\nCOPY . /context\nRUN echo \"A is $A\" > /a\nCMD cat /a\n",
    "context/kept": "1",
    "context/left": "2",
    "context/.dockerignore": "left\n",
}
CLASSIC = {**os.environ, "DOCKER_BUILDKIT": "0"}

BUILDKIT = """
services:
  base:
    build: {dockerfile_inline: "FROM busybox:local\\nRUN echo base > /base"}
  all:
    build:
      context: ./context
      args: {A: "1"}
      secrets: [file, {source: variable, target: renamed}]
      additional_contexts: {base: "service:base", more: ./more}
      extra_hosts: ["there:1.2.3.4"]
      dockerfile_inline: |
        FROM base
        ARG A
        COPY --from=more note /note
        COPY . /context
        RUN --mount=type=secret,id=file --mount=type=secret,id=renamed cat /run/secrets/file /run/secrets/renamed > /told; echo >> /told
        RUN cat /base /note /told; ls /context; grep there /etc/hosts; echo "A is $$A"
  bad:
    profiles: [bad]
    build: {dockerfile_inline: "FROM busybox:local\\nRUN echo before; exit 42"}
  lost:
    profiles: [bad]
    build: ./more
secrets:
  file: {file: ./secret}
  variable: {environment: SECRET_OF_BUILD}
"""
BUILDKIT_FILES = {"more/note": "a note\n", "secret": "from a file\n", "context/kept": "", "context/left": "",
                  "context/.dockerignore": "left\n", "context/" + "long" * 40: ""}


SSH = """
services:
  app:
    build:
      ssh: [mine=./key]
      dockerfile_inline: |
        FROM busybox:local
        RUN --mount=type=ssh,id=${ID:-mine},required=true test -S "$$SSH_AUTH_SOCK"
  bad:
    profiles: [bad]
    build: {ssh: [mine=./nokey], dockerfile_inline: "FROM busybox:local"}
"""


def labels(image):
    return json.loads(docker("image", "inspect", "--format", "{{json .Config.Labels}}", image))


needs_buildkit = unittest.skipIf(PODMAN, "Podman builds by its classic endpoint only")


class Images(EngineTest):
    def project(self):
        stack = self.stack("services: {}\n", **FILES)
        stack.write("compose.yaml", MANIFEST.replace("NAME", stack.name))
        self.addCleanup(docker, "rmi", "-f", f"{stack.name}/web:1", f"{stack.name}/web:2", f"{stack.name}-inline",
                        check=False)
        return stack

    def test_a_build_is_labelled_shown_on_stdout_and_removed_with_the_project(self):
        stack = self.project()
        done = stack.run("build", env=CLASSIC)
        self.assertIn("[inline] made inline\n", done.stdout)
        for line in (" web  Built", " inline  Built"):
            self.assertIn(line, done.stderr)
        self.assertEqual({key: value for key, value in labels(f"{stack.name}-inline").items() if "version" not in key},
                         {"com.docker.compose.project": stack.name, "com.docker.compose.service": "inline",
                          "com.docker.compose.image.builder": "classic"})
        self.assertEqual(docker("run", "--rm", f"{stack.name}/web:2"), "A is 1\n")
        self.assertEqual(docker("run", "--rm", f"{stack.name}/web:1", "ls", "/context"), "kept\n")
        self.assertIn(f" Image {stack.name}-inline:latest  Removed", stack.run("down", "--rmi", "local").stderr)
        self.assertEqual(docker("images", "-q", f"{stack.name}-inline"), "")

    @needs_buildkit
    def test_the_engine_s_buildkit_gets_contexts_and_secrets(self):
        stack = self.stack(BUILDKIT, **BUILDKIT_FILES)
        self.addCleanup(docker, "rmi", "-f", f"{stack.name}-all", f"{stack.name}-base", check=False)
        done = stack.run("build", env={**os.environ, "SECRET_OF_BUILD": "from a variable"})
        output = [line.split(" ", 2)[-1] for line in done.stdout.splitlines()]
        for line in ("base", "a note", "from a file", "from a variable", "kept", "long" * 40, "A is 1"):
            self.assertIn(line, output)
        self.assertNotIn("left", output)
        self.assertIn("1.2.3.4\tthere", output)
        self.assertIn("exporting to image", done.stdout)
        self.assertIn(" all  Built", done.stderr)
        self.assertIn("buildx isn't installed", done.stderr)
        self.assertEqual(labels(f"{stack.name}-all")["com.docker.compose.service"], "all")

    @needs_buildkit
    def test_the_engine_s_buildkit_signs_with_a_key_of_a_file(self):
        stack = self.stack(SSH, nokey="not a key\n")
        self.addCleanup(docker, "rmi", "-f", f"{stack.name}-app", check=False)
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", stack.directory / "key"], check=True)
        stack.run("build", "app")
        stack.run("build", "app", "--ssh", "mine=./nosuch", expect=1)
        agentless = {name: value for name, value in os.environ.items() if name != "SSH_AUTH_SOCK"}
        self.assertIn("invalid empty ssh agent socket",
                      stack.run("build", "app", "--ssh", "", env=agentless, expect=1).stderr)
        self.assertIn("nokey", stack.run("build", "bad", expect=1).stderr)
        done = stack.run("build", "app", "--ssh", "other=./key", env={**os.environ, "ID": "absent"}, expect=1)
        self.assertIn("unset ssh forward key absent", done.stderr)
        self.assertEqual(list(pathlib.Path("/tmp").glob("crstack-ssh-*")), [])

    @needs_buildkit
    def test_the_engine_s_buildkit_says_why_a_build_failed(self):
        stack = self.stack(BUILDKIT, **BUILDKIT_FILES)
        done = stack.run("build", "bad", expect=1)
        self.assertRegex(done.stdout, r"#\d+ \d+\.\d+ before\n")
        self.assertRegex(done.stderr, "failed to solve: .*/bin/sh -c echo before; exit 42.*exit code: 42")
        self.assertIn("failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory",
                      stack.run("build", "lost", expect=1).stderr)
        done = stack.run("build", "all", expect=1, env=CLASSIC)
        self.assertIn("the classic builder doesn't support", done.stderr)

    def test_a_pull_that_fails_may_be_put_up_with(self):
        stack = self.stack("services: {a: {image: 'localhost:1/nosuch:1'}, b: {image: 'localhost:1/nosuch:1'}}")
        done = stack.run("pull", expect=1)
        self.assertIn(" b Skipped - Image is already being pulled by a", done.stderr)
        self.assertIn(" a Error ", done.stderr)
        done = stack.run("pull", "--quiet", "--ignore-pull-failures")
        self.assertIn(" a Pulling", done.stderr)
        self.assertIn(" a Error ", done.stderr)
        self.assertNotIn("Pulled", done.stderr)

    def test_a_build_that_is_only_shown_names_what_it_would_make(self):
        stack = self.project()
        done = stack.run("--dry-run", "build", "inline")
        self.assertRegex(done.stderr, r" DRY-RUN MODE -  \S+ ==> ==> writing image dryRun-[0-9a-f]{40} \n")
        self.assertIn(f" ==> ==> naming to {stack.name}-inline \n", done.stderr)
        done = stack.run("--progress", "json", "--dry-run", "build", "inline")
        self.assertRegex(done.stderr, r'"id":"\S+ ==>","text":"==> writing image dryRun-[0-9a-f]{40}"}\n')
        self.assertRegex(done.stderr, rf'"id":"\S+ ==> ==>","text":"naming to {stack.name}-inline"}}\n')
        self.assertEqual(docker("images", "-q", f"{stack.name}-inline"), "")

    def test_a_quiet_build_says_nothing_and_a_one_off_writes_only_its_own_output(self):
        stack = self.project()
        done = stack.run("build", "--quiet", env=CLASSIC)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r'\Atime="[^"]+" level=warning msg="[^"]+"\n\Z')
        done = stack.run("run", "--rm", "--build", "web", env=CLASSIC)
        self.assertEqual(done.stdout, "A is 1\n")

    def test_failing_builds_say_why(self):
        stack = self.project()
        done = stack.run("build", "bad", expect=1, env=CLASSIC)
        self.assertIn("failed to solve: ", done.stderr)
        self.assertIn("42", done.stderr)
        done = stack.run("build", "lost", expect=1, env=CLASSIC)
        self.assertIn(f'unable to prepare context: path "{stack.directory}/lost" not found', done.stderr)
        done = stack.run("up", "--no-build", "inline", expect=1, env=CLASSIC)
        self.assertIn(f"No such image: {stack.name}-inline:latest", done.stderr)

    def test_buildx_where_it_is_installed_gets_a_bake_file_and_no_word_of_docker(self):
        stack = self.project()
        stack.write("docker/cli-plugins/docker-buildx", """#!/bin/sh
[ -z "$DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND" ] || { echo "unknown flag: --file"; exit 1; }
echo "#1 $* with $FROM_ENV_FILE"
docker tag busybox:local "$(sed 's/.*"tags":\\["\\([^"]*\\)".*/\\1/')"
""")
        (stack.directory / "docker/cli-plugins/docker-buildx").chmod(0o755)
        stack.write(".env", "FROM_ENV_FILE=dot\n")
        environment = {**os.environ, "DOCKER_CONFIG": f"{stack.directory}/docker",
                       "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND": "docker"}
        done = stack.run("build", "inline", env=environment)
        self.assertTrue(done.stdout.startswith("#1 bake --file - --progress plain"), done.stdout)
        self.assertIn(" with dot\n", done.stdout)  # secrets of bake come from the plugin's own variables
        self.assertIn(f" {stack.name}-inline  Built", done.stderr)
        self.assertNotEqual(docker("images", "-q", f"{stack.name}-inline"), "")

    def test_one_bake_builds_all_that_up_needs(self):
        stack = self.stack(f"""services:
  a: {{build: ., {SLEEP}}}
  b: {{build: ., image: "127.0.0.1:1/none/b:1", {SLEEP}}}
  c: {{image: {IMAGE}, {SLEEP}}}
""", Dockerfile=f"FROM {IMAGE}\n")
        stack.write("plugins/docker-buildx", """#!/bin/sh
echo "$DOCKER_HOST" >> calls
for tag in $(tr , '\\n' | sed -n 's/.*"tags":\\["\\([^"]*\\)".*/\\1/p'); do docker tag busybox:local "$tag"; done
""")
        (stack.directory / "plugins/docker-buildx").chmod(0o755)
        stack.write("docker/config.json", json.dumps({"cliPluginsExtraDirs": [f"{stack.directory}/plugins"]}))
        host = os.environ["DOCKER_HOST"]
        environment = {**os.environ, "DOCKER_CONFIG": f"{stack.directory}/docker", "DOCKER_HOST": "unix:///none"}
        done = stack.run("-H", host, "up", "-d", "-t", "0", env=environment)
        self.assertEqual((stack.directory / "calls").read_text(), host + "\n")
        self.assertRegex(done.stderr, " b Pulling \n(.*\n)* b Warning ")
        self.assertIn(f" {stack.name}-a  Built", done.stderr)
        self.assertIn(" 127.0.0.1:1/none/b:1  Built", done.stderr)
        self.assertNotIn("Building", done.stderr)
        stack.run("down", "-t", "0")
        docker("rmi", f"{stack.name}-a", "127.0.0.1:1/none/b:1")

    def test_an_error_of_buildx_is_told_with_what_to_do_about_it(self):
        stack = self.project()
        stack.write("docker/cli-plugins/docker-buildx", """#!/bin/sh
cat > /dev/null
printf '#1 said\\nERROR: not supported for this driver.\\nSwitch to another one.\\n\\n' >&2
exit 1
""")
        (stack.directory / "docker/cli-plugins/docker-buildx").chmod(0o755)
        environment = {**os.environ, "DOCKER_CONFIG": str(stack.directory / "docker")}
        done = stack.run("build", "inline", expect=1, env=environment)
        self.assertIn("Error not supported for this driver.\nSwitch to another one.\n", done.stderr)

    def test_an_image_of_another_platform_is_pulled(self):
        stack = self.stack("""
services:
  a: {image: "127.0.0.1:1/app:1", platform: linux/PLATFORM, command: sleep 1000, stop_grace_period: 0s}
""")
        docker("tag", IMAGE, "127.0.0.1:1/app:1")
        self.addCleanup(docker, "rmi", "127.0.0.1:1/app:1", check=False)
        here = docker("image", "inspect", "-f", "{{.Architecture}}", IMAGE).strip()
        text = (stack.directory / "compose.yaml").read_text()
        stack.write("compose.yaml", text.replace("PLATFORM", here))
        stack.run("up", "-d")
        stack.write("compose.yaml", text.replace("PLATFORM", "s390x"))
        self.assertIn(" a Pulling", stack.run("up", "-d", expect=1).stderr)
        self.assertEqual(stack.states(), {"a": "running"})

    def test_the_default_platform_is_no_reason_to_pull_what_runs(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}")
        stack.run("up", "-d")
        done = stack.run("up", "-d", env={**os.environ, "DOCKER_DEFAULT_PLATFORM": "linux/s390x"})
        self.assertIn("a-1  Running", done.stderr)

    def test_what_is_called_latest_is_pulled_though_it_is_there(self):
        for tag in "latest", "1":
            image = f"crstack-{os.getpid()}/there:{tag}"
            docker("tag", IMAGE, image)
            self.addCleanup(docker, "rmi", image, check=False)
            stack = self.stack(f"services: {{a: {{image: '{image}', pull_policy: missing}}}}")
            done = stack.run("pull", expect=1 if tag == "latest" else 0)
            self.assertIn("a Pulling" if tag == "latest" else "a Skipped - Image is already present locally", done.stderr)
            stack.run("up", "-d")  # has all it needs

    def test_what_could_not_be_pulled_is_not_told_to_be(self):
        images = [f"crstack-{os.getpid()}/old:{tag}" for tag in range(4)]
        for image in images:
            docker("tag", IMAGE, image)
            self.addCleanup(docker, "rmi", image, check=False)
        stack = self.stack("services:\n" + "".join(f"  s{i}: {{image: '{image}'}}\n" for i, image in enumerate(images)))
        self.assertNotIn("Pulled", stack.run("up", "-d", "--pull", "always", expect=1).stderr)

    def test_a_policy_that_pulls_nothing_gives_no_reason(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, pull_policy: build, build: .}}}}")
        for options in [], ["--ignore-buildable"]:
            self.assertRegex(stack.run("pull", *options).stderr, "(?m)^ a Skipped ?$")

    def test_a_pull_by_the_policy_never_pulls_nothing(self):
        stack = self.stack("services: {a: {image: '127.0.0.1:1/none'}}")
        self.assertEqual(stack.run("pull", "--policy", "never").stderr, " a Skipped \n")
        stack.run("pull", "--policy", "bogus", expect=2)

    def test_a_bake_that_fails_is_told_under_the_service_that_failed(self):
        stack = self.stack("services: {a: {build: .}, b.c: {build: .}}", Dockerfile="FROM scratch\n")
        stack.write("docker/cli-plugins/docker-buildx", """#!/bin/sh
cat > /dev/null
echo 'ERROR: target b_c: failed to solve: exec: "git": executable file not found in $PATH' >&2
exit 1
""")
        (stack.directory / "docker/cli-plugins/docker-buildx").chmod(0o755)
        environment = {**os.environ, "DOCKER_CONFIG": str(stack.directory / "docker")}
        done = stack.run("build", expect=1, env=environment)
        told = 'target b_c: failed to solve: exec: "git": executable file not found in $PATH\n'
        self.assertTrue(done.stderr.startswith(f" {stack.name}-b.c Error {told}✘ b.c: {told}"), done.stderr)

    def test_where_a_dockerfile_failed_is_told_on_standard_error(self):
        stack = self.project()
        stack.write("docker/cli-plugins/docker-buildx", """#!/bin/sh
cat > /dev/null
printf '#1 said\\n------\\n > RUN false:\\n------\\n\\n 1 warning found\\nDockerfile:2\\n-----\\n   2 | >>> RUN false\\n   3 |\\n-----\\n' >&2
echo 'ERROR: failed to solve: no' >&2
exit 1
""")
        (stack.directory / "docker/cli-plugins/docker-buildx").chmod(0o755)
        environment = {**os.environ, "DOCKER_CONFIG": str(stack.directory / "docker")}
        excerpt = "Dockerfile:2\n-----\n   2 | >>> RUN false\n   3 |\n-----\n"
        done = stack.run("build", "inline", expect=1, env=environment)
        self.assertEqual(done.stdout, "#1 said\n------\n > RUN false:\n------\n\n 1 warning found\n")
        self.assertIn(excerpt, done.stderr)
        for words, more in ((["-q"], {}), ([], {"BUILDKIT_PROGRESS": "quiet"})):
            done = stack.run("build", *words, "inline", expect=1, env={**environment, **more})
            self.assertEqual(done.stdout, "")
            self.assertIn(excerpt, done.stderr)

    def test_a_build_argument_without_a_value_is_the_environment_s_or_none(self):
        stack = self.stack("services: {a: {build: {context: ., args: {A: of the file}}}}")
        def argument(**more):
            target = json.loads(stack.run("build", "--print", "--build-arg", "A", env={**os.environ, **more}).stdout)
            return target["target"]["a"].get("args")
        self.assertEqual(argument(A="given"), {"A": "given"})
        self.assertIsNone(argument())

    def test_the_classic_builder_is_shown_as_docker_compose_shows_it(self):
        stack = self.project()
        done = stack.run("build", "inline", env=CLASSIC)
        self.assertRegex(done.stdout, "(?m)^STEP 1/[0-9]+: FROM " if PODMAN else "(?m)^Step 1/[0-9]+ : FROM ")
        self.assertIn(" Service inline  Building\n", done.stderr)
        self.assertIn(" Service inline  Built\n inline  Built\n", done.stderr)
        self.assertRegex(stack.run("build", env=CLASSIC).stdout, r"\[web\] (?i:step) 1/")  # of several, whose it is

    def test_each_line_of_several_classic_builds_says_whose_it_is(self):
        run = "FROM busybox:local\\nRUN printf 'one\\\\ntwo\\\\n'  # for "
        stack = self.stack("services:\n" + "".join(
            f'  {name}: {{image: "NAME/{name}", build: {{dockerfile_inline: "{run}NAME"}}}}\n' for name in ("a", "b")))
        stack.write("compose.yaml", (stack.directory / "compose.yaml").read_text().replace("NAME", stack.name))
        said = stack.run("build", env=CLASSIC).stdout
        for line in ("[a] one\n", "[a] two\n", "[b] one\n", "[b] two\n"):
            self.assertIn(line, said)
        docker("rmi", f"{stack.name}/a", f"{stack.name}/b")

    def test_a_builder_that_is_not_there_is_an_error(self):
        done = self.project().run("build", "--builder", "nope", "inline", expect=1)
        self.assertIn('no builder "nope" found', done.stderr)

    def test_print_shows_the_builds_and_builds_nothing(self):
        stack = self.project()
        done = stack.run("-H", "unix:///none", "build", "--print")  # it needs no engine
        targets = json.loads(done.stdout)["target"]
        self.assertEqual(sorted(targets), ["inline", "web"])
        self.assertEqual(targets["web"]["dockerfile"], f"{stack.directory}/other/Dockerfile.dev")
        self.assertEqual(docker("images", "-q", f"{stack.name}-inline"), "")

    def test_down_removes_images_committed_from_its_containers(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}")
        stack.run("up", "-d")
        tag = stack.name + "-kept:1"
        done = stack.run("commit", "a", tag)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, "Commit .* Committed as sha256:[0-9a-f]{64}\n")
        stack.run("commit", "a", tag)  # the first has no name any more
        stack.run("down", "-t", "0", "--rmi", "local")
        self.assertEqual(docker("images", "-q", tag), "")
        self.assertNotEqual(docker("images", "-q", IMAGE), "")


if __name__ == "__main__":
    main()
