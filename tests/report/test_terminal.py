from pathlib import Path

import pytest

from analyzer.model import Anomaly, Result, Status
from analyzer.report import terminal
from analyzer.report.safe import columns


def test_the_summary(result: Result) -> None:
    text = terminal(result, Path("phone.phonehome"), width=80, colour=False)
    lines = text.splitlines()
    assert lines[0].startswith("phone.pcap · 2019-10-16 13:04:08 - 15:28:08 UTC · Phone Example")
    assert "Of 1.9 MB sent, 1.6 MB (84%) went to" in " ".join(lines)
    top = next(line for line in lines if "Singapore  " in line)
    assert top.split() == ["…g.intl.phone.example", "Singapore", "stated", "AWS",
                           "ap-southeast-1", "1.2", "MB", "90", "kB"]  # fmt: skip
    assert "Findings: 1 high, 1 medium, 1 low (score 65 of 100)" in lines
    assert lines.index("Findings: 1 high, 1 medium, 1 low (score 65 of 100)") < next(
        i for i, line in enumerate(lines) if "Readable text sent" in line
    )
    assert "Incomplete: The last 512 bytes of the file are missing." in lines
    assert lines[-1] == "Report: phone.phonehome"
    assert len(lines) <= 24


def test_handsets_that_are_not_named_are_counted(result: Result) -> None:
    result.handsets *= 2
    title = terminal(result, None, width=110, colour=False).splitlines()[0]
    assert title.endswith("Phone Example 192.0.2.20, 192.0.2.21 (+2)")


def test_why_it_is_incomplete_is_damage_and_not_the_age_of_data(result: Result) -> None:
    result.anomalies = [
        Anomaly("data_age", 1, effect="the list is old"),
        Anomaly("file_changed", 1, effect="the file was written to"),
        Anomaly("time_backwards", 1, effect="the clock jumps"),
    ]
    text = terminal(result, None, width=200, colour=False)
    assert "Incomplete: The file was written to." in text.splitlines()


def test_what_keys_opened_is_told_only_where_they_did(result: Result) -> None:
    assert "opened with keys" not in terminal(result, None, width=200, colour=False)
    result.visibility.decrypted = 0.25
    assert ", 25% opened with keys." in terminal(result, None, width=200, colour=False)


def test_claims_stand_above_findings_one_line_each(result: Result) -> None:
    lines = terminal(result, None, width=80, colour=False).splitlines()
    at = lines.index("What the vendor said: 1 contradicted, 1 not testable (1 over a year away)")
    said = "“All our servers are in Singapore” (2017-09-06, over a year away)"
    assert lines[at + 1] == f"  contradicted {said}"
    assert lines[at + 2] == "  not testable “Our updates come from India” (2019-10)"
    assert lines[at + 3].startswith("Findings: ")
    result.claims = result.claims[1:] * 6 + result.claims[:1] * 2
    text = terminal(result, None, width=80, colour=False)
    assert text.count("contradicted “") == 5
    assert "and 3 more" in text
    result.claims = []
    assert "vendor said" not in terminal(result, None, width=80, colour=False)


def test_of_what_cannot_be_tested_one_leaves_room_for_destinations(result: Result) -> None:
    result.claims, result.findings = result.claims[:1] * 5, []
    lines = terminal(result, None, width=100, colour=False).splitlines()
    at = lines.index("What the vendor said: 5 not testable")
    assert lines[at + 1].startswith("  not testable “Our updates")
    assert lines[at + 2] == "  and 4 more"


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 300])
def test_every_line_fits(result: Result, width: int) -> None:
    for line in terminal(result, None, width=width, colour=False).splitlines():
        assert columns(line) <= max(40, min(width, 110))


def test_a_country_too_long_for_its_column_is_its_code(result: Result) -> None:
    result.findings = []
    assert "United States single" in terminal(result, None, width=110, colour=False)
    result.endpoints[2].place.location.country = "GB"
    text = terminal(result, None, width=110, colour=False)
    assert "ads.broker.example" in text
    assert "GB            single" in text


def test_colour_only_when_asked(result: Result) -> None:
    assert "\x1b" not in terminal(result, None, width=80, colour=False)
    assert "\x1b[1;31m" in terminal(result, None, width=80, colour=True)


def test_the_page_is_named_when_it_is_there(result: Result, tmp_path: Path) -> None:
    (tmp_path / "report.html").touch()
    assert f"Report: {tmp_path}/report.html" in terminal(result, tmp_path, width=80, colour=False)


def test_no_findings_is_no_clean_bill(result: Result) -> None:
    result.findings = []
    assert "that is no clean bill" in terminal(result, None, width=80, colour=False)


def test_an_empty_result(result: Result) -> None:
    result.endpoints, result.status = [], Status.FAILED
    text = terminal(result, None, width=80, colour=False)
    assert "Nothing readable was found" in text
    assert "Failed: The last 512 bytes" in text
    assert "Destination" not in text


def test_hostile_text_is_harmless(hostile: Result) -> None:
    text = terminal(hostile, Path("x"), width=80, colour=False)
    for line in text.split("\n"):
        assert line.isprintable()
        assert columns(line) <= 80
