"""How well conversations were encrypted, from what TLS shows of itself in clear.

Rules of this file
- Only what both sides agreed on counts; an offer is not a choice.
- Certificates are judged on the day of their conversation, never on ours. TLS 1.3 and
  QUIC hide them, and resumed sessions send none: not seen is not valid.
- A certificate's own words are all there is: chains and revocations cannot be
  looked up without contacting somebody, which this program never does.
- What is weak since when stands with its source in the rules (rules/detect/).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from analyzer.model import Encryption, Flow, NameSource, Result, TlsSeen

CIPHER_FAULTS = ("null", "anonymous", "export", "des", "rc4", "3des")
"""Weaknesses of a cipher suite, the worst first; its first one counts."""

_MARKS = {
    "null": ("_WITH_NULL_",),
    "anonymous": ("_anon_",),
    "export": ("_EXPORT_",),
    "des": ("_DES_", "_DES40_", "_RC2_"),
    "rc4": ("_RC4_",),
    "3des": ("_3DES_",),
}
"""Parts of an IANA name that tell a weakness."""

IN_DATE, EXPIRED, EARLY, CLOCK = "in_date", "expired", "not_yet_valid", "clock_in_doubt"
CERTIFICATE_DATES = (IN_DATE, EXPIRED, EARLY, CLOCK)

NAMES_READ = 200
"""Names kept of one certificate (names/certificate.py); a fuller one may list more."""

EPOCH = 946_684_800 * 10**9
"""2000-01-01: a recording said to be older was made by a clock that was not set."""

DOUBT = 2
"""Certificates outside their time, when they are most of all, that speak against the clock."""


@lru_cache(256)
def cipher_fault(cipher: str | None) -> str | None:
    """The worst weakness a cipher suite's name tells; None for none, or none agreed on."""
    text = cipher or ""
    return next(
        (fault for fault in CIPHER_FAULTS if any(mark in text for mark in _MARKS[fault])), None
    )


def forward_secret(cipher: str | None) -> bool | None:
    """Whether a key that leaks later leaves the conversation closed; None: cannot be told.

    Ephemeral Diffie-Hellman, which TLS 1.3 always uses (RFC 8446 1.2) but for resumption by
    a key shared before.
    """
    if cipher is None or not cipher.startswith("TLS_"):
        return None
    return "_WITH_" not in cipher or "DHE_" in cipher or "_anon_" in cipher


def certificate_date(tls: TlsSeen | None, at: int, clock_in_doubt: bool) -> str | None:
    """How a server's certificate stood at a time, in ns; None where none was seen."""
    if tls is None or tls.certificate_not_before is None or tls.certificate_not_after is None:
        return None
    if clock_in_doubt:
        return CLOCK
    if at < tls.certificate_not_before:
        return EARLY
    return EXPIRED if at > tls.certificate_not_after else IN_DATE


def clock_in_doubt(flows: Iterable[Flow]) -> bool:
    """Whether the recording's clock was plainly wrong: before 2000, or outside the time of
    most certificates seen.
    """
    inside: set[tuple[object, ...]] = set()
    outside: set[tuple[object, ...]] = set()
    for flow in flows:
        if flow.first < EPOCH:
            return True
        date = certificate_date(flow.tls, flow.first, False)
        if date is not None and flow.tls is not None:
            tls = flow.tls
            key = tls.certificate_not_before, tls.certificate_not_after, tls.certificate_names
            (inside if date == IN_DATE else outside).add(key)
    return len(outside) >= DOUBT and len(outside) > len(inside)


def own_issuer(tls: TlsSeen | None) -> bool | None:
    """Whether issuer and subject of the certificate are the same; None where none was seen.

    Of one that was seen it is said whether it is signed by itself, unless that was not shown.
    """
    if tls is None or (tls.certificate_not_after is None and not tls.certificate_names):
        return None
    return tls.certificate_self_signed is not False


def certificate_fits(flow: Flow) -> bool | None:
    """Whether the certificate lists the name that was asked for; None where either is not known."""
    tls = flow.tls
    if tls is None or not tls.certificate_names or flow.name_source is not NameSource.SNI:
        return None
    name = flow.name or ""
    if any(covers(pattern, name) for pattern in tls.certificate_names):
        return True
    return None if len(tls.certificate_names) >= NAMES_READ or "." not in name else False


def covers(pattern: str, name: str) -> bool:
    """Whether a certificate's name is that of a host (RFC 9525 6.3).

    A wildcard stands in the left-most label for one label. One inside it (``f*.example.com``),
    which RFC 6125 still allowed, is granted.
    """
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if "*" not in pattern:
        return pattern == name
    label, _, parent = pattern.partition(".")
    first, _, rest = name.partition(".")
    if not parent or parent != rest or label.count("*") != 1:
        return False
    before, after = label.split("*")
    fits = first.startswith(before) and first.endswith(after)
    return fits and len(first) >= max(1, len(before) + len(after))


def transport(flow: Flow) -> str:
    """What a flow's content went in: "TLS 1.2" ..., "other", "none", "partly", "unknown"."""
    if flow.encrypted != "yes":
        return {"no": "none", "mixed": "partly"}.get(flow.encrypted, "unknown")
    tls = flow.tls
    if flow.app_protocol == "quic":
        return "QUIC"  # its first versions had a cryptography of their own
    if tls is not None and tls.version and tls.cipher is not None:
        return tls.version
    return flow.app_protocol.upper() if flow.app_protocol in ("tls", "dtls") else "other"


def faults(flow: Flow, doubt: bool) -> list[str]:
    """What is weak about a flow's encryption, as words of FAULTS, in their order."""
    tls = flow.tls
    if tls is None:
        return []
    date = certificate_date(tls, flow.first, doubt)
    found = {
        "old_tls": tls.cipher is not None and tls.version in OLD_VERSIONS,
        "weak_cipher": cipher_fault(tls.cipher) is not None,
        "expired": date == EXPIRED,
        "not_yet_valid": date == EARLY,
        "self_signed": tls.certificate_self_signed is True,
        "other_name": certificate_fits(flow) is False,
        "no_forward_secrecy": forward_secret(tls.cipher) is False,
    }
    return [fault for fault in FAULTS if found[fault]]


OLD_VERSIONS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "DTLS 1.0")
FAULTS = ("old_tls", "weak_cipher", "expired", "not_yet_valid", "self_signed", "other_name",
          "no_forward_secrecy")  # fmt: skip


_BEST = ("QUIC", "TLS 1.3", "DTLS 1.3", "TLS 1.2", "DTLS 1.2", "TLS", "DTLS", "other", "TLS 1.1",
         "TLS 1.0", "DTLS 1.0", "SSL 3.0", "SSL 2.0", "unknown", "partly", "none")  # fmt: skip
_WORST_DATE = (EXPIRED, EARLY, CLOCK, IN_DATE)


def describe(result: Result) -> None:
    """Fills in of each endpoint how its conversations were protected."""
    doubt = clock_in_doubt(result.flows)
    by_id = {flow.id: flow for flow in result.flows}
    for end in result.endpoints:
        flows = [by_id[number] for number in end.flow_ids if number in by_id]
        end.encryption = _summary(flows, doubt)


def _summary(flows: Sequence[Flow], doubt: bool) -> Encryption:
    sizes: Counter[str] = Counter()
    for flow in flows:
        sizes[transport(flow)] += flow.bytes_up + flow.bytes_down
    weak = {fault for flow in flows if flow.tls for fault in faults(flow, doubt)}
    dates = {certificate_date(flow.tls, flow.first, doubt) for flow in flows if flow.tls}
    return Encryption(
        transport={name: sizes[name] for name in sorted(sizes, key=_rank)},
        weak=[fault for fault in FAULTS if fault in weak],
        certificate=next((date for date in _WORST_DATE if date in dates), None),
    )


def _rank(name: str) -> tuple[int, str]:
    return (_BEST.index(name) if name in _BEST else _BEST.index("other")), name
