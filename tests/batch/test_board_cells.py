"""What a reader of the page could take for more, or less, than it is."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import board
from analyzer.batch.board_cohort import Cohorts
from analyzer.batch.board_sections import cohorts
from tests.batch.forged_records import SETTINGS, failed, record


def page(folder: Path, *records: dict[str, Any]) -> str:
    """scoreboard.html of these records."""
    board.write(lambda: iter(sorted(records, key=lambda r: str(r["key"]))), folder, SETTINGS)
    return (folder / "scoreboard.html").read_text()


def row(text: str, table: str = "devices") -> str:
    """The first row of a table, its cells' texts with | between them."""
    body = text.split(f'<section id="{table}">')[1].split("<tbody>")[1]
    return re.sub(r"<[^>]*>", " ", body.split("<tr>")[1].replace("<td", "|<td"))


def of(number: int, **device: str) -> dict[str, Any]:
    """A record of phone-0."""
    return record(number, device={**record(number)["device"], "id": "phone-0", **device})


def test_where_nothing_was_read_no_time_was_recorded(tmp_path: Path) -> None:
    bad = failed(1)
    told = row(page(tmp_path, bad))
    assert "1 not analysed" in told
    assert "second" not in told
    assert [each.strip() for each in told.split("|")][3:6] == ["", "", ""]  # nor judged
    with (tmp_path / "scoreboard.csv").open(newline="") as file:
        assert [each["hours"] for each in csv.DictReader(file)] == ["", ""]
    assert "2.0 hours" in row(page(tmp_path, bad, record(3, device=of(3, id="phone-0")["device"])))


def test_what_was_looked_for_and_not_found_is_told(tmp_path: Path) -> None:
    text = page(tmp_path, record(0, verdicts=[], findings={}))
    for table in ("devices", "captures"):
        assert [each.strip() for each in row(text, table).split("|")][4:6] == ["none", "none"]


def test_a_range_of_scores_is_that_of_recordings_with_one(tmp_path: Path) -> None:
    none = {**record(2)["score"], "total": None}
    low, high = ({**record(0)["score"], "total": total} for total in (7, 70))
    told = row(
        page(tmp_path, of(0) | {"score": low}, of(1) | {"score": high}, of(2) | {"score": none})
    )
    assert "7 to 70 in 2 recordings" in told
    assert "3 recordings" in told


def test_recordings_of_one_handset_with_several_vendors_are_noted(tmp_path: Path) -> None:
    assert "name different vendors" in page(tmp_path, of(0), of(1, vendor="borealis"))
    assert "name different vendors" not in page(tmp_path, of(0), of(1))


@pytest.mark.parametrize(
    ("far", "said"),
    [((False,), ""), ((True,), "1 from over a year away"), ((True, False), ""),
     ((True, True), "1 from over a year away")],
)  # fmt: skip
def test_a_contradiction_of_another_time_says_so_in_its_row(
    tmp_path: Path, far: tuple[bool, ...], said: str
) -> None:
    verdict = {"claim": "c", "vendor": "acme", "verdict": "contradicted"}
    made = [of(n) | {"verdicts": [{**verdict, "far": away}]} for n, away in enumerate(far)]
    text = page(tmp_path, *made)
    assert ("1 contradicted (1 from over a year away)" in row(text)) == bool(said)
    assert ("1 contradicted" in row(text), said in row(text)) == (True, True)
    assert ("<dt>Claims contradicted (1 from over a year away)<dd>1<" in text) == bool(said)


def test_what_one_handset_shows_is_not_laid_to_its_firmware() -> None:
    found = Cohorts()
    for number, (firmware, names) in enumerate(
        [("V1", ("both", "mine")), ("V1", ("both",)), ("V2", ("other",)), ("V2", ())]
    ):
        ends = [{"ip": "198.51.100.1", "name": name, "owner": None, "certainty": "stated"}
                for name in names]  # fmt: skip
        found.add({"device": {"id": f"p{number}", "vendor": "acme", "firmware": firmware},
                   "endpoints": ends})  # fmt: skip
    text = cohorts(found)
    assert "both" in text
    assert "mine" not in text
    assert "2 endpoints more were seen with one firmware only, but each on a single handset" in text
    assert [line[2] for line in found.rows()] == ["both", "mine", "other"]  # cohorts.csv has all


def test_a_firmware_nobody_gave_is_not_counted_as_none() -> None:
    found = Cohorts()
    for number in range(2):
        found.add({"device": {"id": f"p{number}", "vendor": "acme"}, "endpoints": []})
    assert "acme: 2 handsets, firmware not given" in cohorts(found)


def test_links_lead_to_sections_that_are_there(tmp_path: Path) -> None:
    for records in ((), (failed(1),), (record(0),), (record(0), failed(1))):
        text = page(tmp_path, *records)
        links = re.findall(r'href="#([^"]+)"', text)
        assert len(links) >= 6
        assert set(links) == set(re.findall(r'<section id="([^"]+)"', text))
