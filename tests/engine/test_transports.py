# SPDX-License-Identifier: MIT
"""The ways to an engine: TCP with TLS (variables, options, wrong certificates) and Docker contexts."""
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading

from harness import IMAGE, SLEEP, EngineTest, main
from proxy import Proxy

CERTS = pathlib.Path(os.environ["DOCKER_HOST"].removeprefix("unix://")).parent / "certs"
TLS = "tcp://127.0.0.1:2376"
MANIFEST = f"services:\n  web:\n    image: {IMAGE}\n    {SLEEP}\n"


def environment(**changes):
    """This process's environment without what names an engine, and with the changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    return {**kept, "DOCKER_CONFIG": os.environ.get("DOCKER_CONFIG", ""), **changes}


def server_certificate(directory, days, name):
    """A self-signed certificate for `name` that is valid for so many days, and its key in the same file."""
    key, request, certificate = (f"{directory}/{file}" for file in ("key", "request", "certificate.pem"))
    subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=server", "-keyout", key, "-out", request], check=True, capture_output=True)
    extensions = pathlib.Path(directory, "extensions")
    extensions.write_text(f"subjectAltName={name}\n", encoding="utf-8")
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", str(days), "-extfile",
                    str(extensions), "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Greeter:
    """A server that shakes hands with whoever connects, and says no more, until it is closed."""

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.greet)
        self.thread.start()

    def greet(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                self.context.wrap_socket(client, server_side=True).close()
            except OSError:
                client.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()


class Transports(EngineTest):
    def setUp(self):
        self.web = self.stack(MANIFEST)

    def test_each_request_carries_custom_headers(self):
        proxy = Proxy(self.web.directory)
        self.addCleanup(proxy.cut)
        env = {**os.environ, "DOCKER_HOST": f"unix://{proxy.path}",
               "DOCKER_CUSTOM_HEADERS": 'X-Key=hidden,"X-List=a,b"'}
        told = self.web.run("--debug", "up", "-d", env=env).stderr
        self.web.run("stop", "-t", "0", env=env)  # its request is written by another way
        heads = [head for head in b"".join(proxy.said).split(b"\r\n\r\n") if b" HTTP/1.1\r\n" in head]
        self.assertGreater(len(heads), 5)
        for head in heads:
            self.assertIn(b"\r\nX-Key: hidden", head)
            self.assertIn(b"\r\nX-List: a,b", head)
        self.assertNotIn("hidden", told)
        refused = self.web.run("ps", env={**env, "DOCKER_CUSTOM_HEADERS": "hidden"}, expect=1).stderr
        self.assertIn("failed to set custom headers from DOCKER_CUSTOM_HEADERS environment variable", refused)
        self.assertNotIn("hidden", refused)

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
        missing = self.web.run("-H", TLS, "--tlscacert", "/none/ca.pem", "ps", env=environment(), expect=1)
        self.assertIn("open /none/ca.pem: no such file or directory", missing.stderr)
        nameless = self.web.run("-H", TLS, "--tlscacert", str(CERTS / "ca.pem"), "ps", env=environment(), expect=None)
        self.assertEqual(nameless.returncode, 1)
        self.assertIn(TLS, nameless.stderr)
        self.assertIn("the server refuses this client for ", nameless.stderr)

    def test_tls_says_what_is_wrong_with_the_server_s_certificate(self):
        for days, name, host, words in ((-1, "IP:127.0.0.1", "127.0.0.1", "certificate has expired"),
                                        (2, "IP:127.0.0.2", "127.0.0.1", "certificate is not for 127.0.0.1"),
                                        (2, "DNS:127.0.0.1", "127.0.0.1", "certificate is not for 127.0.0.1"),
                                        (2, "DNS:elsewhere", "localhost", "certificate is not for localhost")):
            with self.subTest(words), tempfile.TemporaryDirectory() as directory:
                certificate, key = server_certificate(directory, days, name)
                greeter = Greeter(certificate, key)
                self.addCleanup(greeter.close)
                done = self.web.run("-H", f"tcp://{host}:{greeter.port}", "--tlscacert", certificate, "ps",
                                    env=environment(), expect=None)
                self.assertEqual(done.returncode, 1)
                self.assertIn(words, done.stderr)

    def test_tls_trusts_whom_the_system_trusts(self):
        with tempfile.TemporaryDirectory() as config:
            env = environment(DOCKER_CONFIG=config)
            subprocess.run(["docker", "context", "create", "far", "--docker",
                            f"host={TLS},cert={CERTS}/cert.pem,key={CERTS}/key.pem"],
                           env=env, check=True, capture_output=True)
            self.web.run("-c", "far", "ps", env={**env, "SSL_CERT_FILE": str(CERTS / "ca.pem")})
            distrusted = self.web.run("-c", "far", "ps", env=env, expect=None)
            self.assertEqual(distrusted.returncode, 1)
            self.assertIn("is signed by an unknown authority", distrusted.stderr)

    def test_tls_carries_bytes_both_ways_at_once(self):
        over_tls = environment(DOCKER_HOST=TLS, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(CERTS))
        self.web.run("up", "-d", env=over_tls)
        sent = "0123456789abcdef" * 200_000
        echo = subprocess.run(self.web.command("exec", "-T", "web", "cat"), cwd=self.web.directory, env=over_tls,
                              input=sent, capture_output=True, text=True, timeout=120, check=True)
        self.assertTrue(echo.stdout == sent, f"{len(echo.stdout)} of {len(sent)} bytes, or others")

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
            both = self.web.run("-c", "near", "-H", TLS, "ps", env=env, expect=2)
            self.assertIn("conflicting options: cannot specify both --host and --context", both.stderr)
            unknown = self.web.run("-c", "nowhere", "ps", env=env, expect=None)
            self.assertEqual(unknown.returncode, 1)
            self.assertIn('context "nowhere": context not found', unknown.stderr)


if __name__ == "__main__":
    main()
