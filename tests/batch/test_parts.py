"""Which files are parts of one recording: what rotates together, and what never may."""

from __future__ import annotations

import pytest

from analyzer.batch.parts import followed, group
from analyzer.batch.task import Part


def grouped(*names: str, times: dict[str, float] | None = None) -> list[list[str]]:
    parts = [Part(name, f"/in/{name}") for name in names]
    return [
        [part.name for part in each] for each in group(parts, lambda p: (times or {}).get(p.name))
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("x.pcap", "x.pcap1", "x.pcap2", "x.pcap3"),  # tcpdump -C
        ("x.pcap0", "x.pcap1"),
        ("x.pcap00", "x.pcap01", "x.pcap02"),  # with -W
        ("x.pcap.gz", "x.pcap1.gz"),
        ("day/x_00001_20261122190000.pcapng", "day/x_00002_20261122191000.pcapng"),  # dumpcap -b
        ("x_20261122190000_00001.pcapng", "x_20261122190500_00002.pcapng"),
        ("t-20261122-1900_00.pcap", "t-20261122-1910_00.pcap", "t-20261122-1920_00.pcap"),  # -G
        ("a2026-11-22T23:50:00.pcap", "a2026-11-23T00:00:00.pcap", "a2026-11-23T00:10:00.pcap"),
    ],
)
def test_parts_of_one_recording(names: tuple[str, ...]) -> None:
    assert grouped(*reversed(names)) == [list(names)]


@pytest.mark.parametrize(
    "names",
    [
        ("a.pcap", "b.pcap"),
        ("phone1.pcap", "phone2.pcap"),
        ("one/x.pcap", "two/x.pcap1"),  # other folders
        ("x.pcap", "x.pcap2"),  # one is missing
        ("x.pcap", "x.pcap0"),
        ("x.pcap4", "x.pcap5"),  # begins in the middle
        ("x.pcap", "x.pcap1.gz"),
        ("t-20261122190000.pcap", "t-20261122191000.pcap"),  # two times show no period
        ("t-20261122190000.pcap", "t-20261122191000.pcap", "t-20261123080000.pcap"),
        ("t-20269922190000.pcap", "t-20269922191000.pcap", "t-20269922192000.pcap"),  # no such day
    ],
)
def test_what_may_be_two_stays_two(names: tuple[str, ...]) -> None:
    assert grouped(*names) == [[name] for name in sorted(names)]


def test_a_ring_that_begins_anew_is_another_recording() -> None:
    first = ["x_00001_20261122190000.pcapng", "x_00002_20261122190500.pcapng"]
    second = ["x_00001_20261123080000.pcapng", "x_00002_20261123080500.pcapng"]
    assert grouped(*first, *second) == [first, second]


def test_the_packets_say_the_order_of_a_ring_that_wrapped() -> None:
    times = {"x.pcap0": 300.0, "x.pcap1": 100.0, "x.pcap2": 200.0}
    assert grouped(*times, times=times) == [["x.pcap1", "x.pcap2", "x.pcap0"]]


def test_which_parts_have_a_later_one() -> None:
    names = ["x.pcap", "x.pcap1", "x.pcap2", "t_20261122190000.pcap", "t_20261122191000.pcap",
             "alone.pcap", "y_00001_20261122190000.pcap",
             "y_00002_20261122190500.pcap"]  # fmt: skip
    later = followed(Part(name, f"/in/{name}") for name in names)
    assert later == {"/in/x.pcap", "/in/x.pcap1", "/in/t_20261122190000.pcap",
                     "/in/y_00001_20261122190000.pcap"}  # fmt: skip
