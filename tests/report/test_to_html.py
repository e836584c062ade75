import re
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from analyzer.model import Result, Severity, Status
from analyzer.report import markup, to_html
from tests.report.conftest import HOSTILE, forged, retold


def page(result: Result) -> str:
    return b"".join(b"".join(chunks) for _, chunks in to_html.render(result)).decode()


class Reader(HTMLParser):
    """Tags with attributes, texts, and the heading order of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[Any, ...]]] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def tags(text: str) -> Counter[Any]:
    """The multiset of tags and attributes; sizes of shapes are not text's doing."""
    return Counter(Reader(text).tags)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_tag(text: str) -> None:
    # An empty text is left out where it says nothing, so it has a twin of its own.
    harmless = page(retold(forged(), lambda _: "harmless"))
    hostile = page(retold(forged(), lambda _: text))
    if text:
        assert tags(hostile) == tags(harmless)
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', hostile)
    assert policy
    assert policy[1].startswith("default-src 'none'")
    body = hostile[hostile.index("<body") : hostile.rindex("<script>")]
    assert all(c.isprintable() or c == "\n" for c in body)


def test_captured_text_is_in_no_attribute() -> None:
    marked = page(retold(forged(), lambda text: "zq" + text))
    for tag, attributes in Reader(marked).tags:
        for name, value in attributes:
            assert "zq" not in (value or ""), (tag, name)
    assert "zq" not in re.search("<style>.*?</style>", marked, re.S)[0]  # type: ignore[index]
    assert "zq" not in re.search("<script>.*?</script>", marked, re.S)[0]  # type: ignore[index]


def test_the_policy_admits_just_our_style_and_script(result: Result) -> None:
    text = page(result)
    for kind in ("style", "script"):
        [inline] = re.findall(f"<{kind}>(.*?)</{kind}>", text, re.S)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in text
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text[text.index("<body") : text.rindex("<script>")])


def test_nothing_is_loaded_and_only_the_credit_is_a_link(result: Result) -> None:
    for tag, attributes in Reader(page(result)).tags:
        assert tag not in ("img", "link", "iframe", "object", "embed", "base", "video", "audio")
        for name, value in attributes:
            assert name not in ("src", "srcset", "action", "xlink:href")
            if name == "href":
                assert value == "https://db-ip.com" or (value or "").startswith("#")


def test_the_order_of_the_sections(result: Result) -> None:
    text = page(result)
    ids = [i for i in Reader(text).ids if not i.startswith("map-")]
    assert ids == ["answer", "sight", "where", "who", "claims", "findings", "encryption", "when",
                   "endpoints", "score", "method", "data", "inputs"]  # fmt: skip
    contents = text.split("<nav ")[1].split("</nav>")[0]
    assert re.findall('href="#([^"]*)"', contents) == ids
    result.endpoints = []
    text = page(result)
    contents = text.split("<nav ")[1].split("</nav>")[0]
    assert set(re.findall('href="#([^"]*)"', contents)) <= set(Reader(text).ids)


def test_what_it_says(result: Result) -> None:
    text = "".join(Reader(page(result)).text)
    for said in (
        "Where the traffic of phone.pcap went",
        "Recorded 2019-10-16 13:04:08 to 2019-10-16 15:28:08 UTC",
        "Of 1.9 MB sent, 1.6 MB (84%) went to places outside India",
        "The recording was read only in part: The last 512 bytes of the file are missing.",
        "1.2 MB are look-ups over encrypted DNS",
        "7 conversations without a name: the handshake names no server (4); encrypted name, ECH",
        "frame.number in {31, 32, 40}",
        "4,012 frames, among them 10, 11, 12",
        "evidence/F001.pcapng",
        "Readable here means readable by anyone on the way.",
        "Phone Example Ltd. (China)",
        "Hong Kong or China",
        "listed place ruled out",
        "Left out here: one address of the local network (2.1 kB).",
        "IP Geolocation by DB-IP",
        "2022-09-01",
        "12" * 32,
    ):
        assert said in text, said
    assert text.index("Readable text sent") < text.index("An endpoint that is not on the list")
    assert "198.51.100.1" in text


def test_claims_say_quote_verdict_evidence_and_limits(result: Result) -> None:
    section = page(result).split('id="claims"')[1].split("</section>")[0]
    said = "".join(Reader(section).text)
    for part in (
        "All our servers are in Singapore",
        "A. Speaker, 2017-09-06. Source: a paper",
        "contradicted by this capture",
        "contradicted by this capture; said over a year from the recording",
        "not testable here",
        "Contradicted by this capture: China.",
        "It was said on 2017-09-06, 2 years and 1 month before the recording of 2019-10-16.",
        "data.mistat.phone.example (198.51.100.11, frame 20) stands in China.",
        "Alibaba Cloud",
        "and 2 more",
        "Where data is stored.",
        "A region opened in 2016.",
    ):
        assert part in said, part
    assert said.count("2 years and 1 month") == 1
    assert said.index("All our servers") < said.index("Our updates")
    result.claims = []
    assert "phonehome claims list" in "".join(Reader(page(result)).text)


def test_the_first_section_leads_to_verdicts_and_findings(result: Result) -> None:
    first = page(result).split('id="answer"')[1].split("</section>")[0]
    said = "".join(Reader(first).text)
    assert (
        "What the vendor said: 1 contradicted, 1 not testable (1 over a year away). Contradicted by"
        " this capture; said over a year from the recording: “All our servers are in Singapore”"
        in said
    )
    assert "Findings: 1 high, 1 medium, 1 low. First among them: Readable text sent" in said
    assert 'href="#claims"' in first
    assert 'href="#findings"' in first
    for finding in result.findings:
        finding.severity = Severity.INFO
    first = page(result).split('id="answer"')[1].split("</section>")[0]
    assert "Findings</a>: 3 note<" in first.replace("</li>", "<").replace("</ul>", "<")
    result.claims, result.findings = result.claims[:1], []
    first = page(result).split('id="answer"')[1].split("</section>")[0]
    said = "".join(Reader(first).text)
    assert "What the vendor said: 1 not testable" in said
    assert "Contradicted" not in said
    assert "that is no clean bill" in said


def test_what_few_read_is_folded_and_printed_open(result: Result) -> None:
    text = page(result)
    folded = [part.split("</details>")[0] for part in text.split("<details")[1:]]
    summaries = [part.split("<summary>")[1].split("</summary>")[0] for part in folded]
    assert summaries == ["How that is known", "What it means, and what traffic cannot show",
                         "Numbers", "Numbers", "The same as a table"]  # fmt: skip
    assert "Our updates come from India" not in folded[1]
    assert "What stands behind an edge." in folded[1]
    assert "details::details-content" in text


def test_a_part_does_not_repeat_the_sentence_of_the_whole(result: Result) -> None:
    claim = next(c for c in result.claims if c.verdict == "contradicted")
    reason = claim.predicates[0].reason
    claim.sentence = f"Contradicted by this capture: {reason[:1].lower()}{reason[1:]}"
    section = page(result).split('id="claims"')[1].split("</section>")[0]
    assert "".join(Reader(section).text).casefold().count(reason.casefold()) == 1


def test_edges_have_no_country(result: Result) -> None:
    for endpoint in result.endpoints:
        endpoint.place.location.country = None
        endpoint.place.location.statements = []
    where = page(result).split('id="where"')[1].split("</section>")[0]
    assert "No endpoint has a known place." in where
    assert "Singapore" not in where


def test_headings_and_tables_serve_a_screen_reader(result: Result) -> None:
    text = page(result)
    found = Reader(text).tags
    assert Counter(t for t, _ in found)["h1"] == 1
    assert all(("scope", "col") in a or ("scope", "row") in a for t, a in found if t == "th")
    hidden, named = ("aria-hidden", "true"), ("role", "img")
    assert all((hidden in a) != (named in a) for t, a in found if t == "svg")
    assert sum(named in a for t, a in found if t == "svg") == 1  # the map, with its own words
    assert set(re.findall('aria-labelledby="([^"]*)"', text)[0].split()) <= set(Reader(text).ids)
    assert text.count("<caption>") == text.count("<table ")
    assert ("html", (("lang", "en"), ("dir", "ltr"))) in found


def test_an_empty_result_is_no_clean_bill(result: Result) -> None:
    result.endpoints, result.flows, result.findings = [], [], []
    result.handsets, result.run.data, result.capture.first = [], [], None
    result.status = Status.FAILED
    text = "".join(Reader(page(result)).text)
    assert "Nothing readable was found" in text
    assert "That is no clean bill" in text
    assert "No packet carries a usable time" in text
    assert "could not be used: The last 512 bytes" in text
    assert "There is no endpoint on the Internet to list." in text


def test_frames_that_are_not_listed_are_counted(result: Result) -> None:
    finding = result.findings[0]
    finding.evidence.frames, finding.evidence.frame_count = [3, 7], 10
    assert "10 frames, among them 3, 7" in "".join(Reader(page(result)).text)


def test_many_findings_are_cut_and_said_so(result: Result) -> None:
    result.findings = result.findings[:1] * 250 + result.findings[1:2]
    text = page(result)
    assert text.count("<article") == 200
    assert "51 of no greater weight are not shown here" in text
    assert text.index(f'<article class="{Severity.HIGH}"') < text.index('<article class="low"')


def test_many_endpoints_stay_small(result: Result) -> None:
    result.endpoints *= 1_250
    text = page(result)
    assert text.count("<tr><th scope=row>tracking.intl") == 1_250
    assert len(text) < 3_000_000
    assert "Printed here are the first 300" in text


def test_long_text_is_cut() -> None:
    assert markup.esc("a" * 500) == "a" * 400 + "…"
    assert markup.esc("\x1b" * 500) == ("\\x1b" * 100) + "…"
