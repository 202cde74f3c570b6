# SPDX-License-Identifier: MIT
"""Aggregation: the stages and accumulators of everyday reports."""
from .errors import CommandError
from .query import matches, project
from .values import MISSING, lookup, sort_documents, sort_key


def run(documents, pipeline):
    """The documents after all stages. CommandError for a stage that isn't known."""
    for stage in pipeline:
        if len(stage) != 1:
            raise CommandError(40323, "A pipeline stage specification object must contain exactly one field.")
        name, operand = next(iter(stage.items()))
        action = STAGES.get(name)
        if action is None:
            raise CommandError(40324, f"Unrecognized pipeline stage name: '{name}' (stand-in)")
        documents = action(documents, operand)
    return documents


def expression(value, document):
    """A field path ("$a.b"), a literal, or an object of these."""
    if isinstance(value, str) and value.startswith("$"):
        found = lookup(document, value[1:])
        return None if found is MISSING else found
    if isinstance(value, dict):
        if set(value) == {"$literal"}:
            return value["$literal"]
        operators = [name for name in value if name.startswith("$")]
        if operators:
            raise CommandError(168, f"Unrecognized expression '{operators[0]}' (stand-in)")
        return {name: expression(item, document) for name, item in value.items()}
    return value


def _numbers(values):
    return [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]


def _unique(values):
    found = {}
    for value in values:
        found.setdefault(sort_key(value), value)
    return list(found.values())


def _present(values):
    return [value for value in values if value is not None]


ACCUMULATORS = {
    "$sum": lambda values: sum(_numbers(values)),
    "$avg": lambda values: sum(_numbers(values)) / len(_numbers(values)) if _numbers(values) else None,
    "$min": lambda values: min(_present(values), key=sort_key, default=None),
    "$max": lambda values: max(_present(values), key=sort_key, default=None),
    "$first": lambda values: values[0],
    "$last": lambda values: values[-1],
    "$push": list,
    "$addToSet": _unique,
    "$count": len,
}


def _group(documents, operand):
    if "_id" not in operand:
        raise CommandError(15955, "a group specification must include an _id")
    groups = {}
    for document in documents:
        identity = expression(operand["_id"], document)
        groups.setdefault(sort_key(identity), (identity, []))[1].append(document)
    return [_accumulate(identity, members, operand) for identity, members in groups.values()]


def _accumulate(identity, members, operand):
    result = {"_id": identity}
    for field, accumulator in operand.items():
        if field == "_id":
            continue
        name, value = next(iter(accumulator.items()))
        if name not in ACCUMULATORS:
            raise CommandError(15952, f"unknown group operator '{name}' (stand-in)")
        result[field] = ACCUMULATORS[name]([expression(value, member) for member in members])
    return result


def _project(documents, operand):
    computed = {name: value for name, value in operand.items() if isinstance(value, (str, dict))}
    plain = {name: value for name, value in operand.items() if name not in computed}
    if not computed:
        return [project(document, plain) for document in documents]
    base = {"_id": plain.get("_id", 1), **{name: value for name, value in plain.items() if name != "_id"}}
    inclusion = any(value for name, value in plain.items() if name != "_id")
    results = []
    for document in documents:
        kept = project(document, base) if inclusion else ({"_id": document["_id"]} if base["_id"] else {})
        results.append({**kept, **{name: expression(value, document) for name, value in computed.items()}})
    return results


def _unwind(documents, operand):
    path = (operand if isinstance(operand, str) else operand["path"])[1:]
    if "." in path:
        raise CommandError(2, "$unwind of a nested path is not supported by the stand-in")
    results = []
    for document in documents:
        value = document.get(path)
        results += [
            {**document, path: item}
            for item in (value if isinstance(value, list) else [value] if value is not None else [])
        ]
    return results


def _count(documents, name):
    return [{name: len(documents)}] if documents else []


STAGES = {
    "$match": lambda documents, query: [document for document in documents if matches(document, query)],
    "$group": _group,
    "$count": _count,
    "$project": _project,
    "$unwind": _unwind,
    "$sort": lambda documents, order: sort_documents(list(documents), order),
    "$limit": lambda documents, count: documents[:count],
    "$skip": lambda documents, count: documents[count:],
    "$addFields": lambda documents, fields: [
        {**document, **{name: expression(value, document) for name, value in fields.items()}} for document in documents
    ],
}
STAGES["$set"] = STAGES["$addFields"]
