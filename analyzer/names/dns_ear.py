"""Listens to DNS, mDNS and LLMNR and tells what was asked and answered."""

from __future__ import annotations

from analyzer import limits
from analyzer.model import DnsAnswer, HostHint, NameSeen
from analyzer.names import dns
from analyzer.names.talk import Deaf, Talk

ENDLESS = 1 << 40
"""Datagrams wanted of a flow in which every one may name something new."""

_KINDS = {53: "dns", 5353: "mdns", 5355: "llmnr"}
_ADDRESS = (dns.A, dns.AAAA)
_SECTIONS = ("", "authority", "additional")


class DnsEar(Deaf):
    """Every message of one flow, over UDP or TCP (RFC 1035 4.2.2)."""

    __slots__ = ("buffers", "messages", "talk")

    def __init__(self, talk: Talk) -> None:
        start = talk.start
        self.talk = talk
        kind = _KINDS.get(start.b_port) or _KINDS.get(start.a_port) or "dns"
        self.messages = Messages(talk, kind)
        self.buffers = [bytearray(), bytearray()]
        talk.protocol = kind
        talk.encrypted = "no"
        most = ENDLESS if start.proto == "udp" else limits.CLEAR_STREAM_BYTES
        talk.wants[:] = [most, most]

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One message."""
        self.messages.message(side, data, frame, ts, cut)

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Messages with a two-byte length before each."""
        buffer = self.buffers[side]
        buffer += data
        at = 0
        while len(buffer) - at >= 2:
            end = at + 2 + (buffer[at] << 8 | buffer[at + 1])
            if end > len(buffer):
                break
            if end > at + 2:
                self.messages.message(side, bytes(buffer[at + 2 : end]), frame, ts, False)
            at = end
        if at:
            del buffer[:at]

    def close(self) -> None:
        """Not one readable message: something else used the port."""
        if not self.messages.readable:
            self.talk.protocol, self.talk.encrypted = None, "unknown"
            self.talk.cleartext_frame = None

    def gap(self, side: int, cut: bool) -> None:
        """After a hole no message boundary is known: that side is over."""
        self.talk.wants[side] = 0


class Messages:
    """Tells what single messages of a flow ask and answer; ``kind``: dns, mdns or llmnr."""

    __slots__ = ("kind", "readable", "talk")

    def __init__(self, talk: Talk, kind: str) -> None:
        self.talk = talk
        self.kind = kind
        self.readable = False  # a question or a record was read

    def message(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One message sent by ``side``; ``cut``: only its beginning is there."""
        talk = self.talk
        message = dns.parse_repeated(data) if self.kind == "mdns" else dns.parse(data)
        if message.questions or message.records or not message.damage:
            self.readable = True
            talk.clear(frame)
            if talk.heard.content is not None and self.kind == "dns" and not message.response:
                talk.share(side, dns.asked(data), frame, ts, True)
        else:
            talk.share(side, data, frame, ts, True)
        if message.damage and not cut:
            talk.heard.odd(message.damage, frame)
        if message.truncated and message.response:
            talk.heard.odd("dns_truncated", frame)
        if not message.response:
            source = "dns_query" if self.kind == "dns" else self.kind
            for name, kind in message.questions:
                talk.seen(source, name, frame, ts, f"query {dns.type_name(kind)}")
        if self.kind == "mdns":
            self._introduce(side, message, frame, ts)
        elif message.response:
            self._answer(side, message, frame, ts)

    def _answer(self, side: int, message: dns.Message, frame: int, ts: int) -> None:
        """Rows and joinable answers of a unicast response."""
        heard, flow, kind = self.talk.heard, self.talk.start.id, self.kind
        asker = self.talk.address(1 - side)
        paths = _paths(message)
        for record in message.records:
            asked, chain, how = paths.get(record.name) or (record.name, (), "")
            direct = record.type in _ADDRESS
            for address in (record.value,) if direct else record.hints:
                detail = how or _SECTIONS[record.section] if direct else _detail(record)
                heard.name(NameSeen(frame, ts, flow, kind, asked, address, detail))
                if record.section == 0 or not direct:
                    answer = DnsAnswer(frame, ts, asker, asked, address, chain, record.ttl)
                    heard.answer(answer)
            if not direct:
                row = NameSeen(frame, ts, flow, kind, record.name, None, _detail(record))
                heard.name(row)

    def _introduce(self, side: int, message: dns.Message, frame: int, ts: int) -> None:
        """mDNS: records tell of the host that sends them, in queries too (RFC 6762 8.1)."""
        for record in message.records:
            direct = record.type in _ADDRESS
            for address in (record.value,) if direct else record.hints:
                self._row(record, address, "" if direct else _detail(record), frame, ts)
                if record.name.endswith(".local"):
                    self.talk.heard.hint(HostHint("mdns_name", record.name, frame, address))
            if not direct and record.type != dns.NSEC:
                self._row(record, None, _detail(record), frame, ts)
            if record.type == dns.SRV and message.response:
                host = record.value.rpartition(":")[0]
                here = self.talk.address(side)
                self.talk.heard.hint(HostHint("mdns_name", host, frame, here))

    def _row(
        self, record: dns.Record, address: str | None, detail: str, frame: int, ts: int
    ) -> None:
        row = NameSeen(frame, ts, self.talk.start.id, self.kind, record.name, address, detail)
        self.talk.heard.name(row)


def _paths(message: dns.Message) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Each name reached from a question: the name asked, the CNAMEs on the way, both as text."""
    aliases = {r.name: r.value for r in message.records if r.type == dns.CNAME}
    paths: dict[str, tuple[str, tuple[str, ...], str]] = {}
    for asked, _ in message.questions[:8]:
        chain: tuple[str, ...] = ()
        name = asked
        while name not in paths and len(chain) < 32:
            how = f"CNAME {' > '.join(chain)}"[: limits.TEXT] if chain else ""
            paths[name] = (asked, chain, how)
            if name not in aliases:
                break
            name = aliases[name]
            chain = (*chain, name)
    return paths


def _detail(record: dns.Record) -> str:
    ech = " ech" if record.ech else ""
    return f"{dns.type_name(record.type)} {record.value or '.'}{ech}"
