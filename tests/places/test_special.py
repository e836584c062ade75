"""Special addresses are told from public ones, and what is inside others is found."""

from __future__ import annotations

import pytest

from analyzer.addresses import packed, text
from analyzer.places.special import MAYBE_SPECIAL, PREFIXES, inner, nat64_prefixes, special


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("10.255.255.255", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"),
        ("192.168.1.1", "private"), ("100.64.0.1", "carrier"), ("100.127.255.255", "carrier"),
        ("192.0.0.4", "464XLAT"), ("127.0.0.1", "itself"), ("169.254.1.1", "local link"),
        ("224.0.0.251", "multicast"), ("239.255.255.250", "multicast"),
        ("255.255.255.255", "broadcast"),
        ("0.0.0.0", "host"), ("192.0.2.1", "documentation"), ("203.0.113.9", "documentation"),
        ("198.51.100.1", "documentation"), ("198.19.0.1", "measurements"), ("245.0.0.1", "future"),
        ("::1", "itself"), ("::", "no address"), ("fe80::1", "local link"), ("fd00::1", "private"),
        ("ff02::fb", "multicast"), ("2001:db8::1", "documentation"), ("64:ff9b:1::1", "translator"),
        ("2d00::1", "given out"), ("2fff::1", "given out"), ("3ffe::1", "given out"),
        ("3fff:fff::1", "documentation"),
    ],
)  # fmt: skip
def test_special(address: str, word: str) -> None:
    raw = packed(address)
    assert word in (special(raw) or "")
    assert raw[0] in MAYBE_SPECIAL[len(raw)]


@pytest.mark.parametrize(
    "address",
    ["172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.0.1.1", "192.167.1.1",
     "223.255.255.255", "11.0.0.1", "2001:4860:4860::8888", "2406:da1a::1", "2a00::1",
     "2c0f::1", "4000::1"],
)  # fmt: skip
def test_public(address: str) -> None:
    assert special(packed(address)) is None


@pytest.mark.parametrize(
    ("address", "kind", "v4"),
    [
        ("64:ff9b::808:808", "NAT64", "8.8.8.8"),
        ("2002:808:808::1", "6to4", "8.8.8.8"),
        ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", "Teredo", "8.8.8.8"),
        ("::ffff:8.8.8.8", "an IPv4 address written as IPv6", "8.8.8.8"),
    ],
)
def test_inner(address: str, kind: str, v4: str) -> None:
    found = inner(packed(address))
    assert found is not None
    assert (found[0], text(found[1])) == (kind, v4)
    assert packed(address)[0] in MAYBE_SPECIAL[16]


@pytest.mark.parametrize(
    ("answer", "address", "v4"),
    [  # RFC 6052 2.4, and the answers of RFC 7050 of the same form
        ("2001:db8:c000:aa::", "2001:db8:c000:221::", "192.0.2.33"),
        ("2001:db8:1c0:0:aa::", "2001:db8:1c0:2:21::", "192.0.2.33"),
        ("2001:db8:122:c000:0:aa00::", "2001:db8:122:c000:2:2100::", "192.0.2.33"),
        ("2001:db8:122:3c0:0:aa::", "2001:db8:122:3c0:0:221::", "192.0.2.33"),
        ("2001:db8:122:344:c0:0:aa00::", "2001:db8:122:344:c0:2:2100::", "192.0.2.33"),
        ("2001:db8:122:344::c000:aa", "2001:db8:122:344::192.0.2.33", "192.0.2.33"),
        ("64:ff9b:1::c000:ab", "64:ff9b:1::808:808", "8.8.8.8"),
    ],
)
def test_a_networks_own_translator(answer: str, address: str, v4: str) -> None:
    prefixes = nat64_prefixes([packed(answer)])
    assert inner(packed(address), prefixes) == ("the network's NAT64", packed(v4))
    assert inner(packed(address)) is None


def test_what_is_no_translated_address_of_a_network_is_not_read_as_one() -> None:
    prefixes = nat64_prefixes([packed("2001:db8:c000:aa::"), packed("192.0.0.170")])
    assert prefixes == (packed("2001:db8::")[:4],)
    for other in ("2001:db8:c000:221:1::", "2001:db8:c000:221::1", "2001:db9:c000:221::"):
        assert inner(packed(other), prefixes) is None
    assert nat64_prefixes([packed("2001:db8::1")]) == ()


def test_so_many_prefixes_and_no_more() -> None:
    answers = [packed(f"2001:db8:{number:x}::c000:aa") for number in range(100)]
    assert len(nat64_prefixes(answers)) == PREFIXES


def test_nothing_inside_others() -> None:
    assert inner(packed("2406:da1a::1")) is None
    assert inner(packed("8.8.8.8")) is None
