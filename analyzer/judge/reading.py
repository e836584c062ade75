"""What is looked for in clear content while a capture is read: one object a run.

``content`` is what the names room hands clear bytes to. After the capture is
read ``finish`` has everything looked through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from analyzer.judge.content import Content
from analyzer.judge.contents import Contents
from analyzer.judge.identifier_forms import hex_of
from analyzer.judge.identifier_pool import too_short
from analyzer.judge.identifiers import Key, Search
from analyzer.model import Anomaly, Flow, Handset, IdentifierSeen

if TYPE_CHECKING:
    from analyzer.judge.masking import Masker

MakerOf = Callable[[str], str | None]

TOO_SHORT = (
    "The device sheet's {} is too short to be looked for: so few characters stand in any "
    "traffic by chance."
)


class Reading:
    """Clear content of one capture and who looks into it.

    ``planted``: the device sheet's identifiers, kind to values as written.
    """

    def __init__(self, planted: Mapping[str, Sequence[str]]) -> None:
        self._search = Search(planted)
        self._planted = planted
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
        self._search.leaves = lambda flow, side: up.get(flow) == side
        self._contents.know(flows)
        self.content.close()
        self._contents.write(flows)
        is_own = _own_mac(handsets, maker_of)

        def keep(key: Key) -> bool:
            flow, side, kind, value, _, planted = key
            own = planted or kind != "mac" or is_own(value)
            return own and up.get(flow) == side

        return self._search.seen(keep)

    def anomalies(self) -> list[Anomaly]:
        """What could not be looked for."""
        return [
            Anomaly("identifier_too_short", 1, effect=TOO_SHORT.format(kind.replace("_", " ")))
            for kind in too_short(self._planted)
        ]

    def masker(self) -> Masker | None:
        """What covers the values that are known or were found; None where there are none."""
        values = list(self._search.values())
        if not values and not self._planted:
            return None
        from analyzer.judge.masking import Masker

        return Masker(self._search.patterns, values, self._search.below)


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
