# SPDX-License-Identifier: MIT
"""MongoDB's error answers."""

NAMES = {
    2: "BadValue",
    9: "FailedToParse",
    13: "Unauthorized",
    14: "TypeMismatch",
    18: "AuthenticationFailed",
    20: "IllegalOperation",
    26: "NamespaceNotFound",
    27: "IndexNotFound",
    28: "PathNotViable",
    40: "ConflictingUpdateOperators",
    43: "CursorNotFound",
    48: "NamespaceExists",
    59: "CommandNotFound",
    66: "ImmutableField",
    86: "IndexKeySpecsConflict",
    334: "MechanismUnavailable",
    11000: "DuplicateKey",
}


class CommandError(Exception):
    """A command's failure. extra goes into the answer as it is (keyPattern and keyValue of a duplicate)."""

    def __init__(self, code, message, **extra):
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra

    def answer(self):
        return {
            "ok": 0.0,
            "errmsg": self.message,
            "code": self.code,
            "codeName": NAMES.get(self.code, "Unknown"),
            **self.extra,
        }

    def write_error(self, index):
        """As one entry of a write command's writeErrors."""
        return {"index": index, "code": self.code, "errmsg": self.message, **self.extra}
