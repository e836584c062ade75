"""What is not called an identifier: pieces of numbers, common words, constants; and how hashes,
addresses at home and names lent to others are told."""

from __future__ import annotations

import json
from base64 import b32encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from test_identifiers import IMEI, SERVER, analysed, b64, digest, search

from analyzer.device import Device
from analyzer.pipeline import Options, analyze
from captures.forging import Recording


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("phone", "7919648001", b"t=1791964800123&"),
        ("imei", IMEI, b"c=10049990123456734501&"),
        ("serial", "1234509876", b"id=a81234509876fe07&"),
        ("serial", "1234509876", b"id=a81234509876&"),
        ("position", "19.076,72.877", b"x=119.076,72.877&"),
        ("position", "19.076,72.877", b"x=19.076,72.8775&"),
        ("phone", "7919648001", b"t=0.7919648001&"),
        ("phone", "7919648001", b"t=7919648001.5&"),
        ("phone", "7919648001", b"d=" + b64(b"xx1791964800123")),
        ("phone", "7919648001", b"d=" + b64(b"x1791964800123,")),
        ("phone", "7919648001", b"d=" + b"1791964800123".hex().encode()),
        ("phone", "7919648001", "t=1791964800123&".encode("utf-16-le")),
        ("phone", "7919648001", "t=1791964800123&".encode("utf-16-be")),
        ("phone", "7919648001", b"d=" + b32encode(b"xx1791964800123")),
        ("phone", "7919648001", b"t=" + b"1791964800123"[::-1]),
        ("contacts", "Level Nun", b"t=nuN leveL&"),
        ("phone", "+91 98765 43210", b"b64='xyz 0123456789 +/='"),  # that of all digits, backwards
        ("phone", "+91 98765 43210", b"n=9876543210&"),
        ("phone", "+91 12345 67890", b"n=1234567890&"),
        ("wifi_mac", "02:00:5e:00:53:14", b"id=9902005e00531477&"),
    ],
)
def test_a_piece_of_something_longer_is_none(kind: str, value: str, text: bytes) -> None:
    assert search(b"GET /?" + text, sheet={kind: [value]}) == []


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("phone", "7919648001", b"q=a%207919648001%20b"),
        ("phone", "7919648001", b"phone7919648001\n"),
        ("imei", IMEI, b"IMEI" + IMEI.encode() + b","),
        ("imei", IMEI, IMEI[:14].encode() + b"0&"),  # spare digit in place of the check digit
        ("imei", IMEI, IMEI[:14].encode() + b"05&"),  # IMEISV
        ("imei", IMEI, b"1." + IMEI.encode() + b".7.track.example"),
        ("phone", "7919648001", b"d=" + b64(b"xx,7919648001,")),
        ("phone", "7919648001", b"d=" + b64(b'{"t":1791964800123,"p":"7919648001"}')),
        ("phone", "7919648001", b"d=" + b32encode(b'{"t":1791964800123,"p":"7919648001"}')),
        ("phone", "7919648001", b"p=" + b"7919648001"[::-1] + b"&"),
        ("phone", "7919648001", "p=7919648001&".encode("utf-16-le")),
        ("phone", "7919648001", b"d=" + b"p=7919648001;".hex().encode()),
    ],
)
def test_a_value_of_its_own_is_found_beside_others(kind: str, value: str, text: bytes) -> None:
    (seen,) = search(b"GET /?" + text, sheet={kind: [value]})
    assert seen.confirmed


# ------------------------------------------------------------- words and constants

AGENT = "Dalvik/2.1.0 (Linux; U; Android 12; Redmi Note 9 Pro; AshaPlays 1.0) okhttp/4.9"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ssid", "Android"), ("name", "okhttp"), ("contacts", "Redmi Note 9 Pro"),
        ("contacts", "samsung"), ("ssid", "Pixel 7 Pro"), ("ssid", "AshaPlays"),
        ("wifi_mac", "02:00:00:00:00:00"), ("wifi_mac", "ff:ff:ff:ff:ff:ff"),
        ("imei", "000000000000000"), ("android_id", "9774d56d682e549c"),
        ("advertising_id", "00000000-0000-0000-0000-000000000000"), ("serial", "unknown"),
    ],
)  # fmt: skip
def test_what_every_program_says_confirms_nothing(tmp_path: Path, kind: str, value: str) -> None:
    story = Recording()
    story.http("a.example", SERVER, f"/?v={quote(value)}", headers={"User-Agent": AGENT})
    result = analysed(tmp_path, story, {kind: [value]})
    assert [f for f in result.findings if f.rule.startswith("identifier-")] == []
    assert not any(seen.confirmed for seen in result.identifiers)
    (odd,) = [o for o in result.anomalies if o.kind.startswith("identifier_")]
    assert kind.replace("_", " ") in odd.effect


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("ssid", b"app=AshaPlays&ssid=AshaPlays&v=1"),
        ("ssid", b'{"app":"AshaPlays","wifi_ssid": "AshaPlays"}'),
        ("ssid", b'{"d":"{\\"ssid\\":\\"AshaPlays\\"}"}'),
        ("ssid", b"d=ssid%3DAshaPlays%26v%3D1"),
        ("ssid", b"<net><SSID>AshaPlays</SSID></net>"),
        ("ssid", b"d=" + b64(b'{"wifiName":"AshaPlays"}')),
        ("ssid", b"d=" + b'{"a":1,"ssid":"AshaPlays"}'.hex().encode()),
        ("ssid", b"ssid_md5=" + digest("md5", b"AshaPlays")),
        ("name", b'{"firstName":"AshaPlays"}'),
        ("contacts", b'{"contacts":["AshaPlays","b"]}'),
    ],
)
def test_a_word_programs_say_too_counts_in_a_field_of_its_kind(
    tmp_path: Path, kind: str, body: bytes
) -> None:
    story = Recording()
    agent = {"User-Agent": AGENT}
    story.http("a.example", SERVER, "/?q=AshaPlays", headers=agent)
    story.http("b.example", "13.126.0.10", "/u", method="POST", body=body, headers=agent)
    result = analysed(tmp_path, story, {kind: ["AshaPlays"]})
    (seen,) = result.identifiers
    assert (seen.confirmed, seen.count) == (True, 1)
    (sent,) = [f for f in result.findings if f.rule.startswith("identifier-")]
    assert sent.endpoints == ["13.126.0.10"]
    (odd,) = [o for o in result.anomalies if o.kind == "identifier_of_program"]
    assert kind in odd.effect
    assert "AshaPlays" not in json.dumps([f.text + f.title for f in result.findings])
    assert not any("AshaPlays" in name.detail for name in result.names)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("ssid", b"app=AshaPlays&name=AshaPlays&title=AshaPlays"),
        ("ssid", b"bssid=AshaPlays"),
        ("ssid", b"ssid=AshaPlays-Guest"),
        ("ssid", b"ssid=KumarNest&app=AshaPlays"),
        ("ssid", b"d=" + b64(b'{"app":"AshaPlays"}')),
        ("ssid", b"app=" + digest("md5", b"AshaPlays")),
        ("ssid", b"contact=AshaPlays"),
        ("name", b'{"name":"AshaPlays","appname":"AshaPlays","display_name":"AshaPlays"}'),
        ("name", b'{"user_name":"AshaPlays 2"}'),
        ("contacts", b'{"contact":"AshaPlays Support Team"}'),
    ],
)
def test_elsewhere_it_does_not_whoever_it_goes_to(tmp_path: Path, kind: str, body: bytes) -> None:
    story = Recording()
    story.http("a.example", SERVER, headers={"User-Agent": AGENT})
    story.http("b.example", "13.126.0.10", "/u", method="POST", body=body)
    result = analysed(tmp_path, story, {kind: ["AshaPlays"]})
    assert result.identifiers == []
    assert any(odd.kind == "identifier_of_program" for odd in result.anomalies)


def test_a_word_programs_say_too_is_taken_back_however_it_is_written(tmp_path: Path) -> None:
    story = Recording()
    story.http("a.example", SERVER, headers={"User-Agent": "Asha Plays/1.0"})
    story.http("b.example", SERVER, "/?app=Asha+Plays&t=Asha%20Plays&u=ASHA+PLAYS")
    assert analysed(tmp_path, story, {"ssid": ["Asha Plays"]}).identifiers == []


def test_words_of_the_sheet_itself_confirm_nothing(tmp_path: Path) -> None:
    path = tmp_path / "forged.pcapng"
    story = Recording()
    story.http("a.example", SERVER, "/?v=Zeta-Fone+Q")
    story.write(path)
    device = Device(model="Zeta Fone Q12", identifiers={"ssid": ["Zeta Fone Q"]})
    result = analyze([path], Options(device=device))
    assert result.identifiers == []
    assert any(odd.kind == "identifier_ordinary" for odd in result.anomalies)


@pytest.mark.parametrize("value", ["Asha Kumar", "KumarNest-5G", "+91 99999 00000"])
def test_a_word_of_its_own_is_confirmed_still(tmp_path: Path, value: str) -> None:
    story = Recording()
    body = json.dumps({"user_agent": AGENT, "ssid": value}).encode()
    story.http("a.example", SERVER, method="POST", headers={"User-Agent": AGENT}, body=body)
    (seen,) = analysed(tmp_path, story, {"contacts": [value]}).identifiers
    assert seen.confirmed


@pytest.mark.parametrize(
    "value",
    ["100000000", "1000000000", "123456", "987654", "000001", "12121212", "123123123", "abcdef",
     "001122334455", "250000", "deadbeef"],
)  # fmt: skip
def test_a_value_that_hardly_says_anything_is_not_looked_for(tmp_path: Path, value: str) -> None:
    """It is an amount, a counter, a colour: in anybody's traffic."""
    story = Recording()
    story.http("pay.example", SERVER, f"/?amount={value}")
    result = analysed(tmp_path, story, {"serial": [value], "phone": [value]})
    assert result.identifiers == []
    told = [odd.effect for odd in result.anomalies if odd.kind == "identifier_ordinary"]
    assert len(told) == 2
    assert all("Plant one that is none of these" in effect for effect in told)


@pytest.mark.parametrize("value", ["482913", "5550100", "20261014", "R58M12ABCDE"])
def test_a_value_that_says_something_is(tmp_path: Path, value: str) -> None:
    story = Recording()
    story.http("pay.example", SERVER, f"/?amount={value}")
    (seen,) = analysed(tmp_path, story, {"serial": [value]}).identifiers
    assert seen.confirmed


def test_a_form_that_hardly_says_anything_is_told(tmp_path: Path) -> None:
    """Without its country code this number is one of the documents' examples."""
    story = Recording()
    story.http("pay.example", SERVER, "/?a=9876543210&b=%2B919876543210")
    result = analysed(tmp_path, story, {"phone": ["+91 98765 43210"]})
    assert {seen.stack for seen in result.identifiers} == {("percent", "phone")}
    assert [odd.count for odd in result.anomalies if odd.kind == "identifier_plain_form"] == [1]


@pytest.mark.parametrize(
    ("kind", "path", "rule"),
    [
        ("ssid", "/img/Sunflower.jpg", "identifier-unconfirmed"),
        ("name", "/song?title=Sunflower", "identifier-unconfirmed"),
        ("contacts", "/?q=sunflower", "identifier-unconfirmed"),
        ("ssid", "/?ssid=Sunflower", "identifier-sent"),
        ("name", "/?last_name=Sunflower", "identifier-sent"),
        ("ssid", "/?q=" + sha256(b"Sunflower").hexdigest(), "identifier-hash-sent"),
    ],
)
def test_a_single_word_is_unconfirmed_where_nothing_says_what_it_is(
    tmp_path: Path, kind: str, path: str, rule: str
) -> None:
    """A flower's picture is no network's name."""
    story = Recording()
    story.http("a.example", SERVER, path)
    result = analysed(tmp_path, story, {kind: ["Sunflower"]})
    (found,) = [f for f in result.findings if f.rule.startswith("identifier")]
    assert found.rule == rule
    assert [seen.confirmed for seen in result.identifiers] == [rule != "identifier-unconfirmed"]
    assert ("it is a single word" in found.caveat) is (rule == "identifier-unconfirmed")


# ------------------------------------------------------------- how it is told


def test_a_hash_alone_is_called_one(tmp_path: Path) -> None:
    story = Recording()
    story.http("a.example", SERVER, f"/?d={digest('md5').decode()}")
    story.http("b.example", SERVER, f"/?d={digest('md5').decode()}&imei={IMEI}")
    found = {f.title: f for f in analysed(tmp_path, story, {"imei": [IMEI]}).findings}
    alone = found["Hash (md5) of an IMEI readable on the way to a.example"]
    assert (alone.rule, str(alone.severity)) == ("identifier-hash-sent", "medium")
    assert "sent a hash (md5) of an IMEI" in alone.text
    beside = found["IMEI readable on the way to b.example"]
    assert (beside.rule, str(beside.severity)) == ("identifier-sent", "high")
    assert "can be tried out" in beside.caveat
    assert "chance_hits" in beside.numbers


def test_of_words_no_chance_is_told(tmp_path: Path) -> None:
    story = Recording()
    story.http("a.example", SERVER, "/?s=KumarNest-5G")
    (found,) = [
        f
        for f in analysed(tmp_path, story, {"ssid": ["KumarNest-5G"]}).findings
        if f.rule == "identifier-sent"
    ]
    assert "chance_hits" not in found.numbers


@pytest.mark.parametrize(
    ("address", "rule"),
    [("10.42.0.9", "identifier-sent-local"), ("127.0.0.1", None), (SERVER, "identifier-sent")],
)
def test_inside_the_house(tmp_path: Path, address: str, rule: str | None) -> None:
    story = Recording()
    story.http(None, address, f"/?imei={IMEI}")
    found = analysed(tmp_path, story, {"imei": [IMEI]}).findings
    told = [f for f in found if f.rule.startswith("identifier-")]
    assert [f.rule for f in told] == ([rule] if rule else [])
    assert all(str(f.severity) == "info" for f in told if "local" in f.rule)


def test_an_address_that_somebody_else_runs_has_only_the_name(tmp_path: Path) -> None:
    story = Recording()
    story.dns("data.mistat.xiaomi.com", SERVER)
    story.http("data.mistat.xiaomi.com", SERVER, f"/?imei={IMEI}")
    found = analysed(tmp_path, story, {"imei": [IMEI]}).findings
    (sent,) = [f for f in found if f.rule == "identifier-sent"]
    assert "to an address under a name of Xiaomi" in sent.text
    assert "to an address under a name of Xiaomi" in sent.title
