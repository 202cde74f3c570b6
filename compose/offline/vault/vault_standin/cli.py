# SPDX-License-Identifier: MIT
"""The `vault` command line. Exit codes as Vault's: 0; 1 for wrong usage; 2 when the server refuses."""
import os
import sys

from . import VERSION
from .client import Client, Refused
from .output import print_field, print_rows, show, text_of

SWITCHES = (
    "dev",
    "dev-no-store-token",
    "detailed",
    "force",
    "f",
    "orphan",
    "no-default-policy",
    "self",
    "tls-skip-verify",
    "dev-three-node",
    "dev-ha",
    "dev-transactional",
)
REPEATED = ("config", "policy")


class Usage(Exception):
    pass


def parse(arguments):
    """(flags, rest): -name=value, -name value and switches, with one dash or two, before and among the rest."""
    flags, rest, items = {}, [], list(arguments)
    while items:
        item = items.pop(0)
        if not item.startswith("-") or item == "-":
            rest.append(item)
            continue
        name, equals, value = item.lstrip("-").partition("=")
        if name in SWITCHES:
            if not equals or value == "true":
                flags[name] = True
            continue
        if not equals:
            if not items:
                raise Usage(f"flag needs an argument: -{name}")
            value = items.pop(0)
        if name in REPEATED:
            flags.setdefault(name, []).append(value)
        else:
            flags[name] = value
    return flags, rest


def pairs(arguments):
    """KEY=VALUE arguments: @FILE and - (stdin) are replaced by what they hold."""
    body = {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if not equals:
            raise Usage(f"failed to parse K=V data: {argument!r}")
        if value == "-":
            value = sys.stdin.read()
        elif value.startswith("@"):
            with open(value[1:], encoding="utf-8") as file:
                value = file.read()
        elif value.startswith("\\@"):
            value = value[1:]
        body[key] = value
    return body


def one(rest, what):
    if len(rest) != 1:
        raise Usage(f"exactly one argument is expected: {what}")
    return rest[0].strip("/")


def server(flags, _rest):
    from .server import run

    return run(flags)


def status(flags, _rest):
    try:
        answer = Client().call("GET", "sys/seal-status")
    except Refused as error:
        print(f"Error checking seal status: {error.text}", file=sys.stderr)
        return 1
    if "field" in flags:
        return print_field(answer, flags["field"])
    print_rows(
        [
            ("Seal Type", answer["type"]),
            ("Initialized", answer["initialized"]),
            ("Sealed", answer["sealed"]),
            ("Total Shares", answer["n"]),
            ("Threshold", answer["t"]),
            ("Version", answer["version"]),
            ("Storage Type", answer["storage_type"]),
            ("HA Enabled", False),
        ]
    )
    return 2 if answer["sealed"] else 0


def read(flags, rest):
    path = one(rest, "PATH")
    try:
        return show(Client().call("GET", path), flags)
    except Refused as error:
        if error.status == 404:
            error.text = f"No value found at {path}"
        raise


def write(flags, rest):
    if not rest or (len(rest) == 1 and not {"f", "force"} & set(flags)):
        raise Usage("PATH and K=V data are expected (or -f)")
    path = rest[0].strip("/")
    return show(Client().call("PUT", path, pairs(rest[1:])), flags, f"Success! Data written to: {path}")


def delete(flags, rest):
    path = one(rest, "PATH")
    return show(Client().call("DELETE", path), flags, f"Success! Data deleted (if it existed) at: {path}")


def list_keys(flags, rest):
    path = one(rest, "PATH")
    return _print_keys(Client().call("LIST", path), flags)


def _print_keys(answer, flags):
    if flags.get("format") == "json":
        return show({"data": answer["data"]["keys"]}, flags)
    return print_rows([(key,) for key in answer["data"]["keys"]], ("Keys",))


def unwrap(flags, rest):
    client = Client()
    return show(client.call("PUT", "sys/wrapping/unwrap", {"token": rest[0]} if rest else {}), flags)


def _kv_path(flags, rest, kind):
    """secret/KIND/NAME from -mount=secret NAME or from secret/NAME."""
    if not rest:
        raise Usage("a key is expected")
    name = rest[0].strip("/")
    mount, name = (flags["mount"].strip("/"), name) if "mount" in flags else name.partition("/")[::2]
    return f"{mount}/{kind}/{name}"


def kv_get(flags, rest):
    path = _kv_path(flags, rest, "data")
    query = f"?version={flags['version']}" if "version" in flags else ""
    try:
        answer = Client().call("GET", path + query)
    except Refused as error:
        if error.status == 404:
            error.text = f"No value found at {path}"
        raise
    if "field" in flags:
        return print_field(answer["data"]["data"], flags["field"])
    if flags.get("format") == "json":
        return show(answer, flags)
    return print_rows(sorted(answer["data"]["data"].items()))


def kv_put(flags, rest):
    path = _kv_path(flags, rest, "data")
    body = {"data": pairs(rest[1:]), "options": {}}
    if not body["data"]:
        raise Usage("must supply data")
    if "cas" in flags:
        body["options"]["cas"] = int(flags["cas"])
    return show(Client().call("PUT", path, body), flags)


def kv_list(flags, rest):
    return _print_keys(Client().call("LIST", _kv_path(flags, rest, "metadata") + "/"), flags)


def kv_delete(flags, rest):
    path = _kv_path(flags, rest, "data")
    return show(Client().call("DELETE", path), flags, f"Success! Data deleted (if it existed) at: {path}")


def _print_mounts(mounts, detailed):
    if detailed:
        return print_rows(
            [
                (path, mount["type"], mount["accessor"], text_of(mount["options"] or {}), mount["description"])
                for path, mount in sorted(mounts.items())
            ],
            ("Path", "Plugin", "Accessor", "Options", "Description"),
        )
    return print_rows(
        [(path, mount["type"], mount["accessor"], mount["description"]) for path, mount in sorted(mounts.items())],
        ("Path", "Type", "Accessor", "Description"),
    )


def secrets_list(flags, _rest):
    return _print_mounts(Client().call("GET", "sys/mounts")["data"], "detailed" in flags)


def secrets_enable(flags, rest):
    kind = one(rest, "TYPE")
    path = flags.get("path", kind).strip("/")
    body = {"type": kind, "description": flags.get("description", "")}
    if "version" in flags:
        body["options"] = {"version": flags["version"]}
    return show(
        Client().call("POST", f"sys/mounts/{path}", body),
        flags,
        f"Success! Enabled the {kind} secrets engine at: {path}/",
    )


def auth_list(flags, _rest):
    return _print_mounts(Client().call("GET", "sys/auth")["data"], "detailed" in flags)


def auth_enable(flags, rest):
    kind = one(rest, "TYPE")
    path = flags.get("path", kind).strip("/")
    return show(
        Client().call("POST", f"sys/auth/{path}", {"type": kind}),
        flags,
        f"Success! Enabled {kind} auth method at: {path}/",
    )


def policy_read(_flags, rest):
    name = one(rest, "NAME")
    try:
        text = Client().call("GET", f"sys/policies/acl/{name}")["data"]["policy"]
    except Refused as error:
        if error.status == 404:
            error.text = f"No policy named: {name}"
        raise
    print(text.strip())
    return 0


def policy_write(flags, rest):
    if len(rest) != 2:
        raise Usage("NAME and FILE are expected")
    name, path = rest
    if path == "-":
        text = sys.stdin.read()
    else:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    return show(
        Client().call("PUT", f"sys/policies/acl/{name}", {"policy": text}), flags, f"Success! Uploaded policy: {name}"
    )


def policy_list(_flags, _rest):
    print("\n".join(Client().call("GET", "sys/policy")["data"]["policies"]))
    return 0


def token_lookup(flags, rest):
    client = Client()
    if rest:
        return show(client.call("POST", "auth/token/lookup", {"token": rest[0]}), flags)
    return show(client.call("GET", "auth/token/lookup-self"), flags)


def token_create(flags, _rest):
    body = {
        key.replace("-", "_"): flags[key]
        for key in ("ttl", "period", "explicit-max-ttl", "display-name", "id")
        if key in flags
    }
    if "policy" in flags:
        body["policies"] = flags["policy"]
    if "use-limit" in flags:
        body["num_uses"] = int(flags["use-limit"])
    body["no_default_policy"] = "no-default-policy" in flags
    client = Client()
    client.wrap_ttl = flags.get("wrap-ttl", client.wrap_ttl)
    return show(
        client.call("POST", "auth/token/create-orphan" if "orphan" in flags else "auth/token/create", body), flags
    )


def token_renew(flags, rest):
    body = {"increment": flags["increment"]} if "increment" in flags else {}
    if rest:
        return show(Client().call("PUT", "auth/token/renew", {**body, "token": rest[0]}), flags)
    return show(Client().call("PUT", "auth/token/renew-self", body), flags)


def token_revoke(flags, rest):
    if "self" in flags:
        return show(Client().call("PUT", "auth/token/revoke-self"), flags, "Success! Revoked token (if it existed)")
    return show(
        Client().call("PUT", "auth/token/revoke", {"token": one(rest, "TOKEN")}),
        flags,
        "Success! Revoked token (if it existed)",
    )


def version(_flags, _rest):
    print(f"Vault v{VERSION} (stand-in, not HashiCorp Vault)")
    return 0


COMMANDS = {
    ("server",): server,
    ("status",): status,
    ("read",): read,
    ("write",): write,
    ("delete",): delete,
    ("list",): list_keys,
    ("unwrap",): unwrap,
    ("version",): version,
    ("kv", "get"): kv_get,
    ("kv", "put"): kv_put,
    ("kv", "list"): kv_list,
    ("kv", "delete"): kv_delete,
    ("secrets", "list"): secrets_list,
    ("secrets", "enable"): secrets_enable,
    ("auth", "list"): auth_list,
    ("auth", "enable"): auth_enable,
    ("policy", "read"): policy_read,
    ("policy", "write"): policy_write,
    ("policy", "list"): policy_list,
    ("token", "lookup"): token_lookup,
    ("token", "create"): token_create,
    ("token", "renew"): token_renew,
    ("token", "revoke"): token_revoke,
}


def main(arguments):
    words = tuple(arguments[:2])
    command = COMMANDS.get(words) or COMMANDS.get(words[:1])
    if command is None:
        known = ", ".join(" ".join(words) for words in COMMANDS)
        print(
            f"vault (stand-in): {' '.join(words) or 'no command'} is not supported; there are {known}", file=sys.stderr
        )
        return 127
    used = 2 if words in COMMANDS else 1
    try:
        flags, rest = parse(arguments[used:])
        if "address" in flags:
            os.environ["VAULT_ADDR"] = flags["address"]
        return command(flags, rest)
    except Usage as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    except Refused as error:
        print(error.text, file=sys.stderr)
        return 2
