"""What a wheel carries, and that one built without a compiler works.

``.ci/packages`` goes further: clean environments, with and without a compiler.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("Cython")

PARTS = ("analyzer", "rules", "captures")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "LICENSE-DATA")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.so", "*.c", "*.egg-info")
BUILD = "from setuptools import build_meta; build_meta.build_wheel('dist')"
STALE = "hot.cpython-399-nowhere.so"
LARGEST = 8 << 20

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built where no compiler works, beside the binaries of an earlier build."""
    checkout = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        shutil.copytree(ROOT / part, checkout / part, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy(ROOT / name, checkout / name)
    old = checkout / "build" / f"lib.{sys.platform}" / "analyzer" / "capture"
    old.mkdir(parents=True)
    for folder in (old, checkout / "analyzer" / "capture"):
        (folder / STALE).write_bytes(b"of another Python")
    subprocess.run(
        [sys.executable, "-c", BUILD], cwd=checkout, check=True, capture_output=True,
        env={**os.environ, "CC": "/bin/false", "CXX": "/bin/false"},
    )  # fmt: skip
    (built,) = (checkout / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


def test_without_compiled_code_it_is_named_for_every_machine(wheel: zipfile.ZipFile) -> None:
    assert Path(str(wheel.filename)).name.endswith("-py3-none-any.whl")
    assert not [name for name in wheel.namelist() if name.endswith((".so", ".pyd", ".c"))]


def test_it_carries_what_runs(wheel: zipfile.ZipFile) -> None:
    there = set(wheel.namelist())
    needed = [path.relative_to(ROOT).as_posix() for path in (ROOT / "analyzer").rglob("*.py")]
    needed += [
        f"analyzer/{path.relative_to(ROOT).as_posix()}" for path in ROOT.glob("rules/**/*.yaml")
    ]
    needed += [
        path.relative_to(ROOT).as_posix()
        for folder in ("data/tables", "report", "judge/schemas")
        for path in (ROOT / "analyzer" / folder).iterdir()
        if path.suffix in (".tbl", ".tsv", ".json", ".css", ".js", ".bin", ".txt", ".lists")
    ]
    needed += ["analyzer/captures/demo.pcapng", "analyzer/captures/demo-device.yaml"]
    assert set(needed) <= there
    assert "analyzer/py.typed" in there
    assert [name for name in there if name.endswith("licenses/LICENSE-DATA")]


def test_it_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    own = {name.split("/")[0] for name in wheel.namelist()}
    assert own == {"analyzer", f"phonehome-{version()}.dist-info"}
    beside = re.compile(r"(^|/)tests?/|/test_|bench|forg|sources/|\.md$|\.pxd$|make_demo")
    assert not [name for name in wheel.namelist() if beside.search(name)]


def test_it_stays_small(wheel: zipfile.ZipFile) -> None:
    assert Path(str(wheel.filename)).stat().st_size < LARGEST


def test_it_runs_interpreted_and_answers_alike(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    results = []
    for package in (tmp_path / "site", ROOT):
        place = f"import sys; sys.path.insert(0, {str(package)!r})\n"
        script = place + "from analyzer.cli import main\nmain()"
        for arguments in (["--version"], ["demo", "-q", "-o", "report"]):
            ran = subprocess.run(
                [sys.executable, "-I", "-c", script, *arguments], cwd=tmp_path, check=True,
                capture_output=True, text=True,
            )  # fmt: skip
            if package != ROOT and arguments == ["--version"]:
                assert "interpreted" in ran.stdout
        results.append(json.loads((tmp_path / "report" / "result.json").read_text("utf-8")))
    assert results[0] == results[1]


def version() -> str:
    module = ast.parse((ROOT / "analyzer" / "__init__.py").read_text("utf-8"))
    return next(
        str(ast.literal_eval(node.value))
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
    )


def distribution(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower()


def test_every_dependency_is_used_and_justified() -> None:
    from tests.test_architecture import FENCES, MODULES, imported, within

    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8").lower()
    modules = importlib.metadata.packages_distributions()
    for requirement in PROJECT["dependencies"]:
        name = distribution(requirement)
        offers = [module for module, owners in modules.items() if name in map(str.lower, owners)]
        used = [
            module
            for module in offers
            for file in MODULES
            if any(target.split(".")[0] == module for target in imported(file))
            and within(file, FENCES[module])
        ]
        assert used, f"nothing imports {name}"
        assert f"`{name}`" in contributing, name


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{version()}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
