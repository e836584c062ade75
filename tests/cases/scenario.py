"""Reading scenario folders and running their scenes through the whole pipeline."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from analyzer import device, judge, pipeline, yamlfile
from analyzer.model import Result
from captures.forging import Recording

HERE = Path(__file__).parent
POLICY_OF = "baseline-of-"


class Scene(NamedTuple):
    """One forged capture, how it is asked about, and what is expected."""

    case: Path
    name: str
    options: dict[str, Any]
    expected: dict[str, Any]
    private: tuple[str, ...]  # texts no output may hold

    @property
    def id(self) -> str:
        return f"{self.case.name}/{self.name}"


def folders() -> list[Path]:
    """Every scenario."""
    return sorted(path.parent for path in HERE.glob("*/expect.yaml"))


def scenes(case: Path) -> Iterator[Scene]:
    """The scenes of a scenario, with the scenario's options under their own."""
    document = yamlfile.read(case / "expect.yaml").data
    if unknown := set(document) - {"options", "scenes", "private"}:
        raise ValueError(f"{case.name}/expect.yaml: unknown keys {unknown}")
    for name, expected in document["scenes"].items():
        expected = dict(expected or {})
        options = {**document.get("options", {}), **expected.pop("options", {})}
        given = {key: value for key, value in options.items() if value is not None}
        private = (*document.get("private", ()), *_identifiers(given))
        yield Scene(case, name, given, expected, private)


def _identifiers(options: dict[str, Any]) -> list[str]:
    """The values of the device sheet."""
    return list(options.get("device", {}).get("identifiers", {}).values())


def forges(case: Path) -> dict[str, Callable[[], Recording | bytes]]:
    """The functions of a scenario's forge.py, by name."""
    spec = importlib.util.spec_from_file_location(f"case_{case.name}", case / "forge.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {
        name: made
        for name, made in vars(module).items()
        if inspect.isfunction(made) and made.__module__ == module.__name__ and name[0] != "_"
    }


class Runs:
    """Results of scenes, each forged and analysed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._results: dict[str, Result] = {}

    def result(self, scene: Scene) -> Result:
        """What the whole pipeline makes of a scene."""
        if scene.id not in self._results:
            path = self._capture(scene.case, scene.name)
            self._results[scene.id] = pipeline.analyze([path], self._options(scene))
        return self._results[scene.id]

    def _capture(self, case: Path, name: str) -> Path:
        path = self._folder / case.name / f"{name}.pcapng"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            made = forges(case)[name]()
            if isinstance(made, bytes):
                path.write_bytes(made)
            else:
                made.write(path)
        return path

    def _options(self, scene: Scene) -> pipeline.Options:
        given = dict(scene.options)
        if "device" in given:
            sheet = self._folder / scene.case.name / f"{scene.name}.device.yaml"
            sheet.parent.mkdir(parents=True, exist_ok=True)
            sheet.write_text(yaml.safe_dump(given["device"]))
            given["device"] = device.read(sheet)
        if given.get("policy", "").startswith(POLICY_OF):
            given["policy"] = str(self._baseline(scene, given["policy"][len(POLICY_OF) :]))
        given["claims"] = tuple(given.get("claims", ()))
        return pipeline.Options(**given)

    def _baseline(self, scene: Scene, of: str) -> Path:
        """A policy that expects what another scene of the scenario contacts."""
        path = self._folder / scene.case.name / f"{of}.policy.yaml"
        trusted = pipeline.analyze([self._capture(scene.case, of)])
        path.write_text(judge.baseline(trusted))
        return path
