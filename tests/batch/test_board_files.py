"""The files of a scoreboard: the same every time, whole, and made in bounded memory."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import board
from analyzer.batch.board_survey import SHOWN
from analyzer.errors import PhonehomeError
from tests.batch.forged_records import FILES, SETTINGS, key, records, rows
from tests.conftest import ROOT


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
