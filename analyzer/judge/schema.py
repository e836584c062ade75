"""The JSON Schemas of rule files as far as they list facts, numbers and tests.

What the loader knows by name stands in its tables (facts.py, rules.py,
tests_registry.py); the schemas repeat it for editors. This module writes these
parts from the tables, and the list of tests in rules/README.md with them, so that
all agree:

    python -m analyzer.judge.schema
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analyzer import shipped
from analyzer.judge.conditions import fitting
from analyzer.judge.facts import FACTS, Fact
from analyzer.judge.rules import KEYS, NEEDED, NUMBERS
from analyzer.judge.tests_registry import TESTS, Parameter, Test

Json = dict[str, Any]
BEGIN, END = "<!-- tests: written by analyzer.judge.schema -->", "<!-- end of tests -->"
FOLDER = Path(__file__).with_name("schemas")
DRAFT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Json = {"type": "string"}
FULL: Json = {"type": "string", "minLength": 1}
VALUES: Mapping[str, Json] = {
    "flag": {"type": "boolean"},
    "number": {"type": "integer"},
    "country": {"$ref": "#/$defs/country"},
}
"""What a value of each type of fact is; of the others, text."""

PARAMETERS: Mapping[str, Json] = {
    "number": {"$ref": "#/$defs/quantity"},
    "texts": {"$ref": "#/$defs/texts"},
}


def rule() -> Json:
    """The schema of a detection rule."""
    return {
        "$schema": DRAFT,
        "title": "phonehome detection rule",
        **mapping({key: _key(key) for key in KEYS}, NEEDED),
        "$defs": {**_shared(), **_definitions()},
    }


def mapping(properties: Json, required: Iterable[str] = (), **more: Any) -> Json:
    """A mapping with these keys and no others."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "additionalProperties": False, **needed, **more,
            "properties": properties}  # fmt: skip


def one_or_more(schema: Json) -> Json:
    """One value, or a list of them."""
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


def _key(key: str) -> Json:
    return _KEYS.get(key, FULL if key in NEEDED else TEXT)


_AMOUNTS: Json = {"$ref": "#/$defs/amounts"}
_RAISED: Json = {"$ref": "#/$defs/raised"}
_SEVERITY: Json = {"$ref": "#/$defs/severity"}
_DATE: Json = {
    "type": "string",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
}
_EXAMPLES = one_or_more({"$ref": "#/$defs/example"})
_KEYS: Mapping[str, Json] = {
    "rule": {"$ref": "#/$defs/id"},
    "severity": _SEVERITY,
    "false_positives": {"$ref": "#/$defs/texts"},
    "when": {"$ref": "#/$defs/condition"},
    "examples": mapping({"hit": _EXAMPLES, "miss": _EXAMPLES}, ("hit", "miss")),
    "group_by": one_or_more({"$ref": "#/$defs/fact"}),
    "at_least": _AMOUNTS,
    "test": {"$ref": "#/$defs/test"},
    "raised": mapping(dict.fromkeys(("low", "medium", "high"), _RAISED)),
    "since": mapping({"date": _DATE, "before": _SEVERITY, "source": TEXT}, ("date", "before")),
    "at_most": {"type": "integer", "minimum": 1},
    "evidence": {"enum": ["cleartext", "start"]},
}


def _shared() -> Json:
    return {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,59}$"},
        "texts": one_or_more(TEXT),
        "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
        "quantity": {
            "type": ["number", "string"],
            "minimum": 0,
            "description": "a number, or one with a unit: 5 MB, 10 min",
        },
        "severity": {"enum": ["info", "low", "medium", "high"]},
    }


def _definitions() -> Json:
    numbers = {name: {**_quantity(), "description": what} for name, what in NUMBERS.items()}
    own = {name: _quantity() for test in TESTS.values() for name in test.numbers}
    nested = one_or_more({"$ref": "#/$defs/condition"})
    asked = {name: {"description": fact.what, **_asked(fact)} for name, fact in FACTS.items()}
    inner = {"all": nested, "any": nested, "not": {"$ref": "#/$defs/condition"}}
    return {
        "amounts": mapping(numbers),
        "raised": mapping({**own, **numbers}),
        "test": mapping(
            {name: _test(test) for name, test in TESTS.items()}, minProperties=1, maxProperties=1
        ),
        "condition": mapping({**inner, **asked}, minProperties=1),
        "example": mapping({"note": TEXT, **example_facts()}),
        "fact": {"enum": list(FACTS)},
    }


def _quantity() -> Json:
    return {"$ref": "#/$defs/quantity"}


def example_facts() -> Json:
    """The facts of a forged flow."""
    return {name: VALUES.get(fact.type, TEXT) if fact.type != "country" else TEXT
            for name, fact in FACTS.items()}  # fmt: skip


def _asked(fact: Fact) -> Json:
    """A value, one of several, or a mapping of operations."""
    value: Json = {"enum": list(fact.values)} if fact.values else VALUES.get(fact.type, TEXT)
    values = one_or_more(value)
    texts, quantity = {"$ref": "#/$defs/texts"}, _quantity()
    asked = {"is": values, "not": values, "under": texts, "within": texts, "from": quantity,
             "to": quantity}  # fmt: skip
    operations = {name: asked[name] for name in fitting(fact)}
    known = mapping({**operations, "known": {"type": "boolean"}}, minProperties=1)
    return {"anyOf": [*values["anyOf"], known]}


def _test(test: Test) -> Json:
    parameters = {name: _parameter(one) for name, one in test.parameters.items()}
    return {"description": test.what, **mapping(parameters, tuple(parameters))}


def _parameter(parameter: Parameter) -> Json:
    known = list(parameter.known())
    form = one_or_more({"enum": known}) if known else PARAMETERS[parameter.kind]
    return {"description": parameter.what, **form}


# ----------------------------------------------------------------- writing


def schemas() -> dict[str, Json]:
    """Every schema that speaks of facts, by the name of its file."""
    claim = json.loads((FOLDER / "claim.json").read_text("utf-8"))
    endpoint = claim["$defs"]["endpoint"]["properties"]
    own = {name: each for name, each in endpoint.items() if name not in FACTS}
    claim["$defs"]["endpoint"]["properties"] = {**example_facts(), **own}
    claim["$defs"]["predicate"]["properties"]["of"] = {"$ref": "#/$defs/condition"}
    claim["$defs"].update({**_shared(), "condition": _definitions()["condition"]})
    return {"rule.json": rule(), "claim.json": claim}


def readme(held: str) -> str:
    """rules/README.md with its list of tests as the table has it."""
    head, begin, rest = held.partition(BEGIN)
    _, end, tail = rest.partition(END)
    listed = "\n".join(_told(name, test) for name, test in TESTS.items())
    return f"{head}{begin}\n\n{listed}\n{end}{tail}" if end else held


def _told(name: str, test: Test) -> str:
    """A test for a reader: what it finds, and the words that belong to it."""
    from textwrap import fill

    lists = {
        "Parameters": {f"`{key}`": one.what for key, one in test.parameters.items()},
        "Numbers": {f"`{key}`": what for key, what in test.numbers.items()},
        "Placeholders": {f"`{{{key}}}`": what for key, what in test.words.items()},
    }
    lines = [f"**`{name}`**: {test.what}."]
    for head, words in lists.items():
        lines += [f"{head}: {'; '.join(f'{word}: {what}' for word, what in words.items())}."] * (
            len(words) > 0
        )
    return "".join(fill(line, 88, break_on_hyphens=False) + "\n" for line in lines)


def text(schema: Json) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, made in schemas().items():
        (FOLDER / name).write_text(text(made), "utf-8")
    path = shipped.rules_folder() / "README.md"
    path.write_text(readme(path.read_text("utf-8")), "utf-8")
