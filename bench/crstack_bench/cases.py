# SPDX-License-Identifier: MIT
"""What is measured, and how. Every case measures all tools in turn, several times over."""
import os
import shutil
import sys
import time

from . import stacks
from .engine import EngineError
from .floor import Floor
from .measure import BUILD, Case, Failed, run, timed

OURS, PEER, FLOOR = "crstack", "docker compose", "floor"
PODMAN_COMPOSE = "podman-compose"
PREFIX = "crbench"
TIMELINE = os.path.join(BUILD, "timeline.svg")  # of the last up of the ten services


def write_zeros(path, mebibytes):
    """Written out: a hole would be passed over."""
    with open(path, "wb") as file:
        for _ in range(mebibytes):
            file.write(bytes(1 << 20))


class Bench:
    def __init__(self, tools, engine, options):
        self.tools = tools  # name -> command line
        self.engine, self.options = engine, options
        self.cases = {}
        self.environment = dict(os.environ, DOCKER_HOST=engine.host, CONTAINER_HOST=engine.host, COMPOSE_ANSI="never",
                                COMPOSE_PROGRESS="plain")
        self.projects = set(engine.projects(PREFIX))  # what a run left that was killed
        self.clean()

    def case(self, key, title, target=""):
        return self.cases.setdefault(key, Case(key, title, target))

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def project(self, key, who):
        name = "%s-%s-%s" % (PREFIX, key, "".join(c for c in who if c.isalnum()))
        self.projects.add(name)
        return name

    def tool(self, who, file, *arguments, environment=None):
        project = ["-p", os.path.splitext(os.path.basename(file))[0]] if who == PODMAN_COMPOSE else []
        return run([*self.tools[who], *project, "-f", file, *arguments], {**self.environment, **(environment or {})}, os.path.dirname(file))

    def measure(self, case, who, function):
        """A tool that can't do a case is noted, and left out of it from then on."""
        if who in case.notes:
            return False
        try:
            case.add(who, function())
            return True
        except (Failed, EngineError, OSError) as failure:
            case.notes[who] = str(failure)
            self.say("  %s: %s" % (who, failure))
            return False

    @staticmethod
    def in_turn(who, turn):
        """Nobody is always the first."""
        first = turn % max(len(who), 1)
        return [*who[first:], *who[:first]]

    def clean(self):
        for name in sorted(self.projects):
            self.engine.remove_project(name)

    # The cases that need no engine.

    def version(self, key, title, target, runs):
        case = self.case(key, title, target)
        for turn in range(runs):
            for who in self.in_turn(list(self.tools), turn):
                self.measure(case, who, lambda w=who: run([*self.tools[w], "version"], self.environment))

    def config(self, count, runs, target):
        case = self.case("config-%d" % count, "`config`, %s services" % format(count, ","), target)
        services = stacks.ten() if count == 10 else stacks.large(count)
        volumes = [] if count == 10 else ["data-%d" % number for number in range(10)]
        path = stacks.write(os.path.join(BUILD, "config-%d.yaml" % count), "crbench", services, volumes)
        for turn in range(runs):
            for who in self.in_turn(list(self.tools), turn):
                self.measure(case, who, lambda w=who: self.tool(w, path, "config"))

    # The life of a stack: each tool's up, no-op up, ps and down of the same services in turn.

    def life(self, key, title, services, runs, measured, peers=None):
        """`measured`: which of up, noop, ps, logs and down are run, with their targets."""
        cases = {}
        for step, target in measured.items():
            words = {"up": "`up -d`, ", "noop": "`up -d` with nothing to do, ", "ps": "`ps`, ", "logs": "`logs`, ", "down": "`down`, "}
            cases[step] = self.case("%s-%s" % (step, key), words[step] + title, target)
        for turn in range(runs):
            for who in self.in_turn([*(peers if peers is not None else self.tools), FLOOR], turn):
                self.say("  %s, run %d of %d" % (who, turn + 1, runs))
                self.one_life(key, who, services, cases)

    def one_life(self, key, who, services, cases):
        project = self.project(key, who)
        try:
            for step, function in self.steps(who, project, services):
                if step in cases and not self.measure(cases[step], who, function):
                    return
                if (key, who, step) == ("ten", OURS, "up"):
                    path = os.path.join(BUILD, project + ".yaml")
                    self.tool(OURS, path, "timeline", "-o", TIMELINE)
        finally:
            self.engine.remove_project(project)

    def steps(self, who, project, services):
        if who == FLOOR:
            floor = Floor(self.engine, project, services)
            return [("up", lambda: timed(floor.up)), ("noop", lambda: timed(floor.unchanged)),
                    ("ps", lambda: timed(floor.ps)), ("logs", lambda: timed(floor.logs)),
                    ("exec", lambda: timed(floor.exec, next(iter(services)))), ("down", lambda: timed(floor.down))]
        path = stacks.write(os.path.join(BUILD, project + ".yaml"), project, services)
        return [("up", lambda: self.tool(who, path, "up", "-d")), ("noop", lambda: self.tool(who, path, "up", "-d")),
                ("ps", lambda: self.tool(who, path, "ps")), ("logs", lambda: self.tool(who, path, "logs")),
                ("exec", lambda: self.tool(who, path, "exec", "-T", next(iter(services)), "true")),
                ("down", lambda: self.tool(who, path, "down"))]

    # A stack of each tool's own that stands all the while.

    def standing(self, title, services, runs):
        noop = self.case("noop", "`up -d` with nothing to do, " + title, "≥ 50× faster")
        listing = self.case("ps", "`ps`, " + title, "≤ 8 ms")
        kept = {"noop": noop, "ps": listing, "logs": self.case("logs-standing", "`logs`, " + title),
                "exec": self.case("exec", "`exec` of `true`, " + title)}
        tools = [*self.tools, FLOOR]
        steps = {who: dict(self.steps(who, self.project("standing", who), services)) for who in tools}
        try:
            standing = [who for who in tools if self.measure(Case("up", "up"), who, steps[who]["up"])]
            for turn in range(runs):
                for step, case in kept.items():
                    for who in self.in_turn(standing, turn):
                        self.measure(case, who, steps[who][step])
        finally:
            self.clean()

    # Logs.

    def logs(self, lines, runs):
        case = self.case("logs-%d" % lines, "`logs` of %s lines" % format(lines, ","), "≤ 1.1 of the floor")
        project = self.project("logs", "all")
        path = stacks.write(os.path.join(BUILD, project + ".yaml"), project, stacks.talker(lines))
        try:
            self.tool(PEER if PEER in self.tools else OURS, path, "up", "-d")
            container = project + "-talker-1"
            self.wait_for_lines(container, lines)
            for turn in range(runs):
                for who in self.in_turn([*self.tools, FLOOR], turn):
                    if who == FLOOR:
                        self.measure(case, FLOOR, lambda: timed(self.engine.read_logs_raw, container))
                    else:
                        self.measure(case, who, lambda w=who: self.tool(w, path, "logs"))
        finally:
            self.engine.remove_project(project)

    # What passes through, mebibyte after mebibyte.

    def streams(self, mebibytes, runs):
        project, size = self.project("streams", "all"), mebibytes << 20
        container, file = project + "-sleeper-1", os.path.join(BUILD, "zeros")
        path = stacks.write(os.path.join(BUILD, project + ".yaml"), project, stacks.sleeper(size))
        write_zeros(file, mebibytes)
        archive = "/containers/%s/archive?path=/big" % container
        # key, title, words of the tools, the floor
        streams = [("cp-from", "`cp` of %d MiB from a container", ["cp", "sleeper:/big", "-"], lambda: self.engine.read_raw("GET", archive)),
                   ("cp-to", "`cp` of %d MiB to a container", ["cp", file, "sleeper:/copied"],
                    lambda: self.engine.put_zeros(container, "copied", size)),
                   ("export", "`export` of %d MiB", ["export", "sleeper"],
                    lambda: self.engine.read_raw("GET", "/containers/%s/export" % container)),
                   ("exec-big", "`exec` that writes %d MiB", ["exec", "-T", "sleeper", "cat", "/big"],
                    lambda: self.engine.exec_raw(container, ["cat", "/big"]))]
        try:
            self.tool(PEER if PEER in self.tools else OURS, path, "up", "-d")
            self.wait_for_file(container, "made")
            for key, title, words, floor in streams:
                case = self.case(key, title % mebibytes)
                for turn in range(runs):
                    for who in self.in_turn([*self.tools, FLOOR], turn):
                        if who == FLOOR:
                            self.measure(case, FLOOR, lambda f=floor: timed(f))
                        else:
                            self.measure(case, who, lambda w=who, a=words: self.tool(w, path, *a))
        finally:
            self.engine.remove_project(project)
            os.remove(file)

    def build_context(self, mebibytes, runs):
        """The classic builder's, which both tools send in the same way."""
        case = self.case("build", "`build` with a context of %d MiB" % mebibytes)
        project, dockerfile = self.project("context", "all"), "FROM scratch\nENV of=bench\n"
        context = os.path.join(BUILD, "context")
        os.makedirs(context, exist_ok=True)
        write_zeros(os.path.join(context, "zeros"), mebibytes)
        with open(os.path.join(context, "Dockerfile"), "w") as file:
            file.write(dockerfile)
        path = stacks.write(os.path.join(BUILD, project + ".yaml"), project, stacks.built(context))
        image = project + "-built"
        labels = {"com.docker.compose.%s" % key: "of the floor" for key in ("project", "service", "version", "image.builder")}
        try:
            for turn in range(runs):
                for who in self.in_turn([*self.tools, FLOOR], turn):
                    if who == FLOOR:
                        self.measure(case, FLOOR, lambda: timed(self.engine.build_zeros, image, labels, dockerfile, mebibytes << 20))
                    else:
                        self.measure(case, who, lambda w=who: self.tool(w, path, "build", environment={"DOCKER_BUILDKIT": "0"}))
                    self.engine.request("DELETE", "/images/%s?force=1" % image, expect=(200, 404))
        finally:
            shutil.rmtree(context)

    def wait_for_file(self, container, name):
        while True:
            try:
                return self.engine.request("HEAD", "/containers/%s/archive?path=/%s" % (container, name))
            except EngineError:
                time.sleep(0.2)

    def wait_for_lines(self, container, lines):
        while self.engine.read_logs_raw(container) < lines * 100:
            time.sleep(0.2)
