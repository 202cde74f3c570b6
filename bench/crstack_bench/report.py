# SPDX-License-Identifier: MIT
"""Writes what was measured as a table and a plot. Every figure comes from the run."""
import datetime
import os
import platform
import re

from .cases import FLOOR, OURS, PEER, PODMAN_COMPOSE

COLOURS = {OURS: "#2da44e", PEER: "#0969da", FLOOR: "#afb8c1", PODMAN_COMPOSE: "#8250df"}


def machine():
    model, memory = platform.processor() or platform.machine(), 0
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1024 / 1024
    system = "Linux"
    with open("/etc/os-release") as file:
        for line in file:
            if line.startswith("PRETTY_NAME="):
                system = line.split("=", 1)[1].strip().strip('"')
    return "%d × %s, %.0f GiB, %s, kernel %s" % (os.cpu_count(), model, memory, system, platform.release())


def duration(seconds):
    if seconds is None:
        return "–"
    if seconds < 0.1:
        return "%.1f ms" % (seconds * 1000)
    if seconds < 1:
        return "%.0f ms" % (seconds * 1000)
    return "%.1f s" % seconds


def mebibytes(kilobytes):
    return "–" if kilobytes is None else "%.1f MiB" % (kilobytes / 1024)


def ratio(left, right):
    """How many times `left` is of `right`."""
    if not left or not right:
        return "–"
    value = left / right
    return "%.0f×" % value if value >= 9.95 else "%.1f×" % value if value >= 1.95 else "%.2f×" % value


def row(cells):
    return "| " + " | ".join(cells) + " |"


def time_table(cases, tools, peer=PEER):
    others = [who for who in tools if who != OURS]
    out = [row(["", *tools, "floor", "faster than " + peer, "of the floor", "target", "runs"]),
           row(["---"] + ["---:"] * (len(tools) + 3) + ["---", "---:"])]
    for case in cases:
        cells = [case.title, *[duration(case.median(who)) for who in tools], duration(case.median(FLOOR))]
        cells.append(ratio(case.median(peer), case.median(OURS)) if others else "–")
        cells += [ratio(case.median(OURS), case.median(FLOOR)), case.target or "", str(len(case.samples.get(OURS, [])))]
        out.append(row(cells))
    return out


def memory_table(cases, tools, peer=PEER):
    out = [row(["", *tools, "crstack of " + peer]), row(["---"] + ["---:"] * (len(tools) + 1))]
    for case in cases:
        ours, theirs = case.memory(OURS), case.memory(peer)
        share = "1/%.0f" % (theirs / ours) if ours and theirs else "–"
        out.append(row([case.title, *[mebibytes(case.memory(who)) for who in tools], share]))
    return out


def failures(cases):
    """In the words of the tool, without the directories of this machine."""
    return ["- %s, %s: %s" % (case.title, who, re.sub(r"\S*/", "", note)) for case in cases for who, note in sorted(case.notes.items())]


def plot(cases, tools):
    """Horizontal bars on a logarithmic axis, one group a case."""
    import math

    who_all = [*tools, FLOOR]
    shown = [case for case in cases if case.samples]
    values = [case.median(who) for case in shown for who in who_all if case.median(who)]
    if not values:
        return ""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    left = 24 + int(6.4 * max(len(case.title) for case in shown))
    width, bar, gap, top = 530, 11, 12, 50

    def x(seconds):
        return left + width * (math.log10(seconds) - low) / (high - low)

    body, y = [], top
    for case in shown:
        group = [who for who in who_all if case.median(who)]
        middle = y + bar * len(group) / 2 + 4
        body.append('<text x="%d" y="%.1f" text-anchor="end">%s</text>' % (left - 10, middle, case.title.replace("`", "")))
        for who in group:
            value = case.median(who)
            body.append('<rect x="%d" y="%.1f" width="%.1f" height="%d" fill="%s"><title>%s: %s</title></rect>'
                        % (left, y, max(x(value) - left, 1), bar - 1, COLOURS.get(who, "#999"), who, duration(value)))
            body.append('<text class="value" x="%.1f" y="%.1f">%s</text>' % (x(value) + 4, y + 9, duration(value)))
            y += bar
        y += gap
    grid = []
    for power in range(low, high + 1):
        grid.append('<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#d0d7de"/>' % (x(10**power), x(10**power), top - 8, y))
        text = "%g s" % 10**power if power >= 0 else "%g ms" % 10 ** (power + 3)
        grid.append('<text class="value" x="%.1f" y="%d" text-anchor="middle">%s</text>' % (x(10**power), top - 12, text))
    legend = []
    for number, who in enumerate(who_all):
        legend.append('<rect x="%d" y="10" width="12" height="12" fill="%s"/>' % (left + number * 150, COLOURS.get(who, "#999")))
        legend.append('<text x="%d" y="20">%s</text>' % (left + number * 150 + 17, who))
    return "\n".join(
        ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">'
         % (left + width + 80, y + 10, left + width + 80, y + 10),
         "<title>Time taken, on a logarithmic axis</title>",
         "<style>text{font:12px sans-serif;fill:#24292f}.value{font-size:10px;fill:#57606a}</style>",
         '<rect width="100%" height="100%" fill="#fff"/>', *grid, *body, *legend, "</svg>", ""])


def podman_part(podman, about):
    """`podman`: its Bench, or None."""
    if podman is None:
        return ["", "## On Podman", "", "Not measured in this run: it takes `--podman` and a podman-compose."]
    cases, tools = [case for case in podman.cases.values() if case.samples], list(podman.tools)
    return ["", "## On Podman", "",
            "crstack and podman-compose by the same Podman (%s, API %s), each over its socket. podman-compose is %s. It" %
            (about["engine"], about["api"], about[PODMAN_COMPOSE]),
            "has no `config`, starts what waits for health without waiting, and reads several containers' logs only",
            "beside its own Podman: none of these is compared.", "",
            *time_table(cases, tools, PODMAN_COMPOSE), "", *memory_table(cases, tools, PODMAN_COMPOSE)]


def document(bench, tools, command, versions, podman=None, podman_versions=None):
    cases = [case for case in bench.cases.values() if case.samples]
    lines = ["# Performance", "",
             "Written by `bench/run`; no figure in it was typed by hand. Run it again with", "", "```", command, "```", "",
             "![Time taken, on a logarithmic axis](performance.svg)", "", "## Time", "",
             "Medians. *Floor*: the least engine calls that could do it, sent as early as possible by a small Python program",
             "that knows the answer beforehand (`bench/crstack_bench/floor.py`).", ""]
    lines += time_table(cases, tools)
    lines += ["", "## Where the time goes", "",
              "The last `up` of the ten services, as `crstack up --timeline FILE.svg` draws it. A start costs the engine CPU",
              "time (see *start*), so that only a few run at once and the longest chain goes first.", "",
              "![What was created, started and waited for](timeline.svg)"]
    lines += ["", "## Peak memory", "",
              "The largest of all runs, of the process itself (`ru_maxrss`). Target: 1/8 of docker compose's or less.", ""]
    lines += memory_table([case for case in cases if case.memory(OURS)], tools)
    lines += podman_part(podman, podman_versions)
    lines += ["", "## Machine and method", "", "- %s" % machine(),
              "- Engine %s (API %s)" % (versions["engine"], versions["api"]),
              *["- %s: %s" % (who, versions[who]) for who in tools],
              "- Measured on %s, load average at the end %.1f" % (datetime.date.today().isoformat(), os.getloadavg()[0]),
              "- The tools take turns, so that what slows the machine slows all. A run begins and ends with no container,",
              "  network or volume of the project. Output goes to `/dev/null`, progress is plain.",
              "- Ten services: `bench/crstack_bench/stacks.py` (`ten`), the shape of the credit stack; a service is ready",
              "  half a second after its start and its health is probed every 10 s. The chain: six services, the default",
              "  probes (every 30 s), ready at once.",
              "- `logs`: lines of 100 bytes. Its floor and those of `cp`, `export` and `exec` read from or write to the engine's",
              "  socket without looking at what comes; files and output are zeros."]
    said = failures([*bench.cases.values(), *(podman.cases.values() if podman else [])])
    if said:
        lines += ["", "## What could not be measured", ""] + said
    return "\n".join(lines) + "\n"
