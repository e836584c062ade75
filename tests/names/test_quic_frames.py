"""quic_frames: what opened packets carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.names.quic_frames import CRYPTO, DATAGRAM, Part, parts

STREAM = b"\x0f\4\5\3abc"  # offset, length and end of stream 4
CARRIED = Part(4, 5, b"abc", True)

# one of each kind of RFC 9000 19 (and RFC 9221) that carries nothing
OTHERS = {
    "padding": bytes(7),
    "ping": b"\1",
    "ack": b"\2\x40\x64\1\1\3\0\2",
    "ack_ecn": b"\3\5\0\0\0\1\2\3",
    "reset_stream": b"\4\x40\x04\1\2",
    "stop_sending": b"\5\4\1",
    "new_token": b"\7\3tok",
    "max_data": b"\x10\x80\1\0\0",
    "max_stream_data": b"\x11\4\x44\0",
    "max_streams": b"\x12\1\x13\2",
    "data_blocked": b"\x14\1",
    "stream_data_blocked": b"\x15\4\1",
    "streams_blocked": b"\x16\1\x17\1",
    "new_connection_id": b"\x18\1\0\4cidc" + bytes(16),
    "retire_connection_id": b"\x19\1",
    "path": b"\x1a12345678\x1b12345678",
    "close": b"\x1c\1\6\3why",
    "application_close": b"\x1d\1\0",
    "handshake_done": b"\x1e",
    "ack_frequency": b"\x40\xaf\1\2\3\4\x1f",
    "reset_stream_at": b"\x24\4\1\2\1",
    "time_stamp": b"\x42\xf5\x41\x11",
}

ONE_BYTE = ("ping", "handshake_done")
CUT = [kind for kind in OTHERS if kind not in ONE_BYTE and kind[:3] not in ("pad", "ack")]


@pytest.mark.parametrize("kind", OTHERS)
def test_what_stands_behind_each_kind(kind: str) -> None:
    frame = OTHERS[kind]
    assert parts(frame + STREAM) == ([CARRIED], True)
    assert parts(STREAM + frame + STREAM) == ([CARRIED] * 2, True)


@pytest.mark.parametrize("kind", CUT)
def test_a_cut_frame_ends_reading(kind: str) -> None:
    assert parts(STREAM + OTHERS[kind][:-1]) == ([CARRIED], False)


@pytest.mark.parametrize(
    ("frame", "part"),
    [
        (b"\x08\4rest", Part(4, 0, b"rest", False)),
        (b"\x09\4rest", Part(4, 0, b"rest", True)),
        (b"\x0a\4\2ab", Part(4, 0, b"ab", False)),
        (b"\x0c\4\x40\x09ab", Part(4, 9, b"ab", False)),
        (b"\x0b\4\0", Part(4, 0, b"", True)),
        (b"\x06\1\2hi", Part(CRYPTO, 1, b"hi", False)),
        (b"\x30what", Part(DATAGRAM, 0, b"what", False)),
        (b"\x31\4what", Part(DATAGRAM, 0, b"what", False)),
    ],
)
def test_what_carries_bytes(frame: bytes, part: Part) -> None:
    assert parts(b"\1" + frame) == ([part], True)


@pytest.mark.parametrize(
    "frame", [b"\x21", b"\x0a\4\3ab", b"\x06\0\2h", b"\x31\2h", b"\x08", b"\x40"]
)
def test_unknown_and_cut(frame: bytes) -> None:
    assert parts(STREAM + frame) == ([CARRIED], False)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    found, _ = parts(data)
    assert sum(len(part.data) for part in found) <= len(data)
    assert all(part.offset >= 0 and part.stream >= DATAGRAM for part in found)
