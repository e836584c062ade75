"""A recording being forged: each method adds one conversation and says when it ends."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TypedDict, Unpack

from captures.forging import dns, lan
from captures.forging.containers import ETHERNET, RAW, Frame, write_pcap, write_pcapng
from captures.forging.frames import MS, SECOND, UDP, Host, ethernet, ip_packet, udp_datagram
from captures.forging.http3 import Exchange, http3_datagrams
from captures.forging.quic import Datagram, quic_datagrams
from captures.forging.tcp import Step, TcpTalk
from captures.forging.tls import Certificate, TlsTalk, filler, with_ech

START = 1_791_964_800 * SECOND  # 2026-10-14T08:00:00Z
HANDSET = Host("10.42.0.20", "02:00:5e:00:53:14")  # a locally administered MAC
GATEWAY = Host("10.42.0.1", "00:00:5e:00:53:01")
MULTICAST_DNS = Host("224.0.0.251", "01:00:5e:00:00:fb")
BROADCAST = Host("255.255.255.255", "ff:ff:ff:ff:ff:ff")
_RTT = 20 * MS
_GAP = 50 * MS  # between conversations when no time is given


class Where(TypedDict, total=False):
    """What every conversation may be told about its time, ends and record."""

    at: int  # ns after the recording's start; else shortly after the last frame
    rtt: int  # ns; else 20 ms
    client: Host  # else the recording's handset
    client_port: int  # else the next free one
    comment: str  # on each frame (pcapng only)
    app: tuple[int, str]  # uid and name, in PCAPdroid's Ethernet trailer
    interface: int  # pcapng interface


class Recording:
    """Frames of one handset behind one gateway, which is also its resolver.

    ``frames`` is a plain list: drop, cut or reorder it before writing, to forge
    losses and late starts. ``link`` is "ethernet" or "raw" (IP without header).
    """

    def __init__(
        self,
        start: int = START,
        *,
        handset: Host = HANDSET,
        gateway: Host = GATEWAY,
        resolver: str | None = None,
        link: str = "ethernet",
    ) -> None:
        self.start = start
        self.handset = handset
        self.gateway = gateway
        self.resolver = resolver or gateway.ip
        self.link = {"ethernet": ETHERNET, "raw": RAW}[link]
        self.frames: list[Frame] = []
        self.key_log = ""
        self._port = 40_000
        self._ident = 1

    # ------------------------------------------------------------ transport

    def tcp(
        self,
        server: str,
        port: int,
        steps: Sequence[Step],
        *,
        opened: bool = True,
        closed: bool = True,
        mss: int = 1_448,
        **where: Unpack[Where],
    ) -> int:
        """A TCP conversation; ``opened`` False began before the recording."""
        talk = TcpTalk(
            where.get("client", self.handset),
            self._far(server),
            (self._client_port(where), port),
            self._begin(where),
            where.get("rtt", _RTT),
            mss,
        )
        if opened:
            talk.open()
        talk.say_all(steps)
        if closed:
            talk.close()
        for ts, up, packet in talk.packets:
            self._put(ts, up, packet, talk.client, talk.server, where)
        return self._end()

    def udp(self, server: str, port: int, steps: Sequence[Step], **where: Unpack[Where]) -> int:
        """A UDP conversation, one datagram a step."""
        client, far = where.get("client", self.handset), self._far(server)
        ports = self._client_port(where), port
        now, asked = self._begin(where), False
        for step in steps:
            now += step.after + (where.get("rtt", _RTT) if asked and not step.up else 0)
            asked = step.up
            self.datagram(now, client, far, ports, step.data, up=step.up, where=where)
        return self._end()

    def datagram(
        self,
        ts: int,
        client: Host,
        far: Host,
        ports: tuple[int, int],
        data: bytes,
        *,
        up: bool = True,
        where: Where | None = None,
    ) -> None:
        """One UDP datagram at an absolute time, between any two hosts."""
        ends, both = ((client, far), ports) if up else ((far, client), ports[::-1])
        self._ident += 1
        body = udp_datagram(*ends, (both[0], both[1]), data)
        packet = ip_packet(*ends, UDP, body, self._ident)
        self._put(ts, up, packet, client, far, where or {})

    # ---------------------------------------------------------------- names

    def dns(
        self,
        name: str,
        *addresses: str,
        kind: str = "A",
        cnames: Sequence[str] = (),
        ttl: int = 300,
        answers: Sequence[dns.Record] | None = None,
        code: int = 0,
        over_tcp: bool = False,
        server: str | None = None,
        **where: Unpack[Where],
    ) -> int:
        """A look-up and its answer: ``addresses`` behind ``cnames``, or any ``answers``."""
        self._ident += 1
        ident = self._ident * 7_919 & 0xFFFF
        if answers is None:
            answers = dns.address_records(name, addresses, cnames, ttl)
        asked = dns.message(ident, (name, kind))
        told = dns.message(ident, (name, kind), answers, response=True, code=code)
        if not over_tcp:
            return self.udp(server or self.resolver, 53, _ask(asked, told), **where)
        framed = [len(text).to_bytes(2, "big") + text for text in (asked, told)]
        return self.tcp(server or self.resolver, 53, _ask(*framed), **where)

    def https_record(self, name: str, *hints: str, ech: bytes = b"", **where: Unpack[Where]) -> int:
        """A look-up of type HTTPS, with address hints and an ECH configuration."""
        record = dns.https_record(name, hints=hints, ech=ech)
        return self.dns(name, kind="HTTPS", answers=[record], **where)

    def mdns(self, service: str, host: str, **where: Unpack[Where]) -> int:
        """The handset looks for a service and announces its own name."""
        client, now = replace(where.get("client", self.handset), ttl=255), self._begin(where)
        for payload in (lan.mdns_question(service), lan.mdns_announcement(host, client.ip)):
            self.datagram(now, client, MULTICAST_DNS, (5353, 5353), payload, where=where)
            now += 250 * MS
        return self._end()

    # ------------------------------------------------------------ encrypted

    def tls(
        self,
        name: str | None,
        server: str,
        *,
        port: int = 443,
        version: str = "1.3",
        alpn: tuple[str, ...] = ("h2", "http/1.1"),
        certificate: Certificate | None = None,
        ech: bool = False,
        up: int = 600,
        down: int = 4_000,
        steps: Sequence[Step] | None = None,
        closed: bool = True,
        **where: Unpack[Where],
    ) -> int:
        """A real TLS session; ``steps`` carry plain bytes, else one request and answer.

        With ``ech`` the given name is the outer one.
        """
        talk = TlsTalk(name, version, alpn, certificate)
        flights = talk.handshake()
        self.key_log += talk.key_log
        if ech:
            flights[0] = (True, with_ech(flights[0][1]))
        said = [Step(is_up, data) for is_up, data in flights]
        for step in _ask(filler(up, "up"), filler(down, "down")) if steps is None else steps:
            said.append(Step(step.up, talk.send(step.up, step.data), step.after))
        return self.tcp(server, port, said, closed=closed, **where)

    def doh(self, name: str, server: str, *, queries: int = 4, **where: Unpack[Where]) -> int:
        """DNS over HTTPS (RFC 8484): small questions and answers, a second apart."""
        return self.tls(name, server, steps=_questions(queries, 120, 220), **where)

    def dot(self, name: str, server: str, *, queries: int = 4, **where: Unpack[Where]) -> int:
        """DNS over TLS (RFC 7858) on port 853."""
        steps = _questions(queries, 130, 470)  # padded as RFC 8467 advises
        return self.tls(name, server, port=853, alpn=("dot",), steps=steps, **where)

    def quic(
        self,
        name: str | None,
        server: str,
        *,
        port: int = 443,
        version: str = "v1",
        alpn: str = "h3",
        up: int = 400,
        down: int = 6_000,
        **where: Unpack[Where],
    ) -> int:
        """A real QUIC connection with one request and answer."""
        log, rtt = StringIO(), where.get("rtt", _RTT)
        talk = quic_datagrams(
            name, rtt=rtt, up=up, down=down, version=version, alpn=alpn, key_log=log
        )
        self.key_log += log.getvalue()
        return self._datagrams(server, port, talk, where)

    def http3(
        self,
        name: str,
        server: str,
        exchanges: Sequence[Exchange],
        *,
        port: int = 443,
        cipher: str = "aes128",
        **where: Unpack[Where],
    ) -> int:
        """A real HTTP/3 connection with these requests and answers."""
        log, rtt = StringIO(), where.get("rtt", _RTT)
        talk = http3_datagrams(name, exchanges, rtt=rtt, cipher=cipher, key_log=log)
        self.key_log += log.getvalue()
        return self._datagrams(server, port, talk, where)

    def _datagrams(self, server: str, port: int, talk: Sequence[Datagram], where: Where) -> int:
        client, far = where.get("client", self.handset), self._far(server)
        ports, start = (self._client_port(where), port), self._begin(where)
        for seen in talk:
            ts = start + seen.after
            self.datagram(ts, client, far, ports, seen.data, up=seen.up, where=where)
        return self._end()

    # ---------------------------------------------------------------- clear

    def http(
        self,
        host: str | None,
        server: str,
        path: str = "/",
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        status: str = "200 OK",
        reply: bytes = b"",
        reply_headers: Mapping[str, str] | None = None,
        port: int = 80,
        **where: Unpack[Where],
    ) -> int:
        """One HTTP/1.1 request in clear, and its answer."""
        asked = lan.http_request(host, path, method=method, headers=headers, body=body)
        told = lan.http_response(status, headers=reply_headers, body=reply)
        return self.tcp(server, port, _ask(asked, told), **where)

    def push(
        self,
        server: str,
        hello: bytes,
        *,
        port: int = 5222,
        beats: int = 8,
        every: int = 300 * SECOND,
        **where: Unpack[Where],
    ) -> int:
        """A push channel: a clear hello (see lan.push_hello), then heartbeats."""
        steps = [Step(True, hello), Step(False, filler(66, "push welcome"))]
        for _ in range(beats):
            steps += [
                Step(True, b"\xc2\xfe\0\x05\0\0\0\0", every),
                Step(False, b"\xc2\xfe\0\x05\0\0\0\0"),
            ]
        return self.tcp(server, port, steps, closed=False, **where)

    def ntp(self, server: str, **where: Unpack[Where]) -> int:
        """The handset asks for the time."""
        now = self._begin(where)
        where["at"] = now - self.start
        return self.udp(server, 123, _ask(lan.ntp(False, now), lan.ntp(True, now)), **where)

    def dhcp(
        self, host_name: str, vendor_class: str = "android-dhcp-16", **where: Unpack[Where]
    ) -> int:
        """The handset joins the network: discover, offer, request, acknowledge."""
        client, now = where.get("client", self.handset), self._begin(where)
        nobody = Host("0.0.0.0", client.mac)  # noqa: S104  # an address, not a socket
        for kind in (lan.DISCOVER, lan.OFFER, lan.REQUEST, lan.ACKNOWLEDGE):
            up = kind in (lan.DISCOVER, lan.REQUEST)
            data = lan.dhcp(kind, client, self.gateway, host_name, vendor_class, 0x5EED0001)
            ends = (nobody, BROADCAST) if up else (client, self.gateway)
            self.datagram(now, *ends, (68, 67), data, up=up, where=where)
            now += 30 * MS
        return self._end()

    def arp(self, **where: Unpack[Where]) -> int:
        """The handset asks for its gateway's MAC: two frames that are not IP."""
        client, now = where.get("client", self.handset), self._begin(where)
        for ts, reply in ((now, False), (now + 2 * MS, True)):
            frame = lan.arp(client, self.gateway, reply=reply)
            self.frames.append(Frame(ts, frame, where.get("comment", "")))
        return self._end()

    # --------------------------------------------------------------- output

    def write(self, path: str | Path, *, comment: str = "", secrets: bool = False) -> None:
        """Writes .pcap or .pcapng, frames in order of time; ``secrets`` adds the TLS keys."""
        frames = sorted(self.frames, key=lambda frame: frame.ts)
        if Path(path).suffix == ".pcap":
            write_pcap(path, frames, self.link)
            return
        last = max((frame.interface for frame in frames), default=0)
        links = [(f"wlan{index}", self.link) for index in range(last + 1)]
        log = self.key_log if secrets else ""
        write_pcapng(path, frames, links, comment=comment, secrets=log)

    # --------------------------------------------------------------- inside

    def _far(self, ip: str) -> Host:
        """A host beyond the gateway is seen with the gateway's MAC."""
        return self.gateway if ip == self.gateway.ip else Host(ip, self.gateway.mac, 52)

    def _begin(self, where: Where) -> int:
        if "at" in where:
            return self.start + where["at"]
        return self.start + (self._end() + _GAP if self.frames else 0)

    def _end(self) -> int:
        return max(frame.ts for frame in self.frames) - self.start

    def _client_port(self, where: Where) -> int:
        self._port += 1
        return where.get("client_port", self._port)

    def _put(self, ts: int, up: bool, packet: bytes, client: Host, far: Host, where: Where) -> None:
        data = packet
        if self.link == ETHERNET:
            data = ethernet(client, far, packet) if up else ethernet(far, client, packet)
        if "app" in where:
            data += _trailer(data, *where["app"])
        self.frames.append(Frame(ts, data, where.get("comment", ""), where.get("interface", 0)))


def _ask(asked: bytes, told: bytes) -> list[Step]:
    """A question and its answer."""
    return [Step(True, asked), Step(False, told)]


def _questions(count: int, up: int, down: int) -> list[Step]:
    steps = []
    for number in range(count):
        steps.append(Step(True, filler(up, f"question {number}"), SECOND if number else MS))
        steps.append(Step(False, filler(down, f"answer {number}")))
    return steps


def _trailer(frame: bytes, uid: int, name: str) -> bytes:
    """PCAPdroid's 32 bytes behind a frame: magic, uid, app name, checksum."""
    said = b"\x01\x07\x20\x21" + uid.to_bytes(4, "big") + name.encode()[:19].ljust(20, b"\0")
    return said + zlib.crc32(frame + said).to_bytes(4, "little")
