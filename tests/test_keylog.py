"""--keylog from the command line to the report: what is told, and that no secret is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer import analyze
from analyzer.cli import phonehome
from analyzer.errors import UsageError
from captures.forging import Recording, Step

IMEI = "004999012345673"
ASKED = (
    b"POST /c HTTP/1.1\r\nHost: inside.example.org\r\nContent-Length: 20\r\n\r\nimei=%s"
    % IMEI.encode()
)
PARTS = ("report.html", "report.md", "result.json", "flows.csv", "names.csv", "findings.csv",
         "endpoints.csv", "manifest.json")  # fmt: skip


class Forged:
    """A recording of one TLS session, alone and with its keys, and the key log."""

    def __init__(self, folder: Path) -> None:
        story = Recording()
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 120000\r\n\r\n" + bytes(120_000)
        steps = [Step(True, ASKED), Step(False, answer), Step(True, ASKED)]
        story.tls("api.example.org", "54.169.0.10", alpn=("http/1.1",), steps=steps)
        self.capture, self.own = folder / "plain.pcapng", folder / "own.pcapng"
        story.write(self.capture)
        story.write(self.own, secrets=True)
        self.log = folder / "keys.log"
        self.log.write_text(story.key_log)
        self.sheet = folder / "sheet.yaml"
        self.sheet.write_text(f'identifiers: {{imei: "{IMEI}"}}\n')
        self.secrets = [line.split()[2] for line in story.key_log.splitlines() if line[0] != "#"]


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Forged:
    return Forged(tmp_path_factory.mktemp("keylog"))


def run(forged: Forged, output: Path, *more: str, capture: Path | None = None) -> Result:
    command = ["analyze", str(capture or forged.capture), "-o", str(output), "--no-progress",
               "--device", str(forged.sheet), "--home", "IN", "--format", "html,json,csv,md",
               *more]  # fmt: skip
    return CliRunner().invoke(phonehome, command, standalone_mode=False)


def read(folder: Path) -> Any:
    return json.loads((folder / "result.json").read_text())


def texts(folder: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_a_key_log_opens(forged: Forged, tmp_path: Path) -> None:
    assert run(forged, tmp_path / "r", "--keylog", str(forged.log)).return_value == 0
    result = read(tmp_path / "r")
    digest = hashlib.sha256(forged.log.read_bytes()).hexdigest()
    assert result["run"]["keylog"] == {"name": "keys.log", "sha256": digest}
    assert "--keylog=keys.log" in result["run"]["arguments"]
    assert result["visibility"]["decrypted"] > 0.99
    (seen,) = result["identifiers"]
    assert (seen["decrypted"], seen["count"], seen["encoding"]) == (True, 2, "imei")
    rules = {finding["rule"] for finding in result["findings"]}
    assert "identifier-inside" in rules
    assert not rules & {"identifier-sent", "cleartext-http", "upload-in-clear"}
    flow = (tmp_path / "r" / "flows.csv").read_text().splitlines()[1]
    assert flow.endswith(",http")
    assert ",tls,TLS 1.3," in flow
    assert ",yes," in flow
    names = (tmp_path / "r" / "names.csv").read_text()
    assert "inside.example.org,,decrypted: POST /c" in names


def test_nothing_else_changes(forged: Forged, tmp_path: Path) -> None:
    """Encryption, places, score: a reader may not be told less of them, or worse."""
    run(forged, tmp_path / "with", "--keylog", str(forged.log))
    run(forged, tmp_path / "without")
    with_keys, without = read(tmp_path / "with"), read(tmp_path / "without")
    assert with_keys["score"] == without["score"]
    ends = [[e["encryption"]["transport"] for e in r["endpoints"]] for r in (with_keys, without)]
    assert ends[0] == ends[1]
    found = [{f["id"] for f in r["findings"]} for r in (with_keys, without)]
    assert found[0] - found[1] == {"identifier-inside-imei-api.example.org"}
    assert found[1] <= found[0]
    assert without["identifiers"] == []
    assert without["run"]["keylog"] is None


def test_the_recordings_own_keys_open_the_same(forged: Forged, tmp_path: Path) -> None:
    run(forged, tmp_path / "given", "--keylog", str(forged.log))
    run(forged, tmp_path / "own", capture=forged.own)
    given, own = read(tmp_path / "given"), read(tmp_path / "own")
    for key in ("identifiers", "findings", "visibility", "endpoints", "anomalies"):
        assert given[key] == own[key], key


def test_no_output_holds_a_secret_or_the_value(forged: Forged, tmp_path: Path) -> None:
    run(forged, tmp_path / "r", "--keylog", str(forged.log), capture=forged.own)
    found = list(texts(tmp_path / "r"))
    assert len(found) > len(PARTS)
    for text in found:
        assert IMEI.encode() not in text
        for secret in forged.secrets:
            assert secret.encode() not in text
            assert bytes.fromhex(secret) not in text


def test_the_report_still_matches_its_manifest(forged: Forged, tmp_path: Path) -> None:
    run(forged, tmp_path / "r", "--keylog", str(forged.log))
    asked = ["verify", str(tmp_path / "r"), "--input", str(forged.capture)]
    assert CliRunner().invoke(phonehome, asked, standalone_mode=False).return_value == 0


def test_interpreted_and_compiled_say_the_same(
    forged: Forged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(forged, tmp_path / "one", "--keylog", str(forged.log))
    monkeypatch.setenv("PHONEHOME_INTERPRETED", "1")
    run(forged, tmp_path / "two", "--keylog", str(forged.log))
    for part in PARTS:
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "two" / part).read_bytes()


def test_a_key_log_that_fits_nothing_is_said(forged: Forged, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("CLIENT_RANDOM " + "00" * 32 + " " + "11" * 48 + "\nwhat is this\n")
    empty = tmp_path / "empty"
    empty.write_text("# begun\n")
    for log, kinds in (
        (other, {"keylog_bad_lines", "keylog_unmatched"}),
        (empty, {"keylog_empty"}),
    ):
        found = analyze(forged.capture, keylog=log).result.anomalies
        assert kinds <= {odd.kind for odd in found}


def test_a_key_log_that_cannot_be_read(forged: Forged, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError, match="--keylog"):
            analyze(forged.capture, keylog=path)


def test_from_python(forged: Forged) -> None:
    found = analyze(forged.capture, keylog=str(forged.log))
    assert list(found.flows["decrypted"]) == ["http"]
    assert found.result.visibility.decrypted_flows == 1


@pytest.mark.parametrize(
    ("name", "inside", "told"),
    [
        ("pcapng/wireshark__tls12-dsb.pcapng", ["http", "http"],
         [(6, "example.com", "HEAD /"), (14, "example.net", "HEAD /")]),
        ("quic/ja4__chrome-cloudflare-quic-with-secrets.pcapng", ["http2", "http3"],
         [(12, "cloudflare-quic.com", "GET /"), (55, "cloudflare-quic.com", "GET /")]),
    ],
)  # fmt: skip
def test_real_recordings_with_keys_of_their_own(
    shared: Path, name: str, inside: list[str], told: list[tuple[int, str, str]]
) -> None:
    """Frames, hosts and paths as tshark tells them."""
    found = analyze(shared / "captures" / name).result
    assert [flow.decrypted for flow in found.flows] == inside
    rows = [(n.frame, n.name, n.detail) for n in found.names if n.source == "http_host"]
    assert rows[:2] == told
    assert {flow.encrypted for flow in found.flows} == {"yes"}
