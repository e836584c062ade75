"""Listens to MiPush, Xiaomi's push service on tcp/5222: what its greeting says in clear.

Layout as seen on the wire: magic c2 fe 00 05, length (4), then for the first
message of each side 00 02 00 16, length of the body (4), and two protobuf
messages: 3 = domain, 5 = command "CONN"; in the client's second one 2 = model,
3 = firmware, 4 = a device hash, 6 = network, 7 = host[:port], 8 = locale.
What follows the greeting is encrypted.
"""

from __future__ import annotations

from analyzer.model import HostHint, NameSource
from analyzer.names.http_head import bare_host
from analyzer.names.talk import Deaf, Talk
from analyzer.names.text import clean, is_host

MAGIC = b"\xc2\xfe\x00\x05"
_TELLING = {2: "model", 3: "build", 4: "device_hash", 6: "network", 8: "locale"}
"""Fields of the client's message that tell of the handset; 6 is "wifi" or names the carrier."""

_COMMAND = b"CONNH\0"
GREETING = 2_048
"""Bytes of a side read; greetings have about 200."""


class MiPushEar(Deaf):
    """The greeting of each side."""

    __slots__ = ("buffers", "talk")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.buffers = [b"", b""]
        talk.encrypted = "mixed"
        talk.wants[:] = [GREETING, GREETING]

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Collect until the first message is whole."""
        if not self.talk.wants[side]:
            return
        self.buffers[side] += data[:GREETING]
        buffer = self.buffers[side]
        end = 8 + int.from_bytes(buffer[4:8], "big")
        if len(buffer) >= 16 and (len(buffer) >= end or end > GREETING):
            self.talk.wants[side] = 0
            self._greeting(side, buffer[:end], frame, ts)

    def gap(self, side: int, cut: bool) -> None:
        """No boundary is known any more."""
        self.talk.wants[side] = 0

    def _greeting(self, side: int, data: bytes, frame: int, ts: int) -> None:
        if data[8:12] != b"\0\2\0\x16":
            return
        split = data.find(_COMMAND) + len(_COMMAND)  # ends the first message
        if split < len(_COMMAND):
            return
        first, second = fields(data[16:split]), fields(data[split:])
        talk = self.talk
        talk.clear(frame)
        domain = clean(first.get(3, b"")).lower()
        talk.share(side, data, frame, ts, True)
        if is_host(domain):
            talk.named(NameSource.PAYLOAD, domain, frame)
            talk.seen("payload", domain, frame, ts, "MiPush domain")
        host = bare_host(second.get(7, b""))
        if is_host(host):
            talk.seen("payload", host, frame, ts, "MiPush host")
            self._device(side, second, frame, ts)

    def _device(self, side: int, second: dict[int, bytes], frame: int, ts: int) -> None:
        talk = self.talk
        for field, kind in ((2, "mipush_model"), (3, "mipush_firmware")):
            value = clean(second.get(field, b""))
            if value and value.isprintable():
                talk.heard.hint(HostHint(kind, value, frame, talk.address(side)))
        content = talk.heard.content
        for field, kind in _TELLING.items() if content is not None else ():
            told = second.get(field, b"")
            if field == 6 and told.lower() != b"wifi":
                kind = "carrier"
            if told and content is not None:
                content.tell(talk.start.id, side, kind, told, frame, ts)


def fields(data: bytes) -> dict[int, bytes]:
    """Length-delimited fields of a protobuf message, the first of each number."""
    found: dict[int, bytes] = {}
    at, size = 0, len(data)
    while at < size and len(found) < 64:
        kind, number = data[at] & 7, data[at] >> 3
        at += 1
        if kind == 0:
            while at < size and data[at] & 0x80:
                at += 1
            at += 1
        elif kind == 2 and at < size and data[at] < 0x80:
            stop = at + 1 + data[at]
            if stop > size:
                break
            found.setdefault(number, data[at + 1 : stop])
            at = stop
        else:
            break
    return found
