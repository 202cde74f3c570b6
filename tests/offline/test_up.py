#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/up in a tree of its own, with stubs for what it calls: what it decides, says and leaves behind."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

STUBS = {
    "scripts/deps": 'echo "deps $*" >>"$CALLS"',
    "compose/offline/build": 'echo "offline build" >>"$CALLS"',
    "bin/cmake": 'echo "cmake $*" >>"$CALLS"',
    "bin/docker": """echo "docker $*" >>"$CALLS"
case "$1 $2" in
  version*) exit "${ENGINE:-0}" ;;
  'image inspect') grep -qx "$3" "$IMAGES" ;;
  'pull --quiet') [ -z "${PULL_FAILS:-}" ] || { echo "$PULL_FAILS" >&2; exit 1; } ;;
esac""",
    "build/release/crstack": """echo "crstack $*" >>"$CALLS"
case "$*" in
  *'config --images'*) printf '%s\\n' alpine:3.18 nginx:1 own/flask_app ;;
  *'ps --format json') echo '{"Service":"k8s-init","Publishers":[]}'
    echo '{"Service":"nginx","Publishers":[{"URL":"127.0.0.1","TargetPort":8080,"PublishedPort":8081,"Protocol":"tcp"},{"URL":"","TargetPort":80,"PublishedPort":0,"Protocol":"tcp"}]}'
    echo '{"Service":"redis","Publishers":[{"URL":"0.0.0.0","TargetPort":6379,"PublishedPort":6379,"Protocol":"tcp"}]}' ;;
  *'ps --all --format json k8s-init') [ -z "${K8S:-}" ] || echo "{\\"State\\":\\"$K8S\\"}" ;;
  *logs*k8s-init) echo 'k8s-init: no cluster was made' ;;
  *' up '*) exit "${UP:-0}" ;;
esac""",
}
OFFLINE = 'Error response from daemon: Get "https://registry/v2/": dial tcp: lookup registry: no such host'


class UpTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.tree = pathlib.Path(directory.name)
        for name, text in STUBS.items():
            self.write(name, "#!/bin/bash\n" + text + "\n", 0o755)
        self.write("build/release/build.ninja", "")
        shutil.copy(ROOT / "scripts/up", self.tree / "scripts/up")
        shutil.copy(ROOT / "compose/offline/images.env", self.tree / "compose/offline/images.env")
        self.write("images", "")
        self.write("calls", "")

    def write(self, name, text, mode=0o644):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def up(self, *arguments, **variables):
        environment = {
            **os.environ,
            "PATH": f"{self.tree}/bin:{os.environ['PATH']}",
            "CALLS": str(self.tree / "calls"),
            "IMAGES": str(self.tree / "images"),
            "DOCKER_HOST": "unix:///stub.sock",
            **variables,
        }
        return subprocess.run(
            [self.tree / "scripts/up", *arguments],
            env=environment,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def calls(self):
        return (self.tree / "calls").read_text(encoding="utf-8")

    def settings(self):
        path = self.tree / "compose/.env"
        return path.read_text(encoding="utf-8") if path.exists() else None

    def test_pulls_by_default_and_prints_the_addresses(self):
        result = self.up()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("docker pull --quiet alpine:3.18", self.calls())
        self.assertNotIn("flask_app\n", self.calls().split("docker image inspect", 1)[1])
        self.assertNotIn("offline build", self.calls())
        self.assertIn("crstack -f compose/compose.yaml up --detach --wait", self.calls())
        self.assertIn(
            "  nginx          http://127.0.0.1:8081\n  redis          redis://127.0.0.1:6379\n", result.stdout
        )
        self.assertNotIn(":0\n", result.stdout)
        self.assertNotIn("k8s-init", result.stdout)
        self.assertIn("down --volumes takes the stack away", result.stdout)
        self.assertIsNone(self.settings())

    def test_images_that_are_here_are_not_asked_for(self):
        self.write("images", "alpine:3.18\nnginx:1\n")
        self.assertEqual(self.up().returncode, 0)
        self.assertNotIn("docker pull", self.calls())

    def test_without_a_registry_says_so_uses_offline_images_and_remembers(self):
        self.write("compose/.env", "NGINX_PORT=9000\n")
        result = self.up(PULL_FAILS=OFFLINE)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no registry can be reached (Error response from daemon", result.stdout)
        self.assertIn("stand-ins, not the real programs: vault, vault-config, mongodb, grafana", result.stdout)
        self.assertLess(self.calls().index("offline build"), self.calls().index("up --detach"))
        self.assertTrue(self.settings().startswith("NGINX_PORT=9000\n# offline images"))
        self.assertIn("\nVAULT_IMAGE=crstack/offline-vault:1-standin\n", self.settings())
        first = self.settings()
        self.write("calls", "")
        self.assertEqual(self.up(PULL_FAILS=OFFLINE).returncode, 0)
        self.assertNotIn("docker pull", self.calls())
        self.assertEqual(self.settings(), first)

    def test_online_takes_only_its_own_lines_back(self):
        self.write("compose/.env", "A=1\n")
        self.up("--offline")
        self.assertEqual(self.up("--online").returncode, 0)
        self.assertEqual(self.settings(), "A=1\n")

    def test_online_without_a_registry_stops(self):
        result = self.up("--online", PULL_FAILS=OFFLINE)
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("offline build", self.calls())
        self.assertNotIn(" up ", self.calls())

    def test_an_image_that_a_registry_refuses_is_no_reason_to_go_offline(self):
        result = self.up(PULL_FAILS="Error response from daemon: manifest for alpine:3.18 not found")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(
            result.stderr,
            "scripts/up: alpine:3.18 can't be pulled: Error response from daemon: "
            "manifest for alpine:3.18 not found\n",
        )
        self.assertNotIn("offline build", self.calls())

    def test_an_engine_elsewhere_that_does_not_answer_stops_it_and_nothing_is_installed(self):
        result = self.up(ENGINE="1")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(
            result.stderr,
            "scripts/up: no engine answers on DOCKER_HOST=unix:///stub.sock; start it, or unset " "DOCKER_HOST\n",
        )
        self.assertNotIn("cmake", self.calls())

    def test_a_stack_that_does_not_come_up_is_a_failure(self):
        result = self.up(UP="1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the stack is not up", result.stderr)
        self.assertNotIn("the stack is up", result.stdout)

    def test_the_clusters_state_is_told(self):
        self.assertIn("  k8s-init is still at work: build/release/crstack -f compose/compose.yaml logs --follow k8s-init",
                      self.up(K8S="running").stdout)
        self.assertIn("  k8s-init: no cluster was made\n", self.up(K8S="exited").stdout)

    def test_files_that_the_containers_could_not_read_stop_it(self):
        self.write("compose/nginx/nginx.conf", "", 0o640)
        self.write("compose/secrets/token", "", 0o600)
        result = self.up()
        self.assertEqual((result.returncode, self.calls()), (1, ""))
        self.assertIn("can't read compose/nginx/nginx.conf", result.stderr)
        remedy = result.stderr.split("this mends it: ")[1]
        subprocess.run(["bash", "-c", remedy], cwd=self.tree, check=True)
        self.assertEqual(self.up().returncode, 0)
        self.assertEqual((self.tree / "compose/secrets/token").stat().st_mode & 0o777, 0o600)

    def test_an_unknown_option_is_wrong_usage(self):
        result = self.up("--nonsense")
        self.assertEqual((result.returncode, self.calls()), (2, ""))
        self.assertIn("scripts/up --offline", result.stderr)


if __name__ == "__main__":
    unittest.main()
