#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The progress display on a real pseudo-terminal: what a person sees, after each step. Needs no engine.

usage: tty_renderer_test.py PATH-TO-TTY_DRIVER
"""
import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
import unittest

DRIVER = sys.argv.pop(1)


class Screen:
    """As much of a terminal as the display uses: text, newline, carriage return, cursor up, clear to the end, colours."""

    TOKEN = re.compile(r"\x1b\[(\??)(\d*)([A-Za-z])|\x1b\[[\d;]*m|[\s\S]")

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines, self.at, self.column = [""], 0, 0
        self.cursor_shown = True

    def feed(self, text):
        for token in self.TOKEN.finditer(text):
            private, number, final = token.group(1), token.group(2), token.group(3)
            if final is None:
                self.character(token.group(0))
            elif private and number == "25":
                self.cursor_shown = final == "h"
            elif final == "A":
                top = max(0, len(self.lines) - self.rows)
                self.at = max(top, self.at - int(number or 1))
            elif final == "J":
                self.lines[self.at] = self.lines[self.at][: self.column]
                del self.lines[self.at + 1 :]
            elif final != "m":
                raise AssertionError("unexpected sequence %r" % token.group(0))

    def character(self, char):
        if char.startswith("\x1b"):
            return
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.at, self.column = self.at + 1, 0
            if self.at == len(self.lines):
                self.lines.append("")
        else:
            if self.column >= self.columns:
                raise AssertionError("a line reaches beyond the terminal: %r" % self.lines[self.at])
            line = self.lines[self.at].ljust(self.column)
            self.lines[self.at] = line[: self.column] + char + line[self.column + 1 :]
            self.column += 1

    def text(self):
        return [line.rstrip() for line in self.lines]


class Run:
    """The driver on a terminal of its own."""

    def __init__(self, columns=60, rows=10):
        self.screen = Screen(columns, rows)
        self.raw = ""
        commands, self.commands = os.pipe()
        self.pid, self.terminal = os.forkpty()
        if self.pid == 0:
            os.dup2(commands, 0)
            os.close(self.commands)
            environment = {"TERM": "xterm", "PATH": os.environ["PATH"]}
            os.execve(DRIVER, [DRIVER], environment)
        os.close(commands)
        self.resize(columns, rows)

    def resize(self, columns, rows):
        self.screen.columns, self.screen.rows = columns, rows
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, *lines):
        os.write(self.commands, "".join(line + "\n" for line in lines).encode())

    def read(self, seconds):
        """What comes within the time."""
        begin, text = time.monotonic(), b""
        while (left := begin + seconds - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                try:
                    chunk = os.read(self.terminal, 65536)
                except OSError:
                    break
                text += chunk
        decoded = text.decode(errors="replace")
        self.raw += decoded
        self.screen.feed(decoded)
        return decoded

    def see(self, wanted, seconds=5):
        """Reads until the screen's text matches, so that a slow machine passes as well."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            if re.search(wanted, "\n".join(self.screen.text())):
                return "\n".join(self.screen.text())
        raise AssertionError("waited for %r, the screen has\n%s" % (wanted, "\n".join(self.screen.text())))

    def cpu(self):
        with open("/proc/%d/stat" % self.pid) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def end(self):
        os.close(self.commands)
        self.read(0.3)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.terminal)
        return status


class TtyRenderer(unittest.TestCase):
    def test_lines_change_in_place(self):
        run = Run()
        run.send("working db-1", "waiting web-1 db (healthy)")
        seen = run.see(r"db-1 +Starting +\d")
        self.assertRegex(seen, r"\[\+\] Running 0/2")
        self.assertRegex(seen, r"web-1 +Waiting for db \(healthy\) +\d")
        run.send("done db-1", "done web-1")
        run.see(r"✔ Container db-1 +Started")
        run.see(r"^\[\+\] Running 2/2")
        self.assertEqual(len(run.screen.text()), 4)
        run.end()

    def test_seconds_go_on_while_something_runs_and_only_then(self):
        run = Run()
        run.send("working db-1")
        run.see(r"Starting +0\.[3-9]s")
        run.send("done db-1")
        run.see(r"✔")
        run.read(0.3)
        before = run.cpu()
        self.assertEqual(run.read(1.0), "", "drawn although nothing runs")
        self.assertLessEqual(run.cpu() - before, 1)
        run.end()

    def test_many_events_make_few_frames(self):
        run = Run()
        run.send(*["working c-%d" % (number % 5) for number in range(2000)])
        run.read(0.5)
        self.assertLess(run.raw.count("\x1b[?25h"), 40)
        run.end()

    def test_the_cursor_is_there_after_each_frame(self):
        run = Run()
        run.send("working db-1")
        run.see("db-1")
        for frame in run.raw.split("\x1b[?25h")[:-1]:
            self.assertTrue(frame.startswith("\x1b[?25l"), repr(frame))
        os.kill(run.pid, signal.SIGKILL)
        run.end()
        self.assertTrue(run.screen.cursor_shown)

    def test_a_smaller_window_gets_smaller_frames(self):
        run = Run(80, 20)
        run.send(*["working a-container-with-a-long-name-%d" % number for number in range(12)])
        run.see("name-11")
        run.screen = Screen(40, 8)
        run.resize(40, 8)
        seen = run.see(r"… 7 more")
        self.assertLessEqual(max(map(len, seen.split("\n"))), 39)
        run.read(0.5)
        self.assertEqual(len([line for line in run.screen.text() if "[+]" in line]), 1, run.screen.text())
        run.end()

    def test_a_resize_redraws_although_nothing_runs(self):
        run = Run(80, 20)
        run.send("done db-1")
        run.see("db-1")
        run.read(0.3)
        run.screen = Screen(70, 20)
        run.resize(70, 20)
        run.see("db-1")
        run.end()

    def test_warnings_stay_above(self):
        run = Run()
        run.send("working db-1", "warn something is odd")
        seen = run.see("warning: something is odd")
        self.assertLess(seen.index("odd"), seen.index("[+]"))
        run.send("done db-1")
        seen = run.see("Started")
        self.assertEqual(seen.count("odd"), 1)
        run.end()

    def test_the_last_frame_is_whole_and_the_end_stands_below(self):
        run = Run(60, 6)
        run.send(*["done c-%d" % number for number in range(9)])
        run.see("more")
        run.send("fail c-3", "finish")
        seen = run.see("Done in")
        for number in range(9):
            self.assertEqual(len(re.findall(r"c-%d +Started" % number, seen.rsplit("[+]", 1)[1])), 1)
        self.assertRegex(seen, r"✘ c-3: exited with code 3\nDone in 1\.5s: db healthy 1\.5s")
        run.send("done late")
        run.see(r"\n Container late  Started")
        self.assertEqual(run.end(), 0)


if __name__ == "__main__":
    unittest.main()
