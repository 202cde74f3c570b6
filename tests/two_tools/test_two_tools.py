# SPDX-License-Identifier: MIT
"""Stacks that one tool made in the hands of the other: crstack ($CRSTACK) and docker compose ($PEER), both ways."""
import json
import os

from harness import CRSTACK, IMAGE, SLEEP, EngineTest, docker, inspect, main

TOOLS = {"crstack": CRSTACK, "docker compose": [os.environ["PEER"]]}
WAYS = [("crstack", "docker compose"), ("docker compose", "crstack")]

MANIFEST = f"""
services:
  db: {{image: {IMAGE}, {SLEEP}, volumes: ["data:/data", "/anonymous"], healthcheck: {{test: ["CMD", "true"], interval: 1s}}}}
  web:
    image: {IMAGE}
    {SLEEP}
    environment: {{GREETING: "%s"}}
    depends_on: {{db: {{condition: service_healthy}}}}
    networks: {{default: {{aliases: [front]}}}}
volumes: {{data: {{}}}}
"""


class TwoTools(EngineTest):
    def made_by(self, tool, *args):
        stack = self.stack(MANIFEST % "hello")
        self.by(tool, stack, "up", "-d", *args)
        return stack

    def by(self, tool, stack, *args):
        stack.tool = TOOLS[tool]
        return stack.run(*args).stdout

    def both_ways(self, check):
        for maker, other in WAYS:
            with self.subTest(made_by=maker, handled_by=other):
                check(maker, other)

    def test_up_by_the_other_changes_nothing(self):
        def check(maker, other):
            stack = self.made_by(maker)
            before = stack.ids()
            self.assertEqual(len(before), 2)
            self.by(other, stack, "up", "-d")
            self.assertEqual(stack.ids(), before)
        self.both_ways(check)

    def test_a_change_recreates_what_it_is_about_and_keeps_volumes(self):
        def check(maker, other):
            stack = self.made_by(maker)
            before = stack.ids()
            self.by(maker, stack, "exec", "-T", "db", "touch", "/data/kept", "/anonymous/kept")
            stack.write("compose.yaml", MANIFEST % "good bye")
            self.by(other, stack, "up", "-d")
            after = stack.ids()
            db, web = stack.container("db"), stack.container("web")
            self.assertEqual(after[db], before[db])
            self.assertNotEqual(after[web], before[web])
            self.assertIn("GREETING=good bye", inspect(web)["Config"]["Env"])
            self.by(other, stack, "up", "-d", "--force-recreate")
            self.by(maker, stack, "exec", "-T", "db", "ls", "/data/kept", "/anonymous/kept")
        self.both_ways(check)

    def test_the_other_sees_and_handles_it(self):
        def check(maker, other):
            stack = self.made_by(maker)
            rows = [json.loads(line) for line in self.by(other, stack, "ps", "--format", "json").splitlines()]
            self.assertEqual({(row["Service"], row["State"]) for row in rows}, {("db", "running"), ("web", "running")})
            projects = json.loads(self.by(other, stack, "ls", "--format", "json"))
            self.assertEqual([row["Status"] for row in projects if row["Name"] == stack.name], ["running(2)"])
            self.assertEqual(self.by(other, stack, "exec", "-T", "web", "sh", "-c", "echo $GREETING"), "hello\n")
            self.by(other, stack, "stop", "-t", "1", "web")
            self.assertEqual(stack.states()["web"], "exited")
            self.by(maker, stack, "start")
            self.by(other, stack, "restart", "-t", "1", "web")
            self.assertEqual(stack.states(), {"db": "running", "web": "running"})
        self.both_ways(check)

    def test_scaling_goes_on_counting(self):
        def check(maker, other):
            stack = self.made_by(maker, "--scale", "web=2")
            self.by(other, stack, "up", "-d", "--scale", "web=3")
            self.assertEqual(stack.containers(), sorted([stack.container("db")] +
                                                        [stack.container("web", number) for number in (1, 2, 3)]))
            self.by(maker, stack, "up", "-d", "--scale", "web=1")
            self.assertEqual(stack.containers(), [stack.container("db"), stack.container("web")])
        self.both_ways(check)

    def test_down_by_the_other_leaves_nothing(self):
        def check(maker, other):
            stack = self.made_by(maker)
            self.by(other, stack, "down", "-t", "1", "--volumes")
            label = f"label=com.docker.compose.project={stack.name}"
            self.assertEqual(stack.containers(), [])
            self.assertEqual(docker("network", "ls", "-q", "--filter", label), "")
            self.assertEqual(docker("volume", "ls", "-q", "--filter", label), "")
        self.both_ways(check)


if __name__ == "__main__":
    main()
