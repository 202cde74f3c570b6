#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/compose.schema.json says yes to the project's own manifests and no to broken ones."""
import pathlib
import tempfile
import unittest

import manifests

CASES = manifests.ROOT / "tests" / "config"
SOUND = [case for case in sorted(CASES.iterdir()) if (case / "out").read_text().rstrip().endswith("}")]


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.validator = manifests.validator()

    def check(self, files):
        self.assertTrue(files)
        for file in files:
            with self.subTest(str(file.relative_to(manifests.ROOT))):
                self.assertEqual(manifests.problems(self.validator, file), [])

    def test_the_credit_stack_fits(self):
        self.check(sorted((manifests.ROOT / "compose").rglob("compose*.yaml")))

    def test_the_manifests_of_sound_cases_fit(self):
        self.check([file for case in SOUND for file in sorted((case / "in").rglob("compose.yaml"))])

    def broken(self, text):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "compose.yaml"
            file.write_text(text)
            return "\n".join(manifests.problems(self.validator, file))

    def test_wrong_kinds_names_and_values_do_not_fit(self):
        for text, told in (
                ("services: {a: {imag: x}}", "services.a: 'imag' does not match"),
                ("services: {a: {image: [x]}}", "services.a.image: ['x'] is not of type 'string'"),
                ("services: {a: {image: x, ports: 80}}", "services.a.ports: 80 is not of type 'array'"),
                ("services: {'a b': {image: x}}", "'a b'"),
                ("services: {a: {image: x, depends_on: {b: {condition: ready}}}}", "'ready' is not one of"),
                ("services: {a: {image: x, cap_add: [A, A]}}", "has non-unique elements"),
                ("service: {}", "'service' does not match")):
            with self.subTest(text):
                self.assertIn(told, self.broken(text))

    def test_extensions_and_both_forms_of_a_key_fit(self):
        self.assertEqual(self.broken("x-a: 1\ninclude:\nservices: {a: {image: x, x-b: [], command: a b,"
                                     " environment: {A: , B: 1}, ports: [80, {target: 1}]}}"), "")


if __name__ == "__main__":
    unittest.main()
