"""The reply pack: what a vendor gets to read, and what it never gets."""

from __future__ import annotations

import csv
import errno
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from analyzer import report, shipped
from analyzer.errors import NothingUsable, UsageError
from analyzer.model import EndpointName, Evidence, Finding, Handset, Result, Severity
from analyzer.reply import COLUMNS, Pack, write
from analyzer.report import result_json, words_later
from tests.report.conftest import HANDSET, HOSTILE, forged, retold
from tests.test_evidence_files import run

SECRETS = (HANDSET, "2001:db8::20", "192.0.2.21", "02:00:5e:10:00:01", "Note 9", "phone.pcap",
           "DHCP host name", "192.0.2.1")  # fmt: skip


def pack(result: Result) -> Pack:
    """The pack as it is made of the JSON."""
    return Pack(json.loads(json.dumps(result_json(result), default=str)))


def text_of(result: Result) -> str:
    return pack(result).markdown("t.csv")


def rows_of(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pack(result).csv())))


def questions(text: str) -> list[str]:
    return re.findall(r"(?m)^\d+\. (.*)$", text)


def test_no_hash_of_a_value_leaves() -> None:
    """The hash of a short number is as good as the number."""
    result = forged()
    hashed = f"as imei: 35***********09 (15 characters, SHA-256 {'0a' * 8}...); in China."
    for finding in result.findings:
        finding.text = hashed
    told = text_of(result)
    assert "35***********09 (15 characters); in China." in told.replace("\\", "")
    assert "0a0a" not in told
    result.handsets = []
    assert "0a0a" not in text_of(result)
    assert f"SHA-256 {'12' * 32}" in told


def test_contradicted_sentences_come_first_and_say_how_far_they_are() -> None:
    text = text_of(forged())
    far = "(contradicted by this capture; said over a year from the recording)"
    assert text.index(f"### All our servers are in Singapore {far}") < text.index(
        "### Our updates come from India (not testable here)"
    )
    assert "A. Speaker, 2017-09-06. Source: a paper" in text


def test_first_party_endpoints_with_their_numbers() -> None:
    text = text_of(forged())
    assert "These 2 endpoints were reached under names of the handset’s vendor." in text
    assert (
        "| `tracking.intl.phone.example` | `198.51.100.10` | Singapore | stated | AWS"
        " ip-ranges.json (2019-07-19): SG Singapore; DB-IP Lite country (2026-06): SG |"
        " AWS ap-southeast-1 | 1.2 MB | 90 kB | 2019-10-16 13:05:08 | 2019-10-16 14:45:08 |"
    ) in text
    assert "ads.broker.example" not in text
    assert "- stated: the operator’s own dated list says so" in text
    assert "single: " not in text


def test_what_was_recorded() -> None:
    text = text_of(forged())
    for line in (
        "# Traffic of a handset of Phone Example: for your reply before publication",
        "- Recorded 2019-10-16 13:04:08 to 2019-10-16 15:28:08 UTC: 2.4 hours, 20,004 packets.",
        "- The recording could be read only in part.",
        "- The user of the handset lives in India.",
        "- Analysed with phonehome 0.1.0, as of 2019-10-16.",
        f"- Recording: 15,000,000 bytes, SHA-256 {'12' * 32}.",
        f"- Data set: DB-IP Lite country, DB-IP, of 2026-06, SHA-256 {'ab' * 32}.",
        "- 92% of all bytes: belong to a conversation with a name.",
    ):
        assert line in text.splitlines()


def test_findings_in_the_words_of_the_report() -> None:
    text = text_of(forged())
    high = text.index("### Readable text sent without encryption (high)")
    assert high < text.index("### Data went to Singapore and China (medium)")
    assert "The handset sent 12.4 kB of readable HTTP to data.mistat.phone.example." in text
    assert "*Caveat.* Readable here means readable by anyone on the way." in text
    assert "Rests on 3 frames, 2019-10-16 13:04:08 to 2019-10-16 13:05:08 UTC." in text
    assert "expected endpoints" not in text  # a finding about somebody else


def test_without_a_known_vendor_all_of_the_internet() -> None:
    result = forged()
    result.endpoints = [e for e in result.endpoints if e.party != "first"]
    text, rows = text_of(result), rows_of(result)
    assert "is not known, so these are all 6 endpoints on the Internet." in text
    assert [row["address"] for row in rows] == [
        "198.51.100.12", "198.51.100.13", "198.51.100.14", "198.51.100.15", "198.51.100.16",
        "2001:db8::17",
    ]  # fmt: skip
    assert text.split("## What was said")[0].count("\n### ") == 3
    assert "| network edge, no country | edge |" in text


def test_questions_fit_what_there_is() -> None:
    full = questions(text_of(forged()))
    assert full[0].startswith("Is anything in the table or in the findings wrong?")
    assert len(full) == 8
    assert not any("without a country" in question for question in full)
    edge = forged()
    edge.endpoints = [e for e in edge.endpoints if e.place.location.certainty == "edge"]
    assert any("without a country" in question for question in questions(text_of(edge)))
    nothing = forged()
    nothing.endpoints, nothing.findings, nothing.claims = [], [], []
    text = text_of(nothing)
    assert "No endpoint on the Internet was seen in the recording." in text
    assert len(questions(text)) == 2


def test_the_table() -> None:
    first, second = rows_of(forged())
    assert tuple(first) == COLUMNS
    assert first == {
        "name": "tracking.intl.phone.example", "names": "tracking.intl.phone.example",
        "address": "198.51.100.10", "country": "SG", "certainty": "stated",
        "sources": "AWS ip-ranges.json (2019-07-19): SG Singapore;"
                   " DB-IP Lite country (2026-06): SG",
        "provider": "aws", "region": "ap-southeast-1", "asn": "16509",
        "operator": "Amazon.com, Inc.", "party": "first", "bytes_up": "1204331",
        "bytes_down": "90211", "packets_up": "121", "packets_down": "81",
        "first": "2019-10-16T13:05:08.779483000Z", "last": "2019-10-16T14:45:08.779483000Z",
    }  # fmt: skip
    assert second["address"] == "198.51.100.11"


def test_nothing_private_even_inside_sentences() -> None:
    result = forged()
    result.handsets.append(Handset(["fe80::1%wlan0"], None))
    result.endpoints[0].names.append(EndpointName("host-192.0.2.20.phone.example", "dns", 4))
    text = f"From {HANDSET}, {HANDSET}:443 and 192.0.2.200 (MAC 02:00:5E:10:00:01), 2001:DB8::20."
    result.findings.append(
        Finding("F9", "r", Severity.LOW, text, text, "198.51.100.10", {"agent": "Mozilla/5.0"},
                Evidence([1], 1, f"ip.addr == {HANDSET}", 0, 0), text)
    )  # fmt: skip
    told = text_of(result) + pack(result).csv()
    assert "host-[the handset].phone.example" in told
    said = (
        "From [the handset], [the handset]:443 and 192.0.2.200 (MAC [the handset]), [the handset]."
    )
    assert told.replace("\\", "").count(said) == 3
    for secret in SECRETS:
        assert not re.search(rf"{re.escape(secret)}(?!\d)", told, re.I), secret
    assert "Mozilla" not in told


def _claim() -> dict[str, Any]:
    return {
        "id": "c-1", "quote": "All is *here*.", "speaker": "A Person", "said_on": "2017-09-05",
        "verdict": "contradicted", "sentence": "Contradicted by this capture.",
        "predicates": [{
            "id": "p", "text": "Every address stands in IN.", "verdict": "contradicted",
            "reason": f"One does not, as {HANDSET} saw.",
            "counterexamples": [{"name": "a.example", "ip": "198.51.100.10", "country": "SG",
                                 "certainty": "stated", "bytes_up": 1_200}],
        }],
    }  # fmt: skip


def test_claims_with_their_verdicts() -> None:
    document = json.loads(json.dumps(result_json(forged()), default=str))
    document["claims"] = [_claim(), {"id": "c-2", "verdict": "not_testable"}]
    text = Pack(document).markdown("t.csv")
    assert "### All is \\*here\\*. (contradicted by this capture)\n\nA Person, 2017-09-05\n" in text
    assert (
        "Every address stands in IN. **contradicted by this capture**. One does not, as"
        " \\[the handset\\] saw.\n\n- a.example, 198.51.100.10, Singapore, stated, 1.2 kB up\n"
    ) in text
    assert "### c-2 (not testable here)" in text
    assert any("sentences quoted above" in question for question in questions(text))


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_does_nothing(hostile: str) -> None:
    harmless, changed = (retold(forged(), lambda _, to=to: to) for to in ("x.example", hostile))
    text = text_of(changed)
    assert all(line.isprintable() for line in text.split("\n"))
    heads = re.findall("(?m)^## .*$", text)
    assert heads == re.findall("(?m)^## .*$", text_of(harmless))
    assert len(re.findall("(?m)^# .*$", text)) == 1
    outside = re.sub(r"`[^`]*`", "", text)
    assert not re.search(r"(?<!\\)[<\[]", outside.replace("[the handset]", ""))
    for row in csv.reader(io.StringIO(pack(changed).csv())):
        assert len(row) == len(COLUMNS)
        assert all(value.isprintable() and value[:1] not in "=+-@" for value in row if value)


def test_no_sentence_accuses() -> None:
    for said in words_later.TEXT.values():
        assert not re.search(r"\b(spying|compromised|secretly|true|proved|verified)\b", said, re.I)


def test_files_are_written_once(tmp_path: Path) -> None:
    report.write(forged(), tmp_path / "r.phonehome", ["json"])
    assert write(tmp_path / "r.phonehome", tmp_path / "a.md").startswith("Written: ")
    assert (tmp_path / "a.md").read_text("utf-8") == text_of(forged()).replace("t.csv", "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8") == pack(forged()).csv()
    (tmp_path / "a.md").write_text("my own words")
    with pytest.raises(UsageError, match=r"a\.md is there already .* name another file with -o"):
        write(tmp_path / "r.phonehome", tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text() == "my own words"
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "r.phonehome", tmp_path / "none" / "a.md")


def test_a_full_disk_leaves_no_half_of_a_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report.write(forged(), tmp_path / "r.phonehome", ["json"])
    whole = Path.write_text

    def full(self: Path, text: str, *more: str, **options: str) -> int:
        whole(self, text[:9], *more, **options)
        if self.suffix == ".csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        return 9

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        with pytest.raises(UsageError, match=r"a\.csv cannot be written: no space left .* -o\.$"):
            write(tmp_path / "r.phonehome", tmp_path / "a.md")
    assert [path.name for path in tmp_path.iterdir()] == ["r.phonehome"]
    assert write(tmp_path / "r.phonehome", tmp_path / "a.md").startswith("Written: ")


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "it has no result.json"), ("{", "result.json cannot be read"),
     ("{}", "does not fit its schema"), ("[" * 100_000, "result.json cannot be read")],
)  # fmt: skip
def test_what_is_no_report(content: str | None, why: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "result.json").write_text(content)
    with pytest.raises(NothingUsable, match=re.escape(why)):
        write(tmp_path, tmp_path / "a.md")


def test_the_command(tmp_path: Path) -> None:
    assert run("demo", "-q", "--home", "IN", folder=tmp_path).returncode == 0
    ran = run("reply-pack", "demo.phonehome", folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (
        0, "Written: demo.reply.md and demo.reply.csv. Read them before you send them.\n",
    )  # fmt: skip
    text = (tmp_path / "demo.reply.md").read_text("utf-8")
    assert "`api.account.handset.example`" in text
    sheet = (shipped.captures_folder() / "demo-device.yaml").read_text()
    for private in re.findall(r"\d{9,}|\d+\.\d+\.\d+\.\d+", sheet):
        assert private not in text
    assert run("reply-pack", "demo.phonehome", folder=tmp_path).returncode == 2
