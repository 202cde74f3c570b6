#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What scripts read: ps, ls, images, volumes, port, their JSON and templates; and that a dry run changes nothing."""
import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios

from harness import CRSTACK, IMAGE, PODMAN, SLEEP, EngineTest, docker, main

MANIFEST = f"""
services:
  web:
    image: {IMAGE}
    init: true
    command: ["sleep", "1000"]
    stop_grace_period: 0s
    ports: ["127.0.0.1::80"]
    volumes: ["data:/data"]
    depends_on: [db]
  db:
    image: {IMAGE}
    init: true
    command: ["sleep", "1000"]
    stop_grace_period: 0s
    expose: ["90", "91/udp"]
    scale: 2
volumes: {{data: {{}}}}
"""


class Listings(EngineTest):
    def setUp(self):
        self.app = self.stack(MANIFEST)
        self.app.run("up", "-d")

    def names(self, *services):
        return [self.app.container(*service) for service in services]

    def test_ps(self):
        app = self.app
        everything = self.names(("db", 1), ("db", 2), ("web", 1))
        self.assertEqual(app.run("ps", "--format", "{{.Name}}").stdout.split(), everything)
        self.assertEqual(app.run("ps", "--services").stdout, "db\nweb\n")
        self.assertEqual(sorted(app.run("ps", "-q").stdout.split()), sorted(app.ids().values()))
        table = app.run("ps", "web").stdout.splitlines()
        self.assertEqual(table[0].split(), ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"])
        self.assertEqual(len(table), 2)
        rows = [json.loads(line) for line in app.run("ps", "--format", "json").stdout.splitlines()]
        self.assertEqual([row["Name"] for row in rows], everything)
        web = rows[2]
        port = int(docker("port", app.container("web"), "80/tcp").split(":")[1])
        self.assertEqual((web["Service"], web["Project"], web["State"], web["Health"], web["ExitCode"]),
                         ("web", app.name, "running", "", 0))
        self.assertEqual(web["Publishers"],
                         [{"URL": "127.0.0.1", "TargetPort": 80, "PublishedPort": port, "Protocol": "tcp"}])
        self.assertEqual(app.run("port", "web", "80").stdout, f"127.0.0.1:{port}\n")
        if not PODMAN:  # which doesn't tell what is exposed and not published
            self.assertEqual(app.run("port", "db", "90").stdout, ":0\n")
            self.assertEqual(app.run("port", "--protocol", "udp", "--index", "2", "db", "91").stdout, ":0\n")
        self.assertIn("no port 91/tcp for container", app.run("port", "db", "91", expect=1).stderr)
        self.assertIn("no port 81/tcp for container", app.run("port", "web", "81", expect=1).stderr)
        done = subprocess.run([*CRSTACK, "ps", "nosuch"], cwd=app.directory, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, "no such service: nosuch" in done.stderr), (1, True))

    def test_ps_fits_the_terminal_with_whole_names_and_quotes_commands(self):
        app = self.stack(f"""services: {{web: {{image: {IMAGE}, init: true, command: [sh, -c, ': "" && sleep 1000']}}}}""")
        app.run("up", "-d", "-t", "0")
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
        subprocess.run(app.command("ps"), cwd=app.directory, stdin=theirs, stdout=theirs, check=True)
        text = os.read(ours, 4096).decode()
        os.close(ours)
        os.close(theirs)
        self.assertIn(app.container("web"), text)
        self.assertLessEqual(max(map(len, text.splitlines())), 90)
        shown = docker("ps", "--filter", "name=" + app.container("web"), "--format", "{{.Command}}").strip()
        self.assertIn(shown, app.run("ps").stdout)  # the docker client quotes it the same way
        row = json.loads(app.run("ps", "--format", "json", "--no-trunc").stdout)
        self.assertTrue(row["Command"].startswith('"sh -c ') and '\\"\\" && sleep 1000' in row["Command"], row)

    def test_ps_shows_stopped_containers_on_demand_only(self):
        self.app.run("stop", "-t", "0", "web")
        self.assertNotIn("web-1", self.app.run("ps").stdout)
        self.assertIn("web-1", self.app.run("ps", "-a").stdout)
        only = self.app.run("ps", "--status", "exited", "--format", "{{.Service}} {{.State}}").stdout
        self.assertEqual(only, "web exited\n")

    def test_ls_images_and_volumes(self):
        app = self.app
        rows = json.loads(app.run("ls", "--filter", f"name=^{app.name}$", "--format", "json").stdout)
        self.assertEqual(rows, [{"Name": app.name, "Status": "running(3)",
                                 "ConfigFiles": str(app.directory / "compose.yaml")}])
        images = json.loads(app.run("images", "web", "--format", "json").stdout)
        self.assertEqual([(row["ContainerName"], row["Repository"] + ":" + row["Tag"]) for row in images],
                         [(app.container("web"), IMAGE)])
        self.assertEqual(app.run("-p", "nosuch", "images", "--format", "json").stdout, "null\n\n")
        entries = json.loads(app.run("images", "web", "--format", "JSON").stdout)  # which is not the same
        self.assertEqual((list(entries), entries[app.container("web")]["Platform"]["os"]), ([app.container("web")], "linux"))
        self.assertEqual(json.loads(app.run("ls", "--filter", "name=[", "--format", "json").stdout), [])
        self.assertEqual(app.run("ps", "--services", "--status", "dead").stdout, "\n")
        self.assertIn('level=info msg="Any of the services [nosuch] not running in project',
                      app.run("-p", app.name, "down", "nosuch").stderr)
        self.assertEqual(app.run("volumes", "-q").stdout, f"{app.name}_data\n")
        self.assertEqual(app.run("volumes", "-q", "db").stdout, "")

    def test_ls_names_files_in_the_order_in_which_they_are_merged(self):
        stack = self.stack("{}", **{"b.yaml": f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}", "a.yaml": "{}"})
        stack.run("-f", "b.yaml", "-f", "a.yaml", "up", "-d")
        row, = json.loads(stack.run("ls", "--filter", f"name=^{stack.name}$", "--format", "json").stdout)
        self.assertEqual(row["ConfigFiles"], f"{stack.directory}/b.yaml,{stack.directory}/a.yaml")

    def test_images_whose_tag_has_gone_elsewhere_are_named_by_their_digest(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, init: true, {SLEEP}}}}}")
        stack.run("up", "-d")
        stack.run("commit", "a", f"{stack.name}:1")
        stack.write("compose.yaml", f"services: {{a: {{image: '{stack.name}:1'}}}}")
        stack.run("create")
        image = docker("image", "inspect", "-f", "{{.Id}}", f"{stack.name}:1").strip()
        docker("tag", IMAGE, f"{stack.name}:1")
        self.addCleanup(docker, "rmi", f"{stack.name}:1", image)
        self.addCleanup(stack.run, "down", "-t", "0")
        row, = json.loads(stack.run("images", "--format", "json").stdout)
        named = (stack.name, "1") if PODMAN else tuple(image.split(":"))
        self.assertEqual((row["Repository"], row["Tag"]), named)

    def test_stats(self):
        app = self.app
        rows = [json.loads(line) for line in app.run("stats", "--no-stream", "--format", "json").stdout.splitlines()]
        self.assertEqual({row["Name"]: row["Container"] for row in rows}, app.ids())
        self.assertEqual(list(rows[0]), ["BlockIO", "CPUPerc", "Container", "ID", "MemPerc", "MemUsage", "Name", "NetIO",
                                         "PIDs"])
        web = app.container("web")
        shown = app.run("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "web").stdout
        self.assertEqual(shown, f"{web} 2\n")  # docker-init and sleep
        used, limit = app.run("stats", "--no-stream", "--format", "{{.MemUsage}}", "web").stdout.split(" / ")
        self.assertRegex(used, r"^[\d.]+(KiB|MiB)$")
        self.assertRegex(limit, r"^[\d.]+GiB\n$")
        app.run("stop", "-t", "0", "web")
        self.assertNotIn(web, app.run("stats", "--no-stream").stdout)
        self.assertRegex(app.run("stats", "--no-stream", "--all").stdout, rf"{web} +0.00% +0B / 0B")

    def test_stats_go_on_until_interrupted(self):
        process = self.app.start("stats", "db")
        for _ in range(6):  # two pictures of a heading and two containers
            self.assertTrue(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)

    def test_a_manifest_is_generated_from_containers(self):
        web, db = self.app.container("web"), f"{self.app.name}-db"
        shown = json.loads(self.app.run("alpha", "generate", "--name", "new", "--format", "json", web, db).stdout)
        self.assertEqual((shown["name"], sorted(shown["services"]), shown["services"]["db"]["scale"]), ("new", ["db", "web"], 2))
        mount = {"type": "volume", "source": f"{self.app.name}_data", "target": "/data"}
        image = f"docker.io/library/{IMAGE}" if PODMAN else IMAGE  # Podman keeps whole names only
        self.assertEqual((shown["services"]["web"]["image"], shown["services"]["web"]["volumes"]), (image, [mount]))
        self.assertEqual(shown["services"]["web"]["ports"][0]["host_ip"], "127.0.0.1")
        self.assertIn(f"{self.app.name}_default: {{}}", self.app.run("alpha", "generate", web).stdout)
        self.assertIn("no container(s) found with the following name(s): nosuch-container",
                      self.app.run("alpha", "generate", "nosuch-container", expect=1).stderr)

    def test_a_dry_run_changes_nothing(self):
        app = self.app
        before = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}} {{.Names}}")
        for command in (["down", "-v"], ["up", "-d", "--force-recreate"], ["stop"], ["kill"], ["restart"], ["pause"],
                        ["scale", "db=5"], ["rm", "-s", "-f"]):
            done = app.run("--dry-run", *command)
            self.assertTrue(done.stdout.strip(), command)
            self.assertIn("DRY-RUN MODE", done.stderr)
        app.write("waits.yaml", f"""
services:
  a: {{image: {IMAGE}, healthcheck: {{test: "true"}}}}
  b: {{image: {IMAGE}, depends_on: {{a: {{condition: service_healthy}}}}}}""")
        waiting = app.run("--dry-run", "-p", app.name + "x", "-f", "waits.yaml", "up", "-d").stderr
        self.assertIn(f" DRY-RUN MODE -  Container {app.name}x-a-1  Waiting", waiting)
        self.assertIn(f" DRY-RUN MODE -  Container {app.name}x-a-1  Healthy", waiting)
        (app.directory / "file").write_text("x")
        web = app.container("web")
        files = sorted(docker("diff", web).splitlines())
        for command, line in ((["cp", "file", "web:/x"], f"{web} copy file to {web}:/x Copied"),
                              (["cp", "web:/etc/passwd", "out"], f"{web} copy {web}:/etc/passwd to out Copied"),
                              (["commit", "web", "some:tag"], f"{web} Commit {web} Committed"),
                              (["export", "web", "-o", "out.tar"], f"{web} export {web} to out.tar Exported"),
                              (["push"], "web Skipped")):
            self.assertIn(line, app.run("--dry-run", *command).stderr)
        self.assertIn('Executing command ["touch" "/y"] in ',
                      app.run("--dry-run", "exec", "-d", "web", "touch", "/y").stdout)
        one_off = app.run("--dry-run", "run", "-d", "--name", app.name + "-one", "web", "true")
        self.assertIn(f"create container {app.name}-one  (not there)", one_off.stdout)
        for command in (["exec", "web", "true"], ["run", "web", "true"], ["attach", "web"]):
            self.assertIn("is not supported in dry-run mode", app.run("--dry-run", *command, expect=1).stderr)
        self.assertEqual(docker("images", "-q", "some:tag"), "")
        self.assertEqual(sorted(docker("diff", web).splitlines()), files)
        self.assertFalse((app.directory / "out").exists() or (app.directory / "out.tar").exists())
        mine = [line for line in before.splitlines() if app.name in line]
        after = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}} {{.Names}}").splitlines()
        self.assertEqual([line for line in after if app.name in line], mine)

    def test_a_dry_run_asks_whether_images_can_be_had(self):
        app = self.stack("services: {web: {image: '127.0.0.1:9/none:1'}}")
        for command in (["pull"], ["up", "-d"], ["create"]):
            done = app.run("--dry-run", *command, expect=0 if PODMAN else 1)  # Podman can't be asked
            self.assertIn("pull image 127.0.0.1:9/none:1", done.stdout)
            self.assertIn(" DRY-RUN MODE -  web Pulling \n", done.stderr)
            self.assertEqual(" DRY-RUN MODE -  web Error " in done.stderr, not PODMAN, done.stderr)
        self.assertIn(" web Pull", app.run("--dry-run", "pull", "--ignore-pull-failures").stderr)

    def test_compatibility_joins_names_with_underscores(self):
        old = self.stack(f"services: {{web: {{image: {IMAGE}, command: [sleep, '1000'], init: true}}}}\n")
        self.assertIn(f" Container {old.name}_web_1  Started", old.run("--compatibility", "up", "-d").stderr)
        self.assertEqual(old.containers(), [f"{old.name}_web_1"])
        before = old.ids()
        old.run("up", "-d")  # the same container, whatever its name
        self.assertEqual(old.ids(), before)
        old.run("down", "-t", "0")
        self.assertEqual(old.leftovers(), {"containers": [], "networks": [], "volumes": []})

    def test_names_are_listed_without_env_files(self):
        app = self.stack("services:\n  web: {image: 'web:${TAG:-1}', profiles: ['${PROFILE:-dev}'], env_file: nosuch.env}\n"
                         "  db: {image: db, profiles: [dev], networks: [nosuch]}\n  all: {image: all, env_file: nosuch.env}\n")
        self.assertEqual(app.run("config", "--profiles", env={**os.environ, "PROFILE": "prod"}).stdout, "dev\nprod\n")
        self.assertEqual(app.run("config", "--services").stdout, "all\n")
        self.assertEqual(app.run("--profile", "prod", "config", "--images", env={**os.environ, "PROFILE": "prod"}).stdout,
                         "all\nweb:1\n")
        self.assertIn('refers to undefined network nosuch', app.run("--profile", "dev", "config", "--profiles", expect=2).stderr)

    def test_all_resources(self):
        app = self.stack(f"services: {{web: {{image: {IMAGE}}}}}\nnetworks: {{unused: {{}}}}\nvolumes: {{unused: {{}}}}\n")
        self.assertNotIn("unused", app.run("config").stdout)
        self.assertEqual(app.run("--all-resources", "config", "--volumes").stdout, "unused\n")
        app.run("create")
        self.assertEqual((len(app.leftovers()["networks"]), app.leftovers()["volumes"]), (1, []))
        app.run("--all-resources", "create")
        self.assertEqual((len(app.leftovers()["networks"]), app.leftovers()["volumes"]), (2, [f"{app.name}_unused"]))
        app.run("--all-resources", "down", "-v")
        self.assertEqual(app.leftovers(), {"containers": [], "networks": [], "volumes": []})

    def test_progress_on_standard_output(self):
        environment = {**os.environ, "COMPOSE_STATUS_STDOUT": "1"}
        done = self.app.run("stop", "-t", "0", "web", env=environment)
        self.assertIn(f" Container {self.app.container('web')}  Stopped", done.stdout)
        self.assertNotIn("Stopped", done.stderr)
        self.assertEqual(self.app.run("kill", "web", env=environment).stdout, "no container to kill\n")
        self.app.run("rm", "-f", "web")
        self.assertEqual(self.app.run("rm", "-f", "web", env=environment).stdout, "No stopped containers\n")
        one = self.stack(f"services: {{web: {{image: {IMAGE}, command: [nosuch]}}}}\nversion: '3'\n")
        done = one.run("up", "-d", env=environment, expect=1)  # what is wrong stays on standard error
        self.assertIn("Created", done.stdout)
        self.assertIn("version", done.stderr)
        self.assertIn("nosuch", done.stderr)
        self.assertNotIn("attribute", done.stdout)
        app = self.stack(f"services: {{web: {{image: {IMAGE}, command: [sh, -c, 'echo bad >&2; exit 3']}}}}")
        done = app.run("up", "--abort-on-container-exit", env=environment, expect=3)
        self.assertIn("Aborting on container exit...", done.stdout)
        self.assertIn("bad", done.stderr)

    def test_alpha_viz(self):
        text = self.app.run("alpha", "viz", "--image", "--ports", "--networks", "--spaces").stdout
        head = '<font point-size="15">web</font><font point-size="10"><br/><br/><b>Networks:</b><br/>default</font>'
        self.assertTrue(text.startswith(f'digraph "{self.app.name}" {{\n layout=dot;\n "db" [style="filled" label=<<'))
        self.assertIn(head, text)
        self.assertIn("<b>Ports:</b><br/>127.0.0.1::80 (tcp, ingress)</font>", text)
        self.assertIn(f"<b>Image:</b><br/>{IMAGE}</font>>];", text)
        self.assertTrue(text.endswith('\n\n "web" -> "db";\n}\n\n'))

    def test_a_project_is_known_by_its_name_alone(self):
        app = self.app
        (app.directory / "compose.yaml").unlink()
        self.assertEqual(len(app.run("ps", "-q").stdout.split()), 3)
        app.run("stop", "-t", "0", "web")
        app.run("down", "-v", "-t", "0")
        self.assertEqual(app.leftovers(), {"containers": [], "networks": [], "volumes": []})


main()
