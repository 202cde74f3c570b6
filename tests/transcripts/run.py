#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Commands and all that they say, word for word: each directory here is a case named after a symptom.

`in` is the directory in which the commands run; `transcript` has each command behind a `$ ` and what it writes below
(stdout and stderr as they come, the exit code if it is not 0). There `/in` stands for the directory. With
CRSTACK_UPDATE_DATA=1 in the environment the transcripts are written: look at the difference.
usage: run.py CRSTACK
"""
import difflib
import os
import pathlib
import subprocess
import sys


def told(command, directory, crstack):
    environment = {"PATH": f"{crstack.parent}:/usr/bin:/bin", "HOME": "/home/me"}
    done = subprocess.run(["/bin/sh", "-c", command], cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20, check=False)
    text = done.stdout.replace(str(directory), "/in")
    if text and not text.endswith("\n"):
        text += "\n"
    return text + (f"(exit {done.returncode})\n" if done.returncode else "")


def check(case, crstack):
    """Whether the case's transcript is what happens; prints the difference where it is not."""
    file = case / "transcript"
    expected = file.read_text()
    commands = [line[2:] for line in expected.splitlines() if line.startswith("$ ")]
    found = "\n".join(f"$ {command}\n{told(command, case / 'in', crstack)}" for command in commands)
    if os.environ.get("CRSTACK_UPDATE_DATA"):
        file.write_text(found)
    elif found != expected:
        lines = difflib.unified_diff(expected.splitlines(True), found.splitlines(True), str(file), "now")
        print("".join(lines))
        return False
    return bool(commands)


def main():
    crstack = pathlib.Path(sys.argv[1]).resolve()
    cases = sorted(path.parent for path in pathlib.Path(__file__).resolve().parent.glob("*/transcript"))
    wrong = [case.name for case in cases if not check(case, crstack)]
    print(f"transcripts: {len(cases) - len(wrong)} of {len(cases)} as they stand", *wrong)
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
