"""Who is timed: us, ``cat``, and the peers that happen to be installed.

A new peer is a row of PEERS. ``{file}`` is the capture, ``{out}`` an empty folder
that is removed afterwards, ``{python}`` this interpreter.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_DPKT = """
import collections, dpkt, sys
flows = collections.Counter()
for ts, frame in dpkt.pcap.Reader(open(sys.argv[1], 'rb')):
    ip = dpkt.ethernet.Ethernet(frame).data
    if isinstance(ip, (dpkt.ip.IP, dpkt.ip6.IP6)) and hasattr(ip.data, 'sport'):
        flows[ip.src, ip.data.sport, ip.dst, ip.data.dport, ip.p] += len(frame)
"""
_NFSTREAM = """
import sys
from nfstream import NFStreamer
if __name__ == '__main__':
    sum(1 for _ in NFStreamer(source=sys.argv[1], statistical_analysis=False))
"""
_FIELDS = ("frame.number", "ip.src", "ip.dst", "tls.handshake.extensions_server_name")


@dataclass(frozen=True, slots=True)
class Peer:
    """A command to time, and what must be there for it: a program or a module."""

    name: str
    command: tuple[str, ...]
    program: str = ""
    module: str = ""

    def missing(self) -> str:
        """What is not installed, or nothing."""
        if self.program and not shutil.which(self.program):
            return self.program
        return self.module if self.module and not find_spec(self.module) else ""


PEERS = (
    Peer("cat", ("cat", "{file}"), "cat"),
    Peer("tcpdump", ("tcpdump", "-r", "{file}", "-w", "/dev/null"), "tcpdump"),
    Peer("nfpcapd", ("nfpcapd", "-r", "{file}", "-w", "{out}"), "nfpcapd"),
    Peer("argus", ("argus", "-r", "{file}", "-w", "/dev/null"), "argus"),
    Peer("suricata", ("suricata", "-r", "{file}", "-l", "{out}"), "suricata"),
    Peer("ndpiReader", ("ndpiReader", "-q", "-i", "{file}"), "ndpiReader"),
    Peer("nfstream", ("{python}", "-c", _NFSTREAM, "{file}"), module="nfstream"),
    Peer("tshark-conv", ("tshark", "-q", "-z", "conv,ip", "-n", "-r", "{file}"), "tshark"),
    Peer(
        "tshark-fields",
        ("tshark", "-n", "-r", "{file}", "-T", "fields", *(w for f in _FIELDS for w in ("-e", f))),
        "tshark",
    ),
    Peer("dpkt", ("{python}", "-c", _DPKT, "{file}"), module="dpkt"),
)


def ours(command: str = "") -> Peer:
    """phonehome with all default outputs, or a stand-in ``command``."""
    if command:
        words = tuple(command.split())
        return Peer("phonehome", words, words[0].format(python=sys.executable))
    beside = shutil.which("phonehome", path=str(Path(sys.executable).parent))
    program = beside or shutil.which("phonehome")
    start: tuple[str, ...] = (program,) if program else ("{python}", "-m", "analyzer")
    more = ("analyze", "{file}", "-o", "{out}/report", "-q")
    present = bool(program) or Path(ROOT, "analyzer", "cli.py").exists()
    return Peer("phonehome", (*start, *more), "" if present else "phonehome")
