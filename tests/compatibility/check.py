#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds docs/compatibility.md to what the program really takes.

  check.py CRSTACK            fails when the page differs from what the command table gives
  check.py CRSTACK --write    writes the page anew

The page has every command and option of docker compose (docker_compose_2.40.txt) and those that crstack adds. Whether an
option is there comes from `crstack help`; why something is better, different or missing is said in notes.txt.
"""
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
page = here.parent.parent / "docs" / "compatibility.md"

HEAD = """# crstack beside docker compose

Every command and option of docker compose 2.40 and of crstack. *same*: it does the same. *better*, *differs*: see the
remark. *accepted*: it is taken, and needs nothing done. *added*: crstack has it on top. *not*: it is not there.

This page is made and checked by `tests/compatibility/check.py` from the command table; remarks stand in
`tests/compatibility/notes.txt`. All commands take `--dry-run` and `--help` as well.

Exit codes: 0, 1 (the engine or a container said no), 2 (a wrong command line or manifest; 1, as docker compose has it, by
the name docker-compose and as docker's plugin), 130 and 143 after a signal, a container's own for `exec`, `run` and `up --exit-code-from`.

Engines: the tests on engines pass on Docker 20.10 (also by API 1.40), 26.1 and 28.5. On Podman 4.3 and 5.4 they pass but
for what it does otherwise: it builds by its classic endpoint only, can't unset a variable of an image, recreates no
service alone that others share a namespace with, removes no paused container, doesn't tell that a container was killed
for memory or is between two lives, and words its errors in its own way.
"""


def options_in(text):
    found = {}
    for letter, name in re.findall(r"^ +(?:-(\w), )?--([\w-]+)", text, re.M):
        found["--" + name] = f"-{letter},--{name}" if letter else f"--{name}"
    return found


def crstack_table(binary):
    def output(*words):
        return subprocess.run([binary, *words], check=True, capture_output=True, text=True).stdout

    general = output("--help")
    options, commands = general.split("\nCommands:\n")
    table = {"(global)": options_in(options)}
    for name in re.findall(r"^  ([a-z]+(?: [a-z]+){0,2})  +", commands, re.M):
        table[name] = options_in(output("help", *name.split()))
        table[name].pop("--dry-run", None)
    return table


def reference_table():
    table = {}
    for line in (here / "docker_compose_2.40.txt").read_text().splitlines():
        command, _, option = line.partition(" -")
        table.setdefault(command, {})
        if option:
            option = "-" + option
            table[command]["--" + option.split("--")[1]] = option
    return table


def read_notes():
    """`command [--option]: state: remark`, one a line."""
    notes = {}
    for line in (here / "notes.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            key, state, remark = line.split(": ", 2)
            notes[key] = (state, remark)
    return notes


def row(key, shown, in_reference, in_crstack, notes, used):
    state = ("same" if in_crstack else "not") if in_reference else "added"
    remark = ""
    if key in notes:
        used.add(key)
        said, remark = notes[key]
        present = {"not": False}.get(said, True)
        if present != in_crstack:
            raise SystemExit(f"notes.txt says {said} of {key}, but the program {'has' if in_crstack else 'lacks'} it")
        state = said
    return f"| {shown} | {state} | {remark} |\n"


def make_page(binary):
    ours, theirs, notes, used = crstack_table(binary), reference_table(), read_notes(), set()
    text = HEAD
    for command in sorted(set(ours) | set(theirs)):
        text += f"\n## {command}\n\n| | | |\n| --- | --- | --- |\n"
        if command != "(global)":
            text += row(command, "the command", command in theirs, command in ours, notes, used)
        mine, other = ours.get(command, {}), theirs.get(command, {})
        for option in sorted(set(mine) | set(other)):
            shown = "`" + (mine.get(option) or other[option]).replace(",", "`, `") + "`"
            text += row(f"{command} {option}", shown, option in other, option in mine, notes, used)
    unused = set(notes) - used
    if unused:
        raise SystemExit("notes.txt has remarks on what does not exist: " + ", ".join(sorted(unused)))
    return text


def main():
    text = make_page(sys.argv[1])
    if "--write" in sys.argv[2:]:
        page.write_text(text)
    elif not page.exists() or page.read_text() != text:
        raise SystemExit("docs/compatibility.md is out of date: run tests/compatibility/check.py BINARY --write")


main()
