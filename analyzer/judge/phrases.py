"""What each placeholder of words.PLACEHOLDERS says about a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from analyzer import labels
from analyzer.judge import groups, units, words
from analyzer.judge.groups import Group


class Said(Mapping[str, str]):
    """The phrases of a group, each made only when a template asks for it."""

    def __init__(self, group: Group) -> None:
        self.group = group

    def __getitem__(self, word: str) -> str:
        return PHRASES[word](self.group)

    def __iter__(self) -> Iterator[str]:
        return iter(PHRASES)

    def __len__(self) -> int:
        return len(PHRASES)


def sentence(template: str, said: Said) -> str:
    """A filled template; one that begins with us gets its capital, a name keeps its own."""
    text = words.fill(template, said)
    return text[:1].upper() + text[1:] if template.startswith("{who}") else text


def subject(group: Group) -> str:
    """What a finding is about: a country's code is kept, a name is cleaned."""
    return words.clean(group.key) or _addresses(group)


def _addresses(group: Group) -> str:
    return units.counted(group.numbers["endpoints"], "address", "addresses")


def _who(group: Group) -> str:
    handsets = len(group.scene.result.handsets)
    return f"{handsets} handsets" if handsets > 1 else "the handset"


def _countries(group: Group) -> str:
    names = sorted(labels.country(code) for code in groups.values(group, "country"))
    return units.joined(names) or "country not known"


def _operators(group: Group) -> str:
    found = [f"{name} ({count:,})" for name, count in groups.operators(group)]
    return units.joined(found) or "not known"


def _frame(group: Group) -> str:
    frames = (flow.cleartext_frame or flow.first_frame for flow in group.flows)
    return str(min(frames))


def _values(fact: str) -> Callable[[Group], str]:
    return lambda group: units.joined(groups.values(group, fact)) or "not known"


PHRASES: dict[str, Callable[[Group], str]] = {
    "who": _who,
    "subject": subject,
    "home": lambda group: labels.country(group.scene.home),
    "country": _countries,
    "sent": lambda group: units.size(group.numbers["bytes_up"]),
    "received": lambda group: units.size(group.numbers["bytes_down"]),
    "endpoints": _addresses,
    "flows": lambda g: units.counted(g.numbers["flows"], "conversation", "conversations"),
    "requests": lambda g: units.counted(g.numbers["requests"], "request", "requests"),
    "frame": _frame,
    "names": lambda group: units.joined(groups.names(group)) or "none seen",
    "operators": _operators,
    "owners": lambda g: units.joined([name for name, _ in groups.owners(g)]) or "not known",
    "protocols": _values("app_protocol"),
    "versions": _values("tls_version"),
    "reasons": _values("why_no_name"),
    "policy": lambda group: group.scene.policy.title if group.scene.policy else "",
}
