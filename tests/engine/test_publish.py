#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""publish to a registry on loopback, and manifests that lie elsewhere: oci:// and Git, with -f and in include."""
import json
import os
import signal
import socket
import subprocess
import time
import unittest
import urllib.request

from harness import CRSTACK, IMAGE, PODMAN, EngineTest, docker, main

MANIFEST = f"""
name: %NAME%
services:
  web:
    image: {IMAGE}
    env_file:
      - web.env
  base:
    extends:
      file: "base.yaml"
      service: b
"""
BASE = f"services:\n  b:\n    image: {IMAGE}\n    labels: {{from: base}}\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Publish(EngineTest):
    def serve(self, command, port, directory):
        server = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  start_new_session=True)

        def end():
            os.killpg(server.pid, signal.SIGKILL)  # what `git daemon` starts would live on without it
            server.wait(20)

        self.addCleanup(end)
        for _ in range(200):
            if answers(port):
                return
            time.sleep(0.05)
        self.fail(f"{command[0]} does not answer")

    def registry(self, app, more=""):
        port = free_port()
        app.write("registry.yml", f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {app.directory}/registry}}}}\n"
                                  f"http: {{addr: '127.0.0.1:{port}'{more}}}\n")
        self.serve(["docker-registry", "serve", "registry.yml"], port, app.directory)
        return f"127.0.0.1:{port}"

    def test_there_and_back(self):
        app = self.stack(MANIFEST.replace("%NAME%", "published"), **{"web.env": "A=b\n", "base.yaml": BASE})
        registry = self.registry(app)
        done = app.run("publish", "-y", "--with-env", f"{registry}/app/x:v1")
        self.assertIn(f" {registry}/app/x:v1 publishing", done.stderr)
        self.assertIn(f" {registry}/app/x:v1 published", done.stderr)
        request = urllib.request.Request(f"http://{registry}/v2/app/x/manifests/v1",
                                         headers={"Accept": "application/vnd.oci.image.manifest.v1+json"})
        with urllib.request.urlopen(request) as answer:
            manifest = json.load(answer)
        self.assertEqual(manifest["artifactType"], "application/vnd.docker.compose.project")
        self.assertEqual([layer["mediaType"].rsplit(".", 1)[1] for layer in manifest["layers"]],
                         ["file+yaml", "file+yaml", "envfile"])
        elsewhere = self.stack("services: {}\n")
        model = json.loads(elsewhere.run("-f", f"oci://{registry}/app/x:v1", "config", "--format", "json").stdout)
        self.assertEqual(model["services"]["web"]["environment"], {"A": "b"})
        self.assertEqual(model["services"]["base"]["labels"], {"from": "base"})
        elsewhere.write("compose.yaml", f"include:\n  - oci://{registry}/app/x:v1\n")
        self.assertEqual(sorted(elsewhere.run("config", "--services").stdout.split()), ["base", "web"])
        self.assertIn(f'failed to pull OCI resource "{registry}/app/x:v2": {registry}/app/x:v2: not found',
                      elsewhere.run("-f", f"oci://{registry}/app/x:v2", "config", expect=1).stderr)

    def test_a_registry_s_certificate_is_trusted_by_ssl_cert_file(self):
        app = self.stack(f"services: {{a: {{image: {IMAGE}}}}}")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", "key.pem", "-out", "cert.pem"], cwd=app.directory, capture_output=True, check=True)
        registry = self.registry(app, ", tls: {certificate: cert.pem, key: key.pem}")
        self.assertIn("failed to verify certificate: the server's certificate is signed by an unknown authority",
                      app.run("publish", "-y", f"{registry}/app/x:1", expect=1).stderr)
        trusting = {**os.environ, "SSL_CERT_FILE": f"{app.directory}/cert.pem"}
        app.run("publish", "-y", f"{registry}/app/x:1", env=trusting)
        self.assertEqual(app.run("-f", f"oci://{registry}/app/x:1", "config", "--services", env=trusting).stdout, "a\n")

    def test_pushes_and_pulls_name_image_and_layer(self):
        app = self.stack("services: {}\n")
        image = f"{self.registry(app)}/app/box:1"
        app.write("compose.yaml", f"services: {{a: {{image: '{image}', build: .}}}}")
        docker("tag", IMAGE, image)
        self.addCleanup(docker, "rmi", image, check=False)
        layer = f"(?m)^ Pushing {image}: [0-9a-f]{{12}} (Pushed|Layer already exists) $"
        self.assertRegex(app.run("push").stderr, "^$" if PODMAN else layer)  # which tells of no layer
        docker("rmi", image)
        pulled = app.run("pull").stderr
        self.assertRegex(pulled, "^ a Pulling \n( [0-9a-f]{12} .*\n)* a Pulled \n")

    def test_only_what_can_t_be_pulled_is_told_as_built(self):
        app = self.stack("services: {}\n", Dockerfile=f"FROM {IMAGE}\nLABEL from=build\n")
        registry = self.registry(app)
        image = f"{registry}/app/box:1"
        app.write("compose.yaml", f"services: {{a: {{image: '{image}', build: ., network_mode: none}}}}")
        docker("tag", IMAGE, image)
        self.addCleanup(docker, "rmi", "-f", image, f"{registry}/app/none:1", check=False)
        docker("push", image)
        docker("rmi", image)
        for words in (["--dry-run", "create"], ["create"]):
            told = app.run(*words).stderr
            self.assertIn(" a Pulled", told)
            self.assertNotIn("Built", told)
            self.assertNotIn("writing image", told)
        app.run("rm", "-f")
        docker("rmi", image)
        policy = app.directory / "compose.yaml"
        text = policy.read_text()
        policy.write_text(text.replace("build: .", "build: ., pull_policy: build"))
        self.assertIn("No such image: " + image, app.run("create", "--no-build", expect=1).stderr)
        self.assertEqual(app.run("pull").stderr, " a Skipped \n")
        policy.write_text(text.replace("/box", "/none"))
        self.assertRegex(app.run("create").stderr, " a Pulling \n(.*\n)*.* Built")
        self.assertNotRegex(app.run("run", "--rm", "--build", "a", "true").stderr, "(?m)^ a +Built")
        self.assertIn("    docker compose build a\n", app.run("pull", "--ignore-pull-failures").stderr)  # though it is there

    @unittest.skipIf(PODMAN, "Podman looks up no image in a registry")
    def test_images_are_pinned_by_their_digest(self):
        app = self.stack("services: {}\n")
        image = f"{self.registry(app)}/app/box"
        docker("tag", IMAGE, image)
        self.addCleanup(docker, "rmi", image, check=False)
        docker("push", "--quiet", image)
        digest = json.loads(docker("inspect", image))[0]["RepoDigests"][0].split("@")[1]
        other = "sha256:" + "a" * 64
        app.write("compose.yaml", f"services: {{one: {{image: '{image}'}}, two: {{image: 'busybox:1@{other}'}}, three: {{build: .}}}}")
        pinned = {"one": {"image": f"{image}:latest@{digest}"}, "two": {"image": f"docker.io/library/busybox@{other}"}}
        locked = app.run("config", "--lock-image-digests").stdout
        self.assertEqual(locked, f"services:\n  one:\n    image: {pinned['one']['image']}\n  three: {{}}\n"
                                 f"  two:\n    image: {pinned['two']['image']}\n")
        services = json.loads(app.run("config", "--resolve-image-digests", "--format", "json").stdout)["services"]
        self.assertEqual({name: services[name]["image"] for name in pinned}, {name: pinned[name]["image"] for name in pinned})
        app.write("compose.yaml", f"services: {{one: {{image: '{image}'}}, two: {{image: '{image}', profiles: [p]}}}}")
        app.run("publish", "-y", "--resolve-image-digests", image + "/pinned")
        published = ("-f", f"oci://{image}/pinned", "--profile", "p", "config", "--images")
        self.assertEqual(app.run(*published).stdout, f"{image}:latest@{digest}\n" * 2)
        app.write("compose.yaml", f"services: {{one: {{image: '{image}:none'}}}}")
        told = app.run("config", "--resolve-image-digests", expect=1).stderr
        self.assertIn(f"failed to resolve digest for {image}:none: Error response from daemon: manifest unknown", told)
        app.write("compose.yaml", f"services: {{one: {{image: '{image}@sha256:abc'}}}}")
        told = app.run("config", "--resolve-image-digests", expect=2).stderr
        self.assertIn(f'invalid reference format: the image "{image}@sha256:abc" has no valid digest', told)

    def test_without_env_the_files_stay_here(self):
        app = self.stack(MANIFEST.replace("%NAME%", "published"), **{"web.env": "A=secret\n", "base.yaml": BASE})
        registry = self.registry(app)
        app.run("publish", "-y", f"{registry}/app/x:v1")
        stored = subprocess.run(["grep", "-r", "A=secret", str(app.directory / "registry")], capture_output=True)
        self.assertEqual(stored.stdout, b"")

    def test_what_is_asked_and_refused(self):
        app = self.stack(MANIFEST.replace("%NAME%", "published"), **{"web.env": "A=b\n", "base.yaml": BASE})
        done = app.run("--dry-run", "publish", "test/test", expect=1)
        self.assertIn('service "web" has env_file declared.', done.stderr)
        self.assertIn('service "web" has environment variable(s) declared.', done.stderr)
        done = app.run("--dry-run", "publish", "--with-env", "test/test")
        self.assertIn("you are about to publish environment variables within your OCI artifact.", done.stdout)
        self.assertNotIn("published", done.stderr)  # nobody said yes
        done = app.run("--dry-run", "publish", "-y", "test/test")
        self.assertIn(" DRY-RUN MODE -  test/test published", done.stderr)
        for manifest, words in (("services: {a: {build: .}}\n", "it only contains a build section for service(s):"),
                                (f"services: {{a: {{image: {IMAGE}}}}}\ninclude: [base.yaml]\n",
                                 "cannot publish compose file with local includes")):
            app.write("compose.yaml", manifest)
            self.assertIn(words, app.run("--dry-run", "publish", "-y", "test/test", expect=1).stderr)

    def test_variables_of_a_fetched_stack_are_asked_about_before_it_starts(self):
        app = self.stack(f"services: {{a: {{image: '${{IMAGE_HERE:-{IMAGE}}}', command: 'echo $WORD'}}}}\n")
        stack = f"oci://{self.registry(app)}/app/x"
        app.run("publish", "-y", stack.removeprefix("oci://"))
        elsewhere = self.stack("services: {}\n")
        self.addCleanup(elsewhere.run, "-f", stack, "down", "-t", "0")
        environment = {**os.environ, "WORD": "hello"}
        told = elsewhere.run("-f", stack, "up", "-d", env=environment, expect=1)
        self.assertTrue(told.stdout.startswith(f'Your compose stack "{stack}" is stored in "/'), told.stdout)
        width = max(len(IMAGE), len("<hidden>")) + 3
        self.assertIn("\n\nFound the following variables in configuration:\n"
                      f"VARIABLE     {'VALUE'.ljust(width)}SOURCE         REQUIRED   DEFAULT\n"
                      f"IMAGE_HERE   {IMAGE.ljust(width)}compose file   no         {IMAGE}\n"
                      f"WORD         {'<hidden>'.ljust(width)}environment    no         \n\n"
                      "Do you want to proceed with these variables? [Y/n]: ", told.stdout)
        self.assertIn("operation cancelled by user\n", told.stderr)
        self.assertEqual(elsewhere.containers(), [])
        elsewhere.run("-f", stack, "run", "--rm", "a", env=environment, expect=1)
        elsewhere.run("-f", stack, "up", "-d", "--yes", env=environment)
        self.assertEqual(len(elsewhere.containers()), 1)

    def test_what_looks_like_a_secret_is_asked_about(self):
        token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
        app = self.stack(f"""
name: published
services:
  web: {{image: {IMAGE}, env_file: web.env, command: [run, {token}], volumes: ["./here:/there"], configs: [c]}}
configs: {{c: {{file: ./c}}}}
""", **{"web.env": f"A=b\nTOKEN={token}\n", "c": f"# {token}, and more\n"})
        command = [*app.command("--dry-run", "publish", "test/test")]
        done = subprocess.run(command, cwd=app.directory, input="y\n", capture_output=True, text=True, check=True)
        self.assertIn(f"web{app.directory}/here:/there:rw\nAre you ok to publish these bind mount declarations?", done.stdout)
        self.assertEqual(done.stdout.split("?", 1)[1], f"""you are about to publish sensitive data within your OCI artifact.
please double check that you are not leaking sensitive data
Github authentication
"services.web.command[1]": ******** ({app.directory}/compose.yaml:4)
Github authentication
"TOKEN": ******** ({app.directory}/web.env:2)
Github authentication
"": ******** ({app.directory}/c:1)
Are you ok to publish these sensitive data?""")

    def test_no_value_of_a_variable_is_shown(self):
        app = self.stack(MANIFEST.replace("%NAME%", "published"), **{"web.env": "PASSWORD=hidden\nEMPTY=\n", "base.yaml": BASE})
        shown = app.run("--dry-run", "publish", "--with-env", "test/test").stdout
        self.assertIn("Service/Config  web\nEMPTY=\nPASSWORD=********\n", shown)
        self.assertNotIn("hidden", shown)

    def test_a_git_repository(self):
        app = self.stack("services: {}\n")
        repository = app.directory / "repositories" / "app"
        app.write("repositories/app/compose.yaml", f"services:\n  top: {{image: {IMAGE}, build: .}}\n")
        app.write("repositories/app/sub/compose.yaml", f"services:\n  inner: {{image: {IMAGE}}}\n")
        for words in (["init", "-q", "-b", "main"], ["add", "."],
                      ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "x"]):
            subprocess.run(["git", *words], cwd=repository, check=True)
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True,
                                text=True).stdout.strip()
        port = free_port()
        self.serve(["git", "daemon", "--export-all", f"--base-path={app.directory}/repositories", "--listen=127.0.0.1",
                    f"--port={port}", str(app.directory / "repositories")], port, app.directory)
        url = f"git://127.0.0.1:{port}/app"
        self.assertEqual(app.run("-f", url, "config", "--services").stdout, "top\n")
        self.assertEqual(app.run("-f", f"{url}#main:sub", "config", "--services").stdout, "inner\n")
        for query in ("?subdir=sub", "?ref=main&subdir=sub", f"?branch=main&commit={commit}&subdir=sub"):
            self.assertEqual(app.run("-f", url + query, "config", "--services").stdout, "inner\n")
        # The project is named by where it is called, as its .env lies there; paths are the repository's.
        app.write("here/.env", "")
        unnamed = [*CRSTACK, "-f", url, "config", "--format", "json"]
        for directory, options in ((app.directory / "here", []), (app.directory, ["--project-directory", "here"])):
            done = subprocess.run([unnamed[0], *options, *unnamed[1:]], cwd=directory, check=True, capture_output=True, text=True)
            model = json.loads(done.stdout)
            self.assertEqual(model["name"], "here")
            self.assertTrue(model["services"]["top"]["build"]["context"].endswith(f"/{commit}"))
        app.write("here/.env", "COMPOSE_PROJECT_NAME=there\n")
        done = subprocess.run(unnamed, cwd=app.directory / "here", check=True, capture_output=True, text=True)
        self.assertEqual(json.loads(done.stdout)["name"], "there")
        app.write("compose.yaml", f"include:\n  - {url}#main:sub/compose.yaml\n")
        self.assertEqual(app.run("config", "--services").stdout, "inner\n")
        app.write("compose.yaml", f"services: {{a: {{extends: {{file: '{url}#main:sub/compose.yaml', service: inner}}}}}}\n")
        self.assertEqual(app.run("config", "--images").stdout, IMAGE + "\n")
        (repository / "outer.yaml").write_text(f"include: ['{url}#main:sub']\n")
        for words in (["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "y"]):
            subprocess.run(["git", *words], cwd=repository, check=True)
        outer = f"{url}#main:outer.yaml"
        self.assertIn(f"\nWarning: This Compose project includes files from remote sources:\n  - {outer}\n\nRemote includes",
                      app.run("-f", outer, "up", "-d", expect=1).stdout)
        self.assertEqual(app.containers(), [])
        # A commit that is known already needs nobody.
        gone = f"git://127.0.0.1:{free_port()}/app#{commit}"
        self.assertEqual(app.run("-f", gone, "config", "--services").stdout, "top\n")
        for wrong, words in (("#nosuch", f"repository does not contain ref {url}#nosuch"),
                             ("#:nosuch", "/nosuch: no such file or directory"),
                             ("#:../x", "git subdirectory path traversal detected: ../x")):
            told = app.run("-f", url + wrong, "config", expect=1).stderr
            self.assertIn("failed to fetch git://", told)
            self.assertIn(words, told)


main()
