"""Forge captures of handset traffic: real handshakes, chosen hosts, times and sizes.

    from captures.forging import MS, Recording
    recording = Recording()
    recording.dns("api.handset.example", "54.169.0.10", rtt=20 * MS)
    recording.tls("api.handset.example", "54.169.0.10", rtt=62 * MS, down=20_000)
    recording.write("case.pcapng")

Rules of this package
- Times are int nanoseconds. Where a method takes ``at``, it counts from the
  recording's start; so do the ends the methods return.
- Frame times are those seen beside the handset (on its hotspot): a reply lies
  one round trip after what it answers.
- No sockets, no clock: only the random numbers of TLS and QUIC differ from one
  run to the next, never a size or a time.
- For tests, benchmarks and the demo capture; the analyzer never imports it.
"""

from captures.forging.containers import Frame, write_pcap, write_pcapng
from captures.forging.frames import MS, SECOND, US, Host
from captures.forging.http3 import Exchange
from captures.forging.recording import START, Recording, Where
from captures.forging.tcp import Step
from captures.forging.tls import Certificate

__all__ = [
    "MS",
    "SECOND",
    "START",
    "US",
    "Certificate",
    "Exchange",
    "Frame",
    "Host",
    "Recording",
    "Step",
    "Where",
    "write_pcap",
    "write_pcapng",
]
