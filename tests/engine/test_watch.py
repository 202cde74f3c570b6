#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""watch and up --watch on a real engine: sync, sync+restart, sync+exec, restart, rebuild, initial sync, replicas."""
import io
import os
import signal
import subprocess
import tarfile
import time

from harness import IMAGE, PODMAN, SLEEP, EngineTest, docker, inspect, main

MANIFEST = f"""
services:
  web:
    build: .
    scale: 2
    {SLEEP}
    develop:
      watch:
        - {{action: sync, path: ./src, target: /app, ignore: [skip/], initial_sync: true}}
        - {{action: sync+restart, path: ./conf, target: /conf}}
        - {{action: sync+exec, path: ./hook, target: /hook, exec: {{command: ["sh", "-c", "echo ran $$(cat /hook/x)"]}}}}
        - {{action: rebuild, path: ./deps.txt}}
  db:
    image: {IMAGE}
    {SLEEP}
"""
FILES = {"Dockerfile": f"FROM {IMAGE}\nCOPY deps.txt /deps.txt\n", "src/a": "one", "conf/x": "one", "hook/x": "one",
         "deps.txt": ""}


def in_container(container, path):
    """A file's text in a container, without running anything in it; None where there is none."""
    done = subprocess.run(["docker", "cp", f"{container}:{path}", "-"], capture_output=True, check=False)
    if done.returncode:
        return None
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        member = tar.next()
        if member is None:  # it went while it was being read
            return None
        return member.linkname if member.issym() else tar.extractfile(member).read().decode() if member.isfile() else ""


class Watch(EngineTest):
    def app(self):
        app = self.stack(MANIFEST, **FILES)
        app.write("deps.txt", app.name)  # an image of its own
        self.addCleanup(docker, "rmi", "-f", f"{app.name}-web", check=False)
        return app

    def watching(self, app, *command):
        """Starts a command that watches; its output so far is in app.said()."""
        log = open(app.directory / "log", "w")
        process = subprocess.Popen(app.command(*command), cwd=app.directory, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL)
        log.close()

        def end():
            if process.poll() is None:
                process.kill()
            process.wait(20)

        self.addCleanup(end)
        app.said = lambda: (app.directory / "log").read_text()
        app.wait_for("Watch enabled", lambda: "Watch enabled" in app.said(), 60)
        return process

    def replicas(self, app, path, text):
        return all(in_container(app.container("web", number), path) == text for number in (1, 2))

    def test_sync_to_every_replica(self):
        app = self.app()
        process = self.watching(app, "watch")
        self.assertTrue(self.replicas(app, "/app/a", "one"))  # the initial sync
        app.write("src/a", "two")
        app.write("src/new/b", "three")
        app.write("src/skip/c", "never")
        os.symlink("a", app.directory / "src/link")
        app.wait_for("the sync", lambda: self.replicas(app, "/app/new/b", "three"))
        app.wait_for("the sync", lambda: self.replicas(app, "/app/link", "two" if PODMAN else "a"))  # which follows links
        self.assertTrue(self.replicas(app, "/app/a", "two"))
        self.assertTrue(self.replicas(app, "/app/skip/c", None))
        self.assertIn('Syncing service "web" after ', app.said())
        (app.directory / "src/a").unlink()
        os.rename(app.directory / "src/new", app.directory / "src/moved")
        app.wait_for("the removal", lambda: self.replicas(app, "/app/a", None))
        app.wait_for("the rename", lambda: self.replicas(app, "/app/moved/b", "three"))
        app.wait_for("the rename", lambda: self.replicas(app, "/app/new", None))
        app.write("hook/x", "two")
        app.wait_for("the command", lambda: app.said().count("ran two") == 2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.assertEqual(len(app.containers()), 3)  # they go on running

    def test_a_directory_stays_one_unless_it_was_replaced(self):
        app = self.app()
        app.write("compose.yaml", MANIFEST.replace("path: ./conf, target: /conf", "path: ./conf/x, target: /bin"))
        process = self.watching(app, "watch")
        app.write("conf/x", "two")
        app.wait_for("the refusal", lambda: ("file exists" if PODMAN else "cannot overwrite directory") in app.said())
        self.assertTrue(self.replicas(app, "/bin", ""))
        app.write("src/d/inside", "two")
        app.wait_for("the sync", lambda: self.replicas(app, "/app/d/inside", "two"))
        os.rename(app.directory / "src/d", app.directory / "src/e")
        app.write("src/d", "a file")
        app.wait_for("the sync", lambda: self.replicas(app, "/app/d", "a file"))
        (app.directory / "src/d").unlink()
        if PODMAN:  # it refuses a directory in the place of a file
            app.wait_for("the removal", lambda: self.replicas(app, "/app/d", None))
        app.write("src/d/inside", "again")
        app.wait_for("the sync", lambda: self.replicas(app, "/app/d/inside", "again"))
        self.assertIsNone(process.poll())

    def test_one_at_a_time(self):
        app = self.app()
        process = self.watching(app, "watch")
        told = app.run("watch", expect=1).stderr
        self.assertIn(f'cannot take exclusive lock for project "{app.name}": process with PID {process.pid} is', told)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.watching(app, "watch", "--no-up")

    def test_restart_and_rebuild(self):
        app = self.app()
        app.run("up", "-d", "--build")
        before = app.ids()
        started = inspect(app.container("web"))["State"]["StartedAt"]
        self.watching(app, "watch", "--no-up", "web")
        self.assertEqual(app.ids(), before)
        app.write("conf/x", "two")
        app.wait_for("the restart", lambda: 'service(s) ["web"] restarted' in app.said())
        self.assertTrue(self.replicas(app, "/conf/x", "two"))
        self.assertNotEqual(inspect(app.container("web"))["State"]["StartedAt"], started)
        self.assertEqual(app.ids(), before)
        old_image = inspect(app.container("web"))["Image"]
        app.write("deps.txt", "two")
        app.wait_for("the rebuild", lambda: 'service(s) ["web"] successfully built' in app.said(), 60)
        self.assertIn('Rebuilding service(s) ["web"] after changes were detected...', app.said())
        app.wait_for("the new containers", lambda: self.replicas(app, "/deps.txt", "two"))
        app.wait_for("the old ones to go", lambda: len(app.containers()) == 3)
        after = app.ids()
        self.assertEqual(after[app.container("db")], before[app.container("db")])
        self.assertNotEqual(after[app.container("web")], before[app.container("web")])
        app.wait_for("the old image to go", lambda: old_image not in docker("images", "-aq", "--no-trunc"))
        for progress in ("Restarting", "Recreate", "Built", "Starting"):  # its own lines tell it
            self.assertNotIn(progress, app.said())

    def test_a_failed_build_is_told_and_it_goes_on(self):
        app = self.app()
        app.run("up", "-d", "--build")
        self.watching(app, "watch", "--no-up")
        app.write("Dockerfile", f"FROM {IMAGE}\nRUN false\n")
        app.write("deps.txt", "two")
        app.wait_for("the failure", lambda: "Build failed. Error: failed to solve" in app.said(), 60)
        app.wait_for("the warning", lambda: "Error handling changed files: failed to solve" in app.said())
        app.write("src/a", "two")
        app.wait_for("the sync", lambda: self.replicas(app, "/app/a", "two"))

    def test_up_watch(self):
        app = self.app()
        process = self.watching(app, "up", "--watch", "--build", "--menu=false")
        app.write("conf/x", "two")
        app.wait_for("the restart", lambda: 'service(s) ["web"] restarted' in app.said())
        self.assertIn('⦿ Syncing service "web" after 1 changes were detected', app.said())
        self.assertIn("Attaching to db-1, web-1, web-2", app.said())
        self.assertNotIn("Restarting", app.said())
        self.assertIsNone(process.poll())  # all of web's containers had ended for a moment
        app.write("hook/x", "two")
        app.wait_for("the command", lambda: app.said().splitlines().count("ran two") == 2)  # as it wrote it
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 130)
        self.assertLess(time.monotonic() - interrupted, 2.5)  # nothing is waited for once all has stopped
        self.assertEqual(docker("ps", "-q", "--filter", f"label=com.docker.compose.project={app.name}"), "")

    def test_up_watch_goes_on_without_a_running_container_and_ends_with_the_last(self):
        app = self.stack(f"""
services:
  web:
    build: {{dockerfile_inline: "FROM {IMAGE}\\nCOPY run /run.sh\\nCMD sh /run.sh"}}
    init: true
    develop: {{watch: [{{path: run, action: rebuild}}]}}
""", run="exit 3\n")
        process = self.watching(app, "up", "--watch", "--build")
        app.wait_for("its end", lambda: "web-1 exited with code 3" in app.said())
        app.write("run", "echo better; sleep 1000\n")
        app.wait_for("its second life", lambda: "\nweb-1   | better\n" in app.said())
        self.assertIsNone(process.poll())
        app.run("down", "-t", "0")
        self.assertEqual(process.wait(30), 0)
        self.assertIn("⦿ Watch disabled\n", app.said())
        self.assertNotIn("_web-1", app.said())  # a replacement's name until it has its own

    def test_what_keeps_a_rebuilt_service_from_being_recreated_is_told(self):
        app = self.stack(f"""
services:
  web:
    build: {{dockerfile_inline: "FROM {IMAGE}\\nCOPY run /ran"}}
    stop_signal: KILL
    entrypoint: [/ran]
    develop: {{watch: [{{path: run, action: rebuild}}]}}
""", run="#!/bin/sh\nsleep 1000\n")
        self.addCleanup(docker, "rmi", "-f", f"{app.name}-web", check=False)
        os.chmod(app.directory / "run", 0o755)
        self.watching(app, "watch", "--quiet")
        os.chmod(app.directory / "run", 0o644)
        app.write("run", "two")
        app.wait_for("the failure", lambda: "\nFailed to recreate services after update. Error: " in app.said())
        self.assertIn('service(s) ["web"] successfully built', app.said())

    def test_what_is_refused(self):
        app = self.stack(MANIFEST, **FILES)
        for command, words in ((["watch", "db"], "none of the selected services is configured for watch"),
                               (["watch", "nosuch"], "no such service: nosuch"),
                               (["up", "-d", "--watch"], "--detach cannot be combined with"),
                               (["up", "--watch", "--no-build"], "--no-build and --watch are incompatible")):
            done = app.run(*command, expect=None)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)
        self.assertEqual(app.containers(), [])


main()
