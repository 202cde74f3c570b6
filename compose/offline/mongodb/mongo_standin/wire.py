# SPDX-License-Identifier: MIT
"""Framing: OP_MSG, and OP_QUERY for the first hello (MongoDB wire protocol)."""
import struct

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME = 1, 2
HEADER = struct.Struct("<iiii")
MAX_MESSAGE = 48000000
# Documents keep what clients sent: no conversion of UUIDs.
OPTIONS = CodecOptions(uuid_representation=getattr(UuidRepresentation, "UNSPECIFIED", 0))


class ProtocolError(Exception):
    """The peer does not speak the protocol; the connection is closed."""


def decode(raw):
    return bson.BSON(raw).decode(OPTIONS)


def encode(document):
    return bson.BSON.encode(document, codec_options=OPTIONS)


def _document_at(raw, at):
    size = struct.unpack_from("<i", raw, at)[0]
    if size < 5 or at + size > len(raw):
        raise ProtocolError("a document exceeds its message")
    return decode(raw[at : at + size]), at + size


def _exactly(stream, count):
    raw = stream.read(count)
    if len(raw) < count:
        raise EOFError
    return raw


def read_message(stream):
    """(request id, op code, command, answer wanted) of the next message. EOFError at its end."""
    length, request_id, _, op_code = HEADER.unpack(_exactly(stream, HEADER.size))
    if not HEADER.size < length <= MAX_MESSAGE:
        raise ProtocolError(f"message length {length}")
    raw = _exactly(stream, length - HEADER.size)
    try:
        if op_code == OP_MSG:
            return (request_id, op_code, *_op_msg(raw))
        if op_code == OP_QUERY:
            command, _ = _document_at(raw, raw.index(b"\0", 4) + 9)
            return request_id, op_code, command.get("$query", command), True
    except (struct.error, ValueError, bson.errors.BSONError) as error:
        raise ProtocolError(str(error)) from None
    raise ProtocolError(f"op code {op_code}")


def _op_msg(raw):
    flags = struct.unpack_from("<I", raw)[0]
    end = len(raw) - (4 if flags & CHECKSUM_PRESENT else 0)
    at, command = 4, {}
    sequences = {}
    while at < end:
        kind, at = raw[at], at + 1
        if kind == 0:
            command, at = _document_at(raw, at)
            continue
        if kind != 1:
            raise ProtocolError(f"section kind {kind}")
        last = at + struct.unpack_from("<i", raw, at)[0]
        name_end = raw.index(b"\0", at + 4)
        documents = sequences.setdefault(raw[at + 4 : name_end].decode(), [])
        at = name_end + 1
        while at < last:
            document, at = _document_at(raw, at)
            documents.append(document)
    return {**command, **sequences}, not flags & MORE_TO_COME


def answer_bytes(request_id, op_code, document):
    body = encode(document)
    if op_code == OP_MSG:
        body = struct.pack("<IB", 0, 0) + body
        return HEADER.pack(HEADER.size + len(body), 0, request_id, OP_MSG) + body
    body = struct.pack("<iqii", 8, 0, 0, 1) + body
    return HEADER.pack(HEADER.size + len(body), 0, request_id, OP_REPLY) + body


def command_bytes(request_id, command):
    """A command as a client sends it."""
    body = struct.pack("<IB", 0, 0) + encode(command)
    return HEADER.pack(HEADER.size + len(body), request_id, 0, OP_MSG) + body
