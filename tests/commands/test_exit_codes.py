"""Exit codes, and one sentence for what goes wrong."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from analyzer import cli, shipped
from tests.commands.command import (
    DEMO,
    Run,
    one_sentence,
)


def test_complete_is_0_and_the_folder_is_named_after_the_capture(run: Run, tmp_path: Path) -> None:
    assert run("analyze", DEMO).code == 0
    written = {path.name for path in (tmp_path / "demo.pcapng.phonehome").iterdir()}
    assert written >= {
        "report.html", "result.json", "flows.csv", "endpoints.csv", "names.csv", "findings.csv",
        "manifest.json",
    }  # fmt: skip


def test_findings_alone_change_no_code_and_fail_on_does(run: Run) -> None:
    assert json.loads(run("demo", "--json").out)["status"] == "complete"
    assert json.loads(Path("demo.phonehome/result.json").read_text())["findings"]
    assert run("demo", "-q", "--fail-on", "info").code == 10
    assert run("demo", "-q", "--fail-on", "high").code == 10  # the planted IMEI, readable
    assert run("analyze", str(DEMO), "-q", "--fail-on", "high").code == 0  # without its sheet


@pytest.mark.parametrize("missing", [1, 100, 20_000])
def test_cut_short_is_3_and_keeps_what_came_before(run: Run, missing: int) -> None:
    Path("cut.pcapng").write_bytes(DEMO.read_bytes()[:-missing])
    ran = run("analyze", "cut.pcapng", "-v")
    result = json.loads(Path("cut.pcapng.phonehome/result.json").read_text())
    assert ran.code == 3
    assert result["status"] == "incomplete"
    assert 400 < result["capture"]["packets"] < 504
    assert "cut" in ran.err


NOT_CAPTURES = {
    "empty.pcap": b"",
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "words.txt": b"no capture\n",
    "short.pcap": b"\xd4\xc3\xb2\xa1\x02\x00",
    "header-only.pcap": bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"),
}


@pytest.mark.parametrize("name", NOT_CAPTURES)
def test_nothing_usable_is_4_and_says_why(run: Run, name: str) -> None:
    Path(name).write_bytes(NOT_CAPTURES[name])
    ran = run("analyze", name)
    assert ran.code == 4
    assert one_sentence(ran.err).startswith("phonehome: nothing usable was found: ")
    assert json.loads(Path(f"{name}.phonehome/result.json").read_text())["status"] == "failed"


REMEDIES = {
    "empty.pcap": "the file empty.pcap is empty; nothing in it was read; give a pcap or pcapng",
    "words.txt": "pcapng file; nothing in it was read; give a pcap or pcapng file, packed or not.",
    "short.pcap": "its own header (at byte 0); copy the file again from where it was recorded",
    "header-only.pcap": "no packet in it is IP; record anew where the handset’s own IP packets",
    "damaged.pcap": "the file is damaged here; nothing behind was read (at byte 24); copy the file",
}


@pytest.mark.parametrize("name", REMEDIES)
def test_nothing_usable_says_where_and_what_to_do(run: Run, name: str) -> None:
    damaged = NOT_CAPTURES["header-only.pcap"] + bytes(8) + b"\xff" * 40
    Path(name).write_bytes(NOT_CAPTURES.get(name, damaged))
    ran = run("analyze", name, "--on", "2017-09-05")
    assert ran.code == 4
    assert REMEDIES[name] in one_sentence(ran.err)
    assert "range lists" not in ran.err  # how old the data are is not why


def test_a_file_that_is_not_there_is_4(run: Run) -> None:
    ran = run("analyze", "missing.pcap")
    assert ran.code == 4
    assert "missing.pcap" in one_sentence(ran.err)
    assert not Path("missing.pcap.phonehome").exists()


def test_a_folder_is_4_and_points_to_batch(run: Run, tmp_path: Path) -> None:
    ran = run("analyze", tmp_path)
    assert ran.code == 4
    assert "is a folder" in one_sentence(ran.err)


WRONG = {
    "home: a name": (("--home", "India"), "write IN for India"),
    "home: no ISO code": (("--home", "UK"), "write GB for United Kingdom"),
    "home: nothing": (("--home", "Z9"), "two letters such as IN"),
    "day": (("--on", "yesterday"), "2017-09-05"),
    "format": (("--format", "pdf"), "html, json, csv, parquet, md"),
    "no format": (("--format", ","), "html, json, csv, parquet, md"),
    "place": (("--at", "Mumbay"), "Mumbai"),
    "coordinates": (("--at", "91,0"), "-90 to 90"),
    "policy": (("--policy", "none-such"), "india-2015-localisation"),
    "vendor": (("--vendor", "xaomi"), "xiaomi"),
    "sheet not there": (("--device", "none.yaml"), "none.yaml"),
    "sheet: unknown key": (("--device", "sheet.yaml"), "did you mean 'vendor'?"),
    "rules not there": (("--rules", "none"), "no such folder"),
    "country database: a page": (("--country-db", "page.mmdb"), "page.mmdb"),
    "city database: missing": (("--city-db", "none.mmdb"), "none.mmdb"),
    "asn database: empty": (("--asn-db", "empty.mmdb"), "empty.mmdb"),
    "unknown option": (("--hom", "IN"), "--home"),
    "severity": (("--fail-on", "worst"), "medium"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_2_with_a_remedy(run: Run, case: str) -> None:
    Path("sheet.yaml").write_text("vender: xiaomi\n")
    Path("page.mmdb").write_text("<!doctype html><title>Sign in</title>")
    Path("empty.mmdb").write_bytes(b"")
    options, remedy = WRONG[case]
    ran = run("analyze", DEMO, *options)
    assert ran.code == 2
    assert remedy in one_sentence(ran.err)
    assert not Path("demo.pcapng.phonehome").exists()


def test_parquet_without_pyarrow_is_said_before_anything_is_done(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ran = run("analyze", DEMO, "--format", "json,parquet")
    assert ran.code == 2
    assert "phonehome[parquet]" in one_sentence(ran.err)
    assert not Path("demo.pcapng.phonehome").exists()


@pytest.mark.parametrize(
    "arguments",
    [("analyze",), ("anlyze", "x"), ("where",), ("where", "999.1.1.1"), ("where", "not a name"),
     ("rules", "show", "none-such"), ("data", "update", "--only", "none-such"),
     ("baseline", "missing.pcap", "--home", "Q")],
)  # fmt: skip
def test_other_commands_say_what_is_wrong_too(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert len(one_sentence(ran.err)) > 30
    assert ran.err.endswith(".\n")
    assert not ran.err.endswith("..\n")


def test_damaged_rules_are_2_and_all_are_told(run: Run) -> None:
    Path("mine.yaml").write_text("rule: x\ncolour: red\ncolor: red\n")
    ran = run("rules", "check", "mine.yaml")
    assert ran.code == 2
    assert all(line.startswith("mine.yaml:") for line in ran.err.splitlines())
    assert len(ran.err.splitlines()) > 1
    assert run("rules", "check").code == 0


def test_each_problem_of_a_rule_file_has_a_line(run: Run) -> None:
    Path("mine.yaml").write_text("policy: mine\ntitle: t\n")
    ran = run("analyze", DEMO, "--policy", "mine.yaml")
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("phonehome: mine.yaml:1:1: ") for line in lines)


def test_a_file_of_every_kind_is_checked_alone(run: Run) -> None:
    folder = shipped.rules_folder()
    for kind in ("detect", "policies", "claims", "score", "vendors"):
        for path in (folder / kind, min((folder / kind).glob("*.yaml"))):
            assert (run("rules", "check", path).code, path) == (0, path)
    wrong = Path("sample.yaml")
    wrong.write_text((folder / "vendors" / "hmd.yaml").read_text("utf-8"))
    ran = run("rules", "check", "sample.yaml", folder / "detect")
    assert (ran.code, ran.err) == (
        2, "sample.yaml:1:1: id 'hmd'; expected the file's own name; fix: rename\n"
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_without_rights_is_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine").chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert "choose another folder" in one_sentence(run("demo", "-o", "mine/report").err)


def test_a_report_folder_that_is_a_file_is_2(run: Run) -> None:
    Path("taken").write_text("mine")
    ran = run("demo", "-o", "taken")
    assert ran.code == 2
    assert "choose another folder" in one_sentence(ran.err)
    assert Path("taken").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments", [("demo", "-o", ""), ("analyze", ""), ("demo", "--device", ""), ("verify", "")]
)
def test_an_empty_name_is_not_the_folder_one_stands_in(
    arguments: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "an empty name" in one_sentence(ran.err)
    assert not list(tmp_path.iterdir())


def test_an_error_of_our_own_is_one_line_unless_debugged(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("\x1b[31mtwice\n")

    monkeypatch.setattr(cli, "_analyze", broken)
    ran = run("demo")
    assert ran.code == 1
    assert "ZeroDivisionError" in one_sentence(ran.err)
    assert "\x1b" not in ran.err
    monkeypatch.setattr(sys, "argv", ["phonehome", "demo", "--debug"])
    with pytest.raises(ZeroDivisionError):
        cli.main()
