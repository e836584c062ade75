"""A forged result that has something of everything, and hostile twins of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

from analyzer.model import (
    Anomaly,
    Capture,
    CaptureFile,
    Certainty,
    ClaimVerdict,
    Counterexample,
    Counters,
    Coverage,
    DataSet,
    Endpoint,
    EndpointName,
    Evidence,
    Finding,
    Flow,
    Handset,
    IdentifierSeen,
    Interface,
    Location,
    NameSeen,
    NameSource,
    Operator,
    Owner,
    Party,
    Place,
    PredicateVerdict,
    Result,
    Run,
    Score,
    ScoreCoverage,
    ScorePart,
    Severity,
    Statement,
    Status,
    TlsSeen,
    Verdict,
    Visibility,
    WhyNoName,
)
from analyzer.record import Record

START = 1_571_231_048_779_483_000  # 2019-10-16T13:04:08.779483000Z
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HANDSET = "192.0.2.20"

# ip, name, country, certainty, provider, region, asn, operator, owner, party, up, down
_ROWS = [
    ("198.51.100.10", "tracking.intl.phone.example", "SG", "stated", "aws", "ap-southeast-1",
     16509, "Amazon.com, Inc.", ("Phone Example Ltd.", "CN"), "first", 1_204_331, 90_211),
    ("198.51.100.11", "data.mistat.phone.example", "CN", "agreed", "alibaba", None,
     37963, "Hangzhou Alibaba Advertising", ("Phone Example Ltd.", "CN"), "first", 412_009, 31_002),
    ("198.51.100.12", "ads.broker.example", "US", "single", None, None,
     64500, "Broker Networks", ("Broker Inc.", "US"), "third", 96_100, 2_100_456),
    ("198.51.100.13", "api.weather.example", "IN", "stated", "aws", "ap-south-1",
     16509, "Amazon.com, Inc.", ("Weather Co.", "US"), "third", 88_412, 412_777),
    ("198.51.100.14", "cdn.phone.example", None, "edge", "cloudflare", None,
     13335, "Cloudflare, Inc.", ("Phone Example Ltd.", "CN"), "support", 61_022, 9_833_121),
    ("198.51.100.15", "push.vendor.example", None, "disputed", "tencent", None,
     132203, "Tencent Building", None, "unknown", 44_120, 12_001),
    ("198.51.100.16", "eu.sync.example", None, "excluded", "gcp", "europe-west1",
     396982, "Google LLC", ("Sync GmbH", "DE"), "third", 23_010, 11_090),
    ("2001:db8::17", None, None, "unknown", None, None,
     None, None, None, "unknown", 1_402, 0),
    ("192.0.2.1", None, None, "private", None, None, None, None, None, "unknown", 900, 1_200),
]  # fmt: skip


def _location(country: str | None, certainty: str) -> Location:
    aws = Statement("AWS ip-ranges.json", country, "Singapore", "2019-07-19")
    dbip = Statement("DB-IP Lite country", country, None, "2026-06", "newer than the capture")
    said = {
        "stated": [aws, dbip],
        "agreed": [dbip, Statement("GeoLite2", country, None, "2018-07")],
        "single": [dbip],
        "disputed": [
            Statement("DB-IP Lite country", "HK", None, "2026-06"),
            Statement("GeoLite2", "CN", None, "2018-07"),
        ],
        "excluded": [Statement("Google cloud.json", "BE", "St. Ghislain", "2026-10")],
    }.get(certainty, [])
    excluded = certainty == "excluded"
    return Location(
        country=country,
        certainty=Certainty(certainty),
        statements=said,
        rtt_ms=8.4 if excluded else 41.5,
        max_km=840.0 if excluded else 4150.0,
        excluded=["8.4 ms from Mumbai reaches 840 km; Belgium is 6,870 km away."] * excluded,
        sentence=f"The place is {certainty}.",
        city="Singapore" if certainty == "stated" else None,
    )


def _endpoint(number: int, row: tuple[Any, ...]) -> Endpoint:
    ip, name, country, certainty, provider, region, asn, operator, owner, party, up, down = row
    place = Place(ip, Operator(asn, operator), provider, "EC2" if region else None, region,
                  _location(country, certainty))  # fmt: skip
    return Endpoint(
        ip=ip,
        place=place,
        names=[EndpointName(name, "sni", 10 * number)] if name else [],
        flows=2,
        packets_up=120 + number,
        packets_down=80 + number,
        bytes_up=up,
        bytes_down=down,
        first=START + number * MINUTE,
        last=START + (100 + number) * MINUTE,
        first_frame=10 * number,
        rtt=41_500_000,
        rtt_flow=number,
        rtt_frames=(10 * number, 10 * number + 1),
        party=Party(party),
        owner=Owner(owner[0], owner[1], "phone.example", "handset vendor") if owner else None,
        ports=["443/tcp", "443/udp"],
        flow_ids=[number, number + 100],
    )


def _flow(number: int, e: Endpoint) -> Flow:
    name = e.names[0].name if e.names else None
    return Flow(
        id=number,
        proto="tcp",
        client_ip=HANDSET,
        client_port=40_000 + number,
        server_ip=e.ip,
        server_port=443,
        first=e.first,
        last=e.last,
        first_frame=e.first_frame,
        last_frame=e.first_frame + 5,
        packets_up=e.packets_up,
        packets_down=e.packets_down,
        bytes_up=e.bytes_up,
        bytes_down=e.bytes_down,
        payload_up=e.bytes_up // 2,
        payload_down=e.bytes_down // 2,
        rtt=41_500_000,
        name=name,
        name_source=NameSource.SNI if name else NameSource.NONE,
        why_no_name=None if name else WhyNoName.NO_SNI,
        app_protocol="tls",
        tls=TlsSeen(version="TLS 1.3", ja4="t13d1516h2_8daaf6152771_e5627efa2ab1"),
        encrypted="yes",
    )


def _findings() -> list[Finding]:
    evidence = Evidence([31, 32, 40], 3, "frame.number in {31, 32, 40}", START, START + MINUTE,
                        "evidence/F001.pcapng")  # fmt: skip
    return [
        Finding("F003", "unexpected", Severity.LOW, "An endpoint that is not on the list",
                "ads.broker.example is not in the list of expected endpoints.",
                "ads.broker.example"),
        Finding("F001", "cleartext-http", Severity.HIGH, "Readable text sent without encryption",
                "The handset sent 12.4 kB of readable HTTP to data.mistat.phone.example.",
                "data.mistat.phone.example",
                {"bytes_up": 12_401, "requests": 3, "share": 0.25}, evidence,
                "Readable here means readable by anyone on the way."),
        Finding("F002", "left-home", Severity.MEDIUM, "Data went to Singapore and China",
                "1.6 MB were sent to addresses in Singapore and China.", "SG, CN",
                {"bytes_up": 1_616_340}, Evidence(list(range(10, 110)), 4_012, "ip.addr == "
                "198.51.100.10", START, START + 90 * MINUTE, None)),
    ]  # fmt: skip


def _claims() -> list[ClaimVerdict]:
    against = Counterexample(
        "198.51.100.11", "data.mistat.phone.example", 22, 20, "CN", Certainty.AGREED, "alibaba",
        None, "Hangzhou Alibaba Advertising", 412_009, 31_002,
        "data.mistat.phone.example (198.51.100.11, frame 20) stands in China",
    )  # fmt: skip
    gap = "It was said on 2017-09-06, 2 years and 1 month before the recording of 2019-10-16."
    failing = PredicateVerdict(
        "in-sg",
        "Every address stands in Singapore.",
        Verdict.CONTRADICTED,
        f"{against.text}.",
        2,
        0.9,
        [against],
        3,
    )
    edge = PredicateVerdict("behind", "It comes from India.", Verdict.NOT_TESTABLE,
                            "100% were answered at a network edge.")  # fmt: skip
    rests_on = Coverage(2.4, 2, 4, 1_737_551, 0.93)
    return [
        ClaimVerdict("phone-edge", "phone", "Our updates come from India", "A. Speaker", "2019-10",
                     "a paper", Verdict.NOT_TESTABLE, "Not testable here: an edge.", rests_on,
                     [edge], ["What stands behind an edge."]),
        ClaimVerdict("phone-sg", "phone", "All our servers are in Singapore", "A. Speaker",
                     "2017-09-06", "a paper", Verdict.CONTRADICTED,
                     f"Contradicted by this capture: China. {gap}", rests_on, [failing],
                     ["Where data is stored."], ["A region opened in 2016."], gap),
    ]  # fmt: skip


def _score() -> Score:
    away = ScorePart("left-home", "Content sent to places outside home", 18.5, 25,
                     "1.6 MB of content went to places outside home.", ["F002"], [],
                     ["198.51.100.10", "198.51.100.11"])  # fmt: skip
    claims = ScorePart("claims", "Sentences contradicted", 7.5, 15, "1 sentence contradicted.",
                       [], ["phone-sg"], ["198.51.100.11"])  # fmt: skip
    open_part = ScorePart("unexpected", "Endpoints", None, 20, "Not judged: no policy was given.")
    rests_on = ScoreCoverage(2.4, 13_000_000, 900_000, 18, 8, 0.92, 0.8, 0.15, 0.0, "IN", "ef" * 32)
    return Score(
        65, "65 of 100. 0 would be: nothing was seen.", [away, claims, open_part], rests_on
    )


def forged() -> Result:
    """A result with every certainty, findings, anomalies and two handsets."""
    endpoints = [_endpoint(i, row) for i, row in enumerate(_ROWS, 1)]
    flows = [_flow(i, e) for i, e in enumerate(endpoints, 1)]
    names = [NameSeen(10 * i, START, i, "sni", f.name, f.server_ip, "outer")
             for i, f in enumerate(flows, 1) if f.name]  # fmt: skip
    sets = [
        DataSet("DB-IP Lite country", "DB-IP", "2026-06", "CC BY 4.0", "ab" * 32),
        DataSet("AWS ip-ranges history", "Amazon Web Services", "2022-09-01", "facts", "cd" * 32),
    ]
    return Result(
        status=Status.INCOMPLETE,
        run=Run("0.1.0", ["analyze", "phone.pcap"], "IN", on="2019-10-16", data=sets,
                rules_sha256="ef" * 32, limits={"FLOWS": 250_000}),
        capture=Capture(
            files=[CaptureFile("phone.pcap", "12" * 32, "34" * 20, 15_000_000, "pcap")],
            packets=20_004, first=START, last=START + 144 * MINUTE,
            link_types=["Ethernet"],
            interfaces=[Interface(0, "wlan0", 1, "Ethernet", 20_004, 20_100, 96)],
            truncated_packets=3, bytes_not_read=512, wire_bytes=14_423_164,
            counters=Counters(20_004, 19_900, 100, 4),
        ),
        visibility=Visibility(2.4, 14_423_164, 0.92, 0.45, 0.15, 0.0, 0.0, 1_200_000, 3, 0, 2,
                              {"no_sni": 4, "ech": 3}),
        handsets=[
            Handset([HANDSET, "2001:db8::20"], "02:00:5e:10:00:01", "Phone Example", ["Note 9"],
                    ["private side of every conversation", "DHCP host name"]),
            Handset(["192.0.2.21"], None, None, [], ["private side"]),
        ],
        endpoints=endpoints,
        flows=flows,
        names=names,
        findings=_findings(),
        identifiers=[
            IdentifierSeen(1, 0, 12, START, "imei", "35***********09", 15, "9a" * 32,
                           ("base64", "imei"), True, 2, [12, 40], 2.5e-11)],
        claims=_claims(),
        score=_score(),
        anomalies=[Anomaly("cut_short", 1, 20_005, 14_999_488,
                           "The last 512 bytes of the file are missing.")],
    )  # fmt: skip


def retold(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of any part of a result with every text (enums excepted) changed."""
    if isinstance(value, Enum) or value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Record):
        return type(value)(*(retold(getattr(value, name), change) for name in value.__slots__))
    if isinstance(value, dict):
        return {retold(k, change) + str(i): retold(v, change)
                for i, (k, v) in enumerate(value.items())}  # fmt: skip
    return type(value)(retold(item, change) for item in value)


HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</script></style></title><b>",
    "javascript:alert(1)",
    "{{7*7}}{0}{x!r}${7*7}%s%n",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x1b[31m\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\x",
    "\x9b31m\x90x\x9c",
    "a\u202eb\u2066c\u200bd\u2028e\ufefff",
    "\ud800x\udfff\udc80",
    "nul\x00nul",
    "a" * 65_536,
    "[/foo](http://evil.example) www.evil.example http://evil.example a@evil.example",
    "../../etc/x",
    "CON",
    "line\nline\n# head\n| a | b |\n```",
    "漢字" * 200,
    "e\u0301\u0301\u0301",
    "",
    " ",
]


@pytest.fixture
def result() -> Result:
    """The forged result."""
    return forged()


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> Result:
    """The forged result with one hostile text in every field that holds text."""
    text: str = request.param
    changed: Result = retold(forged(), lambda _: text)
    return changed
