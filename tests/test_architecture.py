"""The house holds: who may import whom, who may use what, and how large a file may be.

The map in CONTRIBUTING.md in executable form. A new module at the top of the
package, a new room or a new dependency gets its row here first.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PACKAGE = ROOT / "analyzer"
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in FILES}

GROUND, ROOM, CARRIER, WAIST, API, COMMAND, DOOR = range(7)
FLOORS = {
    # what all rooms stand on
    "model": GROUND, "errors": GROUND, "limits": GROUND, "addresses": GROUND, "shipped": GROUND,
    "yamlfile": GROUND, "prepared": GROUND, "record": GROUND, "problems": GROUND,
    "labels": GROUND, "formats": GROUND, "provenance": GROUND, "projection": GROUND,
    "proxied": GROUND,
    # the rooms, side by side
    "capture": ROOM, "names": ROOM, "places": ROOM, "owners": ROOM, "judge": ROOM,
    "report": ROOM, "data": ROOM,
    # what carries a part of the way between rooms
    "device": CARRIER, "handset": CARRIER, "hosts": CARRIER, "useragents": CARRIER,
    "endpoints": CARRIER, "attribution": CARRIER, "where": CARRIER,
    # the waist, and the front doors
    "pipeline": WAIST, "api": API, "asked": API, "progress": API, "options": API,
    "verify": API, "reply": API, "batch": API, "compare": API, "commands": COMMAND, "cli": DOOR,
}  # fmt: skip
OPEN_TABLES = {("places", "data"), ("owners", "data")}  # rooms that look into tables
BUILDS_TABLES = {"data/build_owners.py"}  # run by hand, with the rules its readers go by
NO_IMPORT = {"__init__", "__main__"}  # the package itself: version, analyze(), the command

FENCES = {
    # who uses it, of the package's files; what is in no row may not be imported at all
    "click": {"cli.py", "commands/", "options.py"},
    "cryptography": {"names/quic_open.py", "names/quic_packet.py", "names/sealed.py",
                     "names/signature.py"},
    "distributed": {"batch/cluster.py"},
    "fsspec": {"batch/remote.py"},
    "lz4": {"capture/"},
    "maxminddb": {"data/databases.py", "places/databases.py"},
    "pandas": {"report/frames.py", "report/to_parquet.py", "api.py"},
    "yaml": {"yamlfile.py"},
    "zstandard": {"capture/", "judge/unpacking.py"},
    # installed by extras or for the build only
    "cython": {"capture/hot.py"},
    "msgpack": {"data/build.py"},
    "plevin": {"places/mixed.py"},
    "pyarrow": {"batch/dataset.py", "report/to_parquet.py"},
    # of Python itself, what opens connections and runs programs
    "socket": {"data/update.py", "data/fetch.py"},
    "ssl": {"data/update.py", "data/fetch.py"},
    "http": {"data/update.py", "data/fetch.py"},
    "urllib.request": {"data/update.py", "data/fetch.py"},
    "subprocess": {"data/build_inputs.py", "data/build_owners.py"},
    "asyncio": set(), "ctypes": set(), "ftplib": set(), "marshal": set(),
    "multiprocessing": {"batch/local.py"}, "pickle": set(), "shelve": set(), "smtplib": set(),
    "socketserver": set(), "webbrowser": set(), "xmlrpc": set(),
}  # fmt: skip
ARGUED_LENGTH = {
    "capture/hot.py": "one loop over packets; C calls between modules would cost its speed",
    "model.py": "the types of the contract, read as one table",
}
LONGEST = 400
OPENS_INPUT = {
    "batch/remote.py": "what URLs hold",
    "batch/state.py": "rules and data sets, for their digest",
    "capture/source.py": "captures",
    "names/keylog.py": "key logs",
    "yamlfile.py": "rules and device sheets",
    "places/databases.py": "a user's MMDB",
    "places/mixed.py": "installed databases, for their digest",
    "report/folder.py": "what an earlier run left in the report folder",
}
FORBIDDEN = re.compile(r"\b(spying|secretly|compromised|proved|proven|proves|verified)\b", re.I)


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"), name)


def imported(name: str) -> Iterator[str]:
    """Full names a module imports, relative ones resolved, lazy ones too."""
    here = ["analyzer", *name.removesuffix(".py").split("/")][:-1]
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def inside(name: str) -> Iterator[str]:
    """First part of each of our own modules that a module imports."""
    for target in imported(name):
        part, *rest = target.split(".")
        if part == "analyzer" and rest and rest[0] in FLOORS:
            yield rest[0]


def within(name: str, places: set[str]) -> bool:
    return any(
        name == place or (place.endswith("/") and name.startswith(place)) for place in places
    )


def test_every_module_has_its_floor() -> None:
    first = {name.removesuffix(".py").split("/")[0] for name in MODULES}
    assert first - NO_IMPORT == set(FLOORS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way(name: str) -> None:
    own = name.removesuffix(".py").split("/")[0]
    if own in NO_IMPORT or name in BUILDS_TABLES:
        return
    for other in inside(name):
        below = FLOORS[other] < FLOORS[own]
        same = other == own or FLOORS[other] == FLOORS[own] in (GROUND, CARRIER, API)
        assert below or same or (own, other) in OPEN_TABLES, f"{name} imports {other}"


@pytest.mark.parametrize("name", MODULES)
def test_fences_hold(name: str) -> None:
    for target in imported(name):
        for fenced, places in FENCES.items():
            if target == fenced or target.startswith(fenced + "."):
                assert within(name, places), f"{name} imports {target}"
        part = target.split(".")[0]
        known = {fence.split(".")[0] for fence in FENCES} | sys.stdlib_module_names
        assert part == "analyzer" or part in known, f"{name} imports {target}, in no row above"


def test_every_fence_has_somebody_inside() -> None:
    used = {fence: [n for n in MODULES if within(n, fenced) and _uses(n, fence)]
            for fence, fenced in FENCES.items() if fenced}  # fmt: skip
    idle = {fence for fence, names in used.items() if not names}
    assert idle <= {"socket", "plevin", "msgpack"}, idle


def _uses(name: str, module: str) -> bool:
    return any(target == module or target.startswith(module + ".") for target in imported(name))


@pytest.mark.parametrize("name", MODULES)
def test_no_file_grows_beyond_reading(name: str) -> None:
    lines = len(MODULES[name].read_text("utf-8").splitlines())
    assert lines <= LONGEST or name in ARGUED_LENGTH, f"{name} has {lines} lines; split it"


@pytest.mark.parametrize("name", MODULES)
def test_input_is_opened_where_it_is_read_with_care(name: str) -> None:
    """Tables that ship are read whole; what a user gives is opened in few places."""
    if name in OPENS_INPUT or name.startswith("data/"):
        return
    for node in ast.walk(tree(name)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        assert not (isinstance(called, ast.Name) and called.id == "open"), f"{name}:{node.lineno}"
        if isinstance(called, ast.Attribute) and called.attr == "open":
            owner = ast.unparse(called.value).split(".")[-1]
            assert owner in ("Atlas", "Registry", "os", "lzma"), f"{name}:{node.lineno}"


@pytest.mark.parametrize("name", MODULES)
def test_what_others_call_says_what_it_gives(name: str) -> None:
    module = tree(name)
    if module.body:
        assert ast.get_docstring(module), name
    if name == "capture/hot.py":
        return  # small readers of bytes stand there by the dozen
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}:{node.lineno} {node.name}"


@pytest.mark.parametrize("name", MODULES)
def test_no_text_accuses_or_proves(name: str) -> None:
    if name == "judge/words.py":
        return  # the list of these words, which holds rules to the same
    for text in said(tree(name)):
        assert not FORBIDDEN.search(text), f"{name}: {text}"


def said(module: ast.Module) -> Iterator[str]:
    """Texts of a module that are no docstrings."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield str(node.value)


@pytest.mark.parametrize("path", sorted(ROOT.glob("rules/**/*.yaml")), ids=lambda path: path.name)
def test_no_rule_accuses_or_proves(path: Path) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    for key in ("title", "text", "caveat"):
        assert not FORBIDDEN.search(str(content.get(key, "")))


def test_the_usual_way_loads_nothing_heavy(tmp_path: Path) -> None:
    """What ``analyze`` does not need it does not import: start-up is most of a small run."""
    heavy = ["pandas", "numpy", "pyarrow", "dpkt", "scapy", "maxminddb", "socket", "ssl",
             "asyncio", "http.client", "urllib.request", "subprocess", "email"]  # fmt: skip
    script = f"""
import json, sys
sys.argv = ["phonehome", "demo", "-q", "-o", "report"]
from analyzer.cli import main
try:
    main()
except SystemExit:
    print(json.dumps([name for name in {heavy!r} if name in sys.modules]))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert json.loads(ran.stdout) == []
