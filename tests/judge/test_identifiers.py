"""Planted identifiers are found in every way of writing, at their frame, and told as findings."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.device import Device
from analyzer.judge.content import Content
from analyzer.judge.disclosures import disclosures
from analyzer.judge.identifier_forms import covered, forms
from analyzer.judge.identifier_pool import chance, pool, too_short
from analyzer.judge.identifiers import Search
from analyzer.judge.lookalikes import looks, luhn
from analyzer.model import IdentifierSeen, Result
from analyzer.pipeline import Options, analyze
from captures.forging import Recording

IMEI = "004999012345673"  # a test TAC: no handset carries it
SERVER = "54.169.0.10"
SHEET = {
    "imei": [IMEI],
    "phone": ["+91 99999 00000"],
    "wifi_mac": ["02:00:5e:00:53:14"],
    "email": ["someone@mail.example"],
    "advertising_id": ["cdda802e-fb9c-47ad-9866-0794d394c912"],
}


def b64(data: bytes) -> bytes:
    return base64.b64encode(data)


def digest(name: str, data: bytes = IMEI.encode()) -> bytes:
    return hashlib.new(name, data).hexdigest().encode()


def swapped(digits: str) -> bytes:
    return bytes(int(b + a, 16) for a, b in zip(digits[::2], digits[1::2], strict=False))


def search(
    *pieces: bytes, sheet: Mapping[str, Sequence[str]] = SHEET, whole: bool = False
) -> list[IdentifierSeen]:
    """What a search finds in pieces of one side, each in a frame of its own."""
    found = Search(sheet)
    content = Content([found], found.tell)
    for frame, data in enumerate(pieces, 10):
        content.take(1, 0, data, frame, frame * 1_000, whole)
    content.close()
    return found.seen(lambda key: True)


WRITTEN = {
    "imei": IMEI.encode(),
    "hex-imei": IMEI.encode().hex().encode(),
    "base64-imei": b64(IMEI.encode()),
    "utf16-imei": IMEI.encode("utf-16-le"),
    "base32-imei": base64.b32encode(b"id=%s;" % IMEI.encode()).lower(),
    "reversed-imei": IMEI[::-1].encode(),
    "bcd-imei": swapped(IMEI[:14]),
    "packed-imei": b"\0" + bytes.fromhex("0" + IMEI),
    "bcd-phone": swapped("919999900000"),
    "md5-imei": digest("md5"),
    "sha1-imei": digest("sha1").upper(),
    "sha256-imei": digest("sha256"),
    "sha512-imei": digest("sha512"),
    "md5-md5-imei": digest("md5", digest("md5")),
    "sha256-sha256-imei": digest("sha256", digest("sha256")),
    "base64-sha1-imei": b64(hashlib.sha1(IMEI.encode()).digest()),
    "gzip-imei": gzip.compress(b'{"id":"%s"}' % IMEI.encode() * 3, mtime=0),
    "zlib-imei": zlib.compress(b'{"id":"%s"}' % IMEI.encode() * 3),
    "base64-gzip-imei": b64(gzip.compress(b"id=%s&" % IMEI.encode() * 3, mtime=0)),
    "base64-base64-imei": b64(b64(b"imei=%s;" % IMEI.encode())),
    "percent-imei": "".join(f"%{ord(c):02X}" for c in IMEI).encode(),
    "wifi_mac": b"02-00-5E-00-53-14",
    "md5-wifi_mac": digest("md5", b"02005e005314"),
    "phone": b"0091" + b"9999900000",
    "percent-email": quote("someone@mail.example", safe="").encode(),
    "base64-email": b64(b"SOMEONE@mail.example".lower()),
    "sha1-advertising_id": digest("sha1", b"cdda802e-fb9c-47ad-9866-0794d394c912"),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("before", [b"POST /x HTTP/1.1\r\n\r\nd=", b'{"a":1,"d":"'])
def test_every_way_of_writing_is_found_and_named(way: str, before: bytes) -> None:
    after = b"" if "gzip" in way or "zlib" in way else b'&z="'
    (seen,) = search(before + WRITTEN[way] + after)
    assert ("-".join(seen.stack), seen.confirmed, seen.frame) == (way, True, 10)
    assert seen.count == (3 if "gzip" in way or "zlib" in way else 1)
    assert seen.chance < 1e-3
    assert len(seen.sha256) == 64


@pytest.mark.parametrize("shift", range(3))
def test_base64_at_every_alignment(shift: int) -> None:
    text = b64(b"x" * shift + b'{"imei":"' + IMEI.encode() + b'","m":"Demo"}')
    (seen,) = search(b"data=" + text)
    assert seen.stack == ("base64", "imei")
    urlsafe = base64.urlsafe_b64encode(b"\xfb\xff" + b"y" * shift + IMEI.encode() + b"\xff\xfe")
    assert search(b"data=" + urlsafe)[0].stack[-1] == "imei"


@pytest.mark.parametrize("shift", range(5))
def test_base32_at_every_alignment(shift: int) -> None:
    text = base64.b32encode(b"x" * shift + b";" + IMEI.encode() + b";")
    for data in (text, text.lower()):
        (seen,) = search(b"q=" + data.rstrip(b"=") + b".t.example")
        assert (seen.stack, seen.count) == (("base32", "imei"), 1)


def test_what_is_shown_is_masked_and_hashed_as_found() -> None:
    (seen,) = search(b"imei=" + IMEI.encode())
    assert (seen.masked, seen.length) == ("00***********73", 15)
    assert seen.sha256 == digest("sha256").decode()
    (short,) = search(b"imei=" + IMEI[:14].encode())
    assert (short.length, short.sha256) == (14, digest("sha256", IMEI[:14].encode()).decode())
    assert IMEI not in repr(seen)


@pytest.mark.parametrize("step", [1, 4, 7, 40])
@pytest.mark.parametrize("way", ["imei", "base64-imei", "gzip-imei", "base64-gzip-imei"])
def test_a_value_in_pieces_is_found_at_the_piece_that_makes_it_readable(
    way: str, step: int
) -> None:
    text = b"GET /?padding=" + b"p" * 60 + b" HTTP/1.1\r\n\r\n" + WRITTEN[way]
    (seen,) = search(*(text[at : at + step] for at in range(0, len(text), step)))
    assert "-".join(seen.stack) == way
    begins = text.index(WRITTEN[way])
    assert begins // step <= seen.frame - 10 <= (len(text) - 1) // step


def test_values_below_one_layer_have_each_the_piece_that_makes_it_readable() -> None:
    mail = b"someone@mail.example"
    noise = hashlib.sha512(b"noise").hexdigest().encode()
    text = zlib.compress(b'{"imei":"%s","note":"%s","mail":"%s"}' % (IMEI.encode(), noise, mail))
    found = search(*(text[at : at + 8] for at in range(0, len(text), 8)))
    assert {seen.stack for seen in found} == {("zlib", "imei"), ("zlib", "email")}
    for seen in found:
        readable = 8 * (seen.frame - 9)
        assert seen.stack in {each.stack for each in search(text[:readable])}
        assert seen.stack not in {each.stack for each in search(text[: readable - 8])}


def test_across_the_seam_of_two_stretches_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLEAR_STREAM_BYTES", 4_000)
    text = b"." * 3_900 + IMEI.encode() + b"." * 6_000 + IMEI.encode() + b"." * 3_000
    (seen,) = search(*(text[at : at + 1_000] for at in range(0, len(text), 1_000)))
    assert seen.count == 2
    assert len(seen.frames) == 2


def test_several_requests_of_one_connection_each_with_its_frame() -> None:
    request = b"POST /a HTTP/1.1\r\nHost: a\r\n\r\n" + WRITTEN["gzip-imei"]
    (seen,) = search(request, request, b"GET /b HTTP/1.1\r\n\r\n", request)
    assert (seen.count, seen.frames) == (9, [10, 11, 13])  # three in each


def test_messages_are_not_read_as_one() -> None:
    assert search(IMEI[:8].encode(), IMEI[8:].encode(), whole=True) == []
    assert len(search(IMEI[:8].encode(), IMEI[8:].encode())) == 1


def test_in_a_name_that_is_looked_up() -> None:
    label = IMEI.encode().hex()
    (seen,) = search(f"{label}.t.example".encode(), whole=True)
    assert seen.stack == ("hex", "imei")


def test_a_short_value_must_stand_alone_and_a_likely_one_is_not_sure() -> None:
    sheet = {"serial": ["AB1234"]}
    assert search(b"serial=AB1234&", sheet=sheet)[0].confirmed
    assert search(b"serial=xAB1234y", sheet=sheet) == []
    (seen,) = search(b"." * 900_000 + b" 482913 ", sheet={"serial": ["482913"]})
    assert not seen.confirmed
    assert seen.chance > 0.5
    assert too_short({"ssid": ["Home"], "imei": [IMEI]}) == ["ssid"]


def test_forms_of_a_phone_number() -> None:
    found = set(forms("phone", "+91 99999 00000"))
    assert {"+91 99999 00000", "+919999900000", "00919999900000", "919999900000"} <= found
    assert {"9999900000", "09999900000", "99999 00000", "+91-99999-00000"} <= found
    assert forms("imei", "12345") == []
    assert len(forms("contacts", "x" * 900)[0]) == 256


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), ("1234567", "*******"), ("12345678", "1******8"), (IMEI, "00***********73")],
)
def test_covered(text: str, shown: str) -> None:
    assert covered(text) == shown
    assert len(covered(text)) == len(text)


def test_the_pool_holds_no_form_twice_and_its_chances_are_small() -> None:
    patterns = pool(SHEET)
    assert len({pattern.data for pattern in patterns}) == len(patterns)
    assert sum(map(chance, patterns)) < 1e-6
    assert min(len(pattern.data) for pattern in patterns) >= 6


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400), st.sampled_from(sorted(WRITTEN)))
def test_no_bytes_raise_and_none_hide_a_plain_value(noise: bytes, at: int, way: str) -> None:
    search(noise, noise[::-1])
    cut = WRITTEN[way][: at % 40]
    search(noise[:at] + cut + noise[at:])
    found = search(noise[:at] + b"\n" + IMEI.encode() + b"\n" + noise[at:])
    assert ("imei",) in {seen.stack for seen in found}


# ------------------------------------------------------------- without a sheet


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GET /?imei=356938035643809&x=1", "imei"),
        ('{"deviceId":"356938035643809"}', "imei"),
        ("imsi=404450123456789&", "imsi"),
        ("gaid=cdda802e-fb9c-47ad-9866-0794d394c912", "advertising_id"),
        ('"android_id":"5e1c2a94d07bf386"', "android_id"),
        ("imei_md5=0cc175b9c0f1b6a831c399e269772661", "imei"),
        ("user=someone@mail.example&", "email"),
        ("user=someone%40mail.example&", "email"),
        ("phone=%2B919999900000&", "phone"),
        ("lat=19.0760&lon=72.8777", "position"),
        ("ll=19.0760,72.8777", "position"),
        ("mac=9c:2e:a1:11:22:33", "mac"),
    ],
)
def test_what_looks_like_an_identifier(text: str, kind: str) -> None:
    found = list(looks(text.encode()))
    assert {look.kind for look in found} == {kind}
    for look in found:
        assert text.encode().lower().startswith(look.value.lower(), look.at)


@pytest.mark.parametrize(
    "text",
    [
        "t=1699999999000&n=356938035643800",  # no check digit that fits
        "order=123456789012347",  # fits, but no IMEI begins so
        "imei=000000000000000",
        "imsi=999990123456789",
        "gaid=00000000-0000-0000-0000-000000000000",
        "session=cdda802e-fb9c-47ad-9866-0794d394c912",
        "src=logo@2x.png",
        "From: info@mail.example",
        "phone=9999900000",
        "lat=0.0000&lon=0.0000",
        "lat=19.0760",
        "version=10.123,20.456",
        "bssid=02:00:00:00:00:00",
        "GET /a/0123456789abcdef HTTP/1.1",
        "rumsimsi=404450123456789",
        "00:9c:2e:a1:11:22:33",
        "flat=19.0760&slon=72.8777",
        '"android_id":"9774d56d682e549c"',  # a fault of Android 2.2: many handsets have it
        "imei=358240051111110",  # an emulator's
        "imei_md5=d41d8cd98f00b204e9800998ecf8427e",  # of nothing
        "imei_md5=" + hashlib.md5(b"null").hexdigest(),
        "mac_sha1=" + hashlib.sha1(b"02:00:00:00:00:00").hexdigest(),
    ],
)
def test_what_does_not(text: str) -> None:
    assert list(looks(text.encode())) == []


def test_luhn() -> None:
    assert luhn(b"356938035643809")
    assert not luhn(b"356938035643808")
    assert luhn(b"79927398713")  # the standard's own example


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (b"GET / HTTP/1.1\r\nAuthorization: Basic " + b64(b"user:pass"), "password", b"user:pass"),
        (b"USER me\r\nPASS secret\r\n", "password", b"me:secret"),
        (b"a1 LOGIN me secret\r\n", "password", b"me:secret"),
        (b"AUTH PLAIN " + b64(b"\0me\0secret") + b"\r\n", "password", b"me:secret"),
        (b'\r\nContent-Disposition: form-data; name="f"; filename="a.doc"', "file", b"a.doc"),
        (b"STOR a.doc\r\n", "file", b"a.doc"),
    ],
)
def test_what_protocols_disclose(text: bytes, kind: str, value: bytes) -> None:
    assert [(look.kind, look.value) for look in disclosures(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text", [b"USER anonymous\r\nPASS me@x\r\n", b"\r\nAuthorization: Bearer x"]
)
def test_what_is_no_password(text: bytes) -> None:
    assert list(disclosures(text)) == []


# -------------------------------------------------------------- whole captures


def analysed(tmp_path: Path, story: Recording, sheet: Mapping[str, list[str]]) -> Result:
    path = tmp_path / "forged.pcapng"
    story.write(path)
    device = Device(addresses=[story.handset.ip], identifiers=dict(sheet))
    return analyze([path], Options(device=device))


def test_a_finding_for_each_kind_and_destination(tmp_path: Path) -> None:
    story = Recording()
    for number in range(2):
        story.http("a.example", SERVER, f"/?imei={IMEI}&n={number}", at=number * 10**9)
    story.http("a.example", SERVER, "/", method="POST", body=b64(SHEET["email"][0].encode()))
    story.http("b.example", "13.126.0.10", "/", reply=IMEI.encode())
    result = analysed(tmp_path, story, {"imei": [IMEI], "email": SHEET["email"]})
    sent = {f.id: f for f in result.findings if f.rule == "identifier-sent"}
    assert sorted(f.numbers["kinds"] for f in sent.values()) == ["IMEI", "e-mail address"]
    imei = next(f for f in sent.values() if f.numbers["kinds"] == "IMEI")
    assert imei.severity == "high"
    assert (imei.numbers["sightings"], imei.numbers["encodings"]) == (2, "imei")
    assert len(imei.evidence.frames) == 2
    assert imei.numbers["sha256"] == digest("sha256").decode()
    assert all(seen.flow_id != 4 for seen in result.identifiers)  # what came in is none


def test_unconfirmed_is_never_more_than_medium(tmp_path: Path) -> None:
    story = Recording()
    story.http("a.example", SERVER, "/?imei=356938035643809&mail=someone@mail.example")
    result = analysed(tmp_path, story, {})
    found = [f for f in result.findings if f.rule == "identifier-unconfirmed"]
    assert len(found) == 2
    assert all(f.severity in ("low", "medium") and "looks like" in f.title for f in found)
    assert "356938035643809" not in json.dumps([f.text + f.title for f in found])
    assert not any("356938035643809" in name.detail for name in result.names)


def test_a_mac_only_of_the_handset_or_its_maker(tmp_path: Path) -> None:
    story = Recording()
    own = ":".join(f"{byte:02x}" for byte in bytes.fromhex(story.handset.mac.replace(":", "")))
    story.http("a.example", SERVER, f"/?mac={own}&router=9c:2e:a1:11:22:33")
    kinds = [(seen.kind, seen.sha256) for seen in analysed(tmp_path, story, {}).identifiers]
    assert kinds == [("mac", hashlib.sha256(own.encode()).hexdigest())]


def test_a_claim_of_encryption_is_contradicted_by_an_identifier_in_clear(tmp_path: Path) -> None:
    story = Recording()
    story.dns("data.mistat.xiaomi.com", SERVER)
    story.http("data.mistat.xiaomi.com", SERVER, f"/?i={IMEI}")
    path = tmp_path / "forged.pcapng"
    story.write(path)
    device = Device(addresses=[story.handset.ip], vendor="xiaomi", identifiers={"imei": [IMEI]})
    options = Options(device=device, home="IN", claims=("xiaomi-2017-encrypted",))
    (claim,) = analyze([path], options).claims
    verdicts = {p.id: str(p.verdict) for p in claim.predicates}
    assert verdicts["no-identifier-in-clear"] == "contradicted"
    assert claim.predicates[-1].counterexample_count == 1


def test_real_captures_tell_their_disclosures(shared: Path) -> None:
    wanted = {"ndpi__xiaomi": "push-details", "arkime__http-basicauth": "password-in-clear-local",
              "arkime__http-post-upload": "upload-in-clear-local"}  # fmt: skip
    for name, rule in wanted.items():
        (path,) = shared.glob(f"captures/*/{name}.pcap")
        (found,) = [f for f in analyze([path]).findings if f.rule == rule]
        assert found.evidence.frames
        assert ("SHA-256" in found.text) is (rule != "password-in-clear-local")
        if name == "ndpi__xiaomi":
            for kind in ("model", "build", "carrier", "device hash"):
                assert kind in str(found.numbers["kinds"])
