# SPDX-License-Identifier: MIT
"""Provider services and models: their programs' command lines, what they say, and the variables that services get."""
import os

from harness import IMAGE, EngineTest, inspect, main

PROGRAM = """#!/bin/sh
echo "$@" >>calls
case "$*" in
  "compose metadata") echo '{"up": {"parameters": [{"name": "size", "required": true}]}}' ;;
  *up*) echo '{"type": "info", "message": "growing"}'; echo '{"type": "setenv", "message": "URL=https://x/?a=\\\\u0062"}' ;;
esac
"""
MANIFEST = f"""
services:
  app: {{image: {IMAGE}, init: true, command: ["sleep", "1000"], depends_on: [big-db]}}
  big-db: {{provider: {{type: crstack-test-provider, options: {{size: "3", colour: blue}}}}}}
"""

MODELS = """#!/bin/sh
echo "$COMPOSE_PROJECT_NAME: $*" >>calls
case "$1" in
  ls) echo '[{"tags": ["ai/there"]}]' ;;
  status) echo '{"running": true, "endpoint": "http://models/v1/"}' ;;
esac
"""
USERS = f"""
services:
  app:
    image: {IMAGE}
    command: ["env"]
    models: {{my-model: {{}}, other: {{endpoint_var: WHERE, model_var: WHICH}}}}
models:
  my-model: {{model: ai/new, context_size: 4096, runtime_flags: ["--fast"]}}
  other: {{model: ai/there}}
"""


class Models(EngineTest):
    def test_docker_s_plugin_makes_models_ready_and_services_know_them(self):
        stack = self.stack(USERS, **{"docker/cli-plugins/docker-model": MODELS})
        (stack.directory / "docker/cli-plugins/docker-model").chmod(0o755)
        done = stack.run("up", env={**os.environ, "DOCKER_CONFIG": f"{stack.directory}/docker"})
        self.assertIn(" my-model Pulled", done.stderr)
        for variable in ("MY_MODEL_URL=http://models/v1/", "MY_MODEL_MODEL=ai/new", "WHERE=http://models/v1/",
                         "WHICH=ai/there"):
            self.assertIn(f"app-1  | {variable}\n", done.stdout)
        self.assertEqual((stack.directory / "calls").read_text().splitlines(),
                         [f"{stack.name}: {call}" for call in
                          ("ls --json", "pull ai/new", "configure --context-size 4096 ai/new -- --fast",
                           "configure ai/there", "status --json")])

    def test_without_the_plugin_nothing_starts(self):
        stack = self.stack(USERS)
        self.assertIn("'models' support requires Docker Model plugin", stack.run("up", "-d", expect=1).stderr)
        self.assertEqual(stack.containers(), [])


class Providers(EngineTest):
    def provided(self, manifest):
        stack = self.stack(manifest, **{"bin/crstack-test-provider": PROGRAM})
        (stack.directory / "bin" / "crstack-test-provider").chmod(0o755)
        return stack, {**os.environ, "PATH": f"{stack.directory}/bin:{os.environ['PATH']}"}

    def test_options_that_the_program_declares_and_variables_for_who_depends_on_it(self):
        stack, env = self.provided(MANIFEST)
        done = stack.run("up", "-d", env=env)
        self.assertIn(" big-db  growing\n", done.stderr)
        variables = inspect(stack.container("app"))["Config"]["Env"]
        self.assertIn("BIG-DB_URL=https://x/?a=b", variables)
        self.assertIn("BIG_DB_URL=https://x/?a=b", variables)
        stack.run("down", "-t", "0", env=env)
        project = f"compose --project-name={stack.name}"
        self.assertEqual((stack.directory / "calls").read_text().splitlines(),
                         ["compose metadata", f"{project} up --size=3 big-db",
                          "compose metadata", f"{project} down --colour=blue --size=3 big-db"])

    def test_another_value_recreates_who_depends_on_it_and_the_same_value_does_not(self):
        other = f"  other: {{image: {IMAGE}, init: true, command: [sleep, '1000']}}\n"
        stack, env = self.provided(MANIFEST + other)
        stack.run("up", "-d", env=env)
        app, other = (inspect(stack.container(name))["Id"] for name in ("app", "other"))
        stack.run("up", "-d", env=env)
        self.assertEqual(inspect(stack.container("app"))["Id"], app)
        stack.write("bin/crstack-test-provider", PROGRAM.replace("URL=https", "URL=http"))
        done = stack.run("up", "-d", env=env)
        self.assertIn(" big-db  Created\n", done.stderr)
        self.assertNotEqual(inspect(stack.container("app"))["Id"], app)
        self.assertEqual(inspect(stack.container("other"))["Id"], other)
        self.assertIn("BIG_DB_URL=http://x/?a=b", inspect(stack.container("app"))["Config"]["Env"])

    def test_a_missing_option_is_told_before_the_program_does_anything(self):
        stack, env = self.provided(MANIFEST.replace("size:", "width:"))
        done = stack.run("up", "-d", env=env, expect=1)
        self.assertIn('required parameter "size" is missing from provider "crstack-test-provider" definition', done.stderr)
        self.assertEqual(stack.containers("status=running"), [])

    def test_what_is_no_answer_of_a_provider_is_an_error(self):
        stack, env = self.provided(MANIFEST)
        for said, told in (("plain text", "plain text"), ('{"type": "strange", "message": "x"}', "strange"),
                           ('{"type": "setenv", "message": "NOTHING"}', "NOTHING"), ("[]", "[]")):
            stack.write("bin/crstack-test-provider", PROGRAM.split("case")[0] + f"case $* in *metadata*) exit 1;; esac\necho '{said}'\n")
            self.assertIn("invalid response from plugin: " + told, stack.run("up", "-d", env=env, expect=1).stderr)
            self.assertEqual(stack.containers("status=running"), [])

    def test_debug_and_empty_lines_of_a_provider_are_passed_over(self):
        stack, env = self.provided(MANIFEST)
        stack.write("bin/crstack-test-provider", PROGRAM + """echo; echo '{"type": "debug", "message": "x"}'\n""")
        stack.run("up", "-d", env=env)

    def test_a_program_that_fails_is_told_with_what_was_wanted_of_it(self):
        stack, env = self.provided(MANIFEST)
        stack.write("bin/crstack-test-provider", "#!/bin/sh\nexit 3\n")
        for words, wanted in ((("up", "-d"), "create"), (("down",), "remove")):
            self.assertIn(f"failed to {wanted} service provider: exit status 3",
                          stack.run(*words, env=env, expect=1).stderr)


main()
