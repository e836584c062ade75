"""What every listener shares: where it reports to, and what it knows of its flow.

Rules of this file
- ``Heard`` belongs to the whole capture, ``Talk`` to one flow.
- Sinks are capped by limits.NAMES; what is over is counted, never kept.
- Side 0 is flow side a (sender of the first packet), side 1 is side b.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from analyzer import limits
from analyzer.model import (
    DECRYPTED,
    Anomaly,
    DnsAnswer,
    HostHint,
    NameSeen,
    NameSource,
    TlsSeen,
    WhyNoName,
)
from analyzer.names.text import is_address
from analyzer.record import Record, field

if TYPE_CHECKING:
    from analyzer.names.keylog import Secrets

EFFECTS = {
    "names_capped": "More names were seen than are listed; the later ones are only counted.",
    "parser_fault": "A flow's bytes could not be read by their parser; it may lack its name.",
    "dns_damaged": "A DNS message was damaged; what came before the damage is used.",
    "dns_loop": "A DNS name pointed at itself; that message is used up to there.",
    "dns_truncated": "A DNS answer was cut by its server; addresses may be missing.",
    "dns_too_many_records": "A DNS message held more records than are read.",
    "tls_two_sni": "A ClientHello named two servers; the first one is used.",
    "tls_damaged": "A TLS handshake was damaged; what came before the damage is used.",
    "quic_bad_tag": "A QUIC Initial failed its integrity check and was not used.",
    "quic_frame": "An opened QUIC packet held a frame that is not known or damaged; what stood "
    "behind it in that packet was not used.",
    "quic_gap": "Bytes of an opened QUIC stream are missing in the recording; what surrounds them "
    "was read.",
    "http3_fields": "Bytes before an HTTP/3 request are missing; those of its header fields that "
    "rest on them could not be read.",
    "key_wrong": "A record or packet did not open with the keys that were logged for its session; "
    "one direction of that conversation was decrypted up to there at most.",
    "key_gap": "Bytes are missing from a conversation whose keys are known; that direction was "
    "decrypted up to there.",
    "key_missing": "A session's key log lacks the secret of its content, or uses a cipher that is "
    "not opened here; it was not decrypted.",
    "http_two_hosts": "An HTTP request named two hosts; the first one is used.",
    "http_long_head": "An HTTP header block was longer than is read; its end was not used.",
}
"""What each kind of oddity means for the report, one sentence each."""


HINTS = 10_000
"""Different things hosts say about themselves; a phone says a few dozen."""


class FlowStart(Record):
    """What is known of a flow when its first payload arrives."""

    id: int
    proto: str  # "tcp" | "udp"
    a_ip: str
    a_port: int
    b_ip: str
    b_port: int
    late_start: bool


class Content(Protocol):
    """Takes what could be read of conversations; the judging room's is handed in."""

    def take(
        self, flow_id: int, side: int, data: bytes, frame: int, ts: int, whole: bool = False
    ) -> None:
        """The next clear bytes of one side; ``whole``: a message of its own."""

    def gap(self, flow_id: int, side: int) -> None:
        """Bytes of that side are missing here: what follows does not continue it."""

    def tell(self, flow_id: int, side: int, kind: str, value: bytes, frame: int, ts: int) -> None:
        """Something a protocol says of its host in a place of its own: ``model``, ``build``."""


class _Inside:
    """Hands decrypted bytes on, as those of sides of their own (model.DECRYPTED)."""

    __slots__ = ("_content",)

    def __init__(self, content: Content) -> None:
        self._content = content

    def take(
        self, flow_id: int, side: int, data: bytes, frame: int, ts: int, whole: bool = False
    ) -> None:
        """The next decrypted bytes of one side."""
        self._content.take(flow_id, side | DECRYPTED, data, frame, ts, whole)

    def gap(self, flow_id: int, side: int) -> None:
        """Decrypted bytes of that side are missing here."""
        self._content.gap(flow_id, side | DECRYPTED)

    def tell(self, flow_id: int, side: int, kind: str, value: bytes, frame: int, ts: int) -> None:
        """Something a decrypted protocol says of its host."""
        self._content.tell(flow_id, side | DECRYPTED, kind, value, frame, ts)


class Heard(Record):
    """Everything the names room heard in one capture.

    Clear bytes go to ``content``, where somebody wants them: streams and datagrams of
    readable and of unknown protocols, fields of HTTP/2, and DNS names that are asked for.
    """

    names: list[NameSeen] = field(default_factory=list)
    answers: list[DnsAnswer] = field(default_factory=list)
    hints: list[HostHint] = field(default_factory=list)
    anomalies: dict[str, Anomaly] = field(default_factory=dict)
    content: Content | None = None
    secrets: Secrets | None = None  # of key logs; None: there are none, nothing is decrypted
    decrypted: bool = False  # what is heard here was encrypted on the way
    _hinted: set[tuple[str, str, str | None, str | None]] = field(default_factory=set)
    _within: Heard | None = None

    def take_secrets(self, text: bytes) -> None:
        """The text of a key log."""
        if self.secrets is None:
            from analyzer.names.keylog import Secrets

            self.secrets = Secrets()
        self.secrets.add(text)

    def take_found_secrets(self, text: bytes) -> None:
        """The text of a key log in the recording itself, where more may follow."""
        self.take_secrets(text)
        if self.secrets is not None:
            self.secrets.growing = True

    def inside(self) -> Heard:
        """The same for what was decrypted: its names and content bear the mark of that.

        Without secrets: what is encrypted within it stays closed.
        """
        if self._within is None:
            content = _Inside(self.content) if self.content else None
            self._within = Heard(
                self.names, self.answers, self.hints, self.anomalies, content, decrypted=True
            )
            self._within._hinted = self._hinted
        return self._within

    def name(self, seen: NameSeen) -> None:
        """Keep one sighting of a name."""
        seen.decrypted = self.decrypted
        if len(self.names) < limits.NAMES:
            self.names.append(seen)
        else:
            self.odd("names_capped", seen.frame)

    def answer(self, answer: DnsAnswer) -> None:
        """Keep one address a name resolved to."""
        if len(self.answers) < limits.NAMES:
            self.answers.append(answer)
        else:
            self.odd("names_capped", answer.frame)

    def hint(self, hint: HostHint) -> None:
        """Keep what a host said about itself, each saying once."""
        key = (hint.kind, hint.value, hint.address, hint.mac)
        if key in self._hinted:
            return
        if len(self._hinted) >= HINTS:
            self.odd("names_capped", hint.frame)
            return
        self._hinted.add(key)
        self.hints.append(hint)

    def odd(self, kind: str, frame: int | None) -> None:
        """Count one oddity."""
        anomaly = self.anomalies.get(kind)
        if anomaly is None:
            self.anomalies[kind] = Anomaly(kind, 1, frame, None, EFFECTS.get(kind, ""))
        else:
            anomaly.count += 1


class Ear(Protocol):
    """A listener for one protocol on one flow."""

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next contiguous bytes of one side of a TCP stream."""

    def gap(self, side: int, cut: bool) -> None:
        """Bytes of that side are missing here."""

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One UDP payload."""

    def close(self) -> None:
        """The flow is over: use what is only half read."""


class Deaf:
    """An ear that hears nothing; the base of those that hear only some things."""

    __slots__ = ()

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Not listening."""

    def gap(self, side: int, cut: bool) -> None:
        """Not listening."""

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """Not listening."""

    def close(self) -> None:
        """Not listening."""


class Talk:
    """What is known of one flow so far; ears write here."""

    __slots__ = (
        "app",
        "asks_dns",
        "cleartext_frame",
        "decrypted",
        "encrypted",
        "encrypted_dns",
        "heard",
        "held",
        "name",
        "name_frame",
        "name_source",
        "protocol",
        "seen_bytes",
        "start",
        "starttls",
        "tls",
        "unpacked",
        "user_agent",
        "wants",
        "why",
    )

    def __init__(self, start: FlowStart, heard: Heard) -> None:
        self.start = start
        self.heard = heard
        self.wants: list[int] = [0, 0]
        self.unpacked = 0  # characters of header fields that were shared
        self.held = 0  # bytes its ear keeps for later, about, where they may be many
        self.seen_bytes = [0, 0]  # or datagrams
        self.name: str | None = None
        self.name_source = NameSource.NONE
        self.name_frame: int | None = None
        self.why: WhyNoName | None = None
        self.protocol: str | None = None
        self.encrypted = "unknown"
        self.encrypted_dns: str | None = None
        self.tls: TlsSeen | None = None
        self.starttls: str | None = None
        self.user_agent: str | None = None
        self.app: str | None = None
        self.asks_dns = False  # over HTTP, by a request's own word
        self.cleartext_frame: int | None = None
        self.decrypted: str | None = None  # what was read with keys

    def address(self, side: int) -> str:
        """The IP address of one side."""
        return self.start.b_ip if side else self.start.a_ip

    def opening(self, side: int) -> int:
        """How far to look for a name that begins about here, from the stream's start."""
        return self.seen_bytes[side] + limits.OPENING_BYTES

    def named(self, source: NameSource, name: str, frame: int) -> None:
        """The flow's name, unless an equal or better source named it before.

        An address in a name's place (``Host: 192.0.2.1``) names nothing.
        """
        if is_address(name):
            return
        if self.name is None or _RANK[source] < _RANK[self.name_source]:
            self.name, self.name_source, self.name_frame = name, source, frame

    def opened(self, inner: Talk) -> None:
        """What was decrypted of this flow: what is spoken there, and whom its requests name."""
        self.decrypted = inner.protocol or "unknown"
        if inner.name_source is NameSource.HTTP_HOST and inner.name and inner.name_frame:
            self.named(NameSource.HTTP_HOST, inner.name, inner.name_frame)

    def seen(self, source: str, name: str, frame: int, ts: int, detail: str = "") -> None:
        """One row of names.csv."""
        self.heard.name(NameSeen(frame, ts, self.start.id, source, name, None, detail))

    def share(self, side: int, data: bytes, frame: int, ts: int, whole: bool = False) -> None:
        """Clear bytes for whoever judges content."""
        content = self.heard.content
        if content is not None and data:
            content.take(self.start.id, side, data, frame, ts, whole)

    def clear(self, frame: int) -> None:
        """Readable content was seen in this frame."""
        if self.cleartext_frame is None:
            self.cleartext_frame = frame

    def hand_over(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Another protocol begins inside this one: listen afresh from here."""
        raise NotImplementedError


_RANK = {source: rank for rank, source in enumerate(NameSource)}
