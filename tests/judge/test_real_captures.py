"""Sums that must agree with endpoints.csv, and the sentences of real captures."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from forged_results import RULES, endpoint, flow, result

from analyzer import model as m
from analyzer.endpoints import gather
from analyzer.judge import judge, words
from analyzer.pipeline import Options, analyze
from analyzer.report.to_csv import render

PHONES = (
    "but__android9-seznamcz_cache04.pcap", "but__example-accuweather.pcapng",
    "but__ma4-WhatsApp1.pcapng", "ndpi__KakaoTalk_chat.pcap", "ndpi__sites.pcapng",
    "ndpi__telegram.pcap", "ndpi__xiaomi.pcap", "pcapdroid__metadata.pcap",
)  # fmt: skip


@cache
def analysed(path: Path) -> m.Result:
    return analyze([path], Options(home="IN"))


def sums_of_table(res: m.Result, *certainties: str) -> Counter[tuple[str, str]]:
    """(country, number) -> sum over the rows of endpoints.csv outside India."""
    (chunks,) = [chunks for name, chunks in render(res) if name == "endpoints.csv"]
    found: Counter[tuple[str, str]] = Counter()
    for row in csv.DictReader(io.StringIO(b"".join(chunks).decode())):
        if row["certainty"] in certainties and row["country"] not in ("", "IN"):
            found[row["country"], "endpoints"] += 1
            for number in ("flows", "bytes_up", "bytes_down"):
                found[row["country"], number] += int(row[number])
    return found


def sums_of_findings(res: m.Result, rule: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for finding in res.findings:
        if finding.rule == rule:
            for number in ("endpoints", "flows", "bytes_up", "bytes_down"):
                found[finding.subject, number] += int(finding.numbers[number])
    return found


def test_left_home_is_the_sum_over_endpoints() -> None:
    """Two handsets, a computer that is none, look-ups, one flow each way only."""
    ends = [
        endpoint("203.0.113.1", "stated", "SG"),
        endpoint("203.0.113.2", "agreed", "SG"),
        endpoint("203.0.113.3", "single", "SG"),
        endpoint("203.0.113.4", "stated", "US"),
        endpoint("203.0.113.5", "edge"),
        endpoint("203.0.113.6", "stated", "IN"),
        endpoint("203.0.113.7", "disputed", "CN"),
    ]
    clients = ["192.168.43.20", "192.168.43.21", "192.168.43.99"]
    flows = [
        flow(i * 10 + j, end.ip, client_ip=client, bytes_up=i * 1_000 + j, bytes_down=i)
        for i, end in enumerate(ends, 1)
        for j, client in enumerate(clients)
    ]
    res = result(ends, flows)
    res.handsets.append(m.Handset(["192.168.43.21"]))
    places = {end.ip: end.place for end in ends}
    res.endpoints = gather(flows, res.handsets)
    for end in res.endpoints:
        end.place = places[end.ip]
    res.findings = judge(res, None, [RULES])
    left = sums_of_findings(res, "left-home")
    assert left == sums_of_table(res, "stated", "agreed")
    assert left["SG", "bytes_up"] == 1_000 + 1_001 + 2_000 + 2_001
    assert left["US", "flows"] == 2
    assert sums_of_findings(res, "left-home-single") == sums_of_table(res, "single")


@pytest.mark.parametrize("name", PHONES)
def test_left_home_of_real_captures_is_the_sum_over_endpoints(shared: Path, name: str) -> None:
    res = analysed(shared / "captures/phone" / name)
    for rule, sure in (("left-home", ("stated", "agreed")), ("left-home-single", ("single",))):
        table = sums_of_table(res, *sure)
        sending = {country for country, number in table if table[country, "bytes_up"]}
        kept = {key: value for key, value in table.items() if key[0] in sending}
        assert sums_of_findings(res, rule) == Counter(kept)


def test_values_of_a_real_capture(shared: Path) -> None:
    """ndpi__KakaoTalk_chat: 471 bytes up and 1,600 down to AWS in Singapore."""
    res = analysed(shared / "captures/phone/ndpi__KakaoTalk_chat.pcap")
    (finding,) = [f for f in res.findings if f.rule == "left-home"]
    assert finding.subject == "SG"
    assert (finding.numbers["bytes_up"], finding.numbers["bytes_down"]) == (471, 1_600)
    assert finding.evidence.display_filter == (
        "ip.addr == 54.255.253.199 and tcp.port == 5223 and not icmp"
    )


def test_of_five_handsets_one_asked_httpdns(shared: Path) -> None:
    res = analysed(shared / "captures/phone/ndpi__xiaomi.pcap")
    assert len(res.handsets) == 5
    findings = {f.id: f for f in res.findings}
    assert findings["cleartext-other-httpdns"].text.startswith(
        "The handset 192.168.2.100 exchanged readable HTTPDNS traffic with 1 address"
    )
    assert findings["cleartext-other-httpdns"].numbers["handsets"] == "192.168.2.100"
    assert findings["left-home-DE"].text.startswith("The handset 192.168.2.100 sent 4.0 kB")
    assert findings["left-home-single-MY"].text.startswith("2 of 5 handsets sent 2.5 kB")


BAD = (
    r" 0 (bytes|addresses|conversations)", r"none seen", r"\.\.$", r"  ", r"\{", r" ,", r"\(\)",
    r"\b1 (addresses|conversations)", r"in (United|Netherlands)", r"outside (United|Netherlands)",
    r"country not known", r"address is operated by .* \(1\)", r"None\b",
)  # fmt: skip
"""What an unfinished sentence looks like."""


@pytest.mark.parametrize("folder", ["phone", "exfil", "http", "tls", "dns"])
def test_every_sentence_reads_well(shared: Path, folder: str) -> None:
    paths = [
        p for p in sorted((shared / "captures" / folder).iterdir()) if "expected" not in p.name
    ]
    assert paths
    for path in paths:
        res = analysed(path)
        known = {address for phone in res.handsets for address in phone.addresses}
        for finding in res.findings:
            said = f"{finding.title}\n{finding.text}\n{finding.caveat}"
            where = f"{path.name} {finding.id}: {said}"
            assert not any(re.search(bad, said, re.MULTILINE) for bad in BAD), where
            assert words.forbidden(said) == []
            grave = finding.rule in ("dns-tunnel", "push-details")  # captures of one each
            assert finding.severity in ("info", "low", *(["medium"] if grave else [])), where
            assert finding.numbers["flows"], where
            named = str(finding.numbers["handsets"]).split(", ") if known else []
            assert set(named) <= known, where
            if len(res.handsets) > len(named) > 1:
                assert f"{len(named)} of {len(res.handsets)} handsets" in finding.text, where
            if len(res.handsets) > len(named) == 1:
                assert f"he handset {named[0]} " in finding.text, where
