"""Where captures are looked for, and by what name they go then."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from analyzer.batch import sources
from analyzer.errors import UsageError
from captures.forging import Recording
from tests.batch.folders import asked, batch, capture


def names(*given: str | Path, apart: Path | None = None) -> list[str]:
    return [part.name for part in sources.find([str(each) for each in given], apart).parts]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Captures by content and by name, and what is neither."""
    top = tmp_path / "top"
    plain = capture(top / "a.pcap").read_bytes()
    (top / "deep" / "er").mkdir(parents=True)
    (top / "deep" / "er" / "no-suffix").write_bytes(plain)
    (top / "deep" / "packed.bin").write_bytes(gzip.compress(plain))
    (top / "damaged.pcap.gz").write_bytes(b"nothing")
    (top / "notes.md").write_text("words")
    (top / "device.yaml").write_text("vendor: xiaomi\n")
    os.mkfifo(top / "pipe.pcap")
    (top / "away.pcap").symlink_to(top / "missing.pcap")
    return top


def test_a_folder_gives_what_is_or_claims_to_be_a_capture(top: Path) -> None:
    found = sources.find([str(top)])
    assert [part.name for part in found.parts] == [
        "a.pcap", "damaged.pcap.gz", "deep/er/no-suffix", "deep/packed.bin",
    ]  # fmt: skip
    assert found.skipped == ["away.pcap", "notes.md", "pipe.pcap"]


def test_what_is_named_is_taken_whatever_it_is(top: Path) -> None:
    assert names(top / "notes.md") == ["notes.md"]


def test_patterns_lists_and_the_same_file_twice(top: Path, tmp_path: Path) -> None:
    found = sources.find([f"{top}/*.pcap"])
    assert [part.name for part in found.parts] == ["a.pcap"]
    assert found.skipped == ["away.pcap", "pipe.pcap"]  # nobody writes to the pipe
    assert names(f"{top}/**/*suffix") == ["no-suffix"]
    listing = tmp_path / "list.txt"
    listing.write_text("# mine\n\ntop/a.pcap\ntop/deep\n")
    assert names(f"@{listing}", top / "a.pcap") == [
        "a.pcap",
        "deep/er/no-suffix",
        "deep/packed.bin",
    ]


def test_equal_names_are_told_apart_by_what_is_above_them(tmp_path: Path) -> None:
    one, two = capture(tmp_path / "one" / "x.pcap"), capture(tmp_path / "two" / "x.pcap")
    assert names(one, two) == ["one/x.pcap", "two/x.pcap"]
    assert names(one.parent, two.parent) == ["one/x.pcap", "two/x.pcap"]


@pytest.mark.parametrize("wrong", ["missing.pcap", "no/where/*.pcap", "@nolist", "none://x/y"])
def test_what_names_nothing_is_said(wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong.strip("@").split("*")[0]):
        names(wrong)


def test_results_are_no_sources(top: Path) -> None:
    batch(asked(top, top / "results"))
    before = ["a.pcap", "damaged.pcap.gz", "deep/er/no-suffix", "deep/packed.bin"]
    assert names(top) == before
    assert names(top, apart=top / "deep") == before[:2]


def test_the_time_of_the_first_packet(tmp_path: Path) -> None:
    forged = Recording()
    forged.dns("a.example", "13.126.0.10")
    forged.write(tmp_path / "x.pcap")
    part = sources.find([str(tmp_path)]).parts[0]
    head = (tmp_path / "x.pcap").read_bytes()
    assert sources.began(part) == pytest.approx(int.from_bytes(head[24:28], "little"), abs=1.0)
    (tmp_path / "x.pcap").write_bytes(head[:30])
    assert sources.began(part) is None


def test_a_pattern_follows_no_link_in_circles(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.pcap").write_bytes(b"")
    (tmp_path / "in" / "deep" / "loop").symlink_to("..")
    found = sources.find((str(tmp_path / "in" / "**" / "*.pcap"),))
    assert [part.name for part in found.parts] == ["a.pcap"]
    with pytest.raises(UsageError, match="does not exist"):
        sources.find(("x" * 5000,))
