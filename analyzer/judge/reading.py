"""What is looked for in clear content while a capture is read: one object a run.

``content`` is what the names room hands clear bytes to. After the capture is
read ``finish`` has everything looked through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from analyzer.judge.commonplace import sorted_out
from analyzer.judge.content import Content
from analyzer.judge.contents import Contents
from analyzer.judge.identifier_forms import hex_of
from analyzer.judge.identifier_pool import left_out, too_short
from analyzer.judge.identifiers import Key, Search
from analyzer.model import DECRYPTED, Anomaly, Flow, Handset, IdentifierSeen

if TYPE_CHECKING:
    from analyzer.judge.masking import Masker

MakerOf = Callable[[str], str | None]

TOO_SHORT = (
    "A value of the device sheet's {} is too short to be looked for: so few characters stand in "
    "any traffic by chance."
)
ORDINARY = (
    "A value of the device sheet's {} is not looked for: it is a constant, as plain as 100000 or "
    "123456, made of common words, or names the handset's model or maker, and so stands in "
    "ordinary traffic. Plant one that is none of these, and record again."
)
PARTLY = (
    "A value of the device sheet's {} is not looked for in each of its forms: one of them (without "
    "country code, say) is a constant or as plain as 100000, and so stands in ordinary traffic."
)
OF_PROGRAM = (
    "A value of the device sheet's {} was found and counts only where the field that holds it says "
    "what it is (ssid=): programs and handsets say the same of themselves (User-Agent, model), so "
    "elsewhere it shows nothing of the user."
)
TOO_MANY = (
    "The device sheet names more than is looked for: of its {total:,} values of {kind}, the last "
    "{left:,} were left out."
)


class Reading:
    """Clear content of one capture and who looks into it.

    ``planted``: the device sheet's identifiers, kind to values as written; ``own``: what
    it says of the handset itself, its maker and model.
    """

    def __init__(self, planted: Mapping[str, Sequence[str]], own: Sequence[str] = ()) -> None:
        self._planted, self._ordinary = sorted_out(planted, own)
        self._of_program: list[str] = []
        self._search = Search(self._planted)
        self._contents = Contents()
        self.content = Content([self._search, self._contents], self._search.tell)

    def finish(
        self, flows: Sequence[Flow], handsets: Sequence[Handset], maker_of: MakerOf
    ) -> list[IdentifierSeen]:
        """Looks through what is still held, fills ``Flow.content``; the identifiers that left.

        ``flows`` have the handset's side as client. ``maker_of`` names who a MAC
        address was given to.
        """
        ours = {address for phone in handsets for address in phone.addresses}
        up = {
            flow.id: 0 if flow.opened_by_client else 1
            for flow in flows
            if flow.client_ip in ours or not ours
        }
        self._search.leaves = lambda flow, side: up.get(flow) == side % DECRYPTED
        self._contents.know(flows)
        self.content.close()
        self._contents.write(flows)
        own = [text for phone in handsets for text in (phone.vendor or "", *phone.model_hints)]
        self._of_program = self._search.forget_own(own)
        is_own = _own_mac(handsets, maker_of)

        def keep(key: Key) -> bool:
            flow, side, kind, value, _, planted = key
            own = planted or kind != "mac" or is_own(value)
            return own and up.get(flow) == side % DECRYPTED

        return self._search.seen(keep)

    def anomalies(self) -> list[Anomaly]:
        """What could not be looked for."""
        over, plain = left_out(self._planted)
        told = (
            ("identifier_too_short", TOO_SHORT, too_short(self._planted)),
            ("identifier_ordinary", ORDINARY, self._ordinary),
            ("identifier_plain_form", PARTLY, plain),
            ("identifier_of_program", OF_PROGRAM, self._of_program),
        )
        found = [
            Anomaly(kind, 1, effect=text.format(of.replace("_", " ")))
            for kind, text, kinds in told
            for of in kinds
        ]
        for kind, (left, total) in over.items():
            effect = TOO_MANY.format(kind=kind.replace("_", " "), left=left, total=total)
            found.append(Anomaly("identifiers_too_many", left, effect=effect))
        return found

    def masker(self) -> Masker:
        """What covers the values that are known or were found, and those of telling keys."""
        from analyzer.judge.masking import Masker

        return Masker(self._search.shown(), list(self._search.values()), self._search.below)


def _own_mac(handsets: Sequence[Handset], maker_of: MakerOf) -> Callable[[bytes], bool]:
    """Whether a MAC address is a handset's, or of the same maker as one."""
    own = {hex_of(phone.mac) for phone in handsets if phone.mac}
    vendors = {phone.vendor for phone in handsets if phone.vendor}
    makers = {maker_of(phone.mac) for phone in handsets if phone.mac} - {None}

    def is_own(value: bytes) -> bool:
        plain = hex_of(value.decode("ascii", "replace"))
        maker = maker_of(":".join(plain[i : i + 2] for i in range(0, 12, 2)))
        return plain in own or (
            maker is not None
            and (maker in makers or any(maker.lower().startswith(name) for name in vendors))
        )

    return is_own
