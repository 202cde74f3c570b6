#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Vault stand-in, through hvac and through its own command line."""
import os
import tempfile
import time
import unittest
import urllib.request

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

from standin import StandIn, free_port, run

ROOT = "root-token-of-the-test"


class VaultTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        telemetry = os.path.join(self.directory, "telemetry.hcl")
        with open(telemetry, "w", encoding="utf-8") as file:
            file.write('# metrics\ntelemetry {\n  prometheus_retention_time = "24h"\n  disable_hostname = true\n}\n')
        self.address = f"http://127.0.0.1:{free_port()}"
        self.server = StandIn(
            "vault",
            "vault_standin.cli",
            [
                "server",
                "-dev",
                "-dev-no-store-token",
                f"-config={telemetry}",
                "-dev-listen-address=" + self.address[7:],
            ],
            "Root Token:",
            VAULT_DEV_ROOT_TOKEN_ID=ROOT,
        )
        self.addCleanup(self.server.kill)
        self.root = self.client(ROOT)

    def client(self, token):
        return hvac.Client(url=self.address, token=token)

    def vault(self, *arguments, token=ROOT, stdin=""):
        return run("vault", "vault_standin.cli", arguments, stdin, VAULT_ADDR=self.address, VAULT_TOKEN=token)

    def put(self, name, **data):
        self.root.secrets.kv.v2.create_or_update_secret(name, data)

    def reader(self, *rules):
        """A client whose token has one policy with these rules: (path, capability…)."""
        text = "".join(
            f'path "{path}" {{ capabilities = [{", ".join(f"{c!r}" for c in found)}] }}\n'.replace("'", '"')
            for path, *found in rules
        )
        self.root.sys.create_or_update_policy("reader", text)
        return self.client(self.root.auth.token.create(policies=["reader"])["auth"]["client_token"])

    def role(self, **settings):
        """(role id, secret id) of a new role."""
        if "approle/" not in self.root.sys.list_auth_methods()["data"]:
            self.root.sys.enable_auth_method("approle")
        self.root.auth.approle.create_or_update_approle("app", **settings)
        role_id = self.root.auth.approle.read_role_id("app")["data"]["role_id"]
        return role_id, self.root.auth.approle.generate_secret_id("app")["data"]["secret_id"]

    def test_says_that_it_is_up_and_unsealed(self):
        self.assertTrue(self.root.sys.is_initialized())
        self.assertFalse(self.root.sys.is_sealed())
        self.assertEqual(self.root.sys.read_health_status(method="GET")["sealed"], False)
        self.assertTrue(self.root.is_authenticated())
        self.assertEqual(self.server.end(), 0)

    def test_needs_a_token(self):
        self.put("redis", password="x")
        for token in ("", "wrong"):
            with self.assertRaises(Forbidden):
                self.client(token).secrets.kv.v2.read_secret_version("redis")

    def test_secrets_have_versions(self):
        kv = self.root.secrets.kv.v2
        self.put("app/db", password="one")
        self.put("app/db", password="two")
        self.assertEqual(kv.read_secret_version("app/db")["data"]["data"], {"password": "two"})
        self.assertEqual(kv.read_secret_version("app/db", version=1)["data"]["data"], {"password": "one"})
        self.assertEqual(kv.read_secret_metadata("app/db")["data"]["current_version"], 2)
        self.assertEqual(kv.list_secrets("")["data"]["keys"], ["app/"])
        self.assertEqual(kv.list_secrets("app")["data"]["keys"], ["db"])
        with self.assertRaises(InvalidRequest):
            kv.create_or_update_secret("app/db", {"a": 1}, cas=1)
        kv.delete_latest_version_of_secret("app/db")
        with self.assertRaises(InvalidPath):
            kv.read_secret_version("app/db")
        kv.undelete_secret_versions("app/db", [2])
        self.assertEqual(kv.read_secret_version("app/db")["data"]["data"], {"password": "two"})
        kv.delete_metadata_and_all_versions("app/db")
        with self.assertRaises(InvalidPath):
            kv.list_secrets("app")

    def test_policies_are_enforced(self):
        self.put("redis", password="x")
        self.put("grafana", password="y")
        reader = self.reader(("secret/data/redis", "read"))
        self.assertEqual(reader.secrets.kv.v2.read_secret_version("redis")["data"]["data"], {"password": "x"})
        for forbidden in (
            lambda: reader.secrets.kv.v2.read_secret_version("grafana"),
            lambda: reader.secrets.kv.v2.create_or_update_secret("redis", {"a": "b"}),
            lambda: reader.secrets.kv.v2.list_secrets(""),
            lambda: reader.sys.list_policies(),
            lambda: reader.auth.token.create(policies=["root"]),
            lambda: reader.sys.create_or_update_policy("reader", 'path "*" { capabilities = ["read"] }'),
        ):
            with self.assertRaises(Forbidden):
                forbidden()
        self.assertEqual(reader.lookup_token()["data"]["policies"], ["default", "reader"])

    def test_globs_segments_deny_and_create(self):
        self.put("a/b/c", k="v")
        self.put("a/private", k="v")
        kv = self.reader(
            ("secret/data/a/*", "read"), ("secret/data/a/private", "deny"), ("secret/data/new/+/x", "create")
        ).secrets.kv.v2
        kv.read_secret_version("a/b/c")
        kv.create_or_update_secret("new/1/x", {"k": "v"})
        for forbidden in (
            lambda: kv.read_secret_version("a/private"),
            lambda: kv.create_or_update_secret("new/1/x", {"k": "w"}),
            lambda: kv.create_or_update_secret("new/1/2/x", {"k": "w"}),
        ):
            with self.assertRaises(Forbidden):
                forbidden()

    def test_a_policy_that_can_not_be_read_is_refused(self):
        for text in ('path "a" { capabilities = ["rule"] }', 'path "a" {', 'road "a" { capabilities = ["read"] }'):
            with self.assertRaises(InvalidRequest):
                self.root.sys.create_or_update_policy("bad", text)

    def test_approle_gives_a_token_with_the_roles_policies_and_times(self):
        self.put("flask", secret_key="k")
        self.root.sys.create_or_update_policy("flask", 'path "secret/data/flask" { capabilities = ["read"] }')
        role_id, secret_id = self.role(token_policies=["flask"], token_ttl=600, token_max_ttl=3600)
        client = self.client("")
        auth = client.auth.approle.login(role_id, secret_id)["auth"]
        self.assertEqual((auth["policies"], auth["lease_duration"] in (599, 600)), (["default", "flask"], True))
        self.assertEqual(client.secrets.kv.v2.read_secret_version("flask")["data"]["data"], {"secret_key": "k"})
        client.auth.token.revoke_self()
        with self.assertRaises(Forbidden):
            client.secrets.kv.v2.read_secret_version("flask")

    def test_wrong_and_used_up_secret_ids_are_refused_alike(self):
        role_id, secret_id = self.role(secret_id_num_uses=1)
        client = self.client("")
        client.auth.approle.login(role_id, secret_id)
        answers = []
        for pair in ((role_id, secret_id), (role_id, "wrong"), ("wrong", secret_id)):
            with self.assertRaises(InvalidRequest) as caught:
                client.auth.approle.login(*pair)
            answers.append(str(caught.exception).partition(", on ")[0])
        self.assertEqual(set(answers), {"invalid role or secret ID"})

    def test_secret_ids_and_tokens_expire(self):
        role_id, secret_id = self.role(secret_id_ttl="1s", token_ttl="1s")
        client = self.client("")
        client.auth.approle.login(role_id, secret_id)
        self.assertTrue(client.is_authenticated())
        time.sleep(1.1)
        self.assertFalse(client.is_authenticated())
        with self.assertRaises(InvalidRequest):
            client.auth.approle.login(role_id, secret_id)

    def test_revoking_a_token_revokes_its_children(self):
        parent = self.root.auth.token.create(policies=["root"])["auth"]["client_token"]
        child = self.client(parent).auth.token.create(policies=["root"])["auth"]["client_token"]
        self.root.auth.token.revoke(parent)
        self.assertFalse(self.client(child).is_authenticated())

    def test_a_token_with_uses_runs_out(self):
        client = self.client(self.root.auth.token.create(policies=["default"], num_uses=2)["auth"]["client_token"])
        client.lookup_token()
        client.lookup_token()
        with self.assertRaises(Forbidden):
            client.lookup_token()

    def test_a_wrapped_answer_opens_once(self):
        wrapped = self.root.auth.token.create(policies=["default"], wrap_ttl="60s")["wrap_info"]
        self.assertEqual(wrapped["creation_path"], "auth/token/create")
        info = self.client(wrapped["token"]).adapter.post("/v1/sys/wrapping/lookup", json={"token": wrapped["token"]})
        self.assertEqual(info["data"]["creation_ttl"], 60)
        opened = self.client(wrapped["token"]).sys.unwrap()
        self.assertTrue(self.client(opened["auth"]["client_token"]).is_authenticated())
        with self.assertRaises(InvalidRequest):
            self.client(wrapped["token"]).sys.unwrap()

    def test_metrics_are_for_those_with_the_policy(self):
        self.root.sys.create_or_update_policy("prometheus", 'path "sys/metrics" { capabilities = ["read"] }')
        token = self.root.auth.token.create(policies=["prometheus"])["auth"]["client_token"]
        request = urllib.request.Request(
            self.address + "/v1/sys/metrics?format=prometheus", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request) as answer:
            self.assertIn("\nvault_core_unsealed 1\n", answer.read().decode())
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(self.address + "/v1/sys/metrics?format=prometheus")
        self.assertEqual(caught.exception.code, 403)

    def test_the_command_line_does_what_vault_config_asks(self):
        self.assertEqual(self.vault("status").returncode, 0)
        self.assertEqual(self.vault("token", "lookup", token="wrong").returncode, 2)
        self.assertRegex(self.vault("secrets", "list", "-detailed").stdout, r"(?m)^secret/.*version:2")
        self.assertEqual(self.vault("auth", "enable", "approle").returncode, 0)
        self.assertRegex(self.vault("auth", "list").stdout, r"(?m)^approle/")
        self.assertEqual(
            self.vault("kv", "put", "-mount=secret", "redis", "password=-", "host=redis", stdin="p w").returncode, 0
        )
        self.assertEqual(self.vault("kv", "get", "-mount=secret", "-field=password", "redis").stdout, "p w")
        self.assertEqual(self.vault("kv", "get", "-mount=secret", "-field=password", "none").returncode, 2)
        role = "auth/approle/role/flask-app"
        self.assertEqual(
            self.vault("write", role, "token_policies=flask-app", "token_ttl=600", "secret_id_ttl=86400").returncode, 0
        )
        self.assertEqual(self.vault("read", "-field=token_policies", role).stdout, "[flask-app]")
        self.assertEqual(self.vault("read", "-field=secret_id_ttl", role).stdout, "86400")
        secret_id = os.path.join(self.directory, "secret_id")
        with open(secret_id, "w", encoding="utf-8") as file:
            file.write(self.vault("write", "-f", "-field=secret_id", role + "/secret-id").stdout)
        expires = self.vault(
            "write", "-field=expiration_time", role + "/secret-id/lookup", f"secret_id=@{secret_id}"
        ).stdout
        self.assertRegex(expires, r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
        self.assertNotRegex(
            self.vault("write", "-field=expiration_time", role + "/secret-id/lookup", "secret_id=x").stdout, "^20"
        )
        token = self.vault("token", "create", "-orphan", "-period=768h", "-policy=prometheus", "-field=token").stdout
        self.assertEqual(self.vault("token", "renew", token=token).returncode, 0)
        self.assertEqual(self.vault("nonsense").returncode, 127)

    def test_policies_come_back_as_they_were_written(self):
        path = os.path.join(self.directory, "p.hcl")
        text = '# why\npath "secret/data/x" {\n  capabilities = ["read"]\n}\n'
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.assertEqual(self.vault("policy", "read", "p").returncode, 2)
        self.assertEqual(self.vault("policy", "write", "p", path).returncode, 0)
        self.assertEqual(self.vault("policy", "read", "p").stdout, text)


if __name__ == "__main__":
    unittest.main()
