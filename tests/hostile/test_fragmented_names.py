"""Names whose packets were sent in IP fragments are found all the same."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer import pipeline
from captures.forging import Recording
from captures.forging.containers import Frame


def in_parts(frame: Frame, size: int) -> list[Frame]:
    """An IPv4 packet (no link header) as fragments of ``size`` bytes."""
    head, body = frame.data[:20], frame.data[20:]
    parts = []
    for at in range(0, len(body), size):
        piece = body[at : at + size]
        flags = at // 8 | (at + size < len(body)) << 13
        new = head[:2] + struct.pack("!H", 20 + len(piece)) + head[4:6] + struct.pack("!H", flags)
        parts.append(replace(frame, data=new + head[8:] + piece))
    return parts


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("size", [16, 64, 400])
def test_dns_and_quic_in_fragments(size: int, backwards: bool, tmp_path: Path) -> None:
    recording = Recording(link="raw")
    recording.dns("fragmented.example", "203.0.113.9", cnames=["alias.example"])
    if size > 100:  # of a QUIC conversation, only the first dozen packets are looked at
        recording.quic("quic.fragmented.example", "203.0.113.9")
    frames = []
    for frame in recording.frames:
        parts = in_parts(frame, size)
        frames += parts[::-1] if backwards else parts
    recording.frames = frames
    recording.write(tmp_path / "in.pcap")
    result = pipeline.analyze([tmp_path / "in.pcap"])
    assert ("fragmented.example", "203.0.113.9") in {(n.name, n.address) for n in result.names}
    if size > 100:
        assert "quic.fragmented.example" in {flow.name for flow in result.flows}
    assert result.capture.counters.in_flows == len(frames)
