"""Long lists of values are looked for in their usual forms, and never beyond a bound."""

from __future__ import annotations

import base64
import hashlib

import pytest

from analyzer import limits
from analyzer.judge.identifier_forms import listed_forms
from analyzer.judge.identifier_pool import FEW, Pattern, chance, left_out, pool
from analyzer.judge.reading import Reading

NAMES = [f"Asha Rao {number}" for number in range(50)]
PHONES = [f"+91 25836 {number:05d}" for number in range(50)]
MAILS = [f"Asha.{number}@mail.example" for number in range(50)]
BOOK = {"contacts": NAMES + PHONES, "email": MAILS}


def stacks(data: bytes) -> tuple[str, ...] | None:
    """How the pool of the address book calls some bytes."""
    return next((one.stack for one in pool(BOOK) if one.data == data), None)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("912583600007", "contacts"),
        ("+912583600007", "contacts"),
        ("2583600007", "contacts"),
        ("asha.7@mail.example", "email"),
        ("Asha.7@mail.example", "email"),
    ],
)
def test_numbers_and_mails_of_a_list_are_looked_for_as_hashes(
    name: str, form: str, kind: str
) -> None:
    digest = hashlib.new(name, form.encode()).digest()
    for data in (digest, digest.hex().encode(), digest.hex().upper().encode()):
        assert stacks(data) == (name, kind)


def test_names_of_a_list_are_not_looked_for_as_hashes() -> None:
    assert stacks(hashlib.sha256(b"Asha Rao 7").hexdigest().encode()) is None
    for data in (b"Asha Rao 7", b"asha rao 7", b"Asha+Rao+7"):
        assert stacks(data) == ("contacts",)
    assert stacks(b"Asha%20Rao%207") == ("percent", "contacts")
    assert stacks("Asha Rao 7".encode("utf-16-le")) == ("utf16", "contacts")
    assert stacks(base64.b64encode(b"Asha Rao 7")[:13]) == ("base64", "contacts")


def test_a_few_values_are_looked_for_in_all_forms() -> None:
    few, many = {"contacts": NAMES[:FEW]}, {"contacts": NAMES[: FEW + 1]}
    assert len(pool(few)) > 4 * len(pool(many))
    nested = hashlib.md5(hashlib.md5(b"Asha Rao 0").hexdigest().encode()).hexdigest().encode()
    assert nested in {one.data for one in pool(few)}


def test_the_number_of_one_contact_is_written_as_the_users_own() -> None:
    one = {"contacts": ["+91 99999 00000"]}
    assert {form.data for form in pool(one)} == {
        form.data for form in pool({"phone": one["contacts"]})
    }


def test_forms_of_other_lists_stay() -> None:
    assert ("02-00-5e-00-53-14", True) in listed_forms("bssid", "02:00:5e:00:53:14")
    assert listed_forms("contacts", "Asha") == []
    assert listed_forms("contacts", "12345") == []
    assert listed_forms("contacts", "x" * 900) == [("x" * 256, False)]


def test_what_is_over_the_limit_is_told_and_takes_no_room_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = {"contacts": NAMES, "imei": ["004999012345673"]}
    assert left_out(sheet) == ({}, [])
    monkeypatch.setattr(limits, "SHEET_FORMS", 33)
    over, _ = left_out(sheet)
    assert over == {"contacts": (40, 50)}
    found = {one.value for one in pool(sheet)}
    assert {"004999012345673", "Asha Rao 9"} <= found
    assert "Asha Rao 10" not in found
    (told,) = [a for a in Reading(sheet).anomalies() if "left out" in a.effect]
    assert told.count == 40
    assert "of its 50 values of contacts, the last 40" in told.effect


def test_an_address_book_stays_small() -> None:
    """A bound on memory: each pattern takes some 300 bytes in all."""
    assert len(pool(BOOK)) < 150 * 60
    assert sum(len(one.data) for one in pool(BOOK)) < 150 * 60 * 60


# ---------------------------------------------------------------- one value

IMEI, MAIL = "004999012345673", "asha@mail.example"


def written(kind: str, value: str, *way: str) -> set[bytes]:
    """How a value itself is written in a way."""
    return {p.data for p in pool({kind: [value]}) if p.value == value and p.stack == (*way, kind)}


@pytest.mark.parametrize(
    ("data", "letters"),
    [
        (b"0123456789", 10),
        (b"012345678a", 16),
        (b"ABCDEFabcd", 16),
        (b"asha@mail.", 64),
        (b"ashamail\n.", 256),
        ("asha-māil".encode(), 256),
        (bytes(range(10)), 256),
    ],
)
def test_the_chance_of_a_pattern_is_that_of_its_own_letters(data: bytes, letters: int) -> None:
    assert chance(Pattern("kind", "value", (), data)) == pytest.approx(float(letters) ** -10, abs=0)


@pytest.mark.parametrize(
    ("kind", "value"), [("imei", IMEI), ("email", MAIL), ("serial", "R58M1234X")]
)
@pytest.mark.parametrize("before", range(5))
def test_base64_and_base32_are_found_wherever_they_begin(
    kind: str, value: str, before: int
) -> None:
    """Of what stands before and behind it no letter is looked for."""
    text = b"xyzvw"[:before] + value.encode() + b"~~~~~"
    assert sum(each in base64.b64encode(text) for each in written(kind, value, "base64")) == 1
    assert any(each in base64.b32encode(text) for each in written(kind, value, "base32"))
    for way, bits in (("base64", 6), ("base32", 5)):
        for each in written(kind, value, way):
            assert len(each) * bits > len(value) * 8 - 2 * bits


def test_backwards_is_looked_for_but_not_of_words() -> None:
    assert written("imei", IMEI, "reversed") == {IMEI[::-1].encode()}
    assert written("contacts", "Level Nun", "reversed") == set()


def test_only_digits_of_numbers_are_packed() -> None:
    ways = {p.stack[0] for p in pool({"imei": [IMEI]})}
    assert {"packed", "bcd", "reversed", "hex", "utf16"} < ways
    assert not {"packed", "bcd"} & {p.stack[0] for p in pool({"serial": ["4990123456734"]})}


def test_text_is_percent_encoded_in_both_cases_and_put_in_two_bytes_in_both_orders() -> None:
    assert written("email", MAIL, "percent") == {b"asha%40mail.example"}
    phone = written("phone", "+91 99999 00000", "percent")
    assert {b"%2B91%2099999%2000000", b"%2b91%2099999%2000000", b"+91%2099999%2000000"} <= phone
    assert written("email", MAIL, "utf16") == {MAIL.encode("utf-16-le"), MAIL.encode("utf-16-be")}
