"""The command line as a script meets it: exit codes, one-sentence errors, files, streams."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from analyzer import cli, shipped
from analyzer.commands import LATER
from captures.forging import SECOND, Recording
from tests.conftest import ROOT

DEMO = shipped.captures_folder() / "demo.pcapng"
SHEET = DEMO.with_name("demo-device.yaml")
PROGRAM = [sys.executable, "-m", "analyzer"]


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["phonehome", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return Ran(stop.value.code, said.out, said.err)

    return call


def process(
    *arguments: str, cwd: Path, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=cwd, input=given, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def recording(path: Path, names: dict[str, str]) -> Path:
    """A forged capture: cleartext HTTP to each name at its address."""
    forged = Recording()
    for name, address in names.items():
        forged.dns(name, address)
        forged.http(name, address, "/log", method="POST", body=b"x" * 3000)
    forged.write(path)
    return path


# ------------------------------------------------------------------ exit codes


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


def one_sentence(err: str) -> str:
    """What stderr says, after making sure that it is one line and no traceback."""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err[:-1]


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


def test_parquet_without_pyarrow_is_said_before_anything_is_done(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ran = run("analyze", DEMO, "--format", "json,parquet")
    assert ran.code == 2
    assert "phonehome[parquet]" in one_sentence(ran.err)
    assert not Path("demo.pcapng.phonehome").exists()


def test_the_arguments_that_decided_are_told(run: Run) -> None:
    run("analyze", DEMO, "--home", "IN", "--on", "2022-09-01", "--format", "json", "-q")
    told = json.loads(Path("demo.pcapng.phonehome/result.json").read_text("utf-8"))["run"]
    assert told["arguments"] == ["--home=IN", "--on=2022-09-01"]


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


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupted_is_130_and_leaves_no_report(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "analyze", "-"], cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:  # fmt: skip
        assert running.stdin
        assert running.stderr
        os.write(running.stdin.fileno(), DEMO.read_bytes()[:200_000])  # more than a pipe holds
        while running.poll() is None:  # one sent just before it waits for bytes is lost
            running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(timeout=3)
        said = running.stderr.read().decode()
    assert running.returncode == 130
    assert "interrupted" in one_sentence(said.lstrip("\n"))  # after the progress line
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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [("demo", "-o", "out"), ("where", "1.1.1.1"), ("--help",)])
def test_output_that_cannot_be_written_is_2_and_said(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert done.returncode == 2
    assert "the output could not be written" in one_sentence(done.stderr.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_keep_no_report_from_being_written(closed: str, tmp_path: Path) -> None:
    words = " ".join([*PROGRAM, "demo", "-o", "out", closed])
    done = subprocess.run(
        ["sh", "-c", words], cwd=tmp_path, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out" / "result.json").exists()


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


def test_each_problem_of_a_rule_file_has_a_line(run: Run) -> None:
    Path("mine.yaml").write_text("policy: mine\ntitle: t\n")
    ran = run("analyze", DEMO, "--policy", "mine.yaml")
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("phonehome: mine.yaml:1:1: ") for line in lines)


# --------------------------------------------------------------- what is said


def test_quiet_says_nothing(run: Run) -> None:
    assert run("demo", "-q") == Ran(0, "", "")


def test_summary_names_places_and_the_report(run: Run) -> None:
    said = run("demo").out
    assert "13.126.0.10" not in said.splitlines()[0]
    assert "events.metrics.example" in said
    assert "Singapore" in said
    assert said.rstrip().endswith("demo.phonehome/report.html")
    assert "\x1b" not in said


def test_json_is_one_object_for_scripts(run: Run) -> None:
    ran = run("demo", "--json", "--home", "in")
    told = json.loads(ran.out)
    assert told["schema"].startswith("phonehome/summary/")
    assert told["home"] == "IN"
    assert ran.out.isascii()


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("options", "environment", "coloured"),
    [((), {}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False)],
)
def test_colours_only_where_they_are_welcome(
    tmp_path: Path, options: tuple[str, ...], environment: dict[str, str], coloured: bool
) -> None:
    said = on_a_terminal(["demo", *options], tmp_path, environment)
    assert ("\x1b[" in said) == coloured
    assert "Singapore" in said


def on_a_terminal(arguments: list[str], cwd: Path, environment: dict[str, str]) -> str:
    """What the command writes to a terminal that is its standard output."""
    import pty

    ours, theirs = pty.openpty()
    try:
        surroundings = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        subprocess.run(
            [*PROGRAM, *arguments], cwd=cwd, stdout=theirs, stdin=subprocess.DEVNULL, check=True,
            env={**surroundings, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        )  # fmt: skip
        return os.read(ours, 1 << 16).decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_progress_is_for_terminals_only(tmp_path: Path) -> None:
    assert process("demo", cwd=tmp_path).stderr == b""


def test_version_tells_the_speed(run: Run) -> None:
    assert run("--version").out in (
        f"phonehome {cli.__version__} (compiled hot room)\n",
        f"phonehome {cli.__version__} (interpreted hot room)\n",
    )


def test_version_tells_when_interpreted(tmp_path: Path) -> None:
    said = process("--version", cwd=tmp_path, PHONEHOME_INTERPRETED="1").stdout
    assert b"(interpreted hot room)" in said


# -------------------------------------------------------------- input, output


def test_standard_input(tmp_path: Path) -> None:
    ran = process("analyze", "-", "--json", cwd=tmp_path, given=DEMO.read_bytes())
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["capture"]["packets"] == 504
    assert (tmp_path / "standard-input.phonehome" / "result.json").is_file()


def test_two_files_are_one_recording(run: Run, tmp_path: Path) -> None:
    first, second = Recording(), Recording(start=Recording().start + 60 * SECOND)
    first.http("one.example", "198.51.100.1", "/")
    second.http("two.example", "198.51.100.2", "/")
    first.write(tmp_path / "ring_00001.pcap")
    second.write(tmp_path / "ring_00002.pcap")
    assert run("analyze", "ring_00001.pcap", "ring_00002.pcap", "-q").code == 0
    result = json.loads(Path("ring_00001.pcap.phonehome/result.json").read_text())
    assert [file["name"] for file in result["capture"]["files"]] == [
        "ring_00001.pcap", "ring_00002.pcap",
    ]  # fmt: skip
    assert [end["ip"] for end in result["endpoints"]] == ["198.51.100.1", "198.51.100.2"]
    assert result["capture"]["packets"] == len(first.frames) + len(second.frames)


def test_an_unfinished_part_leaves_the_rest_whole(run: Run, tmp_path: Path) -> None:
    whole = Recording()
    whole.http("one.example", "198.51.100.1", "/")
    whole.write(tmp_path / "a.pcap")
    Path("b.pcap").write_bytes(b"")
    assert run("analyze", "a.pcap", "b.pcap", "-q", "-o", "both").code == 3
    assert run("analyze", "a.pcap", "missing.pcap", "-q", "-o", "none").code == 4
    assert not Path("none").exists()


@pytest.mark.parametrize("formats", ["json", "md,json", "csv", "html"])
def test_formats_are_what_was_asked(run: Run, formats: str) -> None:
    assert run("demo", "-q", "-o", "out", "--format", formats).code == 0
    suffixes = {path.suffix for path in Path("out").iterdir() if path.is_file()}
    assert suffixes == {".json", *(f".{name}" for name in formats.split(","))}


def test_a_second_run_replaces_the_first_and_nothing_else(run: Run) -> None:
    run("demo", "-q", "-o", "out")
    Path("out/notes.txt").write_text("mine")
    run("demo", "-q", "-o", "out", "--format", "json")
    assert {path.name for path in Path("out").iterdir() if path.is_file()} == {
        "notes.txt", "result.json", "manifest.json",
    }  # fmt: skip


def test_the_manifest_lists_every_file_with_its_sha256(run: Run) -> None:
    run("demo", "-q", "-o", "out", "--format", "html,json,csv,md")
    manifest = json.loads(Path("out/manifest.json").read_text())
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    there = {
        path.relative_to("out").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in Path("out").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert listed == there
    assert manifest["inputs"][0]["sha256"] == hashlib.sha256(DEMO.read_bytes()).hexdigest()


def test_baseline_is_a_policy_its_own_capture_meets(run: Run) -> None:
    path = recording(Path("a.pcap"), {"one.example": "13.126.0.10", "two.example": "54.169.0.10"})
    written = run("baseline", path)
    assert written.code == 0
    Path("expected.yaml").write_text(written.out)
    assert run("analyze", path, "--policy", "expected.yaml", "-q", "-o", "same").code == 0
    assert "unexpected-endpoint" not in rules_met("same")
    other = recording(Path("b.pcap"), {"three.example": "219.142.0.10"})
    assert run("analyze", other, "--policy", "expected.yaml", "-q", "-o", "other").code == 0
    assert "unexpected-endpoint" in rules_met("other")


def rules_met(folder: str) -> set[str]:
    result = json.loads(Path(folder, "result.json").read_text())
    return {finding["rule"] for finding in result["findings"]}


def test_the_device_sheet_template_is_a_device_sheet(run: Run) -> None:
    Path("sheet.yaml").write_text(run("device-sheet").out)
    assert run("demo", "-q", "--device", "sheet.yaml").code == 0


def test_where_writes_one_json_object_an_argument(run: Run) -> None:
    ran = run("where", "13.126.0.10", "8.8.8.8", "--json", "--on", "2026-10-14")
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["ip"], first["region"], first["location"]["country"]) == (
        "13.126.0.10", "ap-south-1", "IN",
    )  # fmt: skip
    assert (second["ip"], second["location"]["country"]) == ("8.8.8.8", None)
    assert second["location"]["certainty"] == "edge"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_where_goes_on_behind_what_it_cannot_use(run: Run, form: tuple[str, ...]) -> None:
    ran = run("where", "999.1", "13.126.0.10", "x y", "8.8.8.8", *form)
    assert ran.code == 2
    assert [line[:19] for line in ran.err.splitlines()] == [
        "phonehome: “999.1” ", "phonehome: “x y” is"
    ]  # fmt: skip
    assert all(line.endswith("data.mistat.india.xiaomi.com.") for line in ran.err.splitlines())
    assert ran.out.index("13.126.0.10") < ran.out.index("8.8.8.8")
    if form:
        assert [json.loads(line)["ip"] for line in ran.out.splitlines()] == [
            "13.126.0.10", "8.8.8.8"
        ]  # fmt: skip


def test_data_status_names_licences(run: Run) -> None:
    ran = run("data", "status", "--json", "--on", "2026-11-01")
    sets = json.loads(ran.out)["data_sets"]
    assert all(row["licence"] for row in sets)
    assert "CC BY 4.0" in {row["licence"] for row in sets}


# ------------------------------------------------------------ nothing wavers

ELSEWHERE = [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
]


def test_same_input_same_bytes(tmp_path: Path) -> None:
    folders = []
    for number, surroundings in enumerate(ELSEWHERE):
        cwd = tmp_path / str(number)
        cwd.mkdir()
        (cwd / "demo.pcapng").write_bytes(DEMO.read_bytes())
        ran = process(
            "analyze", "demo.pcapng", "--device", str(SHEET), "--at", "Mumbai",
            "--format", "html,json,csv,md,parquet", cwd=cwd, **surroundings,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        folders.append(dict(contents(cwd)) | {"": ran.stdout})
    assert folders[0] == folders[1] == folders[2]
    assert "demo.pcapng.phonehome/manifest.json" in folders[0]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


# ------------------------------------------------------- the command explains itself


def commands(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))


COMMANDS = list(commands(cli.phonehome))


def test_the_commands_of_the_contract() -> None:
    assert set(COMMANDS) >= {
        ("analyze",), ("demo",), ("where",), ("baseline",), ("device-sheet",),
        ("rules", "list"), ("rules", "show"), ("rules", "check"),
        ("data", "status"), ("data", "update"), ("verify",), ("reply-pack",),
        ("claims", "list"), ("claims", "show"), ("claims", "check"),
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_explains_every_option(path: tuple[str, ...], run: Run) -> None:
    command: click.Command = cli.phonehome
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    ran = run(*path, "--help")
    shown = " ".join(ran.out.split())
    assert ran.code == 0
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help.split()[-1] in shown
            assert all(flag in shown for flag in option.opts)


def test_help_loads_no_other_command_and_its_lines_are_theirs(tmp_path: Path) -> None:
    said = process("--help", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.split("|")[-1].strip() for line in said.stderr.decode().splitlines()}
    modules = {module for module, _ in LATER.values()}
    assert not loaded & {f"analyzer.commands.{module}" for module in modules}
    for name, (_, sentence) in LATER.items():
        assert cli.phonehome.commands[name].help == sentence
        assert f"\n  {name} " in said.stdout.decode()
