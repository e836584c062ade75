"""A whole batch: everything that goes in comes out as something, and it resumes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import digests, door, lock, state, work
from analyzer.batch.engine import Job
from analyzer.errors import PhonehomeError, UsageError
from tests.batch.folders import (
    asked,
    batch,
    capture,
    contents,
    folder,
    misbehave,
    seals,
    with_workers,
)
from tests.conftest import ROOT


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Good, double, cut, broken, empty, and what kills, hogs and never ends."""
    top = folder(tmp_path / "in", 3)
    whole = (top / "phone-0.pcap").read_bytes()
    (top / "again").mkdir()
    (top / "again" / "copy.pcap").write_bytes(whole)
    (top / "cut.pcap").write_bytes((top / "phone-1.pcap").read_bytes()[:-7])
    (top / "broken.pcap").write_bytes(b"no capture at all")
    (top / "header.pcap").write_bytes(whole[:24])
    (top / "notes.txt").write_text("not a capture")
    for name in ("kills", "hogs"):
        capture(top / f"{name}.pcap")
    return top


def account(output: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((output / "summary.json").read_text())
    return said


def records(output: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for path in (output / "captures").glob("*/record.json"):
        record = json.loads(path.read_text())
        found[record["names"][0]] = record
    return found


def test_everything_is_accounted_for(mixed: Path, tmp_path: Path) -> None:
    ended, _ = batch(asked(mixed, tmp_path / "out", memory=400 << 20, timeout=20), misbehave)
    assert ended.code == 3
    said = account(tmp_path / "out")
    assert said["in"] == 9
    assert said["in"] == said["complete"] + said["incomplete"] + said["failed"]
    assert (said["complete"], said["incomplete"], said["failed"]) == (4, 1, 4)
    assert said["failed_by_reason"] == {
        "killed": 1, "malformed": 2, "memory": 1,
    }  # fmt: skip
    assert said["duplicates"] == 1
    assert said["skipped"] == {"count": 1, "names": ["notes.txt"]}
    found = records(tmp_path / "out")
    assert found["again/copy.pcap"]["names"] == ["again/copy.pcap", "phone-0.pcap"]
    assert {name: found[f"{name}.pcap"]["reason"] for name in ("kills", "hogs")} == {
        "kills": "killed", "hogs": "memory",
    }  # fmt: skip
    assert "inside a packet" in found["cut.pcap"]["why"]
    listed = (tmp_path / "out" / "failed.csv").read_text().splitlines()
    assert len(listed) == 1 + said["incomplete"] + said["failed"]
    assert not (tmp_path / "out" / ".batch").exists()


def test_the_number_of_workers_changes_no_byte(mixed: Path, tmp_path: Path) -> None:
    for name in ("kills", "hogs"):
        (mixed / f"{name}.pcap").unlink()
    for jobs in (1, 2, 5):
        batch(asked(mixed, tmp_path / f"out{jobs}", jobs=jobs))
    first = contents(tmp_path / "out1")
    assert first == contents(tmp_path / "out2") == contents(tmp_path / "out5")
    assert {"batch.json", "summary.json", "failed.csv", "scoreboard.html"} <= first.keys()
    assert any(name.startswith("dataset/flows/vendor=") for name in first)


def test_what_is_sealed_is_not_analysed_again(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 4)
    output = tmp_path / "out"
    batch(asked(top, output))
    before, bytes_before = seals(output), contents(output)

    def refuse(job: Job, settings: Any) -> dict[str, Any]:
        assert job["kind"] == "measure"
        return work.do(job, settings)

    ended, said = batch(asked(top, output), refuse)
    assert (ended.code, seals(output), contents(output)) == (0, before, bytes_before)
    assert said == ["4 of 4 results are there already."]


def test_what_changed_is_analysed_again_and_why_is_said(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 3)
    output = tmp_path / "out"
    batch(asked(top, output))
    before = seals(output)
    capture(top / "phone-1.pcap", "something-new")
    _, said = batch(asked(top, output))
    assert said == ["2 of 3 results are there already.", "1 is analysed again: the file changed."]
    assert len(before.keys() & seals(output).keys()) == 2
    assert len(seals(output)) == 3
    _, said = batch(asked(top, output, evidence=False))
    assert said == ["3 are analysed again: --no-evidence changed."]
    (top / "device.yaml").write_text("vendor: xiaomi\n")
    _, said = batch(asked(top, output, evidence=False))
    assert said == ["3 are analysed again: the device sheet changed."]
    assert {r["device"]["vendor"] for r in records(output).values()} == {"xiaomi"}
    parquet = [path.parent.name for path in output.glob("dataset/flows/*/*.parquet")]
    assert parquet == ["vendor=xiaomi"] * 3


def test_what_is_said_stands_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top, output = folder(tmp_path / "in", 2), tmp_path / "out"
    batch(asked(top, output))
    wanted = asked(top, output, shown=True)
    door.run(wanted, lambda line: print(line, file=sys.stderr), with_workers(work.do))
    before, _, _ = capsys.readouterr().err.partition("2 of 2 results are there already.\n")
    assert "measured" in before
    assert before.endswith("\r\x1b[K")


def test_an_error_is_tried_again_and_odd_names_travel(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    odd = top / os.fsdecode(b"\xff\xfe odd.pcap")
    (top / "phone-0.pcap").rename(odd)

    def broken(job: Job, settings: Any) -> dict[str, Any]:
        if job["kind"] == "measure":
            return {"error": "the network is down"}
        return work.do(job, settings)

    ended, _ = batch(asked(top, tmp_path / "out"), broken)
    assert (ended.code, ended.account["failed_by_reason"]) == (4, {"error": 1})
    assert "the network is down" in (tmp_path / "out" / "failed.csv").read_text()
    ended, said = batch(asked(top, tmp_path / "out"))
    assert (ended.code, ended.account["in"]) == (0, 1)
    assert said == ["1 is analysed again: the file changed."]
    assert list(records(tmp_path / "out")) == [odd.name]


def test_findings_change_the_code_only_when_asked(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    assert batch(asked(top, tmp_path / "out", fail_on="high"))[0].code == 0
    assert batch(asked(top, tmp_path / "out", fail_on="info"))[0].code == 10


def test_records_have_the_keys_the_scoreboard_reads(tmp_path: Path) -> None:
    from tests.batch.forged_records import record

    top = folder(tmp_path / "in", 1)
    (top / "bad.pcap").write_bytes(b"none")
    batch(asked(top, tmp_path / "out"))
    for made in records(tmp_path / "out").values():
        forged = record(0)
        assert made.keys() == forged.keys()
        assert made["device"].keys() == forged["device"].keys()
        for part in ("endpoints", "countries", "files"):
            assert all(each.keys() == forged[part][0].keys() for each in made[part])


def test_a_limit_raised_gives_another_try(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    capture(top / "endless.pcap")
    output = tmp_path / "out"
    batch(asked(top, output, timeout=1), misbehave)
    assert records(output)["endless.pcap"]["reason"] == "timeout"
    _, said = batch(asked(top, output, timeout=1), misbehave)
    assert said == ["2 of 2 results are there already."]
    ended, said = batch(asked(top, output, timeout=60))
    assert said[1:] == ["1 is analysed again: --memory or --timeout changed."]
    assert ended.code == 0


def test_results_of_other_sources_are_not_mixed_in_or_lost(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "one", 1), tmp_path / "two"
    capture(two / "other.pcap")
    output = tmp_path / "out"
    batch(asked(one, output))
    with pytest.raises(UsageError, match=r"such as phone-0\.pcap.*--prune"):
        batch(asked(two, output))
    assert list(records(output)) == ["phone-0.pcap"]
    batch(asked(two, output, prune=True))
    assert list(records(output)) == ["other.pcap"]


def test_no_two_batches_write_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.1)
    with lock.held(tmp_path / "out"), pytest.raises(UsageError, match="Another batch"):
        batch(asked(folder(tmp_path / "in", 1), tmp_path / "out"))


def test_other_rules_than_at_the_start_are_refused(tmp_path: Path) -> None:
    wanted = asked(folder(tmp_path / "in", 3), tmp_path / "out", jobs=1)

    def meddle(job: Job, settings: Any) -> dict[str, Any]:
        return work.do(job, {**settings, "rules": "0" * 64})

    with pytest.raises(PhonehomeError, match="the rules are not those the batch began with"):
        batch(wanted, meddle)
    assert not seals(tmp_path / "out")
    with pytest.raises(PhonehomeError, match="the data sets are not those"):
        batch(wanted, lambda job, said: work.do(job, {**said, "data": "0" * 64}))


def test_data_are_measured_again_only_when_a_file_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONEHOME_DATA", str(tmp_path))
    plain: dict[str, Any] = {"rules": [], "country_db": None, "asn_db": None, "city_db": None}
    before = state.measure(plain)
    assert state.measure(plain) == before
    (tmp_path / "aws.lists").write_bytes(b"fresh")
    rules, data = state.measure(plain)
    assert rules == before[0]
    assert data != before[1]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(PhonehomeError, match="/proc/nowhere cannot be written"):
        batch(asked(folder(tmp_path / "in", 1), Path("/proc/nowhere")))


def test_a_full_disk_ends_the_batch_and_blames_no_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from analyzer.batch import dataset

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dataset, "write", full)
    with pytest.raises(PhonehomeError, match=r"the disk is full; free some space"):
        batch(asked(folder(tmp_path / "in", 2), tmp_path / "out"))
    assert not seals(tmp_path / "out")
    assert not (tmp_path / "out" / "summary.json").exists()


def run(source: Path, output: Path, jobs: int = 2) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.batch.folders", str(source), str(output), str(jobs)]
    return subprocess.Popen(
        [*command, "0", "60"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for_seals(output: Path, count: int) -> None:
    end = time.monotonic() + 60
    while len(seals(output)) < count and time.monotonic() < end:
        time.sleep(0.01)


def test_killed_anywhere_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 6)
    batch(asked(top, tmp_path / "undisturbed"))
    output = tmp_path / "out"
    for count in (0, 1, 3):
        parent = run(top, output)
        wait_for_seals(output, count)
        parent.kill()
        parent.communicate()
    before = seals(output)
    ended, _ = batch(asked(top, output, timeout=60))
    assert ended.code == 0
    after = seals(output)
    assert {key: after[key] for key in before} == before
    assert contents(output) == contents(tmp_path / "undisturbed")


def test_interrupted_once_it_finishes_what_runs_and_sums_up(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 40)
    output = tmp_path / "out"
    parent = run(top, output, jobs=1)
    wait_for_seals(output, 2)
    parent.send_signal(signal.SIGINT)
    _, err = parent.communicate(timeout=60)
    assert (parent.returncode, err) == (130, "")
    said = account(output)
    assert said["not_yet"] > 0
    assert said["in"] == 40 == said["complete"] + said["not_yet"]
    assert (output / "scoreboard.csv").is_file()


def interrupted(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Ctrl-C comes when so many sources were measured."""
    measured: list[int] = []

    @contextmanager
    def stopping(_: door.Say) -> Iterator[Callable[[], bool]]:
        yield lambda: len(measured) >= after

    plain = digests.Memory.take
    monkeypatch.setattr(digests.Memory, "take", lambda *all_: [measured.append(1), plain(*all_)])
    monkeypatch.setattr(door, "stopping", stopping)


def test_interrupted_while_it_measures_what_is_sealed_is_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 4), tmp_path / "out"
    batch(asked(top, output))
    for name in ("scoreboard.csv", "scoreboard.html", "summary.json"):
        (output / name).unlink()  # as after kill -9 before the first
    capture(top / "phone-0.pcap", "changed")
    capture(top / "phone-9.pcap")
    before = seals(output)
    with monkeypatch.context() as patch:
        interrupted(patch, 2)
        ended, said = batch(asked(top, output, jobs=1))
    assert (ended.code, seals(output)) == (130, before)
    counts = {name: ended.account[name] for name in ("in", "complete", "not_yet")}
    assert counts == {"in": 5, "complete": 3, "not_yet": 2}
    assert said == ["phonehome: 2 were not looked at again; they stand with the results they had."]
    rows = (output / "scoreboard.csv").read_text()
    assert [f"phone-{n}.pcap" in rows for n in (0, 1, 2, 3, 9)] == [False, True, True, True, False]
    page = (output / "scoreboard.html").read_text()
    assert "2 recordings have no result yet" in page
    ended, said = batch(asked(top, output))
    assert (ended.code, said[0]) == (0, "3 of 5 results are there already.")


def test_interrupted_before_the_first_result_the_scoreboard_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 3), tmp_path / "out"
    interrupted(monkeypatch, 1)
    ended, said = batch(asked(top, output, jobs=1))
    assert (ended.code, ended.account["not_yet"], said) == (130, 3, [])
    assert "3 recordings have no result yet" in (output / "scoreboard.html").read_text()


def test_interrupted_with_other_settings_the_earlier_scoreboard_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 3), tmp_path / "out"
    batch(asked(top, output))
    before = contents(output)
    interrupted(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        batch(asked(top, output, jobs=1, evidence=False))
    assert contents(output) == before


def test_a_sheet_that_changed_is_seen_though_the_source_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 2), tmp_path / "out"
    batch(asked(top, output))
    (top / "phone-1.device.yaml").write_text("vendor: xiaomi\n")
    interrupted(monkeypatch, 0)
    ended, _ = batch(asked(top, output, jobs=1))
    assert (ended.code, ended.account["complete"], ended.account["not_yet"]) == (130, 1, 1)


def test_interrupted_twice_it_stops_now(tmp_path: Path) -> None:
    top = tmp_path / "in"
    capture(top / "endless.pcap")
    parent = run(top, tmp_path / "out")
    end = time.monotonic() + 60
    while not (tmp_path / "out" / "batch.json").exists() and time.monotonic() < end:
        time.sleep(0.02)
    parent.send_signal(signal.SIGINT)
    time.sleep(0.3)
    parent.send_signal(signal.SIGINT)
    parent.communicate(timeout=30)
    assert parent.returncode != 0
    assert not (tmp_path / "out" / "summary.json").exists()


def test_a_report_is_that_of_a_run_of_its_own(tmp_path: Path) -> None:
    """One worker analyses all, one after the other: nothing of one capture stays for the next."""
    top = folder(tmp_path / "in", 3)
    output = tmp_path / "out"
    batch(asked(top, output, jobs=1))
    for name, record in records(output).items():
        subprocess.run(
            [sys.executable, "-m", "analyzer", "analyze", str(top / name), "--home", "IN", "-q",
             "--format", "json,csv", "-o", str(tmp_path / "alone")],
            check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        ours = contents(output / "captures" / record["key"])
        del ours["record.json"]
        assert ours == contents(tmp_path / "alone")


def test_parts_become_one_report_unless_their_rows_differ(tmp_path: Path) -> None:
    top = tmp_path / "in"
    capture(top / "x.pcap", "one").read_bytes()
    capture(tmp_path / "x.pcap", "two").rename(top / "x.pcap1")
    ended, _ = batch(asked(top, tmp_path / "out"))
    assert ended.account["in"] == 1
    assert [each["name"] for each in records(tmp_path / "out")["x.pcap"]["files"]] == [
        "x.pcap", "x.pcap1",
    ]  # fmt: skip
    (top / "devices.csv").write_text("capture,device\nx.pcap,a\nx.pcap1,b\n")
    ended, _ = batch(asked(top, tmp_path / "out"))
    assert ended.account["in"] == 2
    assert {r["device"]["id"] for r in records(tmp_path / "out").values()} == {"a", "b"}


def test_a_claim_file_that_a_row_names_counts_by_its_content(tmp_path: Path) -> None:
    capture(tmp_path / "in" / "a.pcap")
    claim = tmp_path / "in" / "my.yaml"
    claim.write_bytes(next(ROOT.glob("rules/claims/any-all-encrypted.yaml")).read_bytes())
    (tmp_path / "in" / "devices.csv").write_text("capture,home,claims\na.pcap,IN,my.yaml\n")
    wanted = asked(tmp_path / "in", tmp_path / "out", jobs=1)
    batch(wanted)
    assert any("1 of 1 results are there" in line for line in batch(wanted)[1])
    claim.write_bytes(claim.read_bytes() + b"# looked at again\n")
    assert any("a claim file it names changed" in line for line in batch(wanted)[1])


def test_a_file_that_is_named_counts_by_content_wherever_it_lies(tmp_path: Path) -> None:
    top, output = folder(tmp_path / "in", 1), tmp_path / "out"
    made = next(ROOT.glob("rules/claims/any-all-encrypted.yaml")).read_bytes()
    policy = next(ROOT.glob("rules/policies/*.yaml")).read_bytes()

    def wanted(name: str) -> door.Asked:
        for path, content in (("claim", made), ("policy", policy)):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"{path}.yaml").write_bytes(content)
        named = {"policy": f"{tmp_path}/{name}/policy.yaml",
                 "claims": [f"{tmp_path}/{name}/claim.yaml"]}  # fmt: skip
        (top / "devices.csv").write_text(f"capture,claims\n*,{tmp_path}/{name}/claim.yaml\n")
        plain = asked(top, output, jobs=1)
        return replace(plain, options={**plain.options, **named})

    batch(wanted("one"))
    before = contents(output)
    assert str(tmp_path) not in before["batch.json"].decode()
    assert batch(wanted("two"))[1] == ["1 of 1 results are there already."]
    assert contents(output) == before
    policy += b"# looked at again\n"
    assert batch(wanted("two"))[1] == ["1 is analysed again: a file that an option names changed."]
    made += b"# looked at again\n"
    assert "a file that an option names" in batch(wanted("two"))[1][0]


def test_a_key_log_counts_by_content_wherever_it_lies(tmp_path: Path) -> None:
    top, output = folder(tmp_path / "in", 1), tmp_path / "out"

    def wanted(name: str, text: str) -> door.Asked:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "keys.log").write_text(text)
        plain = asked(top, output, jobs=1)
        return replace(plain, options={**plain.options, "keylog": f"{tmp_path}/{name}/keys.log"})

    batch(wanted("one", "# a\n"))
    before = contents(output)
    assert str(tmp_path) not in before["batch.json"].decode()
    assert batch(wanted("two", "# a\n"))[1] == ["1 of 1 results are there already."]
    assert contents(output) == before
    said = batch(wanted("two", "# b\n"))[1]
    assert said == ["1 is analysed again: a file that an option names changed."]
    lost = wanted("three", "")
    (tmp_path / "three" / "keys.log").unlink()
    with pytest.raises(PhonehomeError, match="check --keylog"):
        batch(lost)


def test_a_named_file_that_changes_under_way_is_refused(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    claim, policy = tmp_path / "claim.yaml", tmp_path / "policy.yaml"
    claim.write_bytes(next(ROOT.glob("rules/claims/any-all-encrypted.yaml")).read_bytes())
    policy.write_bytes(next(ROOT.glob("rules/policies/*.yaml")).read_bytes())
    (top / "devices.csv").write_text(f"capture,claims\n*,{claim}\n")
    plain = asked(top, tmp_path / "out", jobs=1)
    wanted = replace(plain, options={**plain.options, "policy": str(policy)})

    def meddling(path: Path) -> Any:
        def meddle(job: Job, settings: Any) -> dict[str, Any]:
            if job["kind"] == "run":
                path.write_bytes(path.read_bytes() + b"# and more\n")
            return work.do(job, settings)

        return meddle

    for path in (claim, policy):
        with pytest.raises(PhonehomeError, match="files that options or device sheets name are"):
            batch(wanted, meddling(path))
        assert not seals(tmp_path / "out")
    assert batch(wanted)[0].code == 0


def test_a_key_log_counts_by_its_name_and_content_as_its_report_does(tmp_path: Path) -> None:
    top, output = folder(tmp_path / "in", 1), tmp_path / "out"
    line = f"CLIENT_RANDOM {'ab' * 32} {'cd' * 48}\n"

    def said(path: str, content: str) -> list[str]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
        plain = asked(top, output, jobs=1)
        keyed = {**plain.options, "keylog": str(tmp_path / path)}
        return batch(replace(plain, options=keyed))[1]

    assert said("one/keys.log", line) == []
    assert said("two/keys.log", line) == ["1 of 1 results are there already."]
    assert "1 is analysed again" in said("two/other.log", line)[0]
    assert "a file that an option names changed" in said("two/other.log", line * 2)[0]
    assert "ab" * 32 not in b"".join(contents(output).values()).decode("latin-1")
