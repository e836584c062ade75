"""A batch is judged by one state of rules, data and named files: content counts, not place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import door, state, work
from analyzer.batch.engine import Job
from analyzer.errors import PhonehomeError
from tests.batch.folders import (
    OPTIONS,
    asked,
    batch,
    capture,
    contents,
    folder,
    seals,
)
from tests.conftest import ROOT


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
        return asked(top, output, jobs=1, options={**OPTIONS, **named})

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
        options = {**OPTIONS, "keylog": f"{tmp_path}/{name}/keys.log"}
        return asked(top, output, jobs=1, options=options)

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
    wanted = asked(top, tmp_path / "out", jobs=1, options={**OPTIONS, "policy": str(policy)})

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
        keyed = {**OPTIONS, "keylog": str(tmp_path / path)}
        return batch(asked(top, output, jobs=1, options=keyed))[1]

    assert said("one/keys.log", line) == []
    assert said("two/keys.log", line) == ["1 of 1 results are there already."]
    assert "1 is analysed again" in said("two/other.log", line)[0]
    assert "a file that an option names changed" in said("two/other.log", line * 2)[0]
    assert "ab" * 32 not in b"".join(contents(output).values()).decode("latin-1")
