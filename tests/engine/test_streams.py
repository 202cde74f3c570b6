#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""exec, run, attach, cp, export and logs on a real engine: exit codes, pipes with half-close, terminals."""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tarfile
import termios
import time
import unittest

CRSTACK = os.environ["CRSTACK"]
LOGGING = subprocess.run(["docker", "info", "--format", "{{json .Plugins.Log}}"], capture_output=True, check=True).stdout
PROJECT = "crstack-streams-%d" % os.getpid()
MANIFEST = """
name: %s
services:
  box:
    image: busybox:local
    init: true
    stop_grace_period: 1s
    command: sh -c 'echo ready; sleep 1000'
  shell:
    image: busybox:local
    tty: true
    stdin_open: true
    stop_grace_period: 1s
    command: sh
  beat:
    image: busybox:local
    init: true
    command: sh -c 'while :; do echo beat; sleep 0.2; done'
  polite:
    image: busybox:local
    command: sh -c 'trap "exit 9" TERM; while :; do echo beat; sleep 0.2; done'
  talk:
    image: busybox:local
    logging: %s  # json-file itself replaces what is not UTF-8
    command: sh -c 'for i in 1 2 3; do echo out$$i; echo err$$i >&2; done; printf "\\377\\376\\n"'
  long:
    image: busybox:local
    command: sh -c 'head -c 300000 /dev/zero | tr "\\0" x; echo; echo end'
""" % (PROJECT, "{driver: local}" if b'"local"' in LOGGING else "{}")


def crstack(*words, stdin=b"", expect=0, timeout=60):
    result = subprocess.run([CRSTACK, *words], input=stdin, capture_output=True, timeout=timeout)
    assert result.returncode == expect, (words, result)
    return result


class Terminal:
    """crstack on a pseudo-terminal of 40 columns and 10 rows."""

    def __init__(self, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(CRSTACK, [CRSTACK, *words])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
        self.text = b""

    def expect(self, wanted, timeout=20):
        end = time.time() + timeout
        while wanted not in self.text:
            assert time.time() < end, self.text
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    piece = os.read(self.fd, 4096)
                except OSError:
                    piece = b""
                assert piece, self.text
                self.text += piece
        self.text = self.text[self.text.index(wanted) + len(wanted):]

    def type(self, keys):
        os.write(self.fd, keys)

    def exit_code(self):
        while True:
            try:
                if not os.read(self.fd, 4096):
                    break
            except OSError:
                break
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return code


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open("compose.yaml", "w") as manifest:
            manifest.write(MANIFEST)
        crstack("up", "--detach", timeout=120)

    @classmethod
    def tearDownClass(cls):
        crstack("down", "--volumes", "--remove-orphans", timeout=120)

    def test_exec_passes_streams_and_exit_code(self):
        result = crstack("exec", "-T", "-e", "A=b", "box", "sh", "-c", "cat; echo $A >&2; exit 7", stdin=b"in", expect=7)
        self.assertEqual((result.stdout, result.stderr), (b"in", b"b\n"))

    def test_exec_ends_input_half_by_half(self):
        data = os.urandom(1 << 20) * 8
        self.assertEqual(crstack("exec", "-T", "box", "cat", stdin=data).stdout, data)

    def test_exec_of_a_service_that_does_not_run(self):
        self.assertIn(b'service "nothere" is not running', crstack("exec", "-T", "nothere", "true", expect=1).stderr)

    def test_closed_standard_streams_are_nobody_s(self):
        for words in (["ps"], ["exec", "-T", "box", "echo", "hi"], ["run", "--rm", "-T", "box", "echo", "hi"]):
            done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", CRSTACK, *words], timeout=60)
            self.assertEqual(done.returncode, 0, words)

    def test_exec_on_a_terminal(self):
        terminal = Terminal("exec", "box", "sh")
        terminal.type(b"stty size; echo a-$((40+2))\n")
        terminal.expect(b"10 40")
        terminal.expect(b"a-42")
        fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 50, 0, 0))
        time.sleep(0.3)
        terminal.type(b"stty size\n")
        terminal.expect(b"20 50")
        terminal.type(b"sleep 100\n")
        time.sleep(0.5)
        terminal.type(b"\x03")  # for the program in the container, not for crstack
        terminal.type(b"exit 9\n")
        self.assertEqual(terminal.exit_code(), 9)

    def test_a_terminal_is_as_it_was_after_a_signal(self):
        leader, follower = pty.openpty()
        before = termios.tcgetattr(follower)
        process = subprocess.Popen([CRSTACK, "exec", "box", "sh"], stdin=follower, stdout=follower, stderr=follower)
        end = time.time() + 20
        while termios.tcgetattr(follower)[3] == before[3]:
            self.assertLess(time.time(), end)
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 143)
        self.assertEqual(termios.tcgetattr(follower)[3], before[3])
        os.close(leader)
        os.close(follower)

    def test_the_prompt_stands_below_ctrl_c(self):
        for words, begun in ((["logs", "-f", "beat"], b"beat"), (["stats", "box"], b"PIDS"),
                             (["exec", "-T", "box", "sh", "-c", "echo up; sleep 9"], b"up\r\n")):
            terminal = Terminal(*words)
            terminal.expect(begun)
            terminal.type(b"\x03")
            terminal.expect(b"^C")
            terminal.expect(b"\r\n")
            self.assertEqual(terminal.exit_code(), 130)

    def test_attach_and_detach(self):
        terminal = Terminal("attach", "shell")
        terminal.expect(b"/ # ")  # drawn anew for the one who comes late
        terminal.type(b"echo x-$((40+2))\n")
        terminal.expect(b"x-42")
        terminal.type(b"\x10\x11")
        terminal.expect(b"read escape sequence")
        self.assertEqual(terminal.exit_code(), 1)
        self.assertIn(b"shell", crstack("ps", "--services").stdout)

    def test_an_attachment_that_passes_no_signals_on_outlives_ctrl_c(self):
        process = subprocess.Popen([CRSTACK, "attach", "--sig-proxy=false", "beat"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(process.stdout.readline(), b"beat\n")
        process.send_signal(signal.SIGINT)
        for _ in range(8):
            self.assertEqual(process.stdout.readline(), b"beat\n")
        process.terminate()
        self.assertEqual(process.wait(20), 143)
        process.stdout.close()

    def test_an_attachment_that_was_told_to_end_says_so(self):
        process = subprocess.Popen([CRSTACK, "attach", "polite"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(process.stdout.readline(), b"beat\n")
        process.terminate()
        self.assertEqual(process.wait(20), 143)  # not the container's own 9
        process.stdout.close()

    def test_a_terminal_takes_no_pipe(self):
        refused = crstack("attach", "shell", expect=1)
        self.assertIn(b"the input device is not a TTY", refused.stderr)

    def test_the_docker_configuration_names_the_keys_that_detach(self):
        os.makedirs(os.environ["DOCKER_CONFIG"], exist_ok=True)
        config = os.path.join(os.environ["DOCKER_CONFIG"], "config.json")
        with open(config, "w") as file:
            json.dump({"detachKeys": "ctrl-e,q"}, file)
        self.addCleanup(os.remove, config)
        terminal = Terminal("exec", "box", "sh")
        terminal.expect(b"/ # ")
        terminal.type(b"\x05q")
        self.assertEqual(terminal.exit_code(), 1)
        terminal = Terminal("run", "--name", PROJECT + "-left", "box", "sh")
        terminal.expect(b"/ # ")
        self.assertNotIn(b"Done in", terminal.text)
        terminal.type(b"\x05q")
        self.assertEqual(terminal.exit_code(), 0)
        subprocess.run(["docker", "rm", "-f", PROJECT + "-left"], check=True, capture_output=True)

    def test_run_passes_exit_code_and_removes(self):
        result = crstack("run", "--rm", "--name", PROJECT + "-one", "box", "sh", "-c", "cat; exit 4", stdin=b"x", expect=4)
        self.assertEqual(result.stdout, b"x")
        self.assertNotIn(b"-one", crstack("ps", "--all", "--format", "json").stdout)

    def test_a_terminal_is_given_as_asked_for(self):
        both = crstack("run", "-itT", "box", "true", expect=2)
        self.assertIn(b"--tty and --no-TTY can't be used together", both.stderr)
        for words in (["run", "--rm", "--no-TTY=false", "box"], ["exec", "-T=false", "box"]):
            self.assertIn(b"the input device is not a TTY", crstack(*words, "tty", expect=1).stderr)
        terminal = Terminal("run", "--rm", "--tty=false", "box", "tty")
        terminal.expect(b"not a tty")
        self.assertEqual(terminal.exit_code(), 1)
        leader, follower = pty.openpty()
        for words in (["run", "--rm", "-t", "box"], ["exec", "-T=false", "box"]):
            piped = subprocess.run([CRSTACK, *words, "tty"], stdin=follower, capture_output=True, timeout=60)
            self.assertIn(b"/dev/pts/", piped.stdout)
        os.close(leader)
        os.close(follower)

    def test_a_terminal_shows_what_is_copied_where(self):
        terminal = Terminal("cp", "box:/bin/sh", "s")
        terminal.expect(b"[+] Copying")
        self.assertEqual(terminal.exit_code(), 0)
        terminal = Terminal("up", "--no-start", "box")
        terminal.expect(b"[+] Creating 1/1")
        self.assertEqual(terminal.exit_code(), 0)

    def test_a_closed_output_ends_what_writes_to_it(self):
        speak = ["sh", "-c", "for i in $(seq 600); do echo $i; sleep 0.1; done"]
        for words, code in ((["exec", "-T"], -signal.SIGPIPE), (["run", "--rm", "-T", "--name", PROJECT + "-pipe"], 1)):
            process = subprocess.Popen([CRSTACK, *words, "box", *speak], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(process.stdout.readline(), b"1\n")
            process.stdout.close()
            self.assertEqual(process.wait(20), code)
            self.assertEqual(b"write /dev/stdout: broken pipe" in process.stderr.read(), code == 1)
            process.stderr.close()
        self.assertNotIn(b"-pipe", crstack("ps", "--all", "--format", "json").stdout)

    def test_run_proxies_signals(self):
        process = subprocess.Popen(
            [CRSTACK, "run", "--rm", "-T", "box", "sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertEqual(process.stdout.readline(), b"up\n")
        process.terminate()
        self.assertEqual(process.wait(20), 5)
        process.stdout.close()

    def test_cp_there_and_back(self):
        os.makedirs("tree/sub")
        for name, text in (("tree/a", "one"), ("tree/sub/b", "two")):
            with open(name, "w") as file:
                file.write(text)
        os.symlink("a", "tree/link")
        crstack("cp", "tree", "box:/tmp/copy")
        crstack("cp", "box:/tmp/copy", "back")
        with open("back/sub/b") as file:
            self.assertEqual(file.read(), "two")
        self.assertEqual(os.readlink("back/link"), "a")
        crstack("cp", "box:/tmp/copy/a", "renamed")
        self.assertTrue(os.path.isfile("renamed"))
        self.assertRegex(crstack("cp", "box:/none", "x", expect=1).stderr, b"Could not find the file /none|no such file or directory")

    def test_cp_goes_where_a_path_with_dots_and_links_leads_or_fails(self):
        os.makedirs("far/inner")
        os.symlink("far", "near")
        crstack("cp", "box:/bin/sh", "far/inner/../dots")
        crstack("cp", "box:/bin/sh", "near/behind-link")
        self.assertEqual(sorted(os.listdir("far")), ["behind-link", "dots", "inner"])
        self.assertTrue(os.path.islink("near"))
        refused = crstack("cp", "box:/bin/busybox", "/proc/sys/none", expect=1)
        self.assertIn(b"error: open /proc/sys/none: no such file or directory", refused.stderr)

    def test_what_a_full_disk_cuts_off_is_an_error(self):
        script = ('mount -t tmpfs -o size=16k tmpfs full && {} cp box:/bin/busybox full/b; echo $?; {} export -o full/x box; echo $?; '
                  '{} cp box:/bin/busybox - >/dev/full; echo $?; {} export box >/dev/full; echo $?; ls full | grep x')
        os.makedirs("full")
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script.replace("{}", CRSTACK)],
                              capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.stdout, "1\n" * 4)
        self.assertEqual(done.stderr.count("no space left on device"), 4, done.stderr)
        self.assertEqual(done.stderr.count("write /dev/stdout"), 2)

    def test_export_is_a_tar(self):
        crstack("export", "--output", "box.tar", "box")
        with tarfile.open("box.tar") as tar:
            self.assertIn("bin/busybox", tar.getnames())

    def test_logs_keep_long_lines_and_binary_bytes_and_tell_streams(self):
        def whole(service, last):
            end = time.time() + 20
            while not (output := crstack("logs", "--no-log-prefix", "--stdout", service).stdout).endswith(last):
                self.assertLess(time.time(), end)
                time.sleep(0.1)
            return output.split(b"\n")

        self.assertEqual(whole("talk", b"\xff\xfe\n"), [b"out1", b"out2", b"out3", b"\xff\xfe", b""])
        self.assertEqual(whole("long", b"end\n"), [b"x" * 300000, b"end", b""])
        self.assertEqual(crstack("logs", "--stderr", "talk").stdout, b"talk-1  | err1\ntalk-1  | err2\ntalk-1  | err3\n")

    def test_top_and_events(self):
        self.assertIn(b"sleep 1000", crstack("top", "box").stdout)
        begin = time.time()
        crstack("exec", "-T", "box", "true")
        # The engine tells of the command's end a little after that.
        until = time.time() + 2
        output = crstack("events", "--json", "--since", "%.9f" % begin, "--until", "%.9f" % until, "box").stdout
        events = [json.loads(line) for line in output.splitlines()]
        self.assertIn("exec_die", [event["action"] for event in events])
        self.assertEqual({event["service"] for event in events}, {"box"})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
