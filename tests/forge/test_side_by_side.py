"""The benchmark runner: what it measures, skips and prints. Never how quick anything is."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks import peers, run


def test_tools_take_turns_and_failures_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"x" * 1_000)
    tools = [
        peers.Peer("reader", ("{python}", "-c", "import sys; open(sys.argv[1]).read()", "{file}")),
        peers.Peer("broken", ("{python}", "-c", "raise SystemExit(7)")),
        peers.Peer("damaged", ("{python}", "-c", "raise SystemExit(3)")),
    ]
    timings = run.rounds(path, tools, 2, dict(os.environ))
    assert [len(timing.seconds) for timing in timings] == [2, 0, 2]
    assert [timing.failed for timing in timings] == ["", "exit code 7", ""]
    assert timings[0].peak_mb > 1


def test_table_has_ratios_against_a_peer() -> None:
    timings = [
        run.Timing("slow", [4.0, 6.0, 8.0], [5.0, 4.5, 6.0], 10.0),
        run.Timing("peer", [2.0, 2.0], [1.5, 1.75], 20.0),
        run.Timing("gone", failed="exit code 1"),
    ]
    lines = run.table(Path(__file__), timings, "peer").splitlines()[3:]
    assert [line.split() for line in lines] == [
        ["peer", "2.000", "2.000", "1.500", "20.0", "1.00"],
        ["slow", "4.000", "6.000", "4.500", "10.0", "2.00"],
        ["gone", "failed:", "exit", "code", "1"],
    ]


def test_missing_peers_are_known_by_name() -> None:
    assert peers.Peer("x", ("x",), "no-such-program-here").missing() == "no-such-program-here"
    assert peers.Peer("x", ("x",), module="no_such_module_here").missing() == "no_such_module_here"
    assert peers.Peer("x", ("x",)).missing() == ""


def test_a_stand_in_is_timed_under_our_name() -> None:
    ours = peers.ours("wc -c {file}")
    assert (ours.name, ours.command) == ("phonehome", ("wc", "-c", "{file}"))
