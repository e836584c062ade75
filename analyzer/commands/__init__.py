"""Commands that are loaded only when they are asked for: ``analyze`` pays for none of them.

``LATER`` says of each in which module it stands and what ``--help`` shows of it,
so that help, too, need load none. A test compares the lines with the commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, cast

import click

LATER = {
    "baseline": (
        "places",
        "List a capture's endpoints, to edit for --policy.",
    ),
    "batch": (
        "batch",
        "Analyze many captures to one scoreboard; it resumes.",
    ),
    "claims": ("claims", "What vendors said, and how it is held against a capture."),
    "compare": (
        "compare",
        "Compare two reports or batches: new, not seen, elsewhere.",
    ),
    "data": ("data", "The data sets phonehome judges with."),
    "device-sheet": ("places", "Write a device sheet to fill in."),
    "reply-pack": (
        "finished",
        "Write what to send the vendor before publication.",
    ),
    "rules": ("rules", "Detection rules and policies; checks all rule files."),
    "verify": (
        "finished",
        "Do report, evidence, inputs, rules and data still match?",
    ),
    "where": (
        "places",
        "Where is an address, and who runs it, source by source?",
    ),
}
"""Command -> module of this package, first sentence of its help."""


class Doors(click.Group):
    """The front door: its own commands, and those of ``LATER``."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.commands = Shelf(self.commands)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in ``--help``."""
        shelf = cast(Shelf, self.commands)
        width = formatter.width - 6 - max(map(len, shelf))
        with formatter.section("Commands"):
            formatter.write_dl([(name, shelf.line(name, width)) for name in sorted(shelf)])


class Shelf(MutableMapping[str, click.Command]):
    """Commands by name; one of ``LATER`` is loaded when it is taken out."""

    def __init__(self, loaded: Mapping[str, click.Command]) -> None:
        self._all: dict[str, click.Command | None] = dict.fromkeys(LATER) | dict(loaded)

    def __getitem__(self, name: str) -> click.Command:
        found = self._all[name]
        if found is None:
            found = self._all[name] = _load(name)
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._all[name] = command

    def __delitem__(self, name: str) -> None:
        del self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def line(self, name: str, width: int) -> str:
        """What ``--help`` says of a command in one line of ``width`` characters."""
        command = self._all[name] or click.Command(name, help=LATER[name][1])
        return command.get_short_help_str(width)


def _load(name: str) -> click.Command:
    module = import_module(f"{__name__}.{LATER[name][0]}")
    return cast(click.Command, getattr(module, name.replace("-", "_")))
