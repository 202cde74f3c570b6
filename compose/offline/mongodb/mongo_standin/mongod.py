# SPDX-License-Identifier: MIT
"""`mongod`: its command line, the first user, the start."""
import argparse
import os
import sys

from . import VERSION
from .scram import credentials
from .server import Server, end_on_signals
from .store import Store


def first_user(environment):
    """("admin.name", password) from MONGO_INITDB_ROOT_USERNAME and _PASSWORD (or _FILE), or None."""
    values = []
    for name in ("MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"):
        value = environment.get(name, "")
        if not value and environment.get(name + "_FILE"):
            with open(environment[name + "_FILE"], encoding="utf-8") as file:
                value = file.read().rstrip("\n")
        values.append(value)
    if all(values):
        return f"admin.{values[0]}", values[1]
    if any(values):
        raise SystemExit("error: both MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD are needed")
    return None


def arguments(words):
    parser = argparse.ArgumentParser(prog="mongod", allow_abbrev=False)
    parser.add_argument("--bind_ip", default="127.0.0.1")
    parser.add_argument("--bind_ip_all", action="store_true")
    parser.add_argument("--port", type=int, default=27017)
    parser.add_argument("--dbpath", default="/data/db")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--auth", action="store_true")
    parser.add_argument("--version", action="version", version=f"db version v{VERSION} (stand-in, not MongoDB)")
    return parser.parse_args(words)


def main(words):
    options = arguments(words)
    end_on_signals()
    try:
        store = Store(options.dbpath)
    except OSError as error:
        print(f"mongod (stand-in): {options.dbpath} can't be used: {error.strerror}", file=sys.stderr)
        return 1
    user = first_user(os.environ)
    if store.fresh and user:
        store.add_user(user[0], credentials(user[1]))
        store.commit()
        print(f"mongod (stand-in): made the user {user[0].partition('.')[2]} of a new data directory", flush=True)
    address = "0.0.0.0" if options.bind_ip_all else options.bind_ip.split(",")[0]
    server = Server((address, options.port), store)
    print(
        f"mongod (stand-in, not MongoDB) {VERSION}: waiting for connections on {address}:{options.port}, "
        f"log-in {'required' if store.users else 'off'}",
        flush=True,
    )
    try:
        server.run()
    except SystemExit:
        # An orderly end of the interpreter can abort while threads of connections are amid a read.
        sys.stdout.flush()
        os._exit(0)
    return 0
