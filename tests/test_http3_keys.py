"""HTTP/3 through the whole pipeline: what is found with keys, and that nothing is without."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.device import Device
from analyzer.model import Result
from analyzer.pipeline import Options, analyze
from captures.forging import Exchange, Recording
from tests.conftest import SHARED

IMEI, MAIL = "356938035643809", "jo.doe@mail.example"
HOST, SERVER = "api.handset.example", "54.169.0.10"
EXCHANGES = (
    Exchange("/report", b'{"model":"X","imei":"' + IMEI.encode() + b'"}', b"thanks"),
    Exchange("/upload", b"u" * 60_000, b"d" * 300_000),
    Exchange(f"/account?mail={MAIL}", headers=(("user-agent", "Gallery/2"),)),
)


@pytest.fixture(scope="module")
def recording() -> Recording:
    """DNS, then one HTTP/3 connection that says who the handset is."""
    forged = Recording()
    forged.dns(HOST, SERVER)
    forged.http3(HOST, SERVER, EXCHANGES)
    return forged


def judged(recording: Recording, folder: Path, suffix: str, keys: str | None) -> Result:
    path, log = folder / f"phone{suffix}", folder / "keys.log"
    recording.write(path, secrets=keys == "inside")
    log.write_text(recording.key_log)
    device = Device(identifiers={"imei": [IMEI], "email": [MAIL]})
    return analyze([path], Options(device=device, keylog=log if keys == "beside" else None))


@pytest.mark.parametrize(("suffix", "keys"), [(".pcap", "beside"), (".pcapng", "inside")])
def test_identifiers_in_http_3(
    recording: Recording, tmp_path: Path, suffix: str, keys: str
) -> None:
    result = judged(recording, tmp_path, suffix, keys)
    found = {seen.kind: seen for seen in result.identifiers}
    assert set(found) == {"imei", "email"}
    assert all(seen.decrypted and seen.confirmed for seen in found.values())
    assert {finding.rule for finding in result.findings} == {"identifier-inside"}
    flow = next(each for each in result.flows if each.app_protocol == "quic")
    assert {seen.flow_id for seen in found.values()} == {flow.id}
    assert (flow.encrypted, flow.decrypted, flow.cleartext_frame) == ("yes", "http3", None)
    assert (flow.content, flow.packets_down > 200) == (None, True)
    told = [(seen.name, seen.detail) for seen in result.names if seen.source == "http_host"]
    assert [detail.partition("?")[0] for _, detail in told] == [
        "POST /report", "POST /upload", "GET /account",
    ]  # fmt: skip
    assert {name for name, _ in told} == {HOST}


def test_nothing_without_keys(recording: Recording, tmp_path: Path) -> None:
    result = judged(recording, tmp_path, ".pcap", None)
    assert result.identifiers == []
    assert [flow.decrypted for flow in result.flows] == [None] * len(result.flows)
    assert not [seen for seen in result.names if seen.decrypted]


@pytest.mark.parametrize(
    ("name", "asked"),
    [  # keys inside: Chrome with version 1; version 2, where the request is early data
        ("ja4__chrome-cloudflare-quic-with-secrets.pcapng", [(55, "GET /")]),
        ("ndpi__quic-v2.pcapng",
         [(1, "GET /index.html"), (17, "GET /test.html"), (19, "GET /1234567")]),
    ],
)  # fmt: skip
def test_real_captures(name: str, asked: list[tuple[int, str]]) -> None:
    path = SHARED / "captures" / "quic" / name
    if not path.is_file():
        pytest.skip("no shared captures here")
    result = analyze([path])
    (flow,) = (each for each in result.flows if each.app_protocol == "quic")
    rows = [seen for seen in result.names if seen.flow_id == flow.id]
    assert [(seen.frame, seen.detail) for seen in rows if seen.source == "http_host"] == asked
    assert (flow.encrypted, flow.decrypted) == ("yes", "http3")
    assert not {odd.kind for odd in result.anomalies} & {"quic_frame", "key_wrong", "key_missing"}
