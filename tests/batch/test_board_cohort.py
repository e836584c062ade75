"""What the handsets of a vendor have in common, and what one firmware alone shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer.batch import board
from tests.batch.forged_records import SETTINGS, records, rows
from tests.markup import Reader


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
