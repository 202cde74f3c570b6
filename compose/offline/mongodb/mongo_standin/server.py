# SPDX-License-Identifier: MIT
"""Connections, log-in and the commands about the server itself."""
import datetime
import os
import resource
import signal
import socketserver
import sys
import threading
import time

import bson
from bson.int64 import Int64

from . import VERSION
from .commands import Data
from .errors import CommandError
from .scram import Conversation
from .wire import ProtocolError, answer_bytes, read_message

WITHOUT_LOGIN = (
    "hello",
    "ismaster",
    "ping",
    "saslstart",
    "saslcontinue",
    "buildinfo",
    "endsessions",
    "logout",
    "whatsmyuri",
)
CAN_CONNECT = 819


class Session:
    """One connection's state: who is logged in."""

    def __init__(self, server):
        self.server = server
        self.conversation = None
        self.user = None

    def answer(self, command):
        """The answer document to a command document."""
        name = next(iter(command), "")
        try:
            return self._dispatch(name, command.get("$db", "admin"), command)
        except CommandError as error:
            return error.answer()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return CommandError(9, f"failed to parse {name}: {error!r}").answer()

    def _dispatch(self, name, database, command):
        lower = name.lower()
        if lower not in WITHOUT_LOGIN and self.server.data.store.users and self.user is None:
            raise CommandError(13, f"Command {name} requires authentication")
        if "txnNumber" in command or "startTransaction" in command:
            raise CommandError(20, "Transaction numbers are only allowed on a replica set member or mongos")
        own = getattr(self, "_" + lower, None)
        if own:
            self.server.data.counters["command"] += 1
            return own(database, command)
        with self.server.lock:
            try:
                answer = self.server.data.run(name, database, command)
            finally:
                self._commit()
        if answer is None:
            raise CommandError(59, f"no such command: '{name}' (stand-in)")
        return answer

    def _commit(self):
        """What can't be written must not be answered, nor served from memory: the server ends, as MongoDB does."""
        try:
            self.server.data.store.commit()
        except OSError as error:
            print(f"mongod (stand-in): the journal can't be written: {error}; ending", file=sys.stderr, flush=True)
            os._exit(14)

    def _hello(self, _database, command):
        answer = {
            "helloOk": True,
            "isWritablePrimary": True,
            "ismaster": True,
            "maxBsonObjectSize": 16777216,
            "maxMessageSizeBytes": 48000000,
            "maxWriteBatchSize": 100000,
            "localTime": datetime.datetime.utcnow(),
            "logicalSessionTimeoutMinutes": 30,
            "connectionId": id(self) % 2**31,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "readOnly": False,
            "ok": 1.0,
        }
        if "saslSupportedMechs" in command:
            answer["saslSupportedMechs"] = ["SCRAM-SHA-256"]
        return answer

    _ismaster = _hello

    def _ping(self, _database, _command):
        return {"ok": 1.0}

    _endsessions = _ping
    _refreshsessions = _ping

    def _logout(self, _database, _command):
        self.user = None
        return {"ok": 1.0}

    def _saslstart(self, database, command):
        if command.get("mechanism") != "SCRAM-SHA-256":
            raise CommandError(
                334, f"Received authentication for mechanism {command.get('mechanism')} which is not enabled"
            )
        self.conversation = Conversation(database, self.server.data.store.users)
        payload = self.conversation.start(bytes(command["payload"]))
        return {"conversationId": 1, "done": False, "payload": payload, "ok": 1.0}

    def _saslcontinue(self, _database, command):
        if self.conversation is None:
            raise CommandError(17, "No SASL session state found")
        if self.conversation.user is not None:
            return self._logged_in(b"")
        try:
            payload = self.conversation.finish(bytes(command["payload"]))
        except CommandError:
            self.conversation = None
            raise
        self.user = self.conversation.user
        return {"conversationId": 1, "done": False, "payload": payload, "ok": 1.0}

    def _logged_in(self, payload):
        self.conversation = None
        return {"conversationId": 1, "done": True, "payload": payload, "ok": 1.0}

    def _buildinfo(self, _database, _command):
        return {
            "version": VERSION,
            "versionArray": [*map(int, VERSION.split(".")), 0],
            "gitVersion": "standin",
            "modules": ["crstack-standin"],
            "bits": 64,
            "maxBsonObjectSize": 16777216,
            "ok": 1.0,
        }

    def _connectionstatus(self, _database, _command):
        users = [dict(zip(("db", "user"), self.user.split(".", 1)))] if self.user else []
        return {"authInfo": {"authenticatedUsers": users, "authenticatedUserRoles": []}, "ok": 1.0}

    def _getparameter(self, _database, command):
        known = {"featureCompatibilityVersion": {"version": "7.0"}, "authenticationMechanisms": ["SCRAM-SHA-256"]}
        every = command["getParameter"] == "*"
        found = {name: value for name, value in known.items() if every or name in command}
        if not found:
            raise CommandError(2, "no option found to get")
        return {**found, "ok": 1.0}

    def _getlog(self, _database, _command):
        return {"totalLinesWritten": 0, "log": [], "ok": 1.0}

    def _serverstatus(self, _database, _command):
        server, uptime = self.server, time.time() - self.server.started
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return {
            "host": os.uname().nodename,
            "version": VERSION,
            "process": "mongod",
            "pid": Int64(os.getpid()),
            "uptime": uptime,
            "uptimeMillis": Int64(uptime * 1000),
            "localTime": datetime.datetime.utcnow(),
            "connections": {
                "current": server.current,
                "available": CAN_CONNECT - server.current,
                "totalCreated": Int64(server.total),
            },
            "opcounters": {name: Int64(count) for name, count in server.data.counters.items()},
            "mem": {"bits": 64, "resident": resident, "virtual": resident, "supported": True},
            "network": {"numRequests": Int64(server.requests)},
            "storageEngine": {"name": "journal (stand-in)"},
            "ok": 1.0,
        }

    def _dbstats(self, database, _command):
        found = self.server.data.store.in_database(database)
        sizes = [len(bson.BSON.encode(document)) for c in found.values() for document in c.documents.values()]
        return {
            "db": database,
            "collections": len(found),
            "views": 0,
            "objects": len(sizes),
            "dataSize": float(sum(sizes)),
            "avgObjSize": sum(sizes) / len(sizes) if sizes else 0.0,
            "storageSize": float(sum(sizes)),
            "indexes": sum(len(c.indexes) for c in found.values()),
            "indexSize": 0.0,
            "ok": 1.0,
        }


def stop(*_):
    """A signal's handler: ends Server.run()."""
    raise SystemExit(0)


def end_on_signals():
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        session = Session(self.server)
        self.server.count(1)
        try:
            while True:
                request_id, op_code, command, wanted = read_message(self.rfile)
                self.server.requests += 1
                answer = session.answer(command)
                if wanted:
                    self.wfile.write(answer_bytes(request_id, op_code, answer))
        except (EOFError, ProtocolError, ConnectionError):
            pass
        finally:
            self.server.count(-1)


class Server(socketserver.ThreadingTCPServer):
    """Serves a store on an address."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address, store):
        super().__init__(address, Handler)
        self.data = Data(store)
        self.lock = threading.RLock()
        self.started = time.time()
        self.current = self.total = self.requests = 0
        self.counting = threading.Lock()

    def count(self, change):
        with self.counting:
            self.current += change
            self.total += max(change, 0)

    def run(self):
        """Serves until SystemExit (see end_on_signals), then closes the store."""
        try:
            self.serve_forever(poll_interval=None)
        finally:
            with self.lock:
                self.data.store.close()
