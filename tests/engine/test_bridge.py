#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bridge on a real engine: images of the tests' own convert a manifest; transformations are listed and begun."""
import json
import os
import tempfile

from harness import IMAGE, PODMAN, EngineTest, docker, main

MANIFEST = f"""
services:
  web:
    image: {IMAGE}
    ports: ["80"]
    env_file: [web.env]
    secrets: [s]
  built:
    build: .
secrets: {{s: {{file: ./secret}}}}
"""
FILES = {"web.env": "A=$$b\n", "secret": "hush\n"}
DOCKERFILE = f"""FROM {IMAGE}
LABEL com.docker.compose.bridge=transformation
RUN mkdir /templates && echo template > /templates/t
EXPOSE 90
ENTRYPOINT ["/bin/sh", "-c", "SCRIPT"]
"""
COPY = "echo out; echo err >&2; ls /in /out; cat /templates/* >> /out/templates; cp /in/compose.yaml /out/model; id -u > /out/user"


class Bridge(EngineTest):
    def transformation(self, app, script):
        """An image that runs the script; its name."""
        name = f"{app.name}/{len(script)}"
        app.write("image/Dockerfile", DOCKERFILE.replace("SCRIPT", script))
        docker("build", "-q", "-t", name, str(app.directory / "image"))
        self.addCleanup(docker, "rmi", "-f", name, check=False)
        return name

    def test_convert(self):
        app = self.stack(MANIFEST, **FILES)
        image = self.transformation(app, COPY)
        temporary = tempfile.mkdtemp(dir=app.directory)
        done = app.run("bridge", "convert", "-t", image, "-o", "deep/out", env={**os.environ, "TMPDIR": temporary})
        self.assertEqual((done.stdout, done.stderr), ("out\n/in:\ncompose.yaml\n\n/out:\n", "err\n"))
        out = app.directory / "deep" / "out"
        self.assertEqual((out / "user").read_text(), "0\n")
        self.assertEqual((out / "templates").read_text(), "template\n")
        self.assertEqual((out / "model").read_text(), f"""name: {app.name}
networks:
    default:
        name: {app.name}_default
secrets:
    s:
        content: |
            hush
        file: {app.directory}/secret
        name: {app.name}_s
services:
    built:
        build:
            context: {app.directory}
            dockerfile: Dockerfile
        image: {app.name}-built
        networks:
            default: null
    web:
        env_file:
            - {app.directory}/web.env
        environment:
            A: $b
        expose:
            - "80"
        image: {IMAGE}
        networks:
            default: null
        ports:
            - mode: ingress
              protocol: tcp
              target: 80
        secrets:
            - source: s
              target: /run/secrets/s
""")
        self.assertEqual(os.listdir(temporary), [])
        self.assertEqual(docker("ps", "-aq", "--filter", f"ancestor={image}"), "")

    def test_several_with_templates_until_one_fails(self):
        app = self.stack(MANIFEST, **FILES, **{"mine/t": "mine\n"})
        copies, fails = self.transformation(app, COPY), self.transformation(app, "exit 3")
        app.run("bridge", "convert", "--templates", "mine", "-t", copies, "-t", copies, "-t", fails, "-t", copies, expect=3)
        self.assertEqual((app.directory / "out" / "templates").read_text(), "mine\nmine\n")
        self.assertEqual(docker("ps", "-aq", "--filter", f"ancestor={fails}"), "")
        self.assertIn("there is no directory yours",
                      app.run("bridge", "convert", "--templates", "yours", "-t", copies, expect=2).stderr)

    def test_an_image_that_is_nowhere(self):
        app = self.stack(MANIFEST, **FILES)
        done = app.run("bridge", "convert", "-t", "127.0.0.1:1/no/such", expect=1)
        self.assertIn(" 127.0.0.1:1/no/such Pulling", done.stderr)
        self.assertFalse((app.directory / "out").exists())

    def test_dry_run(self):
        app = self.stack(MANIFEST, **FILES)
        image = self.transformation(app, COPY)
        done = app.run("--dry-run", "bridge", "convert", "-t", image)
        self.assertEqual(done.stdout, f"run {image} for {app.directory}/out\n")
        app.run("--dry-run", "bridge", "transformations", "create", "-f", image, "new")
        self.assertFalse((app.directory / "out").exists() or (app.directory / "new").exists())

    def test_transformations(self):
        app = self.stack(MANIFEST, **FILES)
        image = self.transformation(app, COPY)
        lines = app.run("bridge", "transformations", "ls").stdout.splitlines()
        self.assertEqual(lines[0].split(), ["IMAGE", "ID", "REPO", "TAGS", "SIZE"])
        self.assertIn(image, [line.split()[1] for line in lines])
        self.assertIn(f"{image}:latest\n", app.run("bridge", "transformations", "list", "-q").stdout)
        listed = json.loads(app.run("bridge", "transformations", "ls", "--format", "json").stdout)
        row, = (row for row in listed if row["RepoTags"] == [f"{image}:latest"])
        row["Labels"].pop("io.buildah.version", None)  # Podman's builder marks its images
        self.assertEqual(row["Labels"], {"com.docker.compose.bridge": "transformation"})

        done = app.run("bridge", "transformations", "create", "--from", image, "mine/new")
        new = app.directory / "mine" / "new"
        self.assertEqual(done.stdout, f'Transformer created in "{new}"\n')
        self.assertEqual((new / "templates" / "t").read_text(), "template\n")
        self.assertEqual((new / "Dockerfile").read_text().splitlines()[0], "FROM docker/compose-bridge-transformer")
        self.assertIn("already exists", app.run("bridge", "transformations", "create", "mine/new", expect=1).stderr)
        self.assertRegex(app.run("bridge", "transformations", "create", "-f", "no/such", "other", expect=1).stderr,
                         "no such image" if PODMAN else "No such image")
        self.assertFalse((app.directory / "other").exists())
        self.assertEqual(docker("ps", "-aq", "--filter", f"ancestor={image}"), "")


main()
