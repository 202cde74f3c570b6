# SPDX-License-Identifier: MIT
"""Provider services: the program's command lines, what it says, and the variables that it gives to dependents."""
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

    def test_a_missing_option_is_told_before_the_program_does_anything(self):
        stack, env = self.provided(MANIFEST.replace("size:", "width:"))
        done = stack.run("up", "-d", env=env, expect=1)
        self.assertIn('required parameter "size" is missing from provider "crstack-test-provider" definition', done.stderr)
        self.assertEqual(stack.containers("status=running"), [])


main()
