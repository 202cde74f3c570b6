# SPDX-License-Identifier: MIT
"""An append-only file of BSON records with length and checksum, flushed to the disk before an answer goes out."""
import os
import struct
import zlib

from .wire import decode, encode

FRAME = struct.Struct("<II")


class Journal:
    """One open journal. append() collects, commit() makes it durable. Not thread-safe."""

    def __init__(self, path):
        self.path = path
        self.file = None
        self.pending = []

    def replay(self):
        """The records of the file, up to the first one that a crash left incomplete."""
        try:
            with open(self.path, "rb") as file:
                raw = file.read()
        except FileNotFoundError:
            return
        at = 0
        while at + FRAME.size <= len(raw):
            length, checksum = FRAME.unpack_from(raw, at)
            record = raw[at + FRAME.size : at + FRAME.size + length]
            if len(record) < length or zlib.crc32(record) != checksum:
                return
            yield decode(record)
            at += FRAME.size + length

    def rewrite(self, records):
        """Replaces the file by these records, atomically, and goes on appending to it."""
        fresh = self.path + ".new"
        with open(fresh, "wb") as file:
            for record in records:
                file.write(self._frame(record))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)
        directory = os.open(os.path.dirname(self.path), os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
        self.file = open(self.path, "ab", buffering=0)

    def append(self, record):
        self.pending.append(self._frame(record))

    def commit(self):
        """Makes what was appended durable. OSError (a full disk) leaves the file as it was."""
        if not self.pending:
            return
        raw, self.pending = b"".join(self.pending), []
        end = self.file.seek(0, os.SEEK_END)
        try:
            written = 0
            while written < len(raw):
                written += self.file.write(raw[written:])
            os.fsync(self.file.fileno())
        except OSError:
            os.ftruncate(self.file.fileno(), end)
            raise

    def close(self):
        if self.file:
            self.commit()
            self.file.close()

    @staticmethod
    def _frame(record):
        raw = encode(record)
        return FRAME.pack(len(raw), zlib.crc32(raw)) + raw
