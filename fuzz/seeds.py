"""What mutants are made of: forged recordings, and real captures where there are some."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from captures.forging import Exchange, Recording, Step
from captures.forging.lan import push_hello

LARGEST = 60_000  # bytes of a real capture: small ones have as many protocols


def forged(folder: Path) -> list[Path]:
    """Recordings of everything the library can forge; pcapng ones bring their keys."""
    made = []
    for name, recording in _recordings():
        for kind in ("pcap", "pcapng"):
            path = folder / f"{name}.{kind}"
            recording.write(path, secrets=True)
            made.append(path)
    return made


def _recordings() -> Iterator[tuple[str, Recording]]:
    clear = Recording()
    clear.dhcp("Demo-One")
    clear.arp()
    clear.mdns("_http._tcp.local", "demo.local")
    clear.dns("api.handset.example", "203.0.113.9", cnames=["lb.handset.example"])
    clear.dns("v6.handset.example", "2001:db8::9", kind="AAAA", over_tcp=True)
    clear.http("www.handset.example", "203.0.113.9", headers={"User-Agent": "Demo/1 (Android)"})
    clear.push("203.0.113.10", push_hello("demo.example", "One", "1", "Demo", "d", "t"), beats=2)
    clear.ntp("203.0.113.11")
    yield "clear", clear
    hidden = Recording(link="raw")
    hidden.tls("tls13.handset.example", "203.0.113.9", app=(10_123, "demo"))
    hidden.tls("tls12.handset.example", "203.0.113.9", version="1.2")
    hidden.tls("outer.example", "203.0.113.9", ech=True)
    hidden.quic("quic.handset.example", "203.0.113.9")
    hidden.http3("h3.handset.example", "203.0.113.9", [Exchange("/", b"asked", b"told")])
    hidden.tcp("203.0.113.9", 8_080, [Step(True, b"\0\1\2 unknown")], opened=False)
    yield "hidden", hidden


def real(shared: Path, count: int = 1_000) -> list[Path]:
    """Small real captures, at most ``count``, evenly chosen by size."""
    found = [
        path
        for pattern in ("*.pcap", "*.pcapng")
        for path in (shared / "captures").glob(f"*/{pattern}")
        if 100 < path.stat().st_size <= LARGEST
    ]
    found.sort(key=lambda path: (path.stat().st_size, path.name))
    step = max(1, -(-len(found) // count))
    return found[::step]
