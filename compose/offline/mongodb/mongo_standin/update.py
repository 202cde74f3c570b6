# SPDX-License-Identifier: MIT
"""Update operators and replacements."""
import copy
import datetime

from bson.timestamp import Timestamp

from .errors import CommandError
from .query import is_operators, matches
from .values import MISSING, lookup, sort_key


def apply(document, change, inserting=False):
    """A changed copy of a document. inserting: the document comes from an upsert. CommandError for a bad change."""
    if isinstance(change, list):
        raise CommandError(2, "updates with pipelines are not supported by the stand-in")
    if not any(name.startswith("$") for name in change):
        return _replacement(document, change)
    result = copy.deepcopy(document)
    _refuse_conflicts(change)
    for operator, fields in change.items():
        if operator == "$setOnInsert" and not inserting:
            continue
        action = OPERATORS.get(operator)
        if action is None:
            raise CommandError(9, f"Unknown modifier: {operator}")
        for path, operand in fields.items():
            action(result, path, operand)
    if "_id" in document and sort_key(result.get("_id", MISSING)) != sort_key(document["_id"]):
        raise CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'")
    return result


def _replacement(document, change):
    if "_id" in document:
        if "_id" in change and sort_key(change["_id"]) != sort_key(document["_id"]):
            raise CommandError(
                66, "After applying the update, the (immutable) field '_id' was found to have been altered"
            )
        return {"_id": document["_id"], **{name: value for name, value in change.items() if name != "_id"}}
    return dict(change)


def _refuse_conflicts(change):
    seen = set()
    for fields in change.values():
        if not isinstance(fields, dict):
            raise CommandError(9, "Modifiers operate on fields but we found another type")
        for path in fields:
            if any(path == other or path.startswith(other + ".") or other.startswith(path + ".") for other in seen):
                raise CommandError(40, f"Updating the path '{path}' would create a conflict at '{path}'")
            seen.add(path)


def seed(query):
    """The document that an upsert starts from: the equalities of its filter."""
    document = {}
    for key, condition in query.items():
        if key == "$and":
            for part in condition:
                document.update(seed(part))
        elif key.startswith("$"):
            continue
        elif not is_operators(condition):
            _set(document, key, condition)
        elif "$eq" in condition:
            _set(document, key, condition["$eq"])
    return document


def _parent(document, path):
    """The container of a path's last name, made where it is missing."""
    names = path.split(".")
    for name in names[:-1]:
        if isinstance(document, list):
            document = _element(document, name)
            continue
        child = document.setdefault(name, {})
        if not isinstance(child, (dict, list)):
            raise CommandError(28, f"Cannot create field '{names[-1]}' in element {{{name}: {child!r}}}")
        document = child
    return document, names[-1]


def _element(items, name):
    if not name.isdigit() or int(name) >= len(items):
        raise CommandError(28, f"Cannot use the part '{name}' to traverse the array (stand-in)")
    return items[int(name)]


def _set(document, path, value):
    parent, name = _parent(document, path)
    if isinstance(parent, list):
        if not name.isdigit():
            raise CommandError(28, f"Cannot create field '{name}' in an array")
        parent.extend([None] * (int(name) + 1 - len(parent)))
        parent[int(name)] = value
    else:
        parent[name] = value


def _unset(document, path, _operand):
    if lookup(document, path) is not MISSING:
        parent, name = _parent(document, path)
        if isinstance(parent, list):
            parent[int(name)] = None
        else:
            del parent[name]


def _arithmetic(combine, missing):
    def action(document, path, operand):
        current = lookup(document, path)
        for value in (operand, 0 if current is MISSING else current):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise CommandError(14, f"Cannot apply an arithmetic update to a value of non-numeric type at '{path}'")
        result = missing(operand) if current is MISSING else combine(current, operand)
        wide = [type(value) for value in (current, operand) if type(value) not in (int, float)]
        _set(document, path, wide[0](result) if isinstance(result, int) and wide and wide[0] is not object else result)

    return action


def _bound(better):
    def action(document, path, operand):
        current = lookup(document, path)
        if current is MISSING or better(sort_key(operand), sort_key(current)):
            _set(document, path, operand)

    return action


def _list_at(document, path):
    current = lookup(document, path)
    if current is MISSING:
        current = []
        _set(document, path, current)
    if not isinstance(current, list):
        raise CommandError(2, f"The field '{path}' must be an array but is not")
    return current


def _push(document, path, operand):
    items = _list_at(document, path)
    if not (isinstance(operand, dict) and "$each" in operand):
        items.append(operand)
        return
    unknown = set(operand) - {"$each", "$slice", "$position"}
    if unknown:
        raise CommandError(2, f"{sorted(unknown)[0]} in $push is not supported by the stand-in")
    at = operand.get("$position", len(items))
    items[at:at] = operand["$each"]
    if "$slice" in operand:
        count = operand["$slice"]
        items[:] = items[:count] if count >= 0 else items[count:]


def _add_to_set(document, path, operand):
    items = _list_at(document, path)
    for value in operand["$each"] if isinstance(operand, dict) and "$each" in operand else [operand]:
        if sort_key(value) not in [sort_key(item) for item in items]:
            items.append(value)


def _pull(document, path, operand):
    current = lookup(document, path)
    if current is MISSING:
        return
    condition = operand if is_operators(operand) else {"$eq": operand}
    if isinstance(operand, dict) and not is_operators(operand):
        current[:] = [item for item in current if not (isinstance(item, dict) and matches(item, operand))]
    else:
        current[:] = [item for item in current if not matches({"v": item}, {"v": condition})]


def _pop(document, path, operand):
    current = lookup(document, path)
    if isinstance(current, list) and current:
        current.pop(0 if operand == -1 else -1)


def _rename(document, path, target):
    value = lookup(document, path)
    if value is not MISSING:
        _unset(document, path, None)
        _set(document, target, value)


def _current_date(document, path, operand):
    now = datetime.datetime.utcnow()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    wanted = operand.get("$type") if isinstance(operand, dict) else "date"
    _set(document, path, Timestamp(int(datetime.datetime.now().timestamp()), 1) if wanted == "timestamp" else now)


OPERATORS = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$inc": _arithmetic(lambda a, b: a + b, lambda b: b),
    "$mul": _arithmetic(lambda a, b: a * b, lambda b: b * 0),
    "$min": _bound(lambda a, b: a < b),
    "$max": _bound(lambda a, b: a > b),
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pull": _pull,
    "$pop": _pop,
    "$rename": _rename,
    "$currentDate": _current_date,
}
