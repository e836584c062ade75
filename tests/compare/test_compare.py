"""compare: nothing is called moved or gone that may only not have been seen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import report
from analyzer.compare import match, output, plain, said, to_html
from analyzer.compare.compared import document
from analyzer.compare.ends import Spot
from analyzer.compare.sides import Side, side
from analyzer.compare.words import TEXT
from analyzer.errors import NothingUsable, UsageError
from analyzer.model import (
    Certainty,
    Endpoint,
    EndpointName,
    Location,
    Operator,
    Place,
    Result,
    Score,
    ScoreCoverage,
    ScorePart,
    Severity,
    Verdict,
)
from analyzer.record import replace
from analyzer.report import page as frame
from analyzer.report.safe import columns
from analyzer.report.to_json import result_json
from tests.batch.test_board import Reader
from tests.report.conftest import HOSTILE, forged

SCHEMA = json.loads(Path(frame.__file__).with_name("compare.schema.json").read_text())
Json = dict[str, Any]


def end(
    ip: str, *names: str, at: str = "SG stated", provider: str | None = "aws",
    region: str | None = None, up: int = 1_000, flows: int = 4,
) -> Endpoint:  # fmt: skip
    """An endpoint; ``at``: country and certainty, or a certainty alone."""
    country, _, certainty = at.rpartition(" ")
    place = Place(ip, Operator(64500, "Net"), provider, None, region,
                  Location(country or None, Certainty(certainty)))  # fmt: skip
    heard = [EndpointName(name, "sni", i) for i, name in enumerate(names, 1)]
    return Endpoint(ip, place, heard, flows=flows, bytes_up=up, bytes_down=2 * up)


def shown(*ends: Endpoint, hours: float = 2.0, **changes: Any) -> Side:
    """A side with one forged recording of these endpoints."""
    result = forged()
    result.endpoints = list(ends)
    result.visibility = replace(result.visibility, hours=hours)
    found = Side("side", "capture")
    found.add(result_json(replace(result, **changes)), _domain)
    return found


def _domain(name: str) -> str | None:
    return ".".join(name.split(".")[-2:]) if "." in name else None


def compared(a: Iterable[Endpoint], b: Iterable[Endpoint], **changes: Any) -> Json:
    return document(shown(*a), shown(*b, **changes))


def kinds(a: Iterable[Endpoint], b: Iterable[Endpoint]) -> list[tuple[str, str]]:
    """What changed of the endpoints on both sides."""
    found = compared(a, b)["endpoints"]["changed"]
    return [(c["what"], c["kind"]) for each in found for c in each["changes"]]


def names(found: Iterable[Json]) -> list[str]:
    return [each["endpoint"] for each in found]


# ------------------------------------------------------------------- matching


def test_names_are_matched_whatever_their_address_case_and_last_dot() -> None:
    found = compared(
        [end("192.0.2.1", "API.phone.example.")], [end("192.0.2.9", "api.phone.example")]
    )
    assert found["endpoints"]["both"] == 1
    assert not found["endpoints"]["new"] + found["endpoints"]["gone"]


def test_what_stands_on_one_side_only() -> None:
    both = end("192.0.2.1", "a.example")
    after = [both, end("192.0.2.3", "new.example"), end("192.0.2.4")]
    found = compared([both, end("192.0.2.2", "old.example")], after)["endpoints"]
    assert names(found["new"]) == ["192.0.2.4", "new.example"]
    assert names(found["gone"]) == ["old.example"]
    assert found["gone"][0]["domain_on_both"] is False


def test_a_new_name_of_a_domain_that_both_sides_show_is_told_so() -> None:
    one = end("192.0.2.1", "a.phone.example")
    found = compared([one], [one, end("192.0.2.2", "b.phone.example")])
    assert [each["domain_on_both"] for each in found["endpoints"]["new"]] == [True]


def test_every_name_of_a_shared_address_is_looked_for_and_bytes_count_once() -> None:
    found = compared(
        [end("192.0.2.1", "a.example")], [end("192.0.2.1", "a.example", "ads.example")]
    )
    [new] = found["endpoints"]["new"]
    assert (new["endpoint"], new["bytes_up"], new["expected_flows"]) == ("ads.example", None, None)
    assert new["seldom"]
    assert said.expected(new) == "shares an address with other names"
    assert sum(each["bytes"]["b_up"] for each in found["endpoints"]["rates"]) == 1_000


@pytest.mark.parametrize("back", [False, True])
def test_a_name_the_other_side_may_have_reached_without_one_is_on_no_list(back: bool) -> None:
    sides = [end("192.0.2.1", "a.example")], [end("192.0.2.1")]
    found = compared(*sides[::-1] if back else sides)["endpoints"]
    assert (found["both"], found["new"], found["gone"]) == (0, [], [])
    assert (found["a_by_address"], found["b_by_address"]) == (1, 1)


def test_the_local_network_takes_no_part() -> None:
    found = compared([end("192.0.2.1", at="private")], [end("192.0.2.2", at="private")])
    assert (found["endpoints"]["new"], found["endpoints"]["gone"], found["a"]["endpoints"]) == (
        [],
        [],
        0,
    )


# --------------------------------------------------------------------- moved


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ([("1", "SG stated")], [("2", "CN agreed")], "moved"),
        ([("1", "SG stated")], [("2", "CN single")], "said"),
        ([("1", "SG single")], [("2", "CN stated")], "said"),
        ([("1", "SG stated")], [("2", "edge")], "said"),
        ([("1", "SG stated")], [("2", "unknown")], "said"),
        ([("1", "SG stated")], [("2", "CN excluded")], "said"),  # ruled out: no country
        ([("1", "SG stated")], [("1", "CN stated")], "restated"),  # the same address
        ([("1", "SG stated")], [("2", "SG single")], None),
        ([("1", "edge")], [("2", "unknown")], None),
        ([("1", "SG stated"), ("2", "edge")], [("3", "CN stated")], "said"),
        ([("1", "SG stated")], [("3", "CN stated"), ("4", "disputed")], "said"),
        ([("1", "SG stated"), ("2", "US stated")], [("3", "US stated")], "partly"),  # a CDN
        ([("1", "SG stated"), ("2", "US stated")], [("2", "US stated")], "partly"),
    ],
)  # fmt: skip
def test_moved_is_said_only_of_firm_places_on_both_sides(
    a: list[tuple[str, str]], b: list[tuple[str, str]], found: str | None
) -> None:
    sides = [[end(f"192.0.2.{ip}", "x.example", at=at) for ip, at in each] for each in (a, b)]
    expected = [("country", found)] if found else []
    assert kinds(*sides) == expected
    assert kinds(*sides[::-1]) == expected
    text = " ".join(said.answer(compared(*sides)))
    assert ("x.example stood in another country" in text) == (found == "moved")
    assert ("No name is known to have moved" in text) == (found != "moved")


def test_providers_and_regions() -> None:
    def of(ip: str, provider: str | None, region: str | None = None) -> list[Endpoint]:
        return [end(ip, "x.example", provider=provider, region=region)]

    assert kinds(of("192.0.2.1", "aws"), of("192.0.2.2", "gcp")) == [("provider", "moved")]
    assert kinds(of("192.0.2.1", "aws"), of("192.0.2.1", "gcp")) == [("provider", "restated")]
    assert kinds(of("192.0.2.1", "aws"), of("192.0.2.2", None)) == []
    assert kinds(of("192.0.2.1", "aws", "r1"), of("192.0.2.2", "aws", "r2")) == [
        ("region", "moved")
    ]
    both = kinds(of("192.0.2.1", "aws", "r1"), of("192.0.2.2", "gcp", "g1"))
    assert both == [("provider", "moved")]


def test_an_uncertain_place_is_told_with_its_certainty() -> None:
    found = compared(
        [end("192.0.2.1", "x.example")], [end("192.0.2.2", "x.example", at="CN single")]
    )
    [change] = found["endpoints"]["changed"][0]["changes"]
    assert said.change(change) == "Singapore (stated); now said to be China (single)"


# ------------------------------------------------------------ hours, coverage


def test_less_recorded_is_said_first_and_absence_with_the_hours() -> None:
    found = document(shown(end("192.0.2.1", "a.example"), hours=10.0),
                     shown(end("192.0.2.2", "b.example"), hours=0.5))  # fmt: skip
    assert found["coverage"][0]["key"] == "hours"
    assert "10.0 hours" in found["coverage"][0]["text"]
    [gone] = found["endpoints"]["gone"]
    assert gone["expected_flows"] == pytest.approx(4 / 10 * 0.5)
    assert gone["seldom"]
    text = " ".join(said.answer(found))
    assert "came so seldom in A (10.0 hours) that in 30 minutes they may well have stayed" in text
    pages = [plain.terminal(found), b"".join(plain.render_markdown(found)).decode(),
             Reader(b"".join(to_html.render(found)).decode()).text]  # fmt: skip
    for page in pages:
        words = " ".join(page.split())
        assert words.index("A covers 10.0 hours") < words.index("not seen in B")
        assert not re.search(r"\b(gone|disappeared|stopped)\b", page)


def test_bytes_are_compared_by_the_hour() -> None:
    found = document(shown(end("192.0.2.1", "a.example", up=1_000), hours=0.5),
                     shown(end("192.0.2.1", "a.example", up=1_000), hours=2.0))  # fmt: skip
    [rates] = [each["bytes"] for each in found["endpoints"]["rates"]]
    assert (rates["a_up_per_hour"], rates["b_up_per_hour"]) == (2_000, 500)
    assert (found["rates"]["a_up_per_hour"], found["rates"]["b_up_per_hour"]) == (2_000, 500)


def test_without_time_there_are_no_rates() -> None:
    found = document(shown(end("192.0.2.1", "a.example"), hours=0.0), shown(hours=1.0))
    assert found["rates"]["a_up_per_hour"] is None
    assert "Less than a minute was recorded in A: no bytes" in " ".join(said.answer(found))
    jsonschema.validate(found, SCHEMA)


def test_less_than_a_minute_gives_no_rate_and_every_page_says_so() -> None:
    both = end("192.0.2.1", "a.example")
    brief = shown(both, end("192.0.2.2", "b.example", flows=9), hours=59 / 3600)
    found = document(brief, shown(both, hours=1.0))
    jsonschema.validate(found, SCHEMA)
    [place] = found["rates"]["places"]
    [rates] = [each["bytes"] for each in found["endpoints"]["rates"]]
    for each in (found["rates"], place, rates):
        assert (each["a_up_per_hour"], each["b_up_per_hour"]) == (None, 1_000)
    [gone] = found["endpoints"]["gone"]
    assert (gone["bytes_up_per_hour"], gone["expected_flows"]) == (None, None)
    assert gone["seldom"]  # nine conversations in a minute are no 540 in an hour
    told = "Less than a minute was recorded in A: no bytes an hour"
    pages = [plain.terminal(found), *(b"".join(render(found)).decode()
             for render in (plain.render_markdown, to_html.render))]  # fmt: skip
    assert "seldom" not in " ".join(said.answer(found))
    assert "in A: how often what it alone shows" in " ".join(said.answer(found))
    for text, times in zip(pages, (1, 2, 3), strict=True):
        assert " ".join(text.split()).count(told) == times
    minute = document(shown(both, hours=1 / 60), shown(both, hours=1.0))
    assert minute["rates"]["a_up_per_hour"] == 60_000
    assert said.unrated(minute) == ""


def test_keys_on_one_side_alone_are_said() -> None:
    keyed = {"visibility": replace(forged().visibility, decrypted_flows=3)}

    def told(a: Side, b: Side) -> list[str]:
        return [each["text"] for each in document(a, b)["coverage"] if each["key"] == "keys"]

    [text] = told(shown(), shown(**keyed))
    assert text.startswith("Keys opened 3 conversations in B alone")
    assert told(shown(**keyed), shown(**keyed)) == []
    assert told(shown(), shown()) == []


def test_alike_sides_say_so_and_other_rules_data_and_homes_are_named() -> None:
    def keys(**changes: Any) -> set[str]:
        result = forged()
        run = replace(result.run, **changes)
        return {each["key"] for each in document(shown(), shown(run=run))["coverage"]}

    assert {"same", "hidden", "incomplete"} == keys()
    assert "rules" in keys(rules_sha256="00")
    assert "home" in keys(home="CN")
    assert "data" in keys(data=[])
    assert "day" in keys(on="2020-01-01")
    assert "version" in keys(version="9")


# ------------------------------------------------- verdicts, findings, scores


def test_verdicts_findings_and_their_grades() -> None:
    claims = [replace(c, verdict=Verdict.CONSISTENT) for c in forged().claims[1:]]
    one, two, three = forged().findings
    other = [replace(one, severity=Severity.HIGH), replace(two, subject="other.example"), three]
    found = compared([], [], claims=claims, findings=other)
    assert found["claims"] == {
        "changed": [{"claim": "phone-sg", "a": "contradicted", "b": "consistent"}],
        "one_side": [{"claim": "phone-edge", "a": "not_testable", "b": None}],
        "same": [],
        "far": ["phone-sg"],
    }
    text = " ".join(said.answer(found))
    assert "Verdicts differ on one claim: phone-sg. On one side only was judged: one claim" in text
    assert "Over a year from a recording it was held against was said: one claim;" in text
    assert [f["subject"] for f in found["findings"]["new"]] == ["other.example"]
    assert [f["subject"] for f in found["findings"]["gone"]] == [two.subject]
    [changed] = found["findings"]["changed"]
    assert (changed["severity_a"], changed["severity"]) == ("low", "high")
    assert found["findings"]["both"] == 2


def scored(total: int, hours: float = 2.0) -> Score:
    part = ScorePart("left-home", "Left home", total / 4, 25, "Why.")
    coverage = ScoreCoverage(hours=hours, bytes=1_000_000, named=0.9, located=0.8, home="IN",
                             rules_sha256="ef" * 32)  # fmt: skip
    return Score(total, "A sentence.", [part], coverage)


def test_scores_are_set_against_each_other_only_where_they_may_be() -> None:
    def score(**changes: Any) -> Json:
        a = shown(score=scored(40))
        found: Json = document(a, shown(**changes))["score"]
        return found

    assert score(score=scored(55))["change"] == 15
    apart = score(score=scored(55, hours=40.0))
    assert apart["change"] is None
    assert "Not to be ranked" in apart["why"]
    other_home = score(score=scored(55), run=replace(forged().run, home="CN"))
    assert other_home["change"] is None
    assert "home is not the same" in other_home["why"]
    assert score(score=None) == {"a": {"total": 40, "low": 40, "high": 40, "captures": 1},
                                 "b": None, "change": None, "why": None, "parts": []}  # fmt: skip


# ------------------------------------------------------------------ properties


@st.composite
def sides(draw: st.DrawFn) -> list[Endpoint]:
    """Endpoints on few addresses with few names, so that they meet."""
    found = draw(st.dictionaries(
        st.integers(1, 6),
        st.tuples(st.lists(st.sampled_from("abcde"), max_size=3, unique=True),
                  st.sampled_from(["SG stated", "CN agreed", "US single", "edge", "unknown"]),
                  st.integers(0, 9)),
        max_size=5,
    ))  # fmt: skip
    return [
        end(f"192.0.2.{ip}", *(f"{n}.x.example" for n in heard), at=at, up=n, flows=n)
        for ip, (heard, at, n) in found.items()
    ]


@settings(max_examples=150, deadline=None)
@given(sides(), sides(), st.sampled_from([0.0, 0.5, 3.0]))
def test_new_from_a_to_b_is_gone_from_b_to_a(
    a: list[Endpoint], b: list[Endpoint], hours: float
) -> None:
    x, y = shown(*a), shown(*b, hours=hours)
    there, back = match.endpoints(x, y), match.endpoints(y, x)
    assert there["new"] == back["gone"]
    assert there["gone"] == back["new"]
    assert (there["a_by_address"], there["both"]) == (back["b_by_address"], back["both"])
    assert len(x.ends) == there["both"] + len(there["gone"]) + there["a_by_address"]
    assert len(y.ends) == there["both"] + len(there["new"]) + there["b_by_address"]
    for one, other in zip(there["changed"], back["changed"], strict=True):
        assert [(c["what"], c["kind"], c["a"], c["b"]) for c in one["changes"]] == [
            (c["what"], c["kind"], c["b"], c["a"]) for c in other["changes"]
        ]
    for what in ("up", "down"):
        primary = sum(e.up if what == "up" else e.down for e in x.ends.values())
        assert primary == getattr(x, what)
    jsonschema.validate(document(x, y), SCHEMA)
    assert match.endpoints(x, x)["changed"] == []


# ------------------------------------------------------------- hostile, formats


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two report folders."""
    other = forged()
    other.endpoints = [*other.endpoints[2:], end("198.51.100.99", "new.example")]
    for name, result in (("before", forged()), ("after", other)):
        report.write(result, tmp_path / name, ["json"])
    return tmp_path / "before", tmp_path / "after"


def test_files_are_valid_whole_and_the_same_every_time(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    found = document(*map(side, pair))
    for name in ("1", "2"):
        output.write(found, tmp_path / name, output.formats("html,md,json"))
    there = sorted(p.name for p in (tmp_path / "1").iterdir())
    assert there == ["compare.html", "compare.json", "compare.md"]
    for name in there:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    again = json.loads((tmp_path / "1" / "compare.json").read_text())
    jsonschema.validate(again, SCHEMA)
    assert again == found
    assert str(tmp_path) not in (tmp_path / "1" / "compare.json").read_text()


def test_a_format_there_is_not() -> None:
    with pytest.raises(UsageError, match="choose from html, md, json"):
        output.formats("pdf")


def _told(text: str) -> Json:
    """A comparison with a text in every field of two results that holds one."""
    a, b = (Side(text, "capture") for _ in "ab")
    kept = {*map(str, Certainty), *map(str, Verdict), "complete", "incomplete", "failed"}

    def change(old: Any) -> Any:
        if isinstance(old, str):
            return old if old in kept or re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", old) else text
        if isinstance(old, dict):
            return {k: change(v) for k, v in old.items()}
        return [change(v) for v in old] if isinstance(old, list) else old

    result = change(result_json(replace(forged(), score=scored(40))))
    a.add(result, lambda name: name)
    other = {**result, "endpoints": result["endpoints"][2:], "claims": [], "findings": []}
    other["endpoints"] = [{**e, "ip": f"{e['ip']}-{i}", "names": []}
                          for i, e in enumerate(other["endpoints"])]  # fmt: skip
    b.add(other, lambda name: name)
    return document(a, b)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_acts_nowhere(text: str) -> None:
    found = _told(text)
    wild = b"".join(to_html.render(found)).decode()
    tame = b"".join(to_html.render(_told("harmless"))).decode()
    if text:
        assert Reader(wild).tags == Reader(tame).tags
    body = wild[wild.index("<body") : wild.rindex("<script>")]
    assert all(c.isprintable() or c == "\n" for c in body)
    for line in plain.terminal(found, 80).split("\n"):
        assert line.isprintable()
        assert columns(line) <= 80
    marked = b"".join(plain.render_markdown(found)).decode()
    assert all(line.isprintable() for line in marked.split("\n"))
    acting = re.sub(r"`[^`]*`", "", marked)
    assert not re.search(r"(?<!\\)(<script|\]\()", acting)


# ------------------------------------------------------------- damaged, foreign


def spoiled(folder: Path, change: Callable[[Json], None]) -> None:
    result = json.loads((folder / "result.json").read_text())
    change(result)
    (folder / "result.json").write_text(json.dumps(result))


@pytest.mark.parametrize(
    ("content", "said_"),
    [
        (b"", "no JSON"), (b"<html>", "no JSON"), (b"[" * 200_000, "no JSON"),
        (b"[1]", "schema None"),
        (b'{"schema": "phonehome/result/2"}', "schema phonehome/result/2"),
        (b'{"schema": "\\u001b[31m"}', "\\\\x1b"), (b"\xff\xfe", "no JSON"),
        (b'{"schema": "phonehome/result/1"}', "it lacks status, run, capture, visibility, endp"),
        (b'{"schema": "phonehome/result/1", "endpoints": {}}', "schema at endpoints"),
        (b'{"schema": "phonehome/result/1", "endpoints": [1]}', "schema at endpoints"),
    ],
)  # fmt: skip
def test_what_is_no_result_is_one_sentence(
    content: bytes, said_: str, pair: tuple[Path, Path]
) -> None:
    (pair[0] / "result.json").write_bytes(content)
    with pytest.raises(NothingUsable, match=said_) as caught:
        side(pair[0])
    assert str(caught.value).isprintable()
    assert caught.value.exit_code == 4


def test_a_report_of_an_earlier_version_still_compares(pair: tuple[Path, Path]) -> None:
    def older(result: Json) -> None:
        del result["score"], result["visibility"]["ech_flows"], result["run"]["data"]
        for each in result["endpoints"]:
            del each["rtt_frames"], each["party"]

    spoiled(pair[0], older)
    found = document(*map(side, pair))
    jsonschema.validate(found, SCHEMA)
    assert found["endpoints"]["both"]


@pytest.mark.parametrize("part", ["status", "run", "capture", "visibility", "endpoints",
                                  "findings", "claims"])  # fmt: skip
def test_a_part_that_is_missing_is_named(part: str, pair: tuple[Path, Path]) -> None:
    spoiled(pair[0], lambda result: result.pop(part))
    with pytest.raises(NothingUsable, match=f"it lacks {part};"):
        side(pair[0])


def test_numbers_and_texts_in_each_others_place_are_refused(pair: tuple[Path, Path]) -> None:
    def forge(result: Json) -> None:
        result["endpoints"][0]["bytes_up"] = "many"

    spoiled(pair[0], forge)
    with pytest.raises(NothingUsable, match="endpoints"):
        side(pair[0])


def test_no_folder_an_empty_one_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(NothingUsable, match="neither a report nor a batch"):
            side(path)


# ----------------------------------------------------------------------- batch


def batch(folder: Path, *captures: tuple[str, str | None, Result | None]) -> Path:
    """A batch folder as sealed; a capture without a result failed."""
    for number, (key, device, result) in enumerate(captures):
        place = folder / "captures" / key
        place.mkdir(parents=True)
        status = "complete" if result else "failed"
        record = {"schema": "phonehome/record/1", "key": key, "device": {"id": device},
                  "status": status}  # fmt: skip
        (place / "record.json").write_text(json.dumps(record))
        if result:
            result.capture.files[0].sha256 = f"{number:064x}"
            report.write(result, place, ["json"])
    (folder / "captures" / "unfinished").mkdir()
    return folder


def test_handsets_of_a_batch_and_whole_batches(tmp_path: Path) -> None:
    other = replace(forged(), endpoints=[end("192.0.2.77", "only-two.example")])
    there = [("k1", "one", forged()), ("k2", "two", other), ("k3", "one", forged()),
             ("k4", "one", None), ("k5", None, forged())]  # fmt: skip
    folder = batch(tmp_path / "b", *there)
    one, two, whole = side(folder, "one"), side(folder, "two"), side(folder)
    assert (one.kind, one.captures, one.failed, whole.captures) == ("device", 2, 1, 4)
    assert one.hours == pytest.approx(2 * forged().visibility.hours)
    first = forged().endpoints[0]
    assert one.ends[("name", first.names[0].name)].up == 2 * first.bytes_up  # type: ignore[index]
    assert one.ends[("name", first.names[0].name)].captures == 2  # type: ignore[index]
    found = document(one, two)
    assert names(found["endpoints"]["new"]) == ["only-two.example"]
    assert "failed" in {each["key"] for each in found["coverage"]}
    assert document(whole, two)["endpoints"]["new"] == []
    jsonschema.validate(found, SCHEMA)


def test_a_handset_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    folder = batch(tmp_path / "b", ("k1", "one", forged()), ("k2", "two", None))
    with pytest.raises(UsageError, match="recordings of: one, two"):
        side(folder, "three")
    report.write(forged(), tmp_path / "r", ["json"])
    with pytest.raises(UsageError, match="no handset x"):
        side(tmp_path / "r", "x")
    with pytest.raises(NothingUsable, match="without any analysed"):
        side(batch(tmp_path / "e", ("k1", "one", None)))


def test_endpoints_are_bounded_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.compare.sides.MOST", 3)
    found = shown(*(end(f"192.0.2.{i}", f"n{i}.example") for i in range(9)))
    assert len(found.ends) == 3
    assert found.full
    assert found.up == 9_000  # totals stay whole
    assert "full" in {each["key"] for each in document(found, shown())["coverage"]}


def test_a_place_without_a_country_is_none() -> None:
    location = Location(None, Certainty.STATED)
    ends = [Endpoint("192.0.2.1", Place("192.0.2.1", location=location))]
    assert [at.spot for e in shown(*ends).ends.values() for at in e.at.values()] == [
        Spot(None, "unknown")
    ]


def test_no_text_says_that_something_is_gone_or_accuses() -> None:
    texts = re.sub(r"\{\w+\}", "", " ".join(TEXT.values()))
    assert not re.search(r"\b(gone|disappeared|stopped|spying|secretly)\b", texts)
