#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the benchmark says about what it measured: medians, ratios, the table, the plot. Needs no engine."""
import os
import sys
import types
import unittest
import xml.dom.minidom

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))

from crstack_bench import report, stacks  # noqa: E402
from crstack_bench.cases import FLOOR, OURS, PEER, PODMAN_COMPOSE  # noqa: E402
from crstack_bench.measure import Case, Sample  # noqa: E402


def up():
    case = Case("up", "`up -d`", "≤ 1.15 of the floor")
    for seconds in (11.0, 10.0, 30.0):
        case.add(OURS, Sample(seconds, 4000 + int(seconds)))
    case.add(PEER, Sample(33.0, 51200))
    case.add(FLOOR, Sample(10.0))
    return case


class Report(unittest.TestCase):
    def test_a_case_counts_by_its_median_and_its_highest_peak(self):
        self.assertEqual(up().median(OURS), 11.0)
        self.assertEqual(up().memory(OURS), 4030)
        self.assertIsNone(up().memory(FLOOR))
        self.assertIsNone(up().median("nobody"))

    def test_durations_and_ratios_are_short(self):
        self.assertEqual([report.duration(value) for value in (0.0021, 0.3, 11.04, None)], ["2.1 ms", "300 ms", "11.0 s", "–"])
        self.assertEqual([report.ratio(*pair) for pair in ((1, 1), (3, 1), (33, 1), (1, None))], ["1.00×", "3.0×", "33×", "–"])

    def test_the_table_compares(self):
        self.assertEqual(
            report.time_table([up()], [OURS, PEER])[2],
            "| `up -d` | 11.0 s | 33.0 s | 10.0 s | 3.0× | 1.10× | ≤ 1.15 of the floor | 3 |")
        self.assertEqual(report.memory_table([up()], [OURS, PEER])[2], "| `up -d` | 3.9 MiB | 50.0 MiB | 1/13 |")

    def test_what_failed_is_told(self):
        case = up()
        case.notes[PEER] = "exit 1"
        self.assertEqual(report.failures([case]), ["- `up -d`, docker compose: exit 1"])

    def test_podman_has_a_part_of_its_own_and_its_absence_is_told(self):
        self.assertIn("Not measured", report.podman_part(None, {})[-1])
        bench = types.SimpleNamespace(cases={"up": up()}, tools={OURS: [], PODMAN_COMPOSE: []})
        bench.cases["up"].add(PODMAN_COMPOSE, Sample(55.0, 20480))
        part = report.podman_part(bench, {"engine": "4.3", "api": "1.41", PODMAN_COMPOSE: "1.0.3"})
        self.assertIn("| `up -d` | 11.0 s | 55.0 s | 10.0 s | 5.0× | 1.10× | ≤ 1.15 of the floor | 3 |", part)
        self.assertEqual(part[-1], "| `up -d` | 3.9 MiB | 20.0 MiB | 1/5 |")

    def test_the_plot_is_a_picture(self):
        picture = xml.dom.minidom.parseString(report.plot([up()], [OURS, PEER]))
        bars = [bar for bar in picture.getElementsByTagName("rect") if bar.getElementsByTagName("title")]
        widths = [float(bar.getAttribute("width")) for bar in bars]
        self.assertEqual(len(widths), 3)
        self.assertGreater(widths[1], widths[0])
        self.assertGreater(widths[0], widths[2])


class Stacks(unittest.TestCase):
    def test_dependencies_are_there(self):
        for services in (stacks.ten(), stacks.standing(), stacks.chain()):
            for service in services.values():
                self.assertLessEqual(set(service.get("depends_on", {})), set(services))
        self.assertEqual(len(stacks.ten()), 10)
        self.assertEqual(len(stacks.standing()), 10)
        self.assertEqual(len(stacks.chain()), 6)

    def test_published_ports_are_ports_and_nobody_elses(self):
        ports = [service["ports"][0] for service in stacks.large(100_000).values()]
        self.assertEqual(len(set(ports)), 100_000)
        self.assertLessEqual(max(int(port.split(":")[1]) for port in ports), 65535)


if __name__ == "__main__":
    unittest.main()
