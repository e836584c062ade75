import re

from analyzer.model import Result
from analyzer.report import to_markdown


def text(result: Result) -> str:
    return b"".join(b"".join(chunks) for _, chunks in to_markdown.render(result)).decode()


def test_what_it_says(result: Result) -> None:
    said = text(result)
    assert said.startswith("# Where the traffic of phone.pcap went\n\n")
    assert "| Singapore | stated | 1 | 1.2 MB | 62% | 90 kB |" in said
    assert "| network edge, no country | edge | 1 | 61 kB | 3% | 9.8 MB |" in said
    assert "### Readable text sent without encryption (high)" in said
    assert "- Wireshark filter: `frame.number in {31, 32, 40}`" in said
    assert (
        "| `tracking.intl.phone.example` | `198.51.100.10` | Singapore | stated"
        " | AWS ap-southeast-1 | 1.2 MB | 90 kB |"
    ) in said
    assert "IP Geolocation by DB-IP" in said


def test_claims_stand_before_findings(result: Result) -> None:
    said = text(result)
    far = "contradicted by this capture; said over a year from the recording"
    assert f"### All our servers are in Singapore ({far})" in said
    assert "A. Speaker, 2017-09-06. Source: a paper" in said
    assert "2 years and 1 month before the recording of 2019-10-16." in said
    assert "- Every address stands in Singapore. (contradicted by this capture)" in said
    assert "`198.51.100.11`, Alibaba Cloud: Frame 20, 412 kB up\n  - and 2 more\n" in said
    assert "What traffic cannot show:\n\n- Where data is stored." in said
    assert said.index("All our servers") < said.index("Our updates") < said.index("## Findings")
    result.claims = []
    assert "No sentence of the handset’s vendor was put to this recording." in text(result)


def test_no_findings_and_no_endpoints(result: Result) -> None:
    result.findings, result.endpoints = [], []
    said = text(result)
    assert "no clean bill" in said
    assert "Nothing readable was found" in said
    assert "Top destinations" not in said


def test_hostile_text_makes_no_structure(hostile: Result) -> None:
    said = text(hostile)
    headings = [line for line in said.split("\n") if re.match("#+ ", line)]
    assert len(headings) == 1 + 10 + 2 + 3  # title, sections, claims, findings
    outside = re.sub("`[^`\n]*`", "", said)
    assert not re.search(r"(?<!\\)[<\[]|www\.|://", outside)
    for line in said.split("\n"):
        assert line.isprintable()
    assert len({line.count(" | ") for line in said.split("\n") if line.startswith("| `")}) == 1
