"""What each placeholder of words.PLACEHOLDERS says about a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from analyzer import labels, limits, provenance
from analyzer.judge import groups, units, words
from analyzer.judge.groups import Group
from analyzer.model import Certainty, TlsSeen


class Said(Mapping[str, str]):
    """The phrases of a group, each made only when a template asks for it.

    ``more`` are those of a test, which know better than the group's own.
    """

    def __init__(self, group: Group, more: Mapping[str, str] | None = None) -> None:
        self.group = group
        self.more = more or {}

    def __getitem__(self, word: str) -> str:
        if word in self.more:
            return words.clean(self.more[word], longest=limits.TEXT)
        return PHRASES[word](self.group)

    def __contains__(self, word: object) -> bool:
        return word in self.more or word in PHRASES

    def __iter__(self) -> Iterator[str]:
        return iter({**PHRASES, **self.more})

    def __len__(self) -> int:
        return len({**PHRASES, **self.more})


def sentence(template: str, said: Said) -> str:
    """A filled template; one that begins with our words gets its capital, a name keeps its own.

    A company's own full stop (``S.p.A.``) ends the sentence too.
    """
    text = words.fill(template, said)
    if text.endswith("..") and not text.endswith("..."):
        text = text[:-1]
    return text[:1].upper() + text[1:] if template.startswith(_OURS) else text


_OURS = ("{who}", "{kinds}")
"""Placeholders whose words are ours."""


def subject(group: Group) -> str:
    """What a finding is about: a country's code is kept, a name is cleaned."""
    return words.clean(group.key) or _counted(group)


def _counted(group: Group) -> str:
    return units.counted(group.numbers["endpoints"], "address", "addresses")


def _who(group: Group) -> str:
    """Only those whose traffic it is: with several handsets, which or how many."""
    known = len(group.scene.result.handsets)
    involved = groups.handsets(group)
    if not known:
        return "the side that opened the conversations"
    if known == 1:
        return "the handset"
    if len(involved) == 1:
        return f"the handset {involved[0]}"
    if len(involved) < known:
        return f"{len(involved)} of {known} handsets"
    return "both handsets" if known == 2 else f"all {known} handsets"


def _size(count: int) -> str:
    return units.size(count) if count else "nothing"


def _content(group: Group) -> str:
    """What passed without the headers, which acknowledge content as well as carry it."""
    up, down = group.numbers["payload_up"], group.numbers["payload_down"]
    sent = f"{units.size(up)} of content" if up else "no content"
    return f"{sent} sent, {_size(down)} received"


def _lookups(group: Group) -> str:
    """``; of the bytes sent, 2.0 kB were ...``: a look-up is no data that went somewhere."""
    asked, sent = group.numbers["lookups_up"], group.numbers["bytes_up"]
    if not asked:
        return ""
    purpose = "look-ups of names or of the time"
    if asked == sent:
        return f"; all bytes sent were {purpose}"
    return f"; of the bytes sent, {units.size(asked)} were {purpose}"


def _countries(group: Group) -> str:
    names = sorted(labels.in_sentence(code) for code in groups.values(group, "country"))
    return units.joined(names) or "a country that is not known"


_WHERE = {
    Certainty.STATED: "in {}",
    Certainty.AGREED: "in {}",
    Certainty.DISPUTED: "where sources differ",
    Certainty.EXCLUDED: "not where a source says",
    Certainty.EDGE: "at a network edge",
    Certainty.UNKNOWN: "in a place not known",
    Certainty.PRIVATE: "in the local network",
    Certainty.SINGLE: "by one source alone in {}",
}


def _places(group: Group) -> str:
    """``in Singapore, at a network edge``: no more than each certainty allows."""
    known = groups.places(group)
    found: dict[str, set[str]] = {}
    for certainty, pattern in _WHERE.items():
        if certainty in known:
            found.setdefault(pattern, set()).update(map(labels.in_sentence, known[certainty]))
    said = [pattern.format(units.joined(sorted(found[pattern]))) for pattern in found]
    return ", ".join(said) or _WHERE[Certainty.UNKNOWN]


def _operators(group: Group) -> str:
    """One name where one operates all, else each with its addresses counted."""
    found = groups.operators(group)
    unknown = group.numbers["endpoints"] - sum(count for _, count in found)
    if len(found) == 1 and not unknown:
        return found[0][0]
    named = [f"{name} ({count:,})" for name, count in found]
    if named and unknown:
        named.append(f"others not known ({unknown:,})")
    return units.joined(named) or "not known"


def _operated(group: Group) -> str:
    several = group.numbers["endpoints"] > 1
    if not groups.operators(group):
        return f"who operates the address{'es' * several} is not known"
    return f"the address{'es are' if several else ' is'} operated by {_operators(group)}"


def _mismatch(group: Group) -> str:
    """Our own sentences, with a captured name in them: one line, never cut short."""
    found = {kind["name_mismatch"] for kind in group.kinds} - {None}
    return " ".join(words.clean(text, longest=limits.TEXT) for text in sorted(found))


def _protocols(group: Group) -> str:
    found = groups.values(group, "app_protocol")
    return units.joined([labels.protocol(name) for name in found]) or "not known"


def _ports(group: Group) -> str:
    """The lowest first; a protocol without ports by its name."""
    found = {(kind.flow.server_port or 0, kind.flow.proto) for kind in group.kinds}
    return units.joined([f"{port}/{proto}" if port else proto for port, proto in sorted(found)])


def _certificates(group: Group) -> str:
    """By their own words, which may be anything: cleaned, of several the first two."""
    found: dict[str, None] = {}
    for kind in group.kinds:
        tls = kind.flow.tls
        if tls is not None and tls.certificate_not_after is not None:
            found[_certificate(tls)] = None
    more = f"; {len(found) - 2:,} more" if len(found) > 2 else ""
    return "; ".join(list(found)[:2]) + more if found else "not visible"


def _certificate(tls: TlsSeen) -> str:
    names = tls.certificate_names[:2]
    more = " ..." if len(tls.certificate_names) > 2 else ""
    listed = ", ".join(map(words.clean, names)) + more if names else "no name"
    issuer = words.clean(tls.certificate_issuer or "no name")
    first, last = _day(tls.certificate_not_before), _day(tls.certificate_not_after)
    same = tls.certificate_self_signed is None
    said = "issuer and subject are the same" if same else f"issued by {issuer}"
    return f"for {listed}, {said}, valid from {first} to {last}"


def _day(ns: int | None) -> str:
    """A certificate's date; its year may be 0."""
    return provenance.day(ns) or "?" if ns is not None and ns > _YEAR_ONE else "?"


_YEAR_ONE = -62_135_596_800 * 10**9


def _frame(group: Group) -> str:
    frames = (flow.cleartext_frame or flow.first_frame for flow in group.flows)
    return str(min(frames))


def _values(fact: str) -> Callable[[Group], str]:
    return lambda group: units.joined(groups.values(group, fact)) or "not known"


PHRASES: dict[str, Callable[[Group], str]] = {
    "who": _who,
    "subject": subject,
    "home": lambda group: labels.in_sentence(group.scene.home),
    "country": _countries,
    "sent": lambda group: _size(group.numbers["bytes_up"]),
    "received": lambda group: _size(group.numbers["bytes_down"]),
    "content": _content,
    "lookups": _lookups,
    "endpoints": _counted,
    "addresses": lambda group: units.joined(groups.addresses(group)),
    "places": _places,
    "flows": lambda g: units.counted(g.numbers["flows"], "conversation", "conversations"),
    "requests": lambda g: units.counted(g.numbers["requests"], "request", "requests"),
    "frame": _frame,
    "names": lambda group: units.joined(groups.names(group)) or "none",
    "operators": _operators,
    "operated": _operated,
    "owners": lambda g: units.joined([name for name, _ in groups.owners(g)]) or "not known",
    "protocols": _protocols,
    "ports": _ports,
    "versions": _values("tls_version"),
    "ciphers": _values("cipher"),
    "certificates": _certificates,
    "reasons": _values("why_no_name"),
    "mismatch": _mismatch,
    "policy": lambda group: group.scene.policy.title if group.scene.policy else "",
}
