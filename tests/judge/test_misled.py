"""Scenes made to mislead: what must not be said of them, and what must be all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import model as m
from analyzer import pipeline
from analyzer.device import Device
from analyzer.pipeline import Options
from captures.forging import SECOND, Certificate, Recording

AWS = "54.169.0.10"
ROUTER = "10.42.0.1"
LOOPBACK = "127.0.0.1"
PASSWORD = {"Authorization": "Basic YWRtaW46c2VjcmV0MTIz"}
FORM = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--B--\r\n'


def findings(folder: Path, recording: Recording, **sheet: list[str]) -> dict[str, m.Finding]:
    """What is found, by rule; the last of several."""
    path = folder / "case.pcapng"
    recording.write(path)
    options = Options(home="IN", device=Device(**sheet))  # type: ignore[arg-type]
    return {finding.rule: finding for finding in pipeline.analyze([path], options).findings}


def in_the_house(address: str) -> Recording:
    """A form with a file and a password, and a certificate of its own making."""
    story = Recording()
    story.http(None, address, method="POST", headers=PASSWORD, body=FORM)
    own = Certificate(("box.example",), issuer="")
    story.tls("box.example", address, version="1.2", certificate=own)
    return story


LOCAL = {
    "certificate-local", "cleartext-http-local", "password-in-clear-local", "upload-in-clear-local",
}  # fmt: skip


def test_what_stays_in_the_house_is_told_as_that(tmp_path: Path) -> None:
    found = findings(tmp_path, in_the_house(ROUTER))
    assert set(found) >= LOCAL
    said = found["password-in-clear-local"].text
    assert "sent a user name and a password to 10.42.0.1" in said
    assert "signed in" not in said  # whether it was let in is the server's answer


def test_what_never_left_the_machine_is_in_no_network(tmp_path: Path) -> None:
    """Anybody "in the local network" could not read it."""
    assert set(findings(tmp_path, in_the_house(LOOPBACK))).isdisjoint(LOCAL)


@pytest.mark.parametrize(("start", "told"), [(1_791_964_800, True), (1_000, False)])
def test_a_clock_that_was_never_set_tells_no_quiet_hours(
    tmp_path: Path, start: int, told: bool
) -> None:
    """1970-01-01 00:16 is no time of night."""
    story = Recording(start * SECOND)
    story.tls("cloud.handset.example", AWS, up=40_000)
    found = findings(tmp_path, story, quiet_hours=["00:00-23:59"])
    assert ("idle-upload" in found) is told
    assert "left-home" in found
