"""How an endpoint's conversations were protected: each word, at the edge where it begins."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer import model as m
from analyzer.judge import encryption
from analyzer.record import replace
from tests.judge.encryption_cases import shown, tls
from tests.judge.forged_results import START, endpoint, flow, result

PUBLIC = "203.0.113.1"
EPOCH = 946_684_800 * 10**9  # 2000-01-01
RC4 = "TLS_RSA_WITH_RC4_128_SHA"


@pytest.mark.parametrize(
    ("more", "went_in"),
    [
        ({"encrypted": "no"}, "none"),
        ({"encrypted": "mixed"}, "partly"),
        ({"encrypted": "unknown"}, "unknown"),
        ({"app_protocol": "quic", "tls": tls("TLS 1.3")}, "QUIC"),
        ({"tls": tls("TLS 1.2")}, "TLS 1.2"),
        ({"tls": replace(tls("TLS 1.2"), cipher=None)}, "TLS"),
        ({"tls": replace(tls(), version=None)}, "TLS"),
        ({"app_protocol": "dtls"}, "DTLS"),
        ({"app_protocol": "ssh"}, "other"),
        ({"app_protocol": None}, "other"),
    ],
)
def test_what_content_went_in(more: dict[str, Any], went_in: str) -> None:
    assert encryption.transport(flow(1, PUBLIC, **more)) == went_in


@pytest.mark.parametrize(
    ("more", "weak"),
    [
        ({}, []),
        ({"tls": tls()}, []),
        *(({"tls": tls(version)}, ["old_tls"])
          for version in ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "DTLS 1.0")),
        ({"tls": replace(tls("TLS 1.0"), cipher=None)}, []),  # never agreed on
        ({"tls": tls(cipher=RC4)}, ["weak_cipher", "no_forward_secrecy"]),
        ({"tls": tls(before=-9, after=-1)}, ["expired"]),
        ({"tls": tls(before=1, after=9)}, ["not_yet_valid"]),
        ({"tls": tls(self_signed=True)}, ["self_signed"]),
        (shown("b.example", tls=tls(names=("a.example",))), ["other_name"]),
    ],
)  # fmt: skip
def test_what_is_weak(more: dict[str, Any], weak: list[str]) -> None:
    assert encryption.faults(flow(0, PUBLIC, **more), doubt=False) == weak


def test_a_doubtful_clock_makes_no_certificate_weak() -> None:
    for other in (tls(before=-9, after=-1), tls(before=1, after=9)):
        assert encryption.faults(flow(0, PUBLIC, tls=other), doubt=True) == []


@pytest.mark.parametrize(
    ("at", "word"),
    [(-1, "not_yet_valid"), (0, "in_date"), (10, "in_date"), (11, "expired")],
)
def test_a_certificate_holds_from_its_first_to_its_last_moment(at: int, word: str) -> None:
    seen = replace(tls(), certificate_not_before=0, certificate_not_after=10)
    assert encryption.certificate_date(seen, at, False) == word
    assert encryption.certificate_date(seen, at, True) == "clock_in_doubt"
    assert encryption.certificate_date(replace(seen, certificate_not_before=None), at, True) is None
    assert encryption.certificate_date(replace(seen, certificate_not_after=None), at, True) is None
    assert encryption.certificate_date(None, at, True) is None


def test_a_clock_before_2000_was_not_set() -> None:
    assert encryption.clock_in_doubt([flow(1, PUBLIC, first=EPOCH - 1)])
    assert not encryption.clock_in_doubt([flow(1, PUBLIC, first=EPOCH)])


@pytest.mark.parametrize(
    ("inside", "outside", "doubted"), [(0, 1, False), (0, 2, True), (2, 2, False), (2, 3, True)]
)
def test_most_certificates_speak_against_a_clock(inside: int, outside: int, doubted: bool) -> None:
    good = [flow(0, PUBLIC, tls=tls(names=(f"{n}",), before=-9, after=9)) for n in range(inside)]
    bad = [flow(0, PUBLIC, tls=tls(names=(f"{n}",), before=-9, after=-1)) for n in range(outside)]
    assert encryption.clock_in_doubt([*good, *bad]) is doubted
    assert encryption.clock_in_doubt([*good, *bad, *good, *bad]) is doubted  # the same again


@pytest.mark.parametrize(
    ("seen", "own"),
    [
        (None, None),
        (tls(), None),
        (tls(names=("a.example",)), True),
        (tls(before=-9, after=9), True),
        (tls(before=-9, after=9, self_signed=True), True),
        (tls(before=-9, after=9, self_signed=False), False),
    ],
)
def test_whose_issuer_a_certificate_names(seen: m.TlsSeen | None, own: bool | None) -> None:
    assert encryption.own_issuer(seen) is own


@pytest.mark.parametrize(
    ("name", "names", "fits"),
    [
        ("a.example", 199, False),
        ("a.example", 200, None),  # there may be more
        ("1.other.example", 200, True),
        ("localhost", 1, None),  # nobody certifies such names
    ],
)
def test_a_certificate_fits_or_not_or_cannot_be_read_whole(
    name: str, names: int, fits: bool | None
) -> None:
    listed = tuple(f"{n}.other.example" for n in range(names))
    assert (
        encryption.certificate_fits(flow(1, PUBLIC, **shown(name, tls=tls(names=listed)))) is fits
    )


def test_an_endpoint_is_described_by_the_bytes_of_its_conversations() -> None:
    end, other = endpoint(PUBLIC), endpoint("203.0.113.2")
    end.flow_ids, other.flow_ids = [1, 2, 3, 4, 99], [5]
    flows = [
        flow(1, PUBLIC, tls=tls("TLS 1.0", before=-9, after=9)),
        flow(2, PUBLIC, tls=tls(cipher=RC4, before=-9, after=-1)),
        flow(3, PUBLIC, encrypted="no"),
        flow(4, PUBLIC, tls=tls("TLS 1.0")),
        flow(5, "203.0.113.2", app_protocol="quic"),
    ]
    encryption.describe(result([end, other], flows))
    assert end.encryption == m.Encryption(
        {"TLS 1.2": 4_600, "TLS 1.0": 9_200, "none": 4_600},
        ["old_tls", "weak_cipher", "expired", "no_forward_secrecy"],
        "expired",
    )
    assert list(end.encryption.transport) == ["TLS 1.2", "TLS 1.0", "none"]
    assert other.encryption == m.Encryption({"QUIC": 4_600}, [], None)


@pytest.mark.parametrize(
    ("days", "worst"),
    [
        ([(-9, 9)], "in_date"),
        ([(-9, 9), (1, 9)], "not_yet_valid"),
        ([(-9, 9), (-9, 8), (1, 9), (-9, -1)], "expired"),
    ],
)
def test_the_worst_certificate_is_told(days: list[tuple[int, int]], worst: str) -> None:
    end = endpoint(PUBLIC)
    end.flow_ids = [*range(1, len(days) + 1)]
    flows = [
        flow(i, PUBLIC, first=START, tls=tls(before=before, after=after))
        for i, (before, after) in enumerate(days, 1)
    ]
    encryption.describe(result([end], flows))
    assert end.encryption is not None
    assert end.encryption.certificate == worst
