# SPDX-License-Identifier: MIT
"""`mongosh` as far as a health check needs it: --eval with db.adminCommand(…) or db.runCommand(…)."""
import argparse
import json
import re
import socket
import sys

from .wire import command_bytes, read_message

CALL = re.compile(
    r"""^\s*(?:printjson\(|print\()?db\.(adminCommand|runCommand)\((.*?)\)(?:\.(\w+))?\)?\s*;?\s*$""", re.S
)
KEYS = re.compile(r"([{,]\s*)([A-Za-z_$][\w$]*)\s*:")
TIMEOUT_SECONDS = 10


def parse(script):
    """(command document, field or None) of the one call that a script may be."""
    match = CALL.match(script)
    if not match:
        raise ValueError("this stand-in evaluates one db.adminCommand(…) or db.runCommand(…) only")
    text = match.group(2).strip()
    value = json.loads(KEYS.sub(r'\1"\2":', text.replace("'", '"')))
    return ({value: 1} if isinstance(value, str) else value), match.group(3)


def call(host, port, command):
    with socket.create_connection((host, port), TIMEOUT_SECONDS) as connection:
        connection.sendall(command_bytes(1, {**command, "$db": "admin"}))
        return read_message(connection.makefile("rb"))[2]


def main(words):
    parser = argparse.ArgumentParser(prog="mongosh", allow_abbrev=False)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--norc", action="store_true")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=27017)
    parser.add_argument("--eval", required=True)
    parser.add_argument("address", nargs="?", default="")
    options = parser.parse_args(words)
    match = re.match(r"^(?:mongodb://)?([^/:]+)(?::(\d+))?(?:/.*)?$", options.address)
    host, _, port = options.host.partition(":")
    if match and "." in match.group(1) or match and options.address.startswith("mongodb://"):
        host, port = match.group(1), match.group(2) or ""
    try:
        command, field = parse(options.eval)
        answer = call(host, int(port or options.port), command)
    except (OSError, ValueError, EOFError) as error:
        print(f"mongosh (stand-in): {error}", file=sys.stderr)
        return 1
    if answer.get("ok") != 1:
        print(f"MongoServerError: {answer.get('errmsg')}", file=sys.stderr)
        return 1
    value = answer.get(field, "") if field else answer
    whole = isinstance(value, float) and value.is_integer()
    print(int(value) if whole else value if field else json.dumps(answer, default=str))
    return 0
