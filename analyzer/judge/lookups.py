"""Look-ups in clear as the recording shows them: what was asked, answered and then contacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.judge.kinds import Scene
from analyzer.judge.series import handset_of
from analyzer.model import Flow, NameSeen
from analyzer.record import Record, field

Asker = tuple[int | str, str]  # a handset and the name it asked for

_ASKED = ("dns", "dns_query")
_NOWHERE = ("127.", "0.")
_NOWHERE_SIX = ("::", "::1")


class LookUp(Record):
    """All questions of one handset for one name."""

    name: str
    flows: set[int] = field(default_factory=set)  # ids
    asked: list[int] = field(default_factory=list)  # frames
    answers: list[NameSeen] = field(default_factory=list)  # rows with an address


def look_ups(at: Scene, flows: Iterable[Flow]) -> dict[Asker, LookUp]:
    """What was asked in some conversations, each by its handset and name."""
    clients = {flow.id: handset_of(at, flow.client_ip) for flow in flows}
    which = tuple(clients)
    found: dict[Asker, LookUp] | None = at.asked.get(which)
    if found is None:
        found = at.asked[which] = _look_ups(at, clients)
    return found


def _look_ups(at: Scene, clients: Mapping[int, int | str]) -> dict[Asker, LookUp]:
    """``clients``: who asked in each conversation, by its number."""
    found: dict[Asker, LookUp] = {}
    for row in at.result.names:
        if row.source not in _ASKED or row.decrypted or row.flow_id not in clients:
            continue
        asker = clients[row.flow_id], row.name
        if row.source == "dns_query":
            one = found.get(asker) or found.setdefault(asker, LookUp(row.name))
            one.flows.add(row.flow_id)
            one.asked.append(row.frame)
        elif row.address and asker in found and _leads_somewhere(row.address):
            found[asker].answers.append(row)
    return found


def contacted(at: Scene) -> set[tuple[int | str, str]]:
    """Every handset with the names and addresses it had conversations with."""
    if at.contacted:
        return at.contacted
    found = at.contacted
    for flow in at.result.flows:
        who = handset_of(at, flow.client_ip)
        found.add((who, flow.server_ip))
        if flow.name:
            found.add((who, flow.name))
    return found


def was_followed(asker: Asker, one: LookUp, met: set[tuple[int | str, str]]) -> bool:
    """Whether a conversation with the name, or with an address it was answered with, was seen."""
    who = asker[0]
    return asker in met or any((who, str(row.address)) in met for row in one.answers)


def _leads_somewhere(address: str) -> bool:
    """Blocking resolvers answer with addresses that lead nowhere."""
    return address not in _NOWHERE_SIX and not address.startswith(_NOWHERE)
