"""The scoreboard: every record accounted for, nothing ranked that cannot be, bounded memory."""

from __future__ import annotations

import csv
import errno
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import pipeline, shipped
from analyzer.batch import board, board_cover, board_rows
from analyzer.batch.board_cover import Cover
from analyzer.batch.board_survey import SHOWN, survey
from analyzer.batch.record import of as record_of
from analyzer.batch.task import Task
from analyzer.errors import PhonehomeError
from analyzer.pipeline import Options
from tests.batch.forged_records import SETTINGS, failed, key, record, records
from tests.conftest import ROOT
from tests.report.conftest import HOSTILE, retold

FILES = ("scoreboard.csv", "scoreboard.parquet", "scoreboard.html", "cohorts.csv")
FAR = board_cover.USUAL


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The scoreboard of 60 forged records."""
    board.write(records(60), tmp_path, SETTINGS)
    return tmp_path


def rows(folder: Path, name: str = "scoreboard.csv") -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Reader(HTMLParser):
    """Tags with attributes, and texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[Any] = Counter()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag, tuple(attrs)] += 1

    def handle_data(self, data: str) -> None:
        self.text += data


# ----------------------------------------------------------------- accounting


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


# --------------------------------------------------------------------- ranking


def covers() -> st.SearchStrategy[Cover]:
    share = st.floats(0, 1)
    return st.builds(
        Cover, st.sampled_from([("a",), ("a", "b")]), st.sampled_from(["r1", "r2"]),
        st.floats(0, 1e4), st.floats(0, 1e12), share, share,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(covers(), max_size=12), st.randoms(use_true_random=False))
def test_any_two_scores_of_a_group_may_be_ranked(found: list[Cover], shuffle: Any) -> None:
    groups = board_cover.groups(found, FAR)
    for x in found:
        for y in found:
            if groups[x] != groups[y]:
                continue
            assert (x.judged, x.rules) == (y.judged, y.rules)
            assert max(x.hours, y.hours) <= 4 * min(x.hours, y.hours)
            assert max(x.bytes, y.bytes) <= 10 * min(x.bytes, y.bytes)
            assert abs(x.named - y.named) <= 0.3
            assert abs(x.located - y.located) <= 0.3
    shuffle.shuffle(found)
    assert board_cover.groups(found, FAR) == groups


def test_the_limits_are_those_of_the_score() -> None:
    assert board_cover.limits() == pytest.approx(dict(board_cover.USUAL))


def test_groups_are_said_and_sorting_by_score_keeps_them(written: Path) -> None:
    page = (written / "scoreboard.html").read_text()
    assert "Scores of recordings that show differing amounts are not put in one order" in page
    body = page.split('<section id="captures">')[1].split("</section>")[0]
    told = re.findall(r'data-n=(\d+)>(\d+) <b class="letter">([A-Z]+)', body)
    assert len(told) == sum(r["status"] != "failed" for r in records(60)())
    keys = [int(number) for number, _, _ in told]
    assert keys == sorted(keys, reverse=True)  # as shown: groups, in each the highest first
    letters = [letter for _, _, letter in told]
    assert letters == sorted(letters)
    assert len(set(letters)) == 3
    scores = [int(score) for _, score, _ in told]
    assert scores != sorted(scores, reverse=True)  # over groups there is no order


def test_the_group_is_in_the_table_beside_the_score(written: Path) -> None:
    for row in rows(written):
        assert bool(row["score"]) == bool(row["coverage_group"]) == bool(row["coverage"])


def test_the_letters_go_on_after_z() -> None:
    many = [Cover(("a",), "r", 1.0, 10.0**i * 20, 0.5, 0.5) for i in range(0, 56, 2)]
    letters = [g.letter for g in sorted(set(board_cover.groups(many, FAR).values()))]
    assert letters[:3] == ["A", "B", "C"]
    assert letters[25:] == ["Z", "AA", "AB"]


# --------------------------------------------------------------------- cohorts


def test_what_a_vendor_has_in_common_and_what_one_firmware(written: Path) -> None:
    found = {(r["vendor"], r["kind"], r["endpoint"]): r for r in rows(written, "cohorts.csv")}
    common = found["acme", "name", "api.acme.example"]
    assert (common["common"], common["devices"], common["of_devices"]) == ("yes", "7", "7")
    beta = found["acme", "name", "beta-1.acme.example"]
    assert (beta["only_firmware"], beta["only_firmware_devices"]) == ("M1, V1", "3")
    assert beta["devices"] == "3"
    assert found["acme", "owner", "Acme Ltd."]["common"] == "yes"
    assert found["acme", "name", "only-0.acme.example"]["devices"] == "1"


def test_a_handset_of_unknown_firmware_is_of_no_one_firmware(tmp_path: Path) -> None:
    def told() -> Any:
        for each in records(60)():
            if each["device"]["id"] == "phone-0":
                each["device"] = {**each["device"], "firmware": None}
            yield each

    board.write(told, tmp_path, SETTINGS)
    found = {r["endpoint"]: r for r in rows(tmp_path, "cohorts.csv")}
    assert found["beta-0.acme.example"]["only_firmware"] == ""  # phone-0 showed it
    assert found["beta-1.acme.example"]["only_firmware"] == "M1, V1"


def test_one_handset_or_one_firmware_says_so(tmp_path: Path) -> None:
    board.write(records(2), tmp_path, SETTINGS)
    text = Reader((tmp_path / "scoreboard.html").read_text()).text
    assert "No vendor has two handsets" in text
    assert {r["common"] for r in rows(tmp_path, "cohorts.csv")} == {"no"}

    def same() -> Any:
        for each in records(30)():
            yield each | {"device": {**each["device"], "firmware": "V1"}}

    board.write(same, tmp_path, SETTINGS)
    assert (
        "nothing can be said of differences between firmwares"
        in (tmp_path / "scoreboard.html").read_text()
    )
    assert {r["only_firmware"] for r in rows(tmp_path, "cohorts.csv")} == {""}


# ----------------------------------------------------------------- hostile text


def hostile(text: str) -> Any:
    kept = {"complete", "incomplete", "failed", "stated", "agreed", "single", "edge", "unknown",
            "disputed", "private", "contradicted", "consistent", "not_testable"}  # fmt: skip
    fixed = ("key", "first", "last", "report", "schema")

    def change(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return value if value in kept or name in fixed else text
        if isinstance(value, dict):
            return {k: change(v, k) for k, v in value.items()}
        return [change(v) for v in value] if isinstance(value, list) else value

    return lambda: (change(each) for each in records(12)())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_tag_and_no_cell(text: str, tmp_path: Path) -> None:
    for name, said in (("tame", "harmless"), ("wild", text)):
        settings_ = retold(SETTINGS, lambda old, said=said: said if old != "html" else old)
        board.write(hostile(said), tmp_path / name, {**settings_, "asked": {}})
    tame, wild = ((tmp_path / name / "scoreboard.html").read_text() for name in ("tame", "wild"))
    body = wild[wild.index("<body") : wild.rindex("<script>")]
    assert all(c.isprintable() or c == "\n" for c in body)
    if text:
        assert Reader(wild).tags == Reader(tame).tags
    for name in ("scoreboard.csv", "cohorts.csv"):
        for row in rows(tmp_path / "wild", name):
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
                assert cell.isprintable()
    assert all(line.isprintable() for line in board.summary_lines(survey(hostile(text)(), FAR)))


def test_links_are_made_of_keys_alone(written: Path, tmp_path: Path) -> None:
    page = (written / "scoreboard.html").read_text()
    hrefs = re.findall(r'href="([^"#][^"]*)"', page)
    assert len(hrefs) == sum(r["status"] != "failed" for r in records(60)())
    assert all(re.fullmatch(r"captures/[0-9a-f]{20}/report\.html", href) for href in hrefs)
    bad = record(0, report="javascript:alert(1)", key="../../etc/passwd-00000")
    board.write(lambda: iter([bad]), tmp_path, SETTINGS)
    assert not re.findall(r'href="([^"#][^"]*)"', (tmp_path / "scoreboard.html").read_text())
    board.write(records(5), tmp_path, {**SETTINGS, "formats": ["csv"]})
    assert not re.findall(r'href="([^"#][^"]*)"', (tmp_path / "scoreboard.html").read_text())


def test_nothing_is_loaded_and_the_policy_forbids_it(written: Path) -> None:
    page = (written / "scoreboard.html").read_text()
    assert "default-src 'none'" in page
    assert " style=" not in page
    assert not {tag for tag, _ in Reader(page).tags} & {"img", "link", "iframe", "object", "embed"}


# ---------------------------------------------------------------- determinism


def test_same_records_same_bytes(written: Path, tmp_path: Path) -> None:
    board.write(records(60), tmp_path / "again", SETTINGS)
    for name in FILES:
        assert (written / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_records_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sorted by key"):
        board.write(lambda: iter([*records(3)()][::-1]), tmp_path, SETTINGS)
    assert list(tmp_path.iterdir()) == []
    twice = [next(records(1)())] * 2
    with pytest.raises(ValueError, match="sorted by key"):
        board.write(lambda: iter(twice), tmp_path, SETTINGS)


def test_an_interrupt_leaves_the_old_scoreboard_whole(written: Path) -> None:
    before = {name: (written / name).read_bytes() for name in FILES}
    calls = iter(range(2))

    def broken() -> Any:
        if next(calls):
            yield from [*records(60)()][:20]
            raise KeyboardInterrupt
        yield from records(60)()

    with pytest.raises(KeyboardInterrupt):
        board.write(broken, written, SETTINGS)
    assert {name: (written / name).read_bytes() for name in FILES} == before
    assert sorted(p.name for p in written.iterdir()) == sorted(FILES)


def test_without_pyarrow_everything_else_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.batch.dataset.possible", lambda: False)
    board.write(records(9), tmp_path, SETTINGS)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(set(FILES) - {FILES[1]})


def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PhonehomeError, match="Cannot write"):
        board.write(records(3), tmp_path / "file", SETTINGS)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for owner in ("analyzer.batch.dataset.os.replace", "analyzer.report.folder.os.replace"):
        with monkeypatch.context() as patched:
            patched.setattr(owner, full)
            with pytest.raises(PhonehomeError, match="disk is full"):
                board.write(records(3), tmp_path / "there", SETTINGS)
        assert list((tmp_path / "there").iterdir()) == []


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


# --------------------------------------------------------------------- memory


def test_10_000_records_stay_below_300_mb_and_the_page_says_what_it_leaves_out(
    tmp_path: Path,
) -> None:
    script = f"""
from pathlib import Path
from analyzer.batch import board
from tests.batch.forged_records import SETTINGS, record, records
few = records(10_000)
def many():
    for each in few():
        vendor, device = each["device"]["vendor"], each["device"]["id"]
        if each["endpoints"]:
            one, some = each["endpoints"][0], hash(device) % 40
            each["endpoints"] = [
                {{**one, "name": f"host-{{i % 150}}-{{some}}.example"}} for i in range(200)
            ]
        yield each
board.write(many, Path({str(tmp_path)!r}), SETTINGS)
# ru_maxrss would begin with what the test run itself holds
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "0", "PATH": ""},
    )  # fmt: skip
    assert int(ran.stdout) < 300 * 1024
    page = (tmp_path / "scoreboard.html").read_text()
    assert f"Shown are the first {SHOWN:,} of" in page
    assert page.count("<tr>") < 2 * SHOWN + 700
    assert sum(row["level"] == "capture" for row in rows(tmp_path)) == 10_000
    assert key(9_999) in {row["key"] for row in rows(tmp_path)}
