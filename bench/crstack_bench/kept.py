# SPDX-License-Identifier: MIT
"""Keeps what was measured after each case, so that a run that was cut short can go on."""
import json
import os

from .measure import BUILD, Sample

FILE = os.path.join(BUILD, "kept.json")


class Kept:
    def __init__(self, about, resume):
        """`about` says what was measured how: figures of anything else are not taken up again."""
        self.about, self.done = about, {}
        if not resume or not os.path.exists(FILE):
            return
        with open(FILE) as file:
            before = json.load(file)
        if before["about"] == about:
            self.done = before["done"]

    def store(self, name, bench):
        """Everything that has been measured since the case before."""
        known = {key for cases in self.done.values() for key in cases}
        self.done[name] = {
            key: {"title": case.title, "target": case.target, "notes": case.notes,
                  "samples": {who: [[s.seconds, s.kilobytes] for s in samples] for who, samples in case.samples.items()}}
            for key, case in bench.cases.items() if key not in known}
        with open(FILE + ".new", "w") as file:
            json.dump({"about": self.about, "done": self.done}, file)
        os.replace(FILE + ".new", FILE)

    def restore(self, name, bench):
        """Whether this case was measured before; then its figures are in the bench."""
        for key, kept in self.done.get(name, {}).items():
            case = bench.case(key, kept["title"], kept["target"])
            case.notes = kept["notes"]
            case.samples = {who: [Sample(*one) for one in samples] for who, samples in kept["samples"].items()}
        return name in self.done
