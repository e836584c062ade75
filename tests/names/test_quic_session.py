"""QUIC with keys: real connections of an independent client and server, on a bad way too."""

from __future__ import annotations

import io
import random
import subprocess
from functools import cache
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.model import DECRYPTED, TlsSeen
from analyzer.names import keylog, quic_session
from analyzer.names.conversation import Conversation, FlowStart, Heard
from analyzer.names.quic_frames import Part, parts
from analyzer.names.talk import Talk
from captures.forging.frames import Host
from captures.forging.http3 import CIPHERS, Exchange, http3_datagrams
from captures.forging.quic import Datagram, quic_datagrams, resumed_datagrams
from captures.forging.recording import Recording
from tests.names.names_forge import PHONE, SERVER, finished
from tests.names.test_quic_open import sealed
from tests.names.test_sharing import Taken

NAME = "api.example.org"
AGENT = (("user-agent", "Gallery/2"), ("cookie", "session=12345"))
EXCHANGES = (
    Exchange("/first", b"imei=490154203237518", b"thanks", AGENT),
    Exchange("/long", b"u" * 5_000, b"d" * 9_000, AGENT),
    Exchange("/keys", b"behind an update", b"still there", AGENT, "keys"),
    Exchange("/id", b"behind another id", b"still there", AGENT, "id"),
    Exchange("/again", b"behind two updates", b"bye", AGENT, "keys"),
)
BODIES = [each.body for each in EXCHANGES]
ANSWERS = [each.answer for each in EXCHANGES]
UP, DOWN = 0 | DECRYPTED, 1 | DECRYPTED


@cache
def session(
    versions: tuple[str, ...] = ("v1",), cipher: str = "aes128", together: bool = False
) -> tuple[tuple[Datagram, ...], str]:
    """Datagrams of a connection, and its key log."""
    log = io.StringIO()
    sent = http3_datagrams(
        NAME, EXCHANGES, rtt=20_000_000, versions=versions, cipher=cipher, key_log=log,
        together=together,
    )  # fmt: skip
    return tuple(sent), log.getvalue()


def heard(
    sent: tuple[Datagram, ...] | list[Datagram], keys: str | None
) -> tuple[Conversation, Taken]:
    """A conversation that heard the datagrams as far as it wanted them; frames count from 1."""
    taken = Taken()
    known = Heard(content=taken)
    if keys is not None:
        known.take_secrets(keys.encode())
    talk = Conversation(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), known)
    counts = [0, 0]
    for number, datagram in enumerate(sent, 1):
        side = 0 if datagram.up else 1
        counts[side] += 1
        if counts[side] <= talk.wants[side]:
            talk.datagram(side, datagram.data, number, datagram.after, False)
    return talk, taken


def bodies(taken: Taken, side: int) -> list[bytes]:
    """What of a side hangs together, header fields left out."""
    found = [b""]
    for one, data, whole in taken.taken:
        if one == side and not whole:
            found[-1:] = [found[-1], b""] if data == b"<gap>" else [found[-1] + data]
    return [each for each in found if each]


def requests(talk: Conversation) -> list[tuple[str, str, bool]]:
    rows = talk.heard.names
    return [(row.name, row.detail, row.decrypted) for row in rows if row.source == "http_host"]


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


def test_zeros_that_fill_a_datagram_up_are_no_packet() -> None:
    sent, keys = session()
    assert sent[0].data.endswith(bytes(100))
    talk, _ = heard(sent[:1], keys)
    finished(talk)
    assert talk.heard.anomalies == {}


def test_a_direction_that_stays_closed_is_given_up() -> None:
    sent, keys = session()
    talk, _ = heard(sent, keys)
    for number in range(quic_session.CLOSED):
        assert talk.wants[1] > 0
        talk.datagram(1, b"\x43" + number.to_bytes(2, "big") * 20, number, number, False)
    assert talk.wants[1] == 0
    assert talk.wants[0] > 0
    assert finished(talk).decrypted == "http3"
    assert talk.heard.anomalies["key_wrong"].first_frame == quic_session.CLOSED - 1


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
    talk = Conversation(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), known)
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
    waiting = Conversation(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), known)
    for datagram in sent:
        waiting.datagram(0 if datagram.up else 1, datagram.data, 1, 1, False)
    assert waiting.wants == [0, 0]
    assert finished(waiting) == finished(talk)


@pytest.mark.parametrize("seed", range(8))
def test_packets_in_another_order_and_twice(seed: int) -> None:
    sent, keys = session(together=bool(seed % 2))
    chance = random.Random(seed)
    mixed = list(sent)
    for at in range(0, len(mixed) - 4, 2):
        if at > 4:  # the ClientHello is heard first
            part = mixed[at : at + 4]
            chance.shuffle(part)
            mixed[at : at + 4] = part
    mixed += chance.sample(mixed, 9)
    talk, taken = heard(mixed, keys)
    finished(talk)
    assert sorted(bodies(taken, UP)) == sorted(BODIES)
    assert sorted(bodies(taken, DOWN)) == sorted(ANSWERS)
    assert len(requests(talk)) == len(EXCHANGES)


@pytest.mark.parametrize("lost", range(10, 40, 3))
def test_a_packet_that_was_not_recorded(lost: int) -> None:
    sent, keys = session()
    talk, taken = heard(sent[:lost] + sent[lost + 1 :], keys)
    done = finished(talk)
    assert done.decrypted == "http3"
    found = b"".join(bodies(taken, UP)) + b"".join(bodies(taken, DOWN))
    missing = len(b"".join(BODIES + ANSWERS)) - len(found)
    assert missing <= 1_200
    assert "parser_fault" not in talk.heard.anomalies


def test_a_lost_client_hello_leaves_all_closed() -> None:
    sent, keys = session()
    talk, taken = heard([each for each in sent if not each.data[0] & 0x80], keys)
    assert finished(talk).decrypted is None
    assert not {one for one, _, _ in taken.taken} & {UP, DOWN}


def test_a_client_that_did_not_begin_the_flow() -> None:
    sent, keys = session()
    turned = [Datagram(each.after, not each.up, each.data) for each in sent]
    talk, taken = heard(turned, keys)
    assert finished(talk).decrypted == "http3"
    assert (bodies(taken, DOWN), bodies(taken, UP)) == (BODIES, ANSWERS)
    assert len(requests(talk)) == len(EXCHANGES)


def test_datagrams_cut_by_the_recorder_are_no_wrong_keys() -> None:
    sent, keys = session()
    known = Heard()
    known.take_secrets(keys.encode())
    talk = Conversation(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), known)
    for number, each in enumerate(sent, 1):
        short = each.data if number < 3 else each.data[:96]
        talk.datagram(0 if each.up else 1, short, number, 1, short != each.data)
    finished(talk)
    assert not talk.heard.anomalies.keys() & {"key_wrong", "key_missing"}
    assert talk.heard.anomalies["quic_gap"].count > 10


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


def test_headers_somebody_else_sent_change_nothing() -> None:
    sent, keys = session(("v2",))
    strange = b"\xe0\0\0\0\1\5abcde\6abcdef" + b"\x40\x30" + bytes(48)  # Handshake, version 1
    mixed = [each for one in sent for each in (one, Datagram(one.after, one.up, strange))]
    talk, taken = heard([sent[0], *mixed], keys)
    assert finished(talk).decrypted == "http3"
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES, ANSWERS)


FORGED = st.lists(st.tuples(st.booleans(), st.binary(max_size=60)), max_size=12)
_SOME = [
    b"\x0a\2\3\2\x3f\xe1",
    b"\x0a\0\4\1\2\x80\0",
    b"\x08\0\0\2hi",
    b"\x0c\x40\x09\x40\xffz",
    b"\x30\1",
]


@given(FORGED, st.lists(st.sampled_from(_SOME), min_size=12, max_size=12))
def test_any_frames_in_packets_that_open(
    forged: list[tuple[bool, bytes]], begins: list[bytes]
) -> None:
    """Whoever writes the keys into a recording may have written the packets, too."""
    secrets = Heard()
    client, server = bytes(32), bytes(range(32))
    secrets.take_secrets(f"{keylog.CLIENT_TRAFFIC} {'ab' * 32} {client.hex()}\n".encode())
    secrets.take_secrets(f"{keylog.SERVER_TRAFFIC} {'ab' * 32} {server.hex()}\n".encode())
    taken = Taken()
    secrets.content = taken
    talk = Talk(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), secrets)
    talk.tls = TlsSeen(alpn=("h3",))
    assert secrets.secrets is not None
    here = quic_session.Session(talk, secrets.secrets, 0, b"\xab" * 32)
    for side in (0, 1):
        here._learn(side, 0)
    for number, ((up, frames), begin) in enumerate(zip(forged, begins, strict=False)):
        secret = client if up else server
        packet = sealed(0x1301, secret, number, begin + frames)
        here.datagram(0 if up else 1, packet, number, number, False)
    here.close()
    assert (here._held, here._waiting) == (0, {})
    assert not secrets.anomalies.keys() & {"key_wrong", "parser_fault"}


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
    from analyzer.names.talk import Talk
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


def test_reading_ends_where_enough_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLEAR_STREAM_BYTES", 4_000)
    talk, taken = heard(*session())
    assert talk.wants == [0, 0]
    assert talk.ear is None
    assert 4_000 <= len(b"".join(bodies(taken, UP))) < 6_000
    assert finished(talk).decrypted == "http3"


def test_streams_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quic_session, "_STREAMS", 8)  # the handshake, six of HTTP/3, one request
    talk, taken = heard(*session())
    finished(talk)
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES[:1], [])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 1_199), st.integers(1, 255), st.integers(1, 1_200))
def test_mutations(number: int, place: int, change: int, cut: int) -> None:
    sent, keys = session()
    hit = sent[number]
    damaged = bytearray(hit.data[:cut])
    damaged[place % len(damaged)] ^= change
    mixed = list(sent)
    mixed.insert(number, Datagram(hit.after, hit.up, bytes(damaged)))
    talk, taken = heard(mixed, keys)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies
    assert b"".join(bodies(taken, UP)).startswith(BODIES[0])


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
    talk = Conversation(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), known)
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


def test_what_is_kept_is_told() -> None:
    sent, keys = session()
    waiting, _ = heard([], keys)
    for number in range(12):  # a Handshake packet without a ClientHello before it
        waiting.datagram(0, b"\xe0\0\0\0\1\0\0\x44\xb0" + bytes(1_200), number, 1, False)
    assert 12 * 1_200 < waiting.held < 12 * 1_400
    waiting.let_go(True)
    assert (waiting.held, waiting.ear, waiting.wants) == (0, None, [0, 0])
    talk, _ = heard(sent[: len(sent) // 2], keys)
    assert 16_000 < talk.held < 200_000


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 900), st.booleans()), max_size=40))
def test_account_of_what_waits_is_kept(sent: list[tuple[int, int, bool]]) -> None:
    taken = Taken()
    talk = Talk(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), Heard(content=taken))
    reader = quic_session.Http3(talk, 0, quic_session.Outlet(talk))
    for stream, size, last in sent:
        reader.piece(0, stream, quic_session.Piece(b"\1\x43\xff" + bytes(size), 1, 1))
        if last:
            reader.end(0, stream)
    waiting = sum(len(each.buffer) for each in reader._streams.values())
    assert reader.held == waiting + reader._weight + reader._decoder.held
