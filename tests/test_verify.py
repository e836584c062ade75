"""verify: what matches is counted, what was changed, removed or is another is named."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer import pipeline, report, shipped
from analyzer.errors import NothingUsable
from analyzer.pipeline import Options
from analyzer.report import fits
from analyzer.verify import verify
from tests.test_evidence_files import run

SCHEMA = json.loads((Path(fits.__file__).with_name("result.schema.json")).read_text())


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo capture and its report."""
    folder = tmp_path_factory.mktemp("verify")
    capture = folder / "demo.pcapng"
    shutil.copy(shipped.captures_folder() / "demo.pcapng", capture)
    result = pipeline.analyze([capture], Options(home="IN"))
    pipeline.keep_evidence(result, [capture], folder / "r")
    report.write(result, folder / "r", ["html", "json", "csv"])
    return folder


@pytest.fixture
def there(written: Path, tmp_path: Path) -> Path:
    """A report of one's own to spoil, its capture beside it."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    return tmp_path / "r"


def reworded(path: Path, change: Callable[[Any], None], report: Path) -> None:
    """Changes a JSON file and the manifest's hash of it, as a forger would."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    listed(report)


def listed(report: Path) -> None:
    """The manifest says of each file what it is now."""
    manifest = json.loads((report / "manifest.json").read_text())
    for entry in manifest["files"]:
        entry["sha256"] = hashlib.sha256((report / entry["name"]).read_bytes()).hexdigest()
    (report / "manifest.json").write_text(json.dumps(manifest))


def problems(folder: Path, *inputs: Path) -> list[str]:
    """Only what does not match."""
    return [line.strip() for line in verify(folder, inputs).lines if line.startswith("  ")]


def test_what_was_just_written_matches(there: Path) -> None:
    outcome = verify(there)
    files = len(json.loads((there / "manifest.json").read_text())["files"])
    kept = len(list((there / "evidence").iterdir()))
    sets = len(json.loads((there / "manifest.json").read_text())["data"])
    assert (outcome.differs, outcome.missing) == (0, 0)
    assert outcome.lines == [
        f"{files} of {files} files of the report are as the manifest lists them.",
        "1 of 1 results fit the schema phonehome/result/1 and the manifest.",
        "1 of 1 inputs are the files that were analysed.",
        f"{kept} of {kept} evidence files hold the packets their findings name, as they stand in"
        " the recording.",
        f"{sets} of {sets} data sets of the run are those of this installation.",
        "1 of 1 sets of rules of the run are those of this installation.",
        "Everything matches.",
    ]


def test_a_changed_and_a_missing_file(there: Path) -> None:
    (there / "flows.csv").write_text("flow_id\n")
    (there / "names.csv").unlink()
    (there / "notes.txt").write_text("mine")
    outcome = verify(there)
    assert (outcome.differs, outcome.missing) == (1, 1)
    assert "Not of this report, and not looked at: notes.txt." in outcome.lines
    assert problems(there) == [
        "flows.csv differs from what the manifest lists: it was changed after the run.",
        "names.csv is missing.",
    ]
    assert outcome.lines[-1] == "Not everything matches: 1 differ, 1 missing."


def test_inputs(there: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "other.pcapng"
    moved.parent.mkdir()
    shutil.move(tmp_path / "demo.pcapng", moved)
    missing = "demo.pcapng was not found beside the report; give it with --input."
    assert problems(there) == [missing]
    assert problems(there, moved) == []
    assert problems(there, moved.parent) == [missing]
    moved.rename(moved.parent / "demo.pcapng")
    assert problems(there, moved.parent) == []
    (tmp_path / "demo.pcapng").write_bytes(b"another")
    differs = f"{there.resolve().parent / 'demo.pcapng'} differs from the input demo.pcapng"
    assert problems(there)[0].startswith(differs)
    assert problems(there, moved.parent) == []
    assert verify(there).lines[4].endswith("hold the packets their findings name.")


def evidence_of(there: Path) -> tuple[Path, int]:
    """An evidence file and where its first packet's bytes stand."""
    path = min((there / "evidence").iterdir())
    data = path.read_bytes()
    at = 0
    while int.from_bytes(data[at : at + 4], "little") != 6:
        at += int.from_bytes(data[at + 4 : at + 8], "little")
    return path, at


@pytest.mark.parametrize(("offset", "what"), [(28, "bytes"), (12, "time"), (24, "wire length")])
def test_a_packet_that_stands_otherwise(there: Path, offset: int, what: str) -> None:
    path, at = evidence_of(there)
    data = bytearray(path.read_bytes())
    data[at + offset] ^= 1
    path.write_bytes(data)
    listed(there)
    (said,) = problems(there)
    assert said.startswith(f"evidence/{path.name} holds packets that stand otherwise"), what


@pytest.mark.parametrize("cut", [1, 200])
def test_an_evidence_file_cut_short(there: Path, cut: int) -> None:
    path, _ = evidence_of(there)
    path.write_bytes(path.read_bytes()[:-cut])
    listed(there)
    assert problems(there) == [
        f"evidence/{path.name} cannot be read as an evidence file of phonehome."
    ]


def test_evidence_of_another_finding(there: Path) -> None:
    first, second, *_ = sorted((there / "evidence").iterdir())
    first.write_bytes(second.read_bytes())
    listed(there)
    assert problems(there) == [
        f"evidence/{first.name} holds packets that do not say they serve the finding {first.stem}."
    ]


def test_evidence_that_lacks_a_frame(there: Path) -> None:
    path, at = evidence_of(there)
    data = path.read_bytes()
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    path.write_bytes(data[:at] + data[at + length :])
    listed(there)
    (said,) = problems(there)
    assert re.fullmatch(
        rf"evidence/{path.name} lacks frames that the finding .* lists: \d+\.", said
    )


def test_a_missing_evidence_file(there: Path) -> None:
    path, _ = evidence_of(there)
    path.unlink()
    assert problems(there) == [
        f"evidence/{path.name} is missing.",
        f"evidence/{path.name}, the evidence of {path.stem}, is missing.",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(schema="phonehome/result/9"), "has the schema phonehome/result/9; "),
        (lambda r: r.pop("findings"), "does not fit its schema: findings: missing."),
        (lambda r: r["endpoints"][2].update(bytes_up="7"), "endpoints[2].bytes_up: not integer."),
        (lambda r: r["run"].update(version="0"), "speak of different versions."),
        (lambda r: r["run"]["data"].pop(), "speak of different data sets."),
        (lambda r: r["run"].update(rules_sha256="0" * 64), "speak of different rules."),
        (lambda r: r["capture"]["files"][0].update(name="x"), "speak of different inputs."),
    ],
)
def test_a_result_that_does_not_fit(there: Path, change: Callable[[Any], None], said: str) -> None:
    reworded(there / "result.json", change, there)
    assert any(said in line for line in problems(there))


def test_a_result_that_is_none(there: Path) -> None:
    (there / "result.json").write_text("[" * 100_000)
    assert "result.json cannot be read as JSON." in problems(there)
    (there / "result.json").unlink()
    assert "result.json is missing: the run did not finish, or it was removed." in problems(there)


def test_another_installation(there: Path) -> None:
    def change(manifest: Any) -> None:
        manifest["rules_sha256"] = "0" * 64
        manifest["data"][0].update(sha256="1" * 64, built="2001-02-03")
        manifest["data"][1].update(sha256="2" * 64, name="My own")

    reworded(there / "manifest.json", change, there)
    found = problems(there)
    assert any("is another here than in the run (there of 2001-02-03, here" in it for it in found)
    assert "The data set My own of the run is not in this installation." in found
    assert any(line.startswith("The rules of this installation are not") for line in found)


@pytest.mark.parametrize("name", ["../demo.pcapng", "/etc/passwd", "a\x1b[31m", 7, None])
def test_a_forged_manifest_opens_nothing_outside(there: Path, name: object) -> None:
    def change(manifest: Any) -> None:
        manifest["files"].append({"name": name, "sha256": ""})
        manifest["inputs"].append({"name": name, "sha256": ""})

    manifest = json.loads((there / "manifest.json").read_text())
    change(manifest)
    (there / "manifest.json").write_text(json.dumps(manifest))
    found = problems(there)
    assert any(line.startswith("The manifest lists a name that is no file") for line in found)
    assert any(line.endswith("give it with --input.") for line in found)
    assert all(line.isprintable() for line in verify(there).lines)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "x"}', "[" * 100_000])
def test_what_is_no_report(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingUsable, match="holds no report of phonehome"):
        verify(tmp_path / "none")
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(NothingUsable, match="name a folder that 'phonehome analyze' wrote"):
        verify(tmp_path)


def test_a_manifest_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": "phonehome/manifest/1", "files": 3}')
    outcome = verify(tmp_path)
    assert outcome.lines[0] == "The manifest lists no file."
    assert outcome.missing == 1


def test_exit_codes(there: Path, tmp_path: Path) -> None:
    ran = run("verify", str(there), folder=tmp_path)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "Everything matches.")
    (tmp_path / "demo.pcapng").unlink()
    assert run("verify", str(there), folder=tmp_path).returncode == 3
    ran = run("verify", str(tmp_path), folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert "holds no report" in ran.stderr


# ---------------------------------------------------------------------- the schema


def words_of(schema: Any, names: bool = False) -> set[str]:
    """Every word of the schema that is not a name of ours."""
    if isinstance(schema, list):
        return set().union(*map(words_of, schema))
    if not isinstance(schema, dict):
        return set()
    inner = (words_of(v, not names and k in ("properties", "$defs")) for k, v in schema.items())
    return set().union(set() if names else set(schema), *inner)


def test_every_word_of_the_schema_is_known() -> None:
    assert words_of(SCHEMA) <= fits.KNOWN


def test_the_schema_is_understood_as_jsonschema_does(written: Path) -> None:
    document = json.loads((written / "r" / "result.json").read_text())
    judge = jsonschema.Draft202012Validator(SCHEMA)
    assert judge.is_valid(document)
    assert fits.misfits(document) == []
    paths = list(_leaves(document, ()))
    for path in paths[:: max(1, len(paths) // 150)]:
        for wrong in (None, "\x00", -1, 1.5, True, [], {}, ["x"]):
            changed = json.loads(json.dumps(document))
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = wrong
            assert judge.is_valid(changed) == (not fits.misfits(changed)), (path, wrong)


def _leaves(value: Any, path: tuple[Any, ...]) -> Any:
    yield from [path] if path else []
    steps = value.items() if isinstance(value, dict) else ()
    steps = enumerate(value) if isinstance(value, list) else steps
    for key, item in steps:
        yield from _leaves(item, (*path, key))
