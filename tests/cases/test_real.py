"""Over all real captures: no verdict without first-party traffic, no score without reasons."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from analyzer import pipeline
from analyzer.judge import words
from analyzer.model import Result
from analyzer.report import to_json
from tests import truth
from tests.cases.test_cases import CLAIMS, check_consistent, strings
from tests.conftest import SHARED

CAPTURES = truth.capture_paths(SHARED)
VENDORS = (None, "xiaomi")


@cache
def analysed(path: Path, vendor: str | None) -> Result:
    options = pipeline.Options(home="IN", vendor=vendor, claims=tuple(CLAIMS))
    return pipeline.analyze([path], options)


@pytest.fixture(params=CAPTURES, ids=lambda path: path.name)
def results(request: pytest.FixtureRequest, shared: Path) -> list[Result]:
    return [analysed(request.param, vendor) for vendor in VENDORS]


def test_a_claim_is_consistent_only_with_first_party_traffic(results: list[Result]) -> None:
    for result in results:
        check_consistent(result)


def test_a_score_names_what_it_rests_on(results: list[Result]) -> None:
    """Points only with findings or claims behind them; none at all where too little was seen."""
    for result in results:
        assert result.score is not None
        known = {finding.id for finding in result.findings}
        for part in result.score.parts:
            assert part.points is None or 0 <= part.points <= part.of
            assert not part.points or part.findings or part.claims
            assert set(part.findings) <= known
        judged = [part.points for part in result.score.parts if part.points is not None]
        assert (result.score.total is None) == (not judged)


def test_our_sentences_claim_no_more_than_was_seen(results: list[Result]) -> None:
    """Of the findings only caveats: their text quotes names that were captured."""
    for result in results:
        form = to_json.result_json(result)
        ours = [*strings(form["claims"]), *strings(form["score"])]
        ours += [finding.caveat for finding in result.findings]
        ours += [odd.effect for odd in result.anomalies]
        assert [text for text in ours if words.forbidden(text)] == []
