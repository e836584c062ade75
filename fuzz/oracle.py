"""What must hold for any bytes whatever, given to ``analyze``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from analyzer import pipeline, report
from analyzer.capture import packets
from analyzer.model import Result
from analyzer.report.to_json import encoded

SCHEMA = Path(pipeline.__file__).parent / "report" / "result.schema.json"


def check(path: Path) -> Result:
    """Analyzes a file at both speeds; AssertionError says what does not hold."""
    with speed("0"):
        compiled = pipeline.analyze([path])
    with speed("1"):
        interpreted = pipeline.analyze([path])
    assert compiled == interpreted, "compiled and interpreted differ"
    conserved(compiled)
    valid(compiled)
    shown_again(path, compiled)
    return compiled


@contextmanager
def speed(interpreted: str) -> Iterator[None]:
    """The hot room interpreted ("1") or compiled ("0")."""
    before = os.environ.get("PHONEHOME_INTERPRETED")
    os.environ["PHONEHOME_INTERPRETED"] = interpreted
    try:
        yield
    finally:
        os.environ.pop("PHONEHOME_INTERPRETED")
        if before is not None:
            os.environ["PHONEHOME_INTERPRETED"] = before


def conserved(result: Result) -> None:
    """Nothing is lost or counted twice, and no counter is below zero."""
    capture, counters = result.capture, result.capture.counters
    assert counters.read == counters.in_flows + counters.non_ip + counters.undecodable
    assert sum(f.packets_up + f.packets_down for f in result.flows) == counters.in_flows
    assert sum(f.bytes for f in result.flows) <= capture.wire_bytes
    assert 0 <= capture.bytes_not_read <= sum(file.bytes for file in capture.files)
    for flow in result.flows:
        assert min(flow.payload_up, flow.payload_down, flow.bytes_up, flow.bytes_down) >= 0
        assert flow.first <= flow.last
        assert (flow.name is None) == (flow.why_no_name is not None)
        assert flow.rtt is None or flow.rtt >= 0


def shown_again(path: Path, result: Result) -> None:
    """Packets are found again under their numbers, the same at both speeds."""
    flows = result.flows[:50]
    frames = {number for flow in flows for number in (flow.first_frame, flow.last_frame)}
    found = []
    for interpreted in "01":
        with speed(interpreted):
            found.append(list(packets.read([path], frames, flows)))
    assert found[0] == found[1], "compiled and interpreted find different packets"
    assert frames <= {packet.frame for packet in found[0]}, "a packet was not found again"


def valid(result: Result) -> None:
    """result.json is strict JSON and follows its schema."""
    text = b"".join(encoded(report.result_json(result)))
    document = json.loads(text, parse_constant=_refused)
    error = next(iter(_validator().iter_errors(document)), None)
    assert error is None, f"{error.json_path}: {error.message}" if error else ""


def _refused(constant: str) -> Any:
    raise AssertionError(f"result.json holds {constant}")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
