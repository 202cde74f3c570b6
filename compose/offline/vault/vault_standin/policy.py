# SPDX-License-Identifier: MIT
"""Path-based policies: parsing, and the question whether a set of policies allows an operation on a path."""
import re

from . import hcl
from .errors import ApiError

CAPABILITIES = ("create", "read", "update", "delete", "list", "sudo", "deny", "patch")

DEFAULT = """# What every token may do.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/mounts/*" { capabilities = ["read"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
"""


def parse(text):
    """{path pattern: set of capabilities}; ApiError 400 for what Vault would refuse."""
    rules = {}
    for key, labels, body in hcl.parse(text):
        blocks = [(labels[0], body)] if key == "path" and labels else None
        if key == "path" and not labels and isinstance(body, list):
            blocks = [(entry[0], entry[2]) for entry in body]
        if blocks is None:
            raise ApiError(400, f"failed to parse policy: invalid key {key!r}")
        for pattern, entries in blocks:
            rules.setdefault(pattern.lstrip("/"), set()).update(_capabilities(entries))
    return rules


def _capabilities(entries):
    found = set()
    for key, _, value in entries:
        if key == "capabilities":
            unknown = [name for name in value if name not in CAPABILITIES]
            if unknown:
                raise ApiError(400, f"failed to parse policy: invalid capability {unknown[0]!r}")
            found.update(value)
        elif key not in (
            "allowed_parameters",
            "denied_parameters",
            "required_parameters",
            "min_wrapping_ttl",
            "max_wrapping_ttl",
        ):
            raise ApiError(400, f"failed to parse policy: invalid key {key!r}")
        else:
            raise ApiError(400, f"{key} is not supported by this stand-in")
    return found


def matches(pattern, path):
    """A pattern may end in * (any rest) and have + for one whole segment."""
    prefix = pattern.endswith("*")
    segments = (pattern[:-1] if prefix else pattern).split("/")
    text = "/".join("[^/]+" if segment == "+" else re.escape(segment) for segment in segments)
    return re.fullmatch(text + (".*" if prefix else ""), path) is not None


def _specificity(pattern):
    """Orders patterns as Vault documents it: the later wildcard, no glob, fewer +, the longer, the greater wins."""
    first = min((at for at in (pattern.find("+"), pattern.find("*")) if at >= 0), default=len(pattern) + 1)
    return first, not pattern.endswith("*"), -pattern.split("/").count("+"), len(pattern), pattern


def capabilities(policies, path):
    """What a list of parsed policies allows on a path: the most specific pattern decides, deny wins."""
    merged = {}
    for rules in policies:
        for pattern, found in rules.items():
            if matches(pattern, path):
                merged.setdefault(pattern, set()).update(found)
    if not merged:
        return set()
    best = merged[max(merged, key=_specificity)]
    return {"deny"} if "deny" in best else best
