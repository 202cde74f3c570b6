# SPDX-License-Identifier: MIT
"""Filters and projections."""
import re

from bson.regex import Regex

from .errors import CommandError
from .values import MISSING, candidates, lookup, same_type, sort_key

TYPES = {
    "double": 2,
    "int": 2,
    "long": 2,
    "number": 2,
    "decimal": 2,
    "string": 3,
    "object": 4,
    "array": 5,
    "binData": 6,
    "objectId": 7,
    "bool": 8,
    "date": 9,
    "timestamp": 10,
    "null": 1,
}


def matches(document, query):
    """Whether a document matches a filter. CommandError 2 for an operator that isn't known."""
    for key, condition in query.items():
        if key == "$and":
            found = all(matches(document, part) for part in condition)
        elif key == "$or":
            found = any(matches(document, part) for part in condition)
        elif key == "$nor":
            found = not any(matches(document, part) for part in condition)
        elif key == "$comment":
            continue
        elif key.startswith("$"):
            raise CommandError(2, f"unknown top level operator: {key}")
        else:
            found = _field(document, key, condition)
        if not found:
            return False
    return True


def is_operators(condition):
    return isinstance(condition, dict) and bool(condition) and all(name.startswith("$") for name in condition)


def _field(document, path, condition):
    values = candidates(document, path.split("."))
    if not is_operators(condition):
        return _any(values, lambda value: _equal(value, condition))
    return all(_operator(values, name, operand, condition) for name, operand in condition.items())


def _any(values, test):
    """A test holds for a value, or for an element of it if it is an array."""
    return any(test(value) or (isinstance(value, list) and any(test(item) for item in value)) for value in values)


def _equal(value, wanted):
    if isinstance(wanted, (Regex, re.Pattern)):
        pattern = wanted.try_compile() if isinstance(wanted, Regex) else wanted
        return isinstance(value, str) and pattern.search(value) is not None
    if value is MISSING:
        return wanted is None
    return sort_key(value) == sort_key(wanted)


def _compare(operand, test):
    return lambda value: value is not MISSING and same_type(value, operand) and test(sort_key(value), sort_key(operand))


def _operator(values, name, operand, condition):
    ordered = {
        "$gt": lambda a, b: a > b,
        "$gte": lambda a, b: a >= b,
        "$lt": lambda a, b: a < b,
        "$lte": lambda a, b: a <= b,
    }
    if name in ordered:
        return _any(values, _compare(operand, ordered[name]))
    if name == "$eq":
        return _any(values, lambda value: _equal(value, operand))
    if name == "$ne":
        return not _any(values, lambda value: _equal(value, operand))
    if name in ("$in", "$nin"):
        found = _any(values, lambda value: any(_equal(value, wanted) for wanted in operand))
        return found == (name == "$in")
    if name == "$exists":
        return any(value is not MISSING for value in values) == bool(operand)
    if name == "$not":
        inner = operand if is_operators(operand) else {"$eq": operand}
        return not all(_operator(values, key, value, inner) for key, value in inner.items())
    if name == "$regex":
        return _any(values, lambda value: _equal(value, _pattern(operand, condition.get("$options", ""))))
    if name == "$options":
        return True
    return _array_operator(values, name, operand)


def _array_operator(values, name, operand):
    lists = [value for value in values if isinstance(value, list)]
    if name == "$size":
        return any(len(value) == operand for value in lists)
    if name == "$all":
        return all(_any(values, lambda value, item=item: _equal(value, item)) for item in operand)
    if name == "$elemMatch":
        if is_operators(operand):
            return any(
                all(_operator([item], key, value, operand) for key, value in operand.items())
                for value in lists
                for item in value
            )
        return any(isinstance(item, dict) and matches(item, operand) for value in lists for item in value)
    if name == "$mod":
        return _any(values, lambda value: isinstance(value, (int, float)) and int(value) % operand[0] == operand[1])
    if name == "$type":
        kinds = [TYPES.get(kind) for kind in (operand if isinstance(operand, list) else [operand])]
        if None in kinds:
            raise CommandError(2, "this $type is not supported by the stand-in")
        return _any(values, lambda value: value is not MISSING and sort_key(value)[0] in kinds)
    raise CommandError(2, f"unknown operator: {name}")


def _pattern(operand, options):
    if isinstance(operand, str):
        flags = {"i": re.I, "m": re.M, "s": re.S, "x": re.X}
        return re.compile(operand, sum(flags[letter] for letter in options))
    return operand


def project(document, fields):
    """A find projection: inclusion or exclusion of dotted paths."""
    if not fields:
        return document
    if any(isinstance(value, (dict, str, list)) for value in fields.values()):
        raise CommandError(2, "projection expressions are not supported by the stand-in")
    if any(value for name, value in fields.items() if name != "_id") or fields.keys() == {"_id"} and fields["_id"]:
        return _include(document, fields)
    return _exclude(document, [name.split(".") for name in fields])


def _include(document, fields):
    result = {}
    if fields.get("_id", 1) and "_id" in document:
        result["_id"] = document["_id"]
    for name in document:
        paths = [path for path, value in fields.items() if value and (path == name or path.startswith(name + "."))]
        if name in paths:
            result[name] = document[name]
        elif paths and isinstance(document[name], dict):
            result[name] = _include(document[name], {"_id": 0, **{path[len(name) + 1 :]: 1 for path in paths}})
    return result


def _exclude(value, paths):
    if isinstance(value, list):
        return [_exclude(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    deeper = {}
    for path in paths:
        if len(path) > 1:
            deeper.setdefault(path[0], []).append(path[1:])
    return {
        name: _exclude(item, deeper[name]) if name in deeper else item
        for name, item in value.items()
        if name not in gone
    }


def distinct(documents, path):
    found = {}
    for document in documents:
        value = lookup(document, path)
        for item in value if isinstance(value, list) else [value]:
            if item is not MISSING:
                found.setdefault(sort_key(item), item)
    return [found[key] for key in sorted(found)]
