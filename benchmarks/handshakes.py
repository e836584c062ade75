"""Real handshakes the big captures are made of: python -m benchmarks.handshakes

TLS and QUIC draw random numbers. So the handshakes are recorded once, in
handshakes.json beside this file, and every machine makes the same big captures.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from captures.forging import MS, Step
from captures.forging.quic import quic_datagrams
from captures.forging.tls import Certificate, TlsTalk, with_ech

RECORDED = Path(__file__).with_name("handshakes.json")
NAME = "h0000000.svc00.example"  # its digits are rewritten for each conversation
SHOWN = "*.svc00.example"  # as the certificates of TLS 1.2 have it, rewritten too
RTT = 40 * MS


@dataclass(frozen=True, slots=True)
class Handshake:
    """The bursts (TLS) or datagrams (QUIC) up to the first application data."""

    kind: str  # tls, quic
    steps: tuple[Step, ...]


def load() -> list[Handshake]:
    """The recorded handshakes."""
    return [
        Handshake(entry["kind"], tuple(_step(*step) for step in entry["steps"]))
        for entry in json.loads(RECORDED.read_text())
    ]


def record() -> None:
    """Makes new ones; the big captures then have other bytes, of the same sizes."""
    shown = Certificate((SHOWN,))
    made = [Handshake("tls", _tls(TlsTalk(NAME))) for _ in range(3)]
    made.append(Handshake("tls", _with_ech(_tls(TlsTalk(NAME)))))
    made += [Handshake("tls", _tls(TlsTalk(NAME, "1.2", certificate=shown))) for _ in range(2)]
    made += [Handshake("quic", _quic(f"q000000{n}.svc00.example")) for n in range(4)]
    entries = [
        {"kind": one.kind, "steps": [[s.up, s.after, _text(s.data)] for s in one.steps]}
        for one in made
    ]
    RECORDED.write_text(json.dumps(entries, indent=0) + "\n")


def _tls(talk: TlsTalk) -> tuple[Step, ...]:
    return tuple(Step(up, data) for up, data in talk.handshake())


def _with_ech(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return (Step(True, with_ech(steps[0].data)), *steps[1:])


def _quic(name: str) -> tuple[Step, ...]:
    """``after`` counts from the datagram before."""
    seen = quic_datagrams(name, rtt=RTT, up=100, down=100)
    gaps = [b.after - a.after for a, b in zip([seen[0], *seen], seen, strict=False)]
    return tuple(Step(d.up, d.data, gap) for d, gap in zip(seen, gaps, strict=True))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _step(up: bool, after: int, data: str) -> Step:
    return Step(up, base64.b64decode(data), after)


if __name__ == "__main__":
    record()
