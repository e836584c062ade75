"""QUIC with keys: real connections of an independent client and server."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from shutil import which

import pytest

from analyzer.names import quic_session
from analyzer.names.conversation import Conversation, FlowStart, Heard
from analyzer.names.quic_frames import Part, parts
from analyzer.names.talk import Talk
from captures.forging.frames import Host
from captures.forging.http3 import CIPHERS
from captures.forging.quic import Datagram, quic_datagrams, resumed_datagrams
from captures.forging.recording import Recording
from tests.names.names_forge import PHONE, SERVER, finished
from tests.names.quic_forge import (
    ANSWERS,
    BODIES,
    DOWN,
    EXCHANGES,
    FLOW,
    NAME,
    UP,
    bodies,
    heard,
    requests,
    session,
)
from tests.names.test_sharing import Taken


@pytest.mark.parametrize("versions", [("v1",), ("v2",), ("v2", "v1")])  # the last one changes
@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_whole_connection(versions: tuple[str, ...], cipher: str) -> None:
    talk, taken = heard(*session(versions, cipher))
    done = finished(talk)
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES, ANSWERS)
    assert requests(talk) == [(NAME, f"POST {each.path}", True) for each in EXCHANGES]
    assert {one for one, _, _ in taken.taken} == {UP, DOWN}
    assert done.decrypted == "http3"
    assert (done.encrypted, done.cleartext_frame, done.app_protocol) == ("yes", None, "quic")
    assert (done.name, done.name_source) == (NAME, "quic_sni")
    assert done.tls is not None
    assert done.tls.cipher == f"TLS_{CIPHERS[cipher].name}"
    assert done.tls.certificate_names == (NAME,)
    assert not done.tls.resumed
    assert talk.heard.anomalies == {}


def test_the_keys_did_change() -> None:
    sent, keys = session()
    talk, _ = heard(sent, keys)
    assert talk.ear is not None
    opened = talk.ear.inside._session._openers.values()  # type: ignore[attr-defined]
    assert [(opener._phase, opener._before is not None) for opener in opened] == [(0, True)] * 2
    ids = {each.data[1:9] for each in sent if each.up and not each.data[0] & 0x80}
    assert len(ids) == 2


def test_without_keys_nothing_changes() -> None:
    sent, _ = session()
    talk, taken = heard(sent, None)
    assert talk.wants == [0, 0]
    assert talk.seen_bytes[1] == 0
    for keys in ("", "CLIENT_HANDSHAKE_TRAFFIC_SECRET " + 64 * "0" + " " + 64 * "1"):
        strange, taken = heard(sent, keys)
        assert finished(strange) == finished(talk)
        assert strange.wants == [0, 0]
        assert taken.taken == []


def test_wrong_keys_open_nothing() -> None:
    sent, keys = session()
    lines = [line.split() for line in keys.splitlines()]
    wrong = "\n".join(f"{label} {client} {'5' * len(value)}" for label, client, value in lines)
    talk, taken = heard(sent, wrong)
    done = finished(talk)
    assert taken.taken == []
    assert (done.decrypted, done.name) == (None, NAME)
    assert talk.heard.anomalies["key_wrong"].count == 2


def test_keys_of_the_handshake_alone_give_the_certificate() -> None:
    sent, keys = session()
    some = "\n".join(line for line in keys.splitlines() if "HANDSHAKE" in line)
    talk, taken = heard(sent, some)
    done = finished(talk)
    assert taken.taken == []
    assert done.decrypted is None
    assert done.tls is not None
    assert done.tls.certificate_names == (NAME,)
    assert talk.heard.anomalies["key_missing"].count == 2


def test_keys_of_one_direction() -> None:
    sent, keys = session()
    some = "\n".join(line for line in keys.splitlines() if line.startswith("CLIENT"))
    talk, taken = heard(sent, some)
    assert finished(talk).decrypted == "http3"
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES, [])
    assert talk.heard.anomalies["key_missing"].count == 1


def test_keys_that_come_while_it_is_read() -> None:
    sent, keys = session()
    known = Heard(content=(taken := Taken()))
    known.take_found_secrets(b"")
    talk = Conversation(FLOW, known)
    for number, datagram in enumerate(sent, 1):
        if number == 4:
            known.take_found_secrets(keys.encode())
        talk.datagram(0 if datagram.up else 1, datagram.data, number, 1, False)
    assert finished(talk).decrypted == "http3"
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES, ANSWERS)


def test_keys_that_never_come_are_not_waited_for() -> None:
    sent, _ = session()
    talk, _ = heard(sent, None)
    known = Heard()
    known.take_found_secrets(b"")
    waiting = Conversation(FLOW, known)
    for datagram in sent:
        waiting.datagram(0 if datagram.up else 1, datagram.data, 1, 1, False)
    assert waiting.wants == [0, 0]
    assert finished(waiting) == finished(talk)


def test_a_client_that_did_not_begin_the_flow() -> None:
    sent, keys = session()
    turned = [Datagram(each.after, not each.up, each.data) for each in sent]
    talk, taken = heard(turned, keys)
    assert finished(talk).decrypted == "http3"
    assert (bodies(taken, DOWN), bodies(taken, UP)) == (BODIES, ANSWERS)
    assert len(requests(talk)) == len(EXCHANGES)


def test_early_data_of_a_resumed_session() -> None:
    log = io.StringIO()
    sent = resumed_datagrams(NAME, b"sent before the handshake", rtt=20_000_000, key_log=log)
    talk, taken = heard(sent, log.getvalue())
    done = finished(talk)
    assert done.tls is not None
    assert done.tls.resumed
    assert (done.tls.certificate_names, done.decrypted) == ((), "unknown")
    assert bodies(taken, UP) == [b"sent before the handshake"]


def test_early_data_alone() -> None:
    log = io.StringIO()
    sent = resumed_datagrams(NAME, b"sent before the handshake", rtt=20_000_000, key_log=log)
    some = "\n".join(line for line in log.getvalue().splitlines() if "EARLY" in line)
    talk, taken = heard(sent, some)
    assert finished(talk).decrypted == "unknown"
    assert bodies(taken, UP) == [b"sent before the handshake"]
    assert talk.heard.anomalies["key_missing"].count == 2


def test_content_of_other_protocols() -> None:
    log = io.StringIO()
    sent = quic_datagrams(NAME, rtt=20_000_000, alpn="private", key_log=log, up=700, down=900)
    talk, taken = heard(sent, log.getvalue())
    assert finished(talk).decrypted == "unknown"
    assert [len(each) for each in bodies(taken, UP)] == [700]
    assert [len(each) for each in bodies(taken, DOWN)] == [900]


def test_dns_over_quic() -> None:
    from analyzer.names.outlet import Piece
    from analyzer.names.quic_dns import DnsStreams
    from tests.names.names_forge import question, record, reply

    talk = Talk(FlowStart(1, "udp", PHONE, 40_000, SERVER, 853, False), Heard())
    streams = DnsStreams(talk)
    asked = question("a.example")
    told = reply("a.example", record(b"\xc0\x0c", 1, b"\xc0\0\2\1"))
    for at, byte in enumerate(len(asked).to_bytes(2, "big") + asked):
        streams.piece(0, 0, Piece(bytes([byte]), 1 + at, 1))
    streams.end(0, 0)
    streams.piece(1, 0, Piece(len(told).to_bytes(2, "big") + told, 50, 5))
    streams.close()
    assert [(a.name, a.address) for a in talk.heard.answers] == [("a.example", "192.0.2.1")]
    assert [seen.source for seen in talk.heard.names] == ["dns_query", "dns"]


@pytest.mark.skipif(which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("versions", [("v1",), ("v2",)])
@pytest.mark.parametrize("cipher", CIPHERS)
def test_what_tshark_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, versions: tuple[str, ...], cipher: str
) -> None:
    """Bytes of all streams, packet by packet, as another program reads them."""
    sent, keys = session(versions, cipher)
    here: dict[int, tuple[list[int], bytes]] = {}
    monkeypatch.setattr(quic_session, "parts", lambda frames: noted(frames))

    def noted(frames: bytes) -> tuple[list[Part], bool]:
        found, whole = parts(frames)
        streams = [part for part in found if part.stream >= 0]
        if streams:
            ids, data = here.get(number, ([], b""))
            told = data + b"".join(part.data for part in streams)
            here[number] = ids + [part.stream for part in streams], told
        return found, whole

    known = Heard()
    known.take_secrets(keys.encode())
    talk = Conversation(FLOW, known)
    for number, datagram in enumerate(sent, 1):
        talk.datagram(0 if datagram.up else 1, datagram.data, number, 1, False)
    assert here == _as_tshark_reads(tmp_path, sent, keys)


def _as_tshark_reads(
    folder: Path, sent: tuple[Datagram, ...], keys: str
) -> dict[int, tuple[list[int], bytes]]:
    """Of each packet the streams and their bytes, one behind the other."""
    recording = Recording()
    server = Host(SERVER, recording.gateway.mac)
    for each in sent:
        at, ends = recording.start + each.after, (recording.handset, server)
        recording.datagram(at, *ends, (40_001, 443), each.data, up=each.up)
    recording.write(folder / "quic.pcap")
    (folder / "keys.log").write_text(keys)
    fields = [f"-e{name}" for name in ("frame.number", "quic.stream.stream_id", "quic.stream_data")]
    ran = subprocess.run(
        ["tshark", "-r", "quic.pcap", "-o", "tls.keylog_file:keys.log", "-T", "fields", *fields],
        cwd=folder, capture_output=True, check=True, text=True,
    )  # fmt: skip
    found = {}
    for line in ran.stdout.splitlines():
        number, ids, data = line.split("\t")
        if ids:
            streams = [int(each) for each in ids.split(",")]
            found[int(number)] = streams, bytes.fromhex(data.replace(",", ""))
    return found
