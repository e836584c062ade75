"""phonehome from Python: tables with the right values and types, built when asked for."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import analyzer
from analyzer import shipped
from analyzer.api import Analysis
from analyzer.errors import DataFileError, NothingUsable, UsageError

DEMO = shipped.captures_folder() / "demo.pcapng"


@pytest.fixture(scope="module")
def demo() -> Analysis:
    return analyzer.analyze(DEMO, device_sheet=DEMO.with_name("demo-device.yaml"))


def test_endpoints_have_values(demo: Analysis) -> None:
    ends = demo.endpoints.set_index("ip")
    assert ends.loc["13.126.0.10", "country"] == "IN"
    assert ends.loc["13.126.0.10", "certainty"] == "stated"
    assert ends.loc["54.169.0.10", "country"] == "SG"
    assert ends.loc["54.169.0.10", "region"] == "ap-southeast-1"
    assert ends.loc["13.35.0.10", "country"] is None
    assert ends.loc["13.35.0.10", "certainty"] == "edge"
    assert len(ends) == len(demo.result.endpoints)


def test_flows_have_values_and_types(demo: Analysis) -> None:
    flows = demo.flows
    push = flows[flows["name"] == "push.handset.example"]
    assert set(push["server_ip"]) == {"54.169.0.20"}
    assert set(push["server_port"]) == {5223}
    assert set(push["name_source"]) == {"sni"}
    assert (flows["packets_up"] + flows["packets_down"]).sum() == (
        demo.result.capture.counters.in_flows
    )
    assert flows["bytes_up"].dtype == "int64"
    assert str(flows["first"].dtype) == "datetime64[ns, UTC]"
    assert flows["first"].min() >= pd.Timestamp("2026-10-14T08:00:00Z")
    nameless = flows[flows["name"].isna()]
    assert nameless["why_no_name"].notna().all()


def test_names_have_values(demo: Analysis) -> None:
    names = demo.names
    answers = names[(names["source"] == "dns") & names["address"].notna()]
    told = set(zip(answers["name"], answers["address"], strict=True))
    assert ("tracking.india.handset.example", "219.142.0.10") in told
    assert set(names["source"]) >= {"dns", "sni", "quic_sni", "http_host"}
    assert (names["frame"] > 0).all()


def test_findings_have_values(demo: Analysis) -> None:
    found = demo.findings
    assert list(found["id"]) == [finding.id for finding in demo.result.findings]
    clear = found[found["rule"] == "cleartext-http"]
    assert clear["title"].str.contains("tracking.india.handset.example").any()
    assert found["title"].str.len().gt(0).all()


def test_tables_are_those_of_the_folder(demo: Analysis, tmp_path: Path) -> None:
    demo.write(tmp_path / "report")
    for table in ("flows", "endpoints", "names", "findings"):
        with (tmp_path / "report" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        frame = getattr(demo, table)
        assert (list(frame.columns), len(frame)) == (header, len(rows))
    told = json.loads((tmp_path / "report" / "result.json").read_text("utf-8"))
    assert told == json.loads(json.dumps(demo.to_dict()))


def test_tables_are_built_once(demo: Analysis) -> None:
    assert demo.flows is demo.flows


def test_the_analysis_prints_as_its_summary(demo: Analysis) -> None:
    assert "12 endpoints on the Internet" in str(demo)
    assert "ents.metrics.example India" in str(demo)


def test_options_are_those_of_the_command() -> None:
    result = analyzer.analyze(DEMO, home="sg", at="Singapore", on="2026-10-01").result
    assert (result.run.home, result.run.vantage, result.run.on) == (
        "SG", "Singapore, SG", "2026-10-01",
    )  # fmt: skip


def test_mistakes_are_errors_of_their_kind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="write GB"):
        analyzer.analyze(DEMO, home="UK")
    with pytest.raises(NothingUsable, match="cannot be opened"):
        analyzer.analyze(tmp_path / "missing.pcap")
    with pytest.raises(TypeError, match="no option 'hme'; did you mean 'home'"):
        analyzer.analyze(DEMO, hme="IN")
    with pytest.raises(UsageError, match="Name a capture"):
        analyzer.analyze()


def test_pandas_waits_until_a_table_is_asked_for() -> None:
    script = (
        "import sys, analyzer\n"
        f"found = analyzer.analyze({str(DEMO)!r})\n"
        "assert 'pandas' not in sys.modules\n"
        "assert len(found.endpoints) > 5\n"
        "assert 'pandas' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=shipped._PACKAGE.parent)


def test_a_written_report_holds_its_evidence(tmp_path: Path) -> None:
    found = analyzer.analyze(str(DEMO), home="IN")
    found.write(tmp_path / "report")
    named = [f.evidence.file for f in found.result.findings if f.evidence.file]
    assert named
    assert all((tmp_path / "report" / name).is_file() for name in named)


def test_paths_may_be_texts(tmp_path: Path) -> None:
    broken = tmp_path / "country.mmdb"
    broken.write_text("<html>")
    with pytest.raises(DataFileError):
        analyzer.analyze(str(DEMO), country_db=str(broken))


def test_what_is_named_alone_is_one(tmp_path: Path) -> None:
    found = analyzer.analyze(DEMO, claims="demo-2026-all-on-aws")
    assert [claim.id for claim in found.result.claims] == ["demo-2026-all-on-aws"]
    with pytest.raises(DataFileError, match="no such folder"):
        analyzer.analyze(DEMO, rules=str(tmp_path / "none"))


def test_policy_and_claims_may_be_paths() -> None:
    rules = shipped.rules_folder()
    policy = rules / "policies" / "india-2015-localisation.yaml"
    claims = rules / "claims" / "any-all-encrypted.yaml"
    result = analyzer.analyze(DEMO, policy=policy, claims=claims).result
    assert [claim.id for claim in result.claims] == ["any-all-encrypted"]
    assert any(finding.rule == "outside-policy" for finding in result.findings)


def test_formats_are_a_list_or_a_text_and_a_wrong_one_leaves_nothing(
    demo: Analysis, tmp_path: Path
) -> None:
    demo.write(tmp_path / "one", "md")
    demo.write(tmp_path / "two", ["md", "csv"])
    assert (tmp_path / "one" / "report.md").is_file()
    assert (tmp_path / "two" / "flows.csv").is_file()
    with pytest.raises(UsageError, match="takes a list of html, json"):
        demo.write(tmp_path / "wrong", "pdf")
    assert not (tmp_path / "wrong").exists()


def test_a_sheet_may_be_named_as_on_the_command_line(demo: Analysis) -> None:
    found = analyzer.analyze(DEMO, device=DEMO.with_name("demo-device.yaml"))
    told, expected = found.to_dict(), demo.to_dict()
    assert told["identifiers"]
    for part in ("run", "handsets", "identifiers", "claims"):
        assert told[part] == expected[part]


@pytest.mark.parametrize("day", ["2022-09-01", date(2022, 9, 1)])
def test_a_day_may_be_a_text_or_a_date(day: object) -> None:
    assert analyzer.analyze(DEMO, on=day).result.run.on == "2022-09-01"


def test_a_day_that_is_none_is_said() -> None:
    with pytest.raises(UsageError, match="a day such as 2017-09-05"):
        analyzer.analyze(DEMO, on="yesterday")
