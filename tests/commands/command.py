"""The command as a script meets it, in this process or one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analyzer import shipped
from captures.forging import Recording
from tests.conftest import ROOT

DEMO = shipped.captures_folder() / "demo.pcapng"
SHEET = DEMO.with_name("demo-device.yaml")
PROGRAM = [sys.executable, "-m", "analyzer"]


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a process that runs the command."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def process(
    *arguments: str, cwd: Path, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=cwd, input=given, capture_output=True, check=False,
        env=surroundings(**environment),
    )  # fmt: skip


def recording(path: Path, names: dict[str, str]) -> Path:
    """A forged capture: cleartext HTTP to each name at its address."""
    forged = Recording()
    for name, address in names.items():
        forged.dns(name, address)
        forged.http(name, address, "/log", method="POST", body=b"x" * 3000)
    forged.write(path)
    return path


def one_sentence(err: str) -> str:
    """What stderr says, after making sure that it is one line and no traceback."""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err[:-1]
