"""The demo capture shows all three verdicts, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from forged_results import RULES

from analyzer import cli, device, judge, pipeline, report
from analyzer.errors import UsageError
from analyzer.judge import words

CAPTURES = RULES.parent / "captures"


def options(*claims: str, **more: str) -> pipeline.Options:
    sheet = device.read(CAPTURES / "demo-device.yaml")
    return pipeline.Options(device=sheet, claims=claims, **more)  # type: ignore[arg-type]


def test_the_demo_shows_every_verdict(tmp_path: Path) -> None:
    result = pipeline.analyze([CAPTURES / "demo.pcapng"], options(home="IN"))
    found = {claim.id: claim for claim in result.claims}
    assert {id: str(claim.verdict) for id, claim in found.items()} == {
        "demo-2026-accounts-singapore": "consistent",
        "demo-2026-all-on-aws": "contradicted",
        "demo-2026-updates-india": "not_testable",
    }
    assert [found[id].sentence for id in sorted(found)] == [
        "Consistent with this capture: nothing that was seen speaks against it. It rests on"
        " 1 address in 45 minutes of recording; of its 24 kB, 100% have a place that is stated"
        " or agreed on. Said on 2026-06-01, recorded on 2026-10-14.",
        "Contradicted by this capture: tracking.india.handset.example (219.142.0.10, frame 69)"
        " is not on AWS’s list of 2026-10-26; its network is operated by China Telecom. It rests"
        " on 5 addresses in 45 minutes of recording; of their 152 kB, 63% have a place that is"
        " stated or agreed on. Said on 2026-06-01, recorded on 2026-10-14.",
        "Not testable here: of the bytes it speaks of, 100% were answered at a network edge,"
        " where no country can be given. Seen was 1 address in 45 minutes of recording; of its"
        " 53 kB, 0% have a place that is stated or agreed on. Said on 2026-06-01, recorded on"
        " 2026-10-14.",
    ]
    (example,) = found["demo-2026-all-on-aws"].predicates[0].counterexamples
    assert (example.ip, example.frame, example.name_frame) == ("219.142.0.10", 69, 72)
    report.write(result, tmp_path, ["json", "html", "md"])
    document = json.loads((tmp_path / "result.json").read_bytes())
    assert {claim["verdict"] for claim in document["claims"]} == {
        "contradicted", "consistent", "not_testable",
    }  # fmt: skip
    assert words.forbidden((tmp_path / "report.md").read_text()) == []


def test_claims_asked_for_are_judged_alone_and_told() -> None:
    asked = options("any-all-encrypted", "any-data-stays-in-home", home="IN")
    result = pipeline.analyze([CAPTURES / "demo.pcapng"], asked)
    assert [str(claim.verdict) for claim in result.claims] == ["contradicted", "contradicted"]
    assert result.claims[0].predicates[0].counterexamples[0].frame == 72  # the readable request
    assert "--claims=any-all-encrypted" in result.run.arguments


def test_an_unknown_claim_is_told_before_reading() -> None:
    with pytest.raises(UsageError, match="There is no claim 'nothing'"):
        pipeline.analyze([Path("no such capture")], options("nothing"))


def test_the_commands(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(cli.phonehome, ["claims", "list"])
    assert "demo-2026-all-on-aws" in listed.output
    shown = runner.invoke(cli.phonehome, ["claims", "show", "xiaomi-2017-encrypted"])
    assert "Traffic cannot show" in shown.output
    checked = runner.invoke(cli.phonehome, ["claims", "check"], standalone_mode=False)
    assert (checked.output, checked.return_value) == ("no problems\n", 0)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("claim: wrong\nvendor: any\n")
    checked = runner.invoke(cli.phonehome, ["claims", "check", str(wrong)], standalone_mode=False)
    assert checked.return_value == 2
    assert "wrong.yaml:1:1: no 'quote'" in checked.output


def test_without_a_vendor_no_claim_is_judged() -> None:
    result = pipeline.analyze([CAPTURES / "demo.pcapng"], pipeline.Options(home="IN"))
    for phone in result.handsets:
        phone.vendor = None
    assert judge.judge_claims(result, None, [RULES], judge.claims.Known) == []
