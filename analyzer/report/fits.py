"""Does a result.json fit the schema that ships? Without a library that would be needed for it.

Knows the words result.schema.json uses (a test holds the two together) and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
MOST = 5
_LACKS = ": missing"
_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "const": lambda v, bound: bool(v == bound),
    "enum": lambda v, bound: v in bound,
    "minimum": lambda v, bound: not _TYPES["number"](v) or v >= bound,
    "maximum": lambda v, bound: not _TYPES["number"](v) or v <= bound,
    "maxItems": lambda v, bound: not isinstance(v, list) or len(v) <= bound,
    "pattern": lambda v, bound: not isinstance(v, str) or re.search(bound, v) is not None,
}
INSIDE = ("required", "properties", "additionalProperties", "items", "$ref", "type", "$defs")
KNOWN = {*INSIDE, *_BOUNDS, "$schema", "$id", "title", "description"}


def misfits(document: Any, *, older: bool = False) -> list[str]:
    """Where a document does not fit, as ``endpoints[3].first: not a string``; at most five.

    ``older``: it may lack keys, as one that an earlier version wrote.
    """
    schema = json.loads(Path(__file__).with_name("result.schema.json").read_text("utf-8"))
    found = _misfits(document, schema, schema, "")
    if older:
        found = (where for where in found if not where.endswith(_LACKS))
    return list(islice(found, MOST))


def _misfits(value: Any, rule: Schema, whole: Schema, at: str) -> Iterator[str]:
    if "$ref" in rule:
        rule = whole["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    types = rule.get("type", list(_TYPES))
    types = [types] if isinstance(types, str) else types
    if not any(_TYPES[name](value) for name in types):
        yield f"{at or 'the document'}: not {' or '.join(types)}"
        return
    for word, holds in _BOUNDS.items():
        if word in rule and not holds(value, rule[word]):
            yield f"{at or 'the document'}: not as its {word} says"
    if isinstance(value, dict):
        yield from _keys(value, rule, whole, at)
    elif isinstance(value, list) and "items" in rule:
        for i, item in enumerate(value):
            yield from _misfits(item, rule["items"], whole, f"{at}[{i}]")


def _keys(value: Schema, rule: Schema, whole: Schema, at: str) -> Iterator[str]:
    known = rule.get("properties", {})
    for name in rule.get("required", ()):
        if name not in value:
            yield f"{at}.{name}{_LACKS}".lstrip(".")
    more = rule.get("additionalProperties", True)
    for name, item in value.items():
        inner = known.get(name, more)
        if inner is False:
            yield f"{at}: a key that may not be there"
        elif isinstance(inner, dict):
            shown = name if name in known else "*"
            yield from _misfits(item, inner, whole, f"{at}.{shown}".lstrip("."))
