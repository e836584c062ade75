"""Every record is accounted for: lines, bytes by place, handsets."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analyzer import pipeline, shipped
from analyzer.batch import board, board_rows
from analyzer.batch.board_survey import survey
from analyzer.batch.record import of as record_of
from analyzer.batch.task import Task
from analyzer.pipeline import Options
from tests.batch.forged_records import FAR, SETTINGS, failed, record, records, rows
from tests.markup import Reader


def test_every_record_has_a_line_and_every_handset(written: Path) -> None:
    levels = Counter(row["level"] for row in rows(written))
    told = list(records(60)())
    assert levels == {"capture": 60, "device": len({r["device"]["id"] for r in told} - {None})}
    captures = [row for row in rows(written) if row["level"] == "capture"]
    assert [row["key"] for row in captures] == [r["key"] for r in told]
    statuses = Counter(row["status"] for row in captures)
    assert statuses == Counter(r["status"] for r in told)
    assert set(statuses) == {"complete", "incomplete", "failed"}


def test_bytes_by_place_add_up(written: Path) -> None:
    for row, told in zip(rows(written), records(60)(), strict=False):
        if told["status"] == "failed":
            assert row["bytes_up_firm"] == row["bytes_up_home"] == ""
            continue
        parts = ("firm", "single", "edge", "open", "local")
        assert sum(int(row[f"bytes_up_{p}"]) for p in parts) == told["bytes_up"]
        assert int(row["bytes_up_home"]) + int(row["bytes_up_outside"]) == int(row["bytes_up_firm"])


def test_csv_and_parquet_say_the_same(written: Path) -> None:
    table = pq.read_table(written / "scoreboard.parquet")
    assert table.column_names == list(rows(written)[0])
    told = [(r["level"], r["key"] or None, int(r["bytes_up"] or -1)) for r in rows(written)]
    found = table.select(["level", "key", "bytes_up"]).to_pylist()
    assert [(r["level"], r["key"], -1 if r["bytes_up"] in (None, 0) else r["bytes_up"])
            for r in found] == [(a, b, -1 if c == 0 else c) for a, b, c in told]  # fmt: skip
    [[n]] = duckdb.sql(
        f"select count(*) from '{written}/scoreboard.parquet' where level = 'device'"
    ).fetchall()
    frame = pd.read_parquet(written / "scoreboard.parquet")
    assert n == (frame["level"] == "device").sum() == 20
    assert str(frame["first"].dtype) == "datetime64[ns, UTC]"


def test_without_a_home_nothing_is_outside_it(tmp_path: Path) -> None:
    homeless = {**record(0)["device"], "home": None}
    found = survey([record(0, device=homeless)], FAR)
    row = board_rows.capture_row(record(0, device=homeless))
    assert (row["bytes_up_home"], row["bytes_up_outside"]) == (None, None)
    assert row["bytes_up_firm"] > 0
    assert "No home was given" in " ".join(board.summary_lines(found))


def test_a_handset_whose_recordings_name_different_homes_has_no_share_of_home(
    tmp_path: Path,
) -> None:
    device = {**record(0)["device"], "id": "phone-0"}
    countries = [{"country": "IN", "certainty": "stated", "endpoints": 1, "bytes_up": 500,
                  "bytes_down": 0}]  # fmt: skip
    both = [record(n, device={**device, "home": home}, countries=countries)
            for n, home in ((0, "IN"), (1, "CN"))]  # fmt: skip
    both.sort(key=lambda r: str(r["key"]))
    board.write(lambda: iter(both), tmp_path, SETTINGS)
    [row] = [each for each in rows(tmp_path) if each["level"] == "device"]
    assert (row["home"], row["bytes_up_home"], row["bytes_up_outside"]) == ("CN; IN", "", "")
    assert (row["bytes_up_firm"], row["destinations"]) == ("1000", "IN stated 1000")
    page = (tmp_path / "scoreboard.html").read_text()
    devices = Reader(page.split('<section id="devices">')[1].split("</section>")[0]).text
    assert "placed 100%: India" in devices
    assert "its recordings name different homes" in devices
    assert not re.search(r"(home|outside) \d+%", devices)
    legend = Reader(page.split('<section id="reading">')[1].split("</section>")[0]).text
    assert "no home given, or several" in legend
    board.write(lambda: iter(both[:1]), tmp_path, SETTINGS)
    assert "different homes" not in (tmp_path / "scoreboard.html").read_text()


def test_content_under_several_handsets_is_told_as_counted_more_than_once() -> None:
    def told(*numbers: int) -> str:
        """Recordings, of which those of equal tens hold the same content."""
        files = [[{"name": "x", "sha256": f"{n // 10:064x}", "bytes": 9}] for n in numbers]
        made = [record(n, files=held) for n, held in zip(numbers, files, strict=True)]
        made.sort(key=lambda each: str(each["key"]))
        return " ".join(board.summary_lines(survey(made, FAR)))

    assert "came as recordings of several" not in told(0, 11, 22)
    assert "One content came as recordings of several handsets" in told(0, 3, 6, 11)
    assert "2 contents came as recordings of several handsets" in told(0, 3, 11, 14, 22)
    assert "came as recordings of several" not in told(11, 10)  # the second failed


def test_little_recorded_time_is_told_in_its_own_unit(tmp_path: Path) -> None:
    for told, shown in ((record(0, hours=35 / 3600), "35 seconds"), (failed(0), "none"),
                        (record(0, hours=2.4), "2.4 hours")):  # fmt: skip
        board.write(lambda told=told: iter([told]), tmp_path, SETTINGS)
        page = (tmp_path / "scoreboard.html").read_text()
        assert f"<dt>Recorded<dd>{shown}</div>" in page


def test_one_source_disputes_and_exclusions_count_as_no_place() -> None:
    countries = [
        {"country": c, "certainty": sure, "endpoints": 1, "bytes_up": up, "bytes_down": 0}
        for c, sure, up in (("SG", "single", 1), ("SG", "disputed", 2), ("SG", "excluded", 4),
                            (None, "edge", 8), (None, "stated", 16), ("SG", "agreed", 32))
    ]  # fmt: skip
    split = board_rows.split(record(0, countries=countries))
    assert (split.outside, split.home) == (32, 0)
    assert (split.single, split.edge, split.open) == (1, 8, 2 + 4 + 16)
    assert split.abroad == {"SG": 32}


def test_a_handset_is_what_all_its_recordings_say() -> None:
    one = record(0, verdicts=[{"claim": "c", "vendor": "acme", "verdict": "consistent"}])
    two = record(1, verdicts=[{"claim": "c", "vendor": "acme", "verdict": "contradicted"}])
    two["device"] = one["device"] = {**one["device"], "id": "phone-0"}
    three = failed(2)
    found = survey(sorted([one, two, three], key=lambda r: str(r["key"])), FAR)
    row = found.devices["phone-0"].row()
    assert row["contradicted"] == 1
    assert row["consistent"] == 0
    assert (row["captures"], row["complete"], row["failed"]) == (3, 2, 1)
    assert row["status"] == "incomplete"
    assert row["bytes_up_firm"] == sum(board_rows.split(r).firm for r in (one, two))
    assert row["first"] == board_rows.nanoseconds("2019-10-01T13:04:08.779483000Z")


def test_a_verdict_on_a_recording_of_another_time_is_told_as_such(tmp_path: Path) -> None:
    def told(*far: bool | None) -> str:
        against = {"claim": "c", "vendor": "acme", "verdict": "contradicted"}
        each = [record(n, verdicts=[against if f is None else {**against, "far": f}])
                for n, f in enumerate(far)]  # fmt: skip
        each.sort(key=lambda r: str(r["key"]))
        board.write(lambda: iter(each), tmp_path, SETTINGS)
        return Reader((tmp_path / "scoreboard.html").read_text()).text

    said = told(True, False, None)
    assert "Over a year lies between some of these recordings and what they contradict (c)" in said
    assert re.search(r"cacme3 / \d0 / 00 / 01\D", said)  # its cells, the last one of those far
    assert "Over a year lies between" not in told(False, None)


def test_a_batch_of_failures_only_is_told_as_such(tmp_path: Path) -> None:
    board.write(lambda: iter([failed(0)]), tmp_path, SETTINGS)
    text = Reader((tmp_path / "scoreboard.html").read_text()).text
    assert "One recording came in: 0 read whole, 0 in part, 1 not at all (1 ended" in text
    assert "bad/0.pcap" in text
    board.write(lambda: iter([]), tmp_path, SETTINGS)
    assert "No recording came in." in Reader((tmp_path / "scoreboard.html").read_text()).text


def test_a_real_record_has_what_the_scoreboard_reads() -> None:
    sheet = {"id": "phone", "vendor": "xiaomi", "firmware": "V1"}
    job = Task("a" * 20, ("demo.pcapng",), (), sheet)
    demo = shipped.captures_folder() / "demo.pcapng"
    told = record_of(pipeline.analyze([demo], Options(home="IN")), job)
    row = board_rows.capture_row(told)
    assert row["cover"].hours == pytest.approx(told["score"]["coverage"]["hours"])
    assert (row["cover"].rules, len(row["cover"].judged) > 2) == (
        told["score"]["coverage"]["rules_sha256"], True,
    )  # fmt: skip
    assert row["first"] == board_rows.nanoseconds(told["first"]) > 0
    assert row["bytes_up_outside"] > 0
    assert row["split"].public + row["bytes_up_local"] == told["bytes_up"]
    assert row["named"] == told["visibility"]["named"] > 0
    [cohort] = survey([told], FAR).cohorts.vendors.values()
    assert cohort.firmwares == {"V1": 1}
