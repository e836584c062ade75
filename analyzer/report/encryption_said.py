"""How well the traffic was encrypted: three separate statements, in every format.

How it travelled, what could be seen all the same, and identifiers in what
could be read. They are never merged into one grade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analyzer.model import Endpoint, Result
from analyzer.report import markup
from analyzer.report.answer import Facts
from analyzer.report.figures import share, size
from analyzer.report.markup import esc, items, paragraph
from analyzer.report.words import counted, joined
from analyzer.report.words_encryption import TEXT, plural, say

_OPEN = ("none", "partly", "unknown")  # of Encryption.transport; all others are encrypted
_SHOWN = 4  # kinds of transport named


def section(result: Result, known: Facts) -> str:
    """The section of the page."""
    lines = [esc(line) for line in encryption_said(result, known)]
    return markup.section("encryption", paragraph(esc(say("lead"))), items(lines))


def encryption_said(result: Result, known: Facts) -> Iterator[str]:
    """Sentences, in the order of the three statements."""
    ends = known.ranking
    if not sum(end.bytes_up + end.bytes_down for end in ends):
        yield say("nothing")
        return
    yield _transport(ends)
    yield from _weak(ends)
    yield from _certificates(ends)
    names = {
        seen.name for seen in result.names if seen.source in _ON_THE_WAY and not seen.decrypted
    }
    yield plural("names", len(names)) if names else say("no_names")
    yield from _identifiers(result)


_ON_THE_WAY = frozenset(("sni", "quic_sni", "http_host", "cert", "dns_query", "dns", "payload"))


def _transport(ends: list[Endpoint]) -> str:
    sizes: Counter[str] = Counter()
    for end in ends:
        sizes.update(end.encryption.transport if end.encryption else {})
    whole = sizes.total()
    closed = [(name, n) for name, n in sizes.most_common() if name not in _OPEN]
    parts = []
    if closed:
        kinds = [f"{_kind(name)} {share(n, whole)}" for name, n in closed[:_SHOWN]]
        if rest := [n for _, n in closed[_SHOWN:]]:
            kinds.append(f"{counted('others', len(rest))} {share(sum(rest), whole)}")
        total = sum(n for _, n in closed)
        parts.append(say("encrypted", share=share(total, whole), kinds=joined(kinds)))
    parts += [say(name, share=share(sizes[name], whole)) for name in _OPEN if sizes[name]]
    return say("transport", size=size(whole), parts=joined(parts))


def travelled(end: Endpoint) -> str:
    """``TLS 1.3, readable``: what an endpoint's conversations went in, as HTML."""
    kinds = end.encryption.transport if end.encryption else ()
    words = (say(f"row.{name}") if name in _OPEN else name for name in kinds)
    return esc(", ".join(words))


def _kind(name: str) -> str:
    return TEXT.get(f"kind.{name}", name)


def _weak(ends: list[Endpoint]) -> Iterator[str]:
    """What is weak; that nothing is only where something was encrypted."""
    tally = Counter(fault for end in ends if end.encryption for fault in end.encryption.weak)
    parts = [
        say("at", fault=say(f"fault.{fault}"), endpoints=counted("endpoints", n))
        for fault, n in tally.most_common()
    ]
    if parts:
        yield say("weak", parts=joined(parts))
    elif any(map(_closed, ends)):
        yield say("not_weak")


def _certificates(ends: list[Endpoint]) -> Iterator[str]:
    """Only where there was encryption that could have shown one."""
    dates = [end.encryption.certificate for end in ends if end.encryption and _closed(end)]
    seen = [date for date in dates if date]
    if not dates:
        return
    every = counted("endpoints", len(dates))
    if seen:
        fine = f"{seen.count('in_date'):,}"
        yield say("certificates", seen=f"{len(seen):,}", all=every, fine=fine)
    else:
        yield say("no_certificates", all=every)


def _closed(end: Endpoint) -> bool:
    return bool(end.encryption and set(end.encryption.transport) - set(_OPEN))


def _identifiers(result: Result) -> Iterator[str]:
    clear = [one for one in result.identifiers if not one.decrypted]
    for key, confirmed in (("confirmed", True), ("unconfirmed", False)):
        flows = {one.flow_id for one in clear if one.confirmed is confirmed}
        if flows:
            yield say(key, flows=counted("flows", len(flows)))
    if not clear:
        yield say(
            "no_identifiers_in_clear" if result.visibility.decrypted_flows else "no_identifiers"
        )
    inside = {one.flow_id for one in result.identifiers if one.decrypted}
    if inside:
        yield say("inside", flows=counted("flows", len(inside)))
