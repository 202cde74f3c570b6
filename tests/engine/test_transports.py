# SPDX-License-Identifier: MIT
"""The ways to an engine: TCP with TLS (variables, options, wrong certificates) and Docker contexts."""
import os
import pathlib
import subprocess
import tempfile

from harness import IMAGE, SLEEP, EngineTest, main

CERTS = pathlib.Path(os.environ["DOCKER_HOST"].removeprefix("unix://")).parent / "certs"
TLS = "tcp://127.0.0.1:2376"
MANIFEST = f"services:\n  web:\n    image: {IMAGE}\n    {SLEEP}\n"


def environment(**changes):
    """This process's environment without what names an engine, and with the changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    return {**kept, "DOCKER_CONFIG": os.environ.get("DOCKER_CONFIG", ""), **changes}


class Transports(EngineTest):
    def setUp(self):
        self.web = self.stack(MANIFEST)

    def test_tls_by_variables(self):
        over_tls = environment(DOCKER_HOST=TLS, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(CERTS))
        self.web.run("up", "-d", env=over_tls)
        self.assertEqual(self.web.run("exec", "-T", "web", "echo", "over TLS", env=over_tls).stdout, "over TLS\n")
        self.assertIn("web-1", self.web.run("ps", env=over_tls).stdout)
        self.web.run("down", env=over_tls)

    def test_tls_by_options(self):
        files = ["--tlscacert", CERTS / "ca.pem", "--tlscert", CERTS / "cert.pem", "--tlskey", CERTS / "key.pem"]
        self.web.run("-H", TLS, *map(str, files), "ps", env=environment())

    def test_tls_refuses_a_server_of_another_authority_and_a_client_without_a_certificate(self):
        with tempfile.TemporaryDirectory() as other:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", "/CN=other", "-keyout", f"{other}/key", "-out", f"{other}/ca.pem"],
                           check=True, capture_output=True)
            distrusted = self.web.run("-H", TLS, "--tlscacert", f"{other}/ca.pem", "ps", env=environment(), expect=None)
        self.assertEqual(distrusted.returncode, 1)
        self.assertIn(f"Cannot connect to the Docker daemon at {TLS}. ", distrusted.stderr)
        self.assertIn("(--host: TLS: ", distrusted.stderr)
        nameless = self.web.run("-H", TLS, "--tlscacert", str(CERTS / "ca.pem"), "ps", env=environment(), expect=None)
        self.assertEqual(nameless.returncode, 1)
        self.assertIn(TLS, nameless.stderr)

    def test_contexts_of_the_docker_client(self):
        with tempfile.TemporaryDirectory() as config:
            env = environment(DOCKER_CONFIG=config)
            docker = f"host={TLS},ca={CERTS}/ca.pem,cert={CERTS}/cert.pem,key={CERTS}/key.pem"
            for words in (["create", "far", "--docker", docker],
                          ["create", "near", "--docker", f"host={os.environ['DOCKER_HOST']}"], ["use", "near"]):
                subprocess.run(["docker", "context", *words], env=env, check=True, capture_output=True)
            self.web.run("ps", env=env)
            self.web.run("--context", "far", "ps", env=env)
            self.web.run("ps", env={**env, "DOCKER_CONTEXT": "far"})
            unknown = self.web.run("-c", "nowhere", "ps", env=env, expect=None)
            self.assertEqual(unknown.returncode, 1)
            self.assertIn('The Docker context "nowhere" is not known', unknown.stderr)


if __name__ == "__main__":
    main()
