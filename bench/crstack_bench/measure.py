# SPDX-License-Identifier: MIT
"""Measuring one run of a program or of a function, and keeping what was measured."""
import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "bench")


@dataclass
class Sample:
    seconds: float
    kilobytes: int = 0  # peak memory; 0: not measured


@dataclass
class Case:
    """One row of the table: samples by who was measured."""

    key: str
    title: str
    target: str = ""
    samples: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)

    def add(self, who, sample):
        self.samples.setdefault(who, []).append(sample)

    def median(self, who):
        return statistics.median(s.seconds for s in self.samples[who]) if self.samples.get(who) else None

    def memory(self, who):
        peaks = [s.kilobytes for s in self.samples.get(who, []) if s.kilobytes]
        return max(peaks) if peaks else None


class Failed(Exception):
    pass


def launcher():
    """The small parent of all measured programs, compiled on first use."""
    source, binary = os.path.join(ROOT, "bench", "launch.c"), os.path.join(BUILD, "launch")
    if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
        os.makedirs(BUILD, exist_ok=True)
        subprocess.run(["cc", "-O2", "-static", "-o", binary, source], check=True)
    return binary


def run(command, environment=None, directory=None, expect=0):
    """Runs a program, its output thrown away, and measures it. Failed, with the end of what it said, if it fails."""
    report, errors = os.path.join(BUILD, "report"), os.path.join(BUILD, "stderr")
    with open(errors, "wb") as stderr:
        subprocess.run([launcher(), report, *command], env=environment, cwd=directory, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=stderr, check=True)
    with open(report) as file:
        took, peak, _user, _system, code = map(int, file.read().split())
    if code != expect:
        with open(errors, errors="replace") as file:
            said = file.read().strip().splitlines()[-5:]
        raise Failed("%s: exit %d: %s" % (" ".join(command), code, " | ".join(said)))
    return Sample(took / 1e9, peak)


def timed(function, *arguments):
    begin = time.monotonic()
    function(*arguments)
    return Sample(time.monotonic() - begin)
