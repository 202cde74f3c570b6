# SPDX-License-Identifier: MIT
"""What the command line prints: one field, a table, or JSON."""
import json
import sys


def text_of(value):
    """A value as Vault's command line writes it in tables and with -field."""
    if isinstance(value, list):
        return "[" + " ".join(text_of(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text_of(value[key])}" for key in sorted(value)) + "]"
    return "<nil>" if value is None else str(value)


def print_field(fields, name):
    """One field without a line end, unless a person looks on. Exit code 1 if it isn't there."""
    if fields.get(name) is None:
        print(f'Field "{name}" not present in secret', file=sys.stderr)
        return 1
    sys.stdout.write(text_of(fields[name]) + ("\n" if sys.stdout.isatty() else ""))
    return 0


def print_rows(rows, titles=("Key", "Value")):
    rows = [[text_of(cell) if not isinstance(cell, str) else cell for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [titles, *rows]) for column in range(len(titles))]
    for row in [list(titles), ["-" * len(title) for title in titles], *rows]:
        print("    ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return 0


def fields_of(answer):
    """What an answer offers to -field and the table: its data, its new token, or its wrapping token."""
    if answer.get("wrap_info"):
        info = answer["wrap_info"]
        return {
            "wrapping_token": info["token"],
            "wrapping_accessor": info["accessor"],
            "wrapping_token_ttl": f"{info['ttl']}s",
            "wrapping_token_creation_time": info["creation_time"],
            "wrapping_token_creation_path": info["creation_path"],
        }
    if answer.get("auth"):
        auth = answer["auth"]
        fields = {
            "token": auth["client_token"],
            "token_accessor": auth["accessor"],
            "token_duration": f"{auth['lease_duration']}s" if auth["lease_duration"] else "∞",
            "token_renewable": auth["renewable"],
            "token_policies": auth["token_policies"],
            "identity_policies": [],
            "policies": auth["policies"],
        }
        fields.update({f"token_meta_{key}": value for key, value in (auth["metadata"] or {}).items()})
        return fields
    return answer.get("data") or {}


def show(answer, flags, done="Success!"):
    """Prints an answer as -field and -format ask. The exit code."""
    if answer is None:
        print(done)
        return 0
    fields = fields_of(answer)
    if "field" in flags:
        return print_field(fields, flags["field"])
    if flags.get("format") == "json":
        print(json.dumps(answer, indent=2))
        return 0
    return print_rows(sorted(fields.items()) if not answer.get("auth") else list(fields.items()))
