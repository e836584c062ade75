"""The score: what counts, how it is measured, when there is none, who may be ranked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from forged_results import RULES, endpoint, flow, result

from analyzer import judge as judge_room
from analyzer import model as m
from analyzer.errors import DataFileError
from analyzer.judge import catalogue, score_file, score_words, words
from analyzer.judge.score import comparable, read, score
from analyzer.judge.score_file import Weights
from analyzer.problems import Problems
from analyzer.report.to_json import score_json
from analyzer.yamlfile import parse
from analyzer.yamlfile import read as read_yaml

SCORE = RULES / "score" / "score.yaml"


def weights(folders: list[Path] | None = None) -> Weights:
    found = score_file.load(folders or [RULES])
    assert found is not None
    return found


def found(rule: str, id: str = "", severity: str = "low", **numbers: float) -> m.Finding:
    """A finding as the rules make it; ``ends`` are its addresses."""
    ends = numbers.pop("ends", ["203.0.113.1"])
    return m.Finding(
        id or rule, rule, m.Severity(severity), "", "", "", dict(numbers), endpoints=list(ends)
    )


def recording(*findings: m.Finding, hours: float = 2.0, home: str | None = "IN") -> m.Result:
    """Two hours, three conversations, 3,000 bytes of content sent, 13.8 kB in all."""
    ends = [endpoint(f"203.0.113.{i}", "stated", "SG") for i in (1, 2, 3)]
    for end in ends:
        end.bytes_up, end.bytes_down, end.packets_up, end.packets_down = 1_200, 4_000, 6, 4
    flows = [flow(i, end.ip, payload_up=1_000, name="a.example") for i, end in enumerate(ends, 1)]
    made = result(ends, flows, home=home, findings=list(findings))
    made.visibility = m.Visibility(hours=hours, bytes=15_600)
    return made


def part(scored: m.Score, name: str) -> m.ScorePart:
    return next(part for part in scored.parts if part.name == name)


# ------------------------------------------------------------------- points


def test_nothing_seen_is_nothing_and_everything_a_hundred() -> None:
    assert score(recording(), weights(), policy=True).total == 0
    everything = [
        found(rule, content_up=1e12, bytes_up=1e12, flows=10**6, endpoints=10**6, findings=9)
        for part in weights().parts
        for rule in part.rules
        for _ in range(20)
    ]
    full = recording(*everything)
    full.claims = [contradicted(f"c{i}") for i in range(2)]
    scored = score(full, weights(), policy=True)
    assert [(p.name, p.points) for p in scored.parts] == [(p.name, p.of) for p in scored.parts]
    assert scored.total == 100
    assert sum(p.of for p in scored.parts) == 100


def test_content_abroad_counts_by_the_hour_and_as_a_share() -> None:
    """750 bytes of 3,000: a quarter, half of what is the whole; under 1 kB an hour."""
    scored = score(recording(found("left-home", content_up=750)), weights(), policy=False)
    away = part(scored, "left-home")
    assert (away.points, away.of) == (6.2, 25)
    assert away.findings == ["left-home"]
    assert away.endpoints == ["203.0.113.1"]
    assert away.why.startswith("750 bytes of content went to places outside home, 25% of what")
    assert "375 bytes an hour" in away.why


def test_the_rate_is_counted_in_steps_of_one_factor() -> None:
    """From 1 kB to 10 MB an hour are four powers of ten: 100 kB an hour are two of them."""
    made = recording(found("left-home", content_up=200_000))
    made.flows[0].payload_up = 200_000_000
    assert part(score(made, weights(), policy=False), "left-home").points == 6.3  # 25/2 * (1/2 + e)


def test_one_source_alone_counts_half() -> None:
    def points(rule: str) -> float:
        made = recording(found(rule, severity="info", content_up=750))
        points = part(score(made, weights(), policy=False), "left-home").points
        assert points is not None
        return points

    assert points("left-home-single") == pytest.approx(points("left-home") / 2, abs=0.1)


def test_a_finding_without_the_number_counts_nothing() -> None:
    scored = score(recording(found("left-home", flows=3)), weights(), policy=True)
    assert (part(scored, "left-home").points, scored.total) == (0, 0)


@pytest.mark.parametrize(
    "rule", ["place-edge", "place-disputed", "place-excluded", "place-unknown"]
)
def test_what_has_no_country_counts_nothing(rule: str) -> None:
    assert score(recording(found(rule, content_up=10**9)), weights(), policy=True).total == 0


def test_twice_the_time_is_half_the_rate_but_short_ones_count_an_hour() -> None:
    def points(hours: float) -> float | None:
        made = recording(found("left-home", content_up=200_000), hours=hours)
        made.flows[0].payload_up = 2_000_000_000
        return part(score(made, weights(), policy=False), "left-home").points

    assert points(0.1) == points(1.0)
    assert points(1.0) > points(4.0) > 0  # type: ignore[operator]


def test_a_note_of_old_encryption_does_not_count() -> None:
    for severity, points in (("info", 0.0), ("low", 6.7)):
        made = recording(found("old-tls", severity=severity, flows=3))
        assert part(score(made, weights(), policy=False), "old-encryption").points == points


@pytest.mark.parametrize(
    ("number", "half"),
    [("flows", 1.5), ("endpoints", 1.5), ("packets", 15), ("bytes_up", 1_800),
     ("bytes_down", 6_000), ("payload_up", 1_500), ("payload_down", 5_550), ("content_up", 1_000)],
)  # fmt: skip
def test_shares_are_of_the_same_number_of_all_traffic(number: str, half: float) -> None:
    """Look-ups of names are no content; all else of them counts."""
    made = recording(found("left-home", **{number: half}))
    made.flows[0].app_protocol = "dns"
    measured = (score_file.Measure(number, "share", 0.0, 1.0),)
    ours = weights()._replace(parts=(weights().parts[0]._replace(measures=measured),))
    assert number in score_file.SHARED
    assert score(made, ours, policy=False).total == 50


def contradicted(id: str, gap: str = "") -> m.ClaimVerdict:
    against = m.Counterexample("203.0.113.2", None, None, 1, "CN", m.Certainty.AGREED, None, None,
                               None, 1, 1, "it stands in China")  # fmt: skip
    predicate = m.PredicateVerdict("p", "", m.Verdict.CONTRADICTED, "", counterexamples=[against])
    return m.ClaimVerdict(
        id, "v", "q", "s", "2017", "", m.Verdict.CONTRADICTED, "", m.Coverage(), [predicate],
        gap_sentence=gap,
    )  # fmt: skip


def test_contradicted_claims_count_and_distant_ones_half() -> None:
    made = recording()
    made.claims = [contradicted("a"), contradicted("kept")]
    made.claims[1].verdict = m.Verdict.CONSISTENT
    near = part(score(made, weights(), policy=False), "claims")
    assert (near.claims, near.endpoints) == (["a"], ["203.0.113.2"])
    made.claims = [contradicted("a", "9 years lie between.")]
    far = part(score(made, weights(), policy=False), "claims")
    assert near.points == near.of / 2
    assert far.points == pytest.approx(near.of / 4, abs=0.06)


# --------------------------------------------------------------- not judged


def test_what_could_not_be_judged_is_left_out_and_said() -> None:
    scored = score(recording(home=None), weights(), policy=False)
    assert [p.name for p in scored.parts if p.points is None] == [
        "left-home", "claims", "unexpected",
    ]  # fmt: skip
    assert part(scored, "left-home").why == "Not judged: no home country was given (--home)."
    assert scored.total == 0
    assert "left out of the sum: content sent to places outside home" in scored.sentence


def test_a_claim_that_could_not_be_tested_is_no_zero() -> None:
    made = recording()
    made.claims = [contradicted("a")]
    made.claims[0].verdict = m.Verdict.NOT_TESTABLE
    assert part(score(made, weights(), policy=False), "claims").points is None


def test_left_out_parts_do_not_lower_the_total() -> None:
    with_home = score(recording(found("old-tls", flows=3)), weights(), policy=False)
    without = score(recording(found("old-tls", flows=3), home=None), weights(), policy=False)
    assert without.total is not None
    assert with_home.total is not None
    assert without.total > with_home.total > 0


def test_three_minutes_three_conversations_and_10_kb_are_enough() -> None:
    made = recording(hours=0.05)
    for end, down in zip(made.endpoints, (2_800, 2_800, 800), strict=True):
        end.bytes_down = down
    scored = score(made, weights(), policy=False)
    assert (scored.coverage.bytes, scored.total) == (10_000, 0)


@pytest.mark.parametrize(
    "less", [{"hours": 0.04999}, {"flows": 2}, {"bytes": 3_333}, {"private": True}], ids=str
)
def test_too_little_seen_gives_no_score(less: dict[str, Any]) -> None:
    made = recording(found("left-home", content_up=750), hours=less.get("hours", 2.0))
    if "flows" in less:
        made.flows = made.flows[:2]
    for end in made.endpoints:
        if "bytes" in less:
            end.bytes_up, end.bytes_down = less["bytes"], 0
        if "private" in less:
            end.place.location.certainty = m.Certainty.PRIVATE
    scored = score(made, weights(), policy=False)
    assert scored.total is None
    assert [p.points for p in scored.parts] == [None] * len(scored.parts)
    assert scored.sentence.startswith("No score, as too little was seen: with the Internet ")
    assert {p.why for p in scored.parts} == {"Not judged: too little was seen."}


def test_coverage_is_of_traffic_with_the_internet() -> None:
    made = recording()
    made.endpoints.append(endpoint("192.168.43.1", "private"))
    made.flows.append(flow(4, "192.168.43.1", payload_up=9_000))
    made.endpoints[2].place.location.certainty = m.Certainty.EDGE
    made.flows[1].name = None
    made.flows[2].app_protocol = "dns"
    made.visibility.vpn_bytes = 3_900
    rests_on = score(made, weights(), policy=False).coverage
    assert (rests_on.flows, rests_on.endpoints, rests_on.bytes) == (3, 3, 15_600)
    assert rests_on.content_up == 2_000
    assert rests_on.located == pytest.approx(2 / 3)
    assert rests_on.edge == pytest.approx(1 / 3)
    assert rests_on.named == pytest.approx(9_200 / 15_600)
    assert rests_on.hidden == 0.25
    made.visibility.vpn_bytes = 15_700
    assert score(made, weights(), policy=False).coverage.hidden == 1


def test_shares_of_nothing_are_nothing() -> None:
    made = recording(found("left-home", content_up=0))
    for end, one in zip(made.endpoints, made.flows, strict=True):
        end.bytes_up = end.bytes_down = one.payload_up = 0
    rests_on = score(made, weights()._replace(enough={}), policy=False)
    assert rests_on.total == 0
    assert (rests_on.coverage.named, rests_on.coverage.located) == (0, 0)


# -------------------------------------------------------------- comparing


def pair(**change: Any) -> str | None:
    one, other = (score(recording(), weights(), policy=False) for _ in range(2))
    for name, value in change.items():
        setattr(other.coverage, name, value)
    return comparable(one, other)


def test_like_recordings_are_comparable() -> None:
    assert pair() is None
    assert pair(hours=7.9, bytes=100_000, named=0.75) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours": 24.0}, "they cover very different times (2.0 hours and 24.0 hours)"),
        ({"bytes": 20_000_000}, "very different amounts were seen (16 kB and 20 MB)"),
        ({"named": 0.2}, "names were seen for very different shares (88% and 20% of the bytes)"),
        ({"located": 0.1}, "places are known for very different shares (100% and 10% of the"
                           " bytes)"),
        ({"rules_sha256": "other"}, "other rules were used"),
    ],
)  # fmt: skip
def test_why_two_are_not_comparable(change: dict[str, Any], said: str) -> None:
    assert pair(**change) == f"Not to be ranked as they stand: {said}."


def test_other_parts_or_none_are_not_comparable() -> None:
    one = score(recording(), weights(), policy=False)
    without = score(recording(home=None), weights(), policy=False)
    said = comparable(one, without)
    assert said is not None
    assert "only one was judged on this: content sent to places outside home" in said
    assert "too little" in (
        comparable(one, score(recording(hours=0), weights(), policy=False)) or ""
    )


def test_it_can_be_read_back_from_json() -> None:
    made = recording(found("left-home", content_up=750, ends=[f"203.0.113.{i}" for i in range(99)]))
    one = score(made, weights(), policy=False)
    form = json.loads(json.dumps(score_json(one)))
    assert part(one, "left-home").endpoints[20:]
    assert form["parts"][0]["endpoint_count"] == 99
    back = read(form)
    assert comparable(one, back) is None
    assert (back.total, back.coverage) == (one.total, one.coverage)
    assert back.parts[0].endpoints == one.parts[0].endpoints[:20]


# --------------------------------------------------------------- rule file


def problems_of(text: str) -> list[str]:
    problems = Problems()
    score_file.parse(parse(text, Path("s.yaml")), problems, score_file.rule_ids([RULES]))
    return problems.lines


def test_the_shipped_file_is_well() -> None:
    assert catalogue.check([SCORE]) == []
    for one in weights().parts:
        assert one.why
        assert words.forbidden(score_words.explained(one)) == []


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        ("left-home: 1", "left-hom: 1", "did you mean 'left-home'?"),
        ("left-home: 1", "left-home: 2", "a number from 0 to 1"),
        ("of: 25", "of: 26", "parts of 100 points in all"),
        ("count: content_up, per: hour", "count: contents, per: hour", "'contents'"),
        ("count: findings, per: recording", "count: findings, per: share", "a share of findings"),
        ("needs: home", "needs: hom", "did you mean 'home'?"),
        ("{amount} of content went", "{amout} of content went", "did you mean 'amount'?"),
        ("Nothing that the score", "The {share} that the score", "leave it out"),
        ("part: claims", "part: behaviour", "'behaviour' again"),
        ("distant: 0.5", "distant: 0.5\nextra: 1", "the key 'extra'"),
        ("enough: {time: 3 min, ", "enough: {", "no 'time'"),
        ("full: 10 MB", "full: 1 b", "that is not above 'from'"),
        ("No content was seen", "It was proved that no content was seen", "the word 'proved'"),
        ("    claims: 1\n", "    claims: 1\n    rules: {left-home: 1}\n", "keep one"),
        ("parts:\n", "parts: 3\nmore:\n", "expected a list"),
    ],
)
def test_mistakes_are_told_with_their_line(found: str, put: str, said: str) -> None:
    text = SCORE.read_text(encoding="utf-8")
    assert problems_of(text) == []
    assert found in text
    lines = problems_of(text.replace(found, put, 1))
    assert any(said in line for line in lines), lines
    assert all(line.startswith("s.yaml:") for line in lines)


def test_an_unknown_rule_stops_the_run(tmp_path: Path) -> None:
    own = tmp_path / "score" / "score.yaml"
    own.parent.mkdir()
    own.write_text(SCORE.read_text("utf-8").replace("left-home: 1", "no-such-rule: 1"))
    with pytest.raises(DataFileError, match="no-such-rule"):
        score_file.load([RULES, tmp_path])
    (tmp_path / "detect").mkdir()
    (tmp_path / "detect" / "no-such-rule.yaml").write_text("")
    assert "no-such-rule" in weights([RULES, tmp_path]).parts[0].rules


def test_a_users_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "score" / "score.yaml"
    own.parent.mkdir()
    own.write_text(
        SCORE.read_text("utf-8").replace("of: 25", "of: 35", 1).replace("of: 20", "of: 10", 1)
    )
    assert weights([RULES, tmp_path]).parts[0].of == 35
    assert score_file.load([tmp_path / "none"]) is None


def test_rules_list_and_show_know_it() -> None:
    assert "score" in catalogue.listing([RULES]).splitlines()[-1]
    shown = catalogue.show("score", [RULES])
    assert "Content sent to places outside home, 25 points" in shown
    assert "No score with less than 3 conversations, 10 kB or 3 minutes" in shown


def test_the_schema_accepts_what_ships_and_refuses_mistakes() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(judge_room.__file__).parent / "schemas" / "score.json"
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    data = read_yaml(SCORE).data
    validator.validate(data)
    assert set(schema["properties"]) == set(score_file.KEYS)
    assert set(schema["$defs"]["part"]["properties"]) == set(score_file.PART_KEYS)
    measure = schema["$defs"]["measure"]
    assert measure["properties"]["count"]["enum"] == list(score_file.COUNTS)
    assert measure["then"]["properties"]["count"]["enum"] == list(score_file.SHARED)
    for wrong in ({**data, "extra": 1}, {**data, "distant": 2}, {**data, "parts": []}):
        assert not validator.is_valid(wrong)
