"""Listens to QUIC: opens the client's Initials, joins their CRYPTO frames, reads the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import limits
from analyzer.model import NameSource, WhyNoName
from analyzer.names import client_hello, gquic
from analyzer.names.quic_packet import (
    INITIAL,
    Keys,
    Long,
    client_keys,
    crypto_frames,
    long_packets,
    open_initial,
)
from analyzer.names.quic_versions import Version, versions
from analyzer.names.talk import Deaf, Talk
from analyzer.names.text import clean, host
from analyzer.names.tls import tell_hello

if TYPE_CHECKING:
    from analyzer.names.quic_inside import Inside


class QuicEar(Deaf):
    """The ClientHello of one QUIC connection, from up to limits.DATAGRAMS a side."""

    __slots__ = ("client", "cut", "dcid", "done", "frame", "inside", "keys", "pieces", "talk", "ts")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.client = -1
        self.dcid: bytes | None = None
        self.keys: Keys | None = None
        self.pieces = Pieces()
        self.cut = False
        self.frame = self.ts = 0  # of the last Initial opened
        self.done = False  # all was read that is in clear
        self.inside = _inside(talk)
        talk.protocol = "quic"
        talk.encrypted = "yes"
        talk.wants[:] = [limits.DATAGRAMS, limits.DATAGRAMS]

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One UDP payload, perhaps of several packets."""
        if self.talk.wants[side] == 0:
            return
        if self.inside is not None:
            self.inside.datagram(side, data, frame, ts, cut)
            self.talk.held = self.inside.held
        if not self.done:
            self._in_clear(side, data, frame, ts, cut)

    def _in_clear(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        self.cut = self.cut or cut
        if gquic.is_gquic(data):
            self._google(gquic.client_hello(data), side, frame, ts)
            return
        for packet in long_packets(data):
            if packet.kind == INITIAL and self.client in (-1, side) and not self.done:
                self._initial(side, data, packet, frame, ts)

    def close(self) -> None:
        """The flow is over; a ClientHello half seen may hold its name."""
        talk = self.talk
        if self.inside is not None:
            self.inside.close()
        body = self.pieces.joined()
        if talk.tls is None and len(body) > 4 and self.client >= 0:
            hello = client_hello.parse(body[4:])
            hello.complete = False
            tell_hello(talk, hello, "q", self.frame, self.ts, NameSource.QUIC_SNI)
        if talk.name is None and talk.why is None:
            talk.why = self._reason()

    def _reason(self) -> WhyNoName:
        if self.cut:
            return WhyNoName.CUT
        return WhyNoName.GAP if self.client >= 0 else WhyNoName.STARTED_LATE

    def _initial(self, side: int, data: bytes, packet: Long, frame: int, ts: int) -> None:
        for known in versions(packet.version):
            frames = self._open(data, packet, known)
            if frames is not None:
                self._opened(known, frames, side, frame, ts)
                break
        else:
            if side == self.client or (side == 0 and self.keys is None):
                self.talk.heard.odd("quic_bad_tag", frame)

    def _opened(self, known: Version, frames: bytes, side: int, frame: int, ts: int) -> None:
        self.client, self.frame, self.ts = side, frame, ts
        if self.inside is None:
            self.talk.wants[1 - side] = 0
        if known.google:
            self._google(gquic.client_hello(frames, len(frames)), side, frame, ts)
            return
        for offset, piece in crypto_frames(frames, known.crypto):
            self.pieces.add(offset, piece)
        self._hello(side, frame, ts)

    def _open(self, data: bytes, packet: Long, known: Version) -> bytes | None:
        """Try the keys at hand; else (first Initial, or after a Retry) those of this DCID."""
        if self.keys is not None:
            frames = open_initial(data, packet, self.keys)
            if frames is not None or packet.dcid == self.dcid:
                return frames
        keys = client_keys(known, packet.dcid)
        frames = open_initial(data, packet, keys)
        if frames is not None:
            self.keys, self.dcid = keys, packet.dcid
        return frames

    def _hello(self, side: int, frame: int, ts: int) -> None:
        """Read the ClientHello once it is whole."""
        body = self.pieces.joined()
        if len(body) < 4 or body[0] != 1:
            return
        end = 4 + int.from_bytes(body[1:4], "big")
        if end > len(body):
            return
        hello = client_hello.parse(body[4:end])
        tell_hello(self.talk, hello, "q", frame, ts, NameSource.QUIC_SNI)
        self.done = True
        self.talk.wants[:] = [0, 0]
        if self.inside is not None:
            self.inside.hello(side, body[6:38])

    def _google(self, tags: dict[bytes, bytes] | None, side: int, frame: int, ts: int) -> None:
        """Google's CHLO: server name and user agent in clear."""
        talk = self.talk
        talk.protocol = "gquic"
        if not tags:
            return
        self.client = side
        agent = clean(tags.get(b"UAID", b""))
        if agent:
            talk.user_agent = agent
            talk.app = talk.app or gquic.package(agent)
        name = host(tags.get(b"SNI", b""))
        if name:
            talk.named(NameSource.QUIC_SNI, name, frame)
            talk.seen("quic_sni", name, frame, ts, "")
        else:
            talk.why = WhyNoName.NO_SNI
        talk.wants[:] = [0, 0]


def _inside(talk: Talk) -> Inside | None:
    """Who reads what is encrypted; nobody where no secrets are at hand."""
    if talk.heard.secrets is None:
        return None
    from analyzer.names.quic_inside import Inside

    return Inside(talk)


class Pieces:
    """Parts of a byte stream in any order, overlapping or not; the first copy of a byte stays."""

    __slots__ = ("have", "later")

    def __init__(self) -> None:
        self.have = bytearray()
        self.later: dict[int, bytes] = {}

    def add(self, offset: int, piece: bytes) -> None:
        """Keep a part, if it lies within the first limits.OPENING_BYTES."""
        if offset + len(piece) > limits.OPENING_BYTES:
            return
        if offset > len(self.have):
            if len(piece) > len(self.later.get(offset, b"")):
                self.later[offset] = piece
            return
        self.have += piece[len(self.have) - offset :]

    def joined(self) -> bytes:
        """The bytes from the beginning up to the first hole."""
        for offset in sorted(self.later):
            if offset > len(self.have):
                break
            self.have += self.later.pop(offset)[len(self.have) - offset :]
        return bytes(self.have)
