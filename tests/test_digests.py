"""The manifest's hashes of an input are those Wireshark's ``capinfos -H`` prints."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import analyzer
from analyzer import judge, pipeline
from analyzer.model import ClaimVerdict
from analyzer.shipped import captures_folder

DEMO = captures_folder() / "demo.pcapng"


@pytest.mark.skipif(not shutil.which("capinfos"), reason="capinfos is not installed")
@pytest.mark.parametrize("name", ["demo.pcapng", "demo.pcapng.gz"])
def test_capinfos_and_the_manifest_agree(name: str, tmp_path: Path) -> None:
    capture = tmp_path / name
    whole = DEMO.read_bytes()
    capture.write_bytes(gzip.compress(whole) if name.endswith(".gz") else whole)
    told = subprocess.run(
        ["capinfos", "-H", str(capture)], check=True, capture_output=True, text=True
    ).stdout
    printed = dict(re.findall(r"^(SHA\d+):\s+([0-9a-f]+)$", told.replace("SHA-", "SHA"), re.M))
    analyzer.analyze(capture).write(tmp_path / "report", ("json",))
    [listed] = json.loads((tmp_path / "report" / "manifest.json").read_text("utf-8"))["inputs"]
    assert listed["name"].endswith(name)
    assert (printed["SHA256"], printed["SHA1"]) == (listed["sha256"], listed["sha1"])


def test_a_file_changed_while_it_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing goes on beside judging, so what it finds comes last; the result says it."""
    capture = tmp_path / "phone.pcapng"
    capture.write_bytes(DEMO.read_bytes())
    judged = judge.judge_claims

    def and_written_to(*given: Any) -> list[ClaimVerdict]:
        with capture.open("ab") as file:
            file.write(bytes(8))
        return judged(*given)

    monkeypatch.setattr(judge, "judge_claims", and_written_to)
    result = pipeline.analyze([capture])
    assert result.status == "incomplete"
    assert [odd.count for odd in result.anomalies if odd.kind == "file_changed"] == [1]
    assert result.capture.files[0].sha256 == hashlib.sha256(DEMO.read_bytes()).hexdigest()
