# SPDX-License-Identifier: MIT
"""Reads the part of HCL that policies and the server's configuration use: blocks, keys, texts, numbers, lists."""
import json
import re

from .errors import ApiError

TOKEN = re.compile(
    r"""\s+|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<word>[A-Za-z0-9_.+-]+)|(?P<mark>[{}\[\]=,:])""",
    re.S,
)


def tokens(source):
    position = 0
    while position < len(source):
        match = TOKEN.match(source, position)
        if not match:
            raise ApiError(400, f"failed to parse: unexpected {source[position]!r} at byte {position}")
        position = match.end()
        if match.lastgroup in ("text", "word", "mark"):
            yield match.lastgroup, match.group(match.lastgroup)


class Reader:
    """Reads one body: a list of (key, labels, value); a block's value is a list of its own."""

    def __init__(self, source):
        self.items = list(tokens(source))
        self.at = 0

    def peek(self):
        return self.items[self.at] if self.at < len(self.items) else ("end", "")

    def take(self, mark=None):
        item = self.peek()
        if item[0] == "end" or (mark and item != ("mark", mark)):
            raise ApiError(400, f"failed to parse: {mark or 'more'} expected before {item[1] or 'the end'!r}")
        self.at += 1
        return item

    def body(self, closing):
        entries = []
        while self.peek() != closing:
            if self.peek() == ("mark", ","):
                self.take()
                continue
            entries.append(self.entry())
        return entries

    def entry(self):
        key = self.word()
        labels = []
        while self.peek()[0] in ("text", "word"):
            labels.append(self.word())
        if self.peek() == ("mark", "{"):
            self.take("{")
            value = self.body(("mark", "}"))
            self.take("}")
            return key, labels, value
        if self.peek() not in (("mark", "="), ("mark", ":")):
            raise ApiError(400, f"failed to parse: = or {{ expected after {key!r}")
        self.take()
        return key, labels, self.value()

    def word(self):
        kind, text = self.take()
        if kind == "mark":
            raise ApiError(400, f"failed to parse: a name expected before {text!r}")
        return json.loads(text) if kind == "text" else text

    def value(self):
        kind, text = self.peek()
        if (kind, text) == ("mark", "["):
            return self.list()
        if (kind, text) == ("mark", "{"):
            self.take("{")
            value = self.body(("mark", "}"))
            self.take("}")
            return value
        return self.word()

    def list(self):
        self.take("[")
        values = []
        while self.peek() != ("mark", "]"):
            if self.peek() == ("mark", ","):
                self.take()
                continue
            values.append(self.value())
        self.take("]")
        return values


def parse(source):
    """The entries of an HCL (or JSON) text; ApiError 400 where it is malformed."""
    source = source.strip()
    reader = Reader(source[1:-1] if source.startswith("{") and source.endswith("}") else source)
    return reader.body(("end", ""))
