"""What is looked for in clear content while a capture is read: one object a run.

``content`` is what the names room hands clear bytes to. After the capture is
read ``finish`` has everything looked through and writes into the flows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.judge.content import Consumer, Content
from analyzer.model import Flow


class Reading:
    """Clear content of one capture and who looks into it.

    ``planted``: the device sheet's identifiers, kind to values as written.
    """

    def __init__(self, planted: Mapping[str, Sequence[str]]) -> None:
        consumers: list[Consumer] = []
        self.content = Content(consumers)

    def finish(self, flows: Sequence[Flow]) -> None:
        """Looks through what is still held; fills ``Flow.content``."""
        self.content.close()
