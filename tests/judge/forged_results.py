"""Small results made by hand, for the judge to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer import model as m

RULES = Path(__file__).resolve().parents[2] / "rules"
HANDSET = "192.168.43.20"
START = 1_700_000_000 * 10**9  # 2023-11-14


def endpoint(ip: str, certainty: str = "stated", country: str | None = None, **place: Any) -> Any:
    """An endpoint; ``operator`` is a name, ``owner`` too, the rest as in model.Place."""
    owner = place.pop("owner", None)
    operator = m.Operator(64500, place.pop("operator", None))
    location = m.Location(country, m.Certainty(certainty))
    where = m.Place(ip, operator, location=location, **place)
    return m.Endpoint(ip, where, owner=m.Owner(owner) if owner else None)


def flow(id: int, server: str, **more: Any) -> m.Flow:
    """A TLS flow of 6 packets up (600 bytes), 4 down (4,000 bytes), every 10 frames."""
    values: dict[str, Any] = {
        "proto": "tcp",
        "client_ip": HANDSET,
        "client_port": 40_000 + id,
        "server_ip": server,
        "server_port": 443,
        "first": START + id * 10**9,
        "last": START + id * 10**9 + 5,
        "first_frame": id * 10,
        "last_frame": id * 10 + 9,
        "packets_up": 6,
        "packets_down": 4,
        "bytes_up": 600,
        "bytes_down": 4_000,
        "payload_up": 200,
        "payload_down": 3_700,
        "app_protocol": "tls",
        "encrypted": "yes",
    }
    return m.Flow(id=id, **{**values, **more})


def result(
    endpoints: list[Any], flows: list[m.Flow], home: str | None = "IN", **more: Any
) -> m.Result:
    capture = m.Capture(
        files=[m.CaptureFile("a.pcap", "0" * 64, "0" * 40, 1)],
        first=START,
        last=START + 3_600 * 10**9,
        packets=sum(f.packets_up + f.packets_down for f in flows),
        wire_bytes=more.pop("wire_bytes", 0),
    )
    return m.Result(
        m.Status.COMPLETE,
        m.Run("0", home=home),
        capture,
        m.Visibility(),
        handsets=[m.Handset([HANDSET])],
        endpoints=endpoints,
        flows=flows,
        **more,
    )
