#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Judges a run of the differential corpus for `config`: judge.py RESULT.json. Fails on any case that differs and does not
stand in known.txt, and on a case in known.txt that differs no more."""
import json
import pathlib
import sys

result = json.loads(pathlib.Path(sys.argv[1]).read_text())
listed = (pathlib.Path(__file__).parent / "known.txt").read_text().splitlines()
known = {line for line in listed if line and not line.startswith("#")}
failing = {case["id"] for case in result["cases"] if case["status"] == "fail"}
for name in sorted(failing - known):
    print(f"conformance: {name} differs")
for name in sorted(known - failing):
    print(f"conformance: {name} differs no more: take it out of known.txt")
print(f"conformance: {result['summary']['pass']} of {result['summary']['total']} as docker compose, {len(known & failing)} differ on purpose")
sys.exit(failing != known)
