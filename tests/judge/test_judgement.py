"""analyzer/judge: what holds of all shipped findings, whatever they are about."""

from __future__ import annotations

import copy
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from forged_findings import everything, found, one_of_each, with_policy
from forged_results import HANDSET, RULES, START, endpoint, flow, result

from analyzer import limits
from analyzer.errors import DataFileError
from analyzer.judge import judge, judgement, rules, words
from tests.judge import encryption_cases


def test_every_shipped_rule_finds_its_case_and_no_word_claims_too_much(tmp_path: Path) -> None:
    late = result([endpoint("203.0.113.1")], [])
    late.flows = [flow(i, "203.0.113.1", **one) for i, one in enumerate(encryption_cases.WELL, 1)]
    for one in late.flows:
        one.first += 10**18
    findings = judge(everything(), with_policy(tmp_path), [RULES]) + judge(late, None, [RULES])
    tested = {rule.id for rule in rules.load([RULES]) if rule.test}  # test_behaviour.py has those
    shipped = {path.stem for path in (RULES / "detect").glob("*.yaml")}
    unmet = shipped - tested - {f.rule for f in findings}
    assert unmet == set(), "give them a flow in everything() of forged_findings.py"
    for finding in findings:
        said = " ".join([finding.title, finding.text, finding.caveat])
        assert words.forbidden(said) == []
        assert words.holes(said) == []
        assert finding.title
        assert finding.text.endswith((".", ")."))
        assert "\n" not in said
        assert finding.caveat
        assert finding.severity != "high"
        assert finding.evidence.frame_count >= len(finding.evidence.frames) > 0
        assert finding.evidence.frames == sorted(set(finding.evidence.frames))


def test_order_of_flows_and_endpoints_changes_nothing(tmp_path: Path) -> None:
    policy = with_policy(tmp_path)
    expected = judge(everything(), policy, [RULES])
    for seed in range(5):
        res = copy.deepcopy(everything())
        random.Random(seed).shuffle(res.flows)
        random.Random(seed).shuffle(res.endpoints)
        assert judge(res, policy, [RULES]) == expected


def test_an_empty_result_has_no_finding(tmp_path: Path) -> None:
    assert judge(result([], []), with_policy(tmp_path), [RULES]) == []


def test_hostile_names_stay_one_line_and_ids_stay_file_names(tmp_path: Path) -> None:
    names = [
        "<script>alert(1)</script>", "a\nb", "{home}{who.__class__}", "../../etc/x", "\x1b[31mred",
        "\u202egpj.exe", "x" * 70_000, "\ud800", "CON", "con", "a b", "a_b", "", ".", "%s", "\0",
    ]  # fmt: skip
    flows = [
        flow(i, "203.0.113.1", name=name, app_protocol="http", encrypted="no")
        for i, name in enumerate(names, 1)
    ]
    findings = judge(result([endpoint("203.0.113.1")], flows), None, [RULES])
    assert sum(finding.rule == "cleartext-http" for finding in findings) == len(names)
    ids = [finding.id for finding in findings]
    assert len({id.lower() for id in ids}) == len(ids)
    for finding in findings:
        assert set(finding.id) <= set("abcdefghijklmnopqrstuvwxyzCON0123456789.-_")
        assert len(finding.id) < 100
        assert (finding.title + finding.text + finding.subject).isprintable()
        assert len(finding.text) < 600
    assert any("{home}{who.__class__}" in finding.text for finding in findings)


def test_evidence_lists_the_first_frames_and_counts_all() -> None:
    flows = [flow(i, "203.0.113.1") for i in range(1, 151)]
    flows.reverse()
    finding = found(result([endpoint("203.0.113.1", "stated", "SG")], flows))["left-home-SG"]
    assert finding.evidence.frames == list(range(10, 1_010, 10))
    assert len(finding.evidence.frames) == limits.EVIDENCE_FRAMES
    assert finding.evidence.frame_count == 1_500


@pytest.mark.parametrize(
    ("most", "subjects"),
    [(4, ["SG", "US", "JP", "CN"]), (3, ["SG", "US", "JP", "CN"]),
     (2, ["SG", "US", "2-others"])],
)  # fmt: skip
def test_what_is_beyond_the_most_findings_is_one_more(most: int, subjects: list[str]) -> None:
    """The countries with most bytes up have findings of their own."""
    countries = {"CN": 100, "US": 300, "JP": 200, "SG": 400}
    ends = [endpoint(f"203.0.113.{up}", "stated", code) for code, up in countries.items()]
    flows = [flow(i, f"203.0.113.{up}", bytes_up=up) for i, up in enumerate(countries.values(), 1)]
    found = judgement.findings(result(ends, flows), None, [rule("left-home", most)])
    ids = {finding.id.removeprefix("left-home-") for finding in found}
    assert {id[: id.find("others") + 6] if "others" in id else id for id in ids} == {*subjects}
    assert sum(len(finding.endpoints) for finding in found) == 4
    assert all("more time" not in finding.caveat for finding in found)


@pytest.mark.parametrize(
    ("most", "said"),
    [(3, ""), (2, " The same was found 1 more time, with less sent each."),
     (1, " The same was found 2 more times, with less sent each.")],
)  # fmt: skip
def test_what_a_test_finds_beyond_the_most_is_counted_in_the_last(most: int, said: str) -> None:
    beats = [
        flow(ip * 10 + i, f"203.0.113.{ip}", bytes_up=ip, first=START + i * 60 * 10**9)
        for ip in (1, 3, 2)
        for i in range(9)
    ]
    ends = [endpoint(f"203.0.113.{ip}", "edge") for ip in (1, 2, 3)]
    found = judgement.findings(result(ends, beats), None, [rule("periodic-contact", most)])
    assert [finding.endpoints for finding in found] == [
        [f"203.0.113.{ip}"] for ip in (3, 2, 1)[:most]
    ]
    assert found[-1].numbers.get("not_listed", 0) == 3 - most
    assert found[-1].caveat.endswith(said)
    assert all("more time" not in finding.caveat for finding in found[:-1])


@pytest.mark.parametrize(
    ("first", "severity"),
    [(None, "low"), (-1, "low"), (1 << 63, "low"), (START, "low"), (0, "info"), (1, "info")],
)
def test_the_day_of_a_recording_decides_only_where_it_can_be_one(
    first: int | None, severity: str
) -> None:
    """TLS 1.0 was ordinary in 1970, and is not where nothing says when it was spoken."""
    old = encryption_cases.tls("TLS 1.0")
    made = result([endpoint("203.0.113.1")], [flow(1, "203.0.113.1", tls=old)])
    made.capture.first = first
    (finding,) = judgement.findings(made, None, [rule("old-tls", 9)])
    assert finding.severity == severity


def rule(id: str, most: int) -> rules.Rule:
    return next(one for one in rules.load([RULES]) if one.id == id)._replace(at_most=most)


def test_broken_rule_files_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "detect").mkdir()
    (tmp_path / "detect" / "a.yaml").write_text("a: [")
    (tmp_path / "detect" / "b.yaml").write_text("rule: b\nwhen: {cuntry: SG}\n")
    with pytest.raises(DataFileError) as caught:
        judge(result([], []), None, [RULES, tmp_path])
    said = str(caught.value)
    assert "a.yaml:2:1: the YAML breaks here" in said
    assert (
        "b.yaml:2:8: the key 'cuntry'; expected a known key; fix: did you mean 'country'?" in said
    )


def test_a_users_rule_is_added_and_may_replace_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "detect").mkdir()
    shipped = (RULES / "detect" / "left-home.yaml").read_text()
    mine = shipped.replace("severity: info\nraised:\n  low: {content_up: 1}", "severity: high")
    (tmp_path / "detect" / "left-home.yaml").write_text(mine)
    findings = {f.id: f for f in judge(one_of_each(), None, [RULES, tmp_path])}
    assert findings["left-home-SG"].severity == "high"
    assert next(iter(findings)) == "left-home-SG"


# --------------------------------------------------------------- Wireshark

TINY = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000065000000")
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


@needs_tshark
def test_wireshark_accepts_every_filter(tmp_path: Path) -> None:
    res = everything()
    many = [endpoint(f"10.9.{i}.1", "stated", "JP") for i in range(101)]
    res.endpoints += many
    res.flows += [flow(100 + i, e.ip) for i, e in enumerate(many)]
    findings = judge(res, with_policy(tmp_path), [RULES])
    filters = {finding.evidence.display_filter for finding in findings}
    assert any(text.startswith("frame.number in {1000, ") for text in filters)
    assert any("ipv6.addr == 2001:db8::3 and" in text for text in filters)
    capture = tmp_path / "tiny.pcap"
    capture.write_bytes(TINY)
    command = ["tshark", "-r", str(capture), "-Y"]
    for text in sorted(filters), ["ip.addr in {nonsense}"]:
        joined = " or ".join(f"({one})" for one in text)
        done = subprocess.run([*command, joined], capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is (text != ["ip.addr in {nonsense}"]), done.stderr


def test_filters_hold_nothing_but_numbers_and_fields() -> None:
    for finding in judge(everything(), None, [RULES]):
        text = finding.evidence.display_filter
        for field in ("frame.number", "ipv6.addr", "ip.addr", "tcp.port", "udp.port"):
            text = text.replace(field, "")
        for word in ("and", "or", "in", "not icmpv6", "not icmp"):
            text = text.replace(f"{word} ", "")
        assert set(text) <= set("0123456789abcdef.:{},=() "), finding.evidence.display_filter


def test_findings_are_plain_json() -> None:
    for finding in judge(everything(), None, [RULES]):
        json.dumps(finding.numbers, allow_nan=False)
        assert HANDSET not in finding.evidence.display_filter


@pytest.mark.parametrize(
    ("more", "content"),
    [
        ({"payload_up": 1_000_000, "packets_up": 1_000}, 1_000_000),
        ({"payload_up": 1_000_000, "packets_up": 1_000, "proto": "icmpv6"}, 1_000_000),
        ({"payload_up": 6_400, "packets_up": 100}, 0),  # pings
        ({"payload_up": 57_600, "packets_up": 100, "payload_down": 0}, 0),  # errors
        ({"payload_up": 1_000_000, "packets_up": 1_000, "opened_by_client": False}, 0),
        ({"payload_up": 57_600, "packets_up": 100, "payload_down": 0, "proto": "tcp"}, 57_600),
    ],
)
def test_of_icmp_only_what_is_more_than_pings_and_errors_is_content(
    more: dict[str, Any], content: int
) -> None:
    icmp = {"proto": "icmp", "server_port": None, "app_protocol": None, **more}
    one = result([endpoint("203.0.113.1", country="SG")], [flow(1, "203.0.113.1", **icmp)])
    left_home = [rule for rule in rules.load([RULES]) if rule.id == "left-home"]
    (left,) = judgement.findings(one, None, left_home)
    assert left.numbers["content_up"] == content
    assert left.severity == ("low" if content else "info")
