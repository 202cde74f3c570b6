# SPDX-License-Identifier: MIT
"""Reads manifests as the Compose Specification's readers do, and checks them against docs/compose.schema.json."""
import json
import pathlib
import re

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


RESET = object()  # what !reset makes of a value: its key is not there


class Reader(yaml.SafeLoader):
    """YAML 1.2's core schema with octal numbers of YAML 1.1, and `!reset` and `!override`."""
    yaml_implicit_resolvers = {}


def _resolve(tag, pattern, first):
    Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


_resolve("null", "~|null|Null|NULL|", ["~", "n", "N", ""])
_resolve("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_resolve("int", r"[-+]?(?:0[0-7_]*|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|[1-9][0-9_]*)", "-+0123456789")
_resolve("float", r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?", "-+0123456789.")
_resolve("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+.")
_resolve("merge", "<<", "<")
Reader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _integer(node.value))
Reader.add_multi_constructor("!reset", lambda loader, suffix, node: RESET)
Reader.add_multi_constructor("!override", lambda loader, suffix, node: _plain(loader, node))


def _integer(text):
    text = text.replace("_", "")
    octal = re.fullmatch(r"([-+]?)0([0-7]+)", text)
    return int(octal[1] + octal[2], 8) if octal else int(text, 0)


def _plain(loader, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


def _without_resets(value):
    if isinstance(value, dict):
        return {key: _without_resets(item) for key, item in value.items() if item is not RESET}
    return [_without_resets(item) for item in value if item is not RESET] if isinstance(value, list) else value


def validator():
    """The schema's validator; the schema itself is checked."""
    schema = json.loads((ROOT / "docs" / "compose.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def problems(check, file):
    """What is wrong with a manifest by the schema: a line each."""
    documents = yaml.load_all(pathlib.Path(file).read_text(), Loader=Reader)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for document in documents if document is not None
            for error in check.iter_errors(_without_resets(document))]
