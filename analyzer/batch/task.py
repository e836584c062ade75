"""What one recording of a batch asks of a worker; plain data, so that it travels.

Rules of this file
- A ``Task`` says what is analysed, ``Settings`` how: the same for the whole batch.
- Both go through JSON unchanged: to a worker process, to another machine.
- The key of a task names its result. Whatever changes a result changes the key;
  paths, machines, the number of workers and their limits do not. A file that is
  named counts by its content, wherever it lies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer import shipped
from analyzer.device import Device

if TYPE_CHECKING:
    from analyzer.pipeline import Options

Sheet = dict[str, Any]
"""A device sheet as plain data, with ``id`` and ``claims`` beside its own keys."""


@dataclass(slots=True, frozen=True)
class Part:
    """One file of a recording."""

    name: str  # relative to its source
    place: str  # absolute path, or URL
    sha256: str = ""
    bytes: int = 0


@dataclass(slots=True, frozen=True)
class Settings:
    """How all recordings of a batch are analysed."""

    version: str
    rules: str  # digest of all rule files
    data: str  # digest of all data files
    asked: dict[str, Any]  # options of the command: home, vendor, ... paths as text
    files: dict[str, str]  # path -> digest of files that options name: policy, claims ...
    formats: tuple[str, ...]
    evidence: bool
    output: str  # folder or URL of the batch
    memory: int = 0  # bytes a worker may hold; 0: any
    timeout: int = 0  # seconds for one recording; 0: any

    def shown(self) -> dict[str, Any]:
        """What batch.json says: what results depend on, and nothing else."""
        said = asdict(self)
        kept = ("version", "rules", "data", "asked", "files", "formats", "evidence")
        called = {path: Path(path).name for path in self.files}
        said["asked"] = _instead(self.asked, called)
        said["files"] = {
            name: " ".join(sorted(self.files[path] for path in called if called[path] == name))
            for name in called.values()
        }
        return {"schema": "phonehome/batch/1", "tool": "phonehome"} | {k: said[k] for k in kept}

    def essence(self) -> dict[str, Any]:
        """What every key depends on: what paths lead to is in the digests."""
        said = self.shown()
        apart = ("rules", "country_db", "asn_db", "city_db")
        asked = {k: v for k, v in self.asked.items() if k not in apart}
        keylog = said["asked"].get("keylog")  # a report says its name
        return {**said, "asked": _instead(asked, self.files), "files": {}, "keylog": keylog}

    def limits(self) -> dict[str, int]:
        """What a failed record names as the reason it may go better another time."""
        return {"memory": self.memory, "timeout": self.timeout}


@dataclass(slots=True, frozen=True)
class Task:
    """One recording: its files, all names it goes by, and whose handset it is."""

    key: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    device: Sheet = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # path -> digest of claims it names

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Task:
        """The task again."""
        parts = tuple(Part(**part) for part in said["parts"])
        return cls(said["key"], tuple(said["names"]), parts, said["device"], said["files"])


def key(hashes: Sequence[str], settings: Settings, device: Sheet, claims: Mapping[str, str]) -> str:
    """20 hex digits that name a result; ``claims``: path -> digest of files its sheet names."""
    rests_on = [sorted(hashes), settings.essence(), _instead(device, claims)]
    return sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()[:20]


def _instead(said: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What was asked, or a sheet says, with other names for the paths of files."""

    def named(value: Any) -> Any:
        return names.get(value, value) if isinstance(value, str) else value

    return {
        key: list(map(named, value)) if isinstance(value, list) else named(value)
        for key, value in said.items()
    }


def options(device: Sheet, settings: Settings) -> Options:
    """What the pipeline is asked; a recording's own sheet goes before the batch's options."""
    from analyzer.pipeline import Options

    given = settings.asked
    known = {k: v for k, v in device.items() if k not in ("id", "claims") and v}
    return Options(
        home=device.get("home") or given["home"],
        at=device.get("place") or given["at"],
        vendor=device.get("vendor") or given["vendor"],
        policy=given["policy"],
        claims=tuple(device.get("claims") or given["claims"]),
        on=given["on"],
        device=Device(**known),
        country_db=_path(given["country_db"]),
        asn_db=_path(given["asn_db"]),
        city_db=_path(given["city_db"]),
        keylog=_path(given["keylog"]),
        rules=tuple(map(Path, given["rules"])),
        user_data=shipped.user_data_folder(),
    )


def settings_from_json(said: Mapping[str, Any]) -> Settings:
    """Settings that travelled."""
    return Settings(**{**said, "formats": tuple(said["formats"])})


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
