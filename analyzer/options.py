"""Options that several commands share, each said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from analyzer.formats import FORMATS

Command = Callable[..., Any]
SEVERITIES = ("info", "low", "medium", "high")


class _Named(click.Path):
    """A path; an empty one (of a variable that is not set) is no name of this folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a usage error where it is empty."""
        if not str(value):
            self.fail("an empty name.", param, ctx)
        return super().convert(value, param, ctx)


PATH = _Named(path_type=Path)
FOLDERS = click.option("--rules", "own", type=PATH, multiple=True, help="Your own folder too.")


def asking(command: Command) -> Command:
    """Options of every command that analyzes a capture."""
    return _adding(
        command,
        click.option("--home", metavar="CC", help="Country the handset's user lives in: IN."),
        click.option(
            "--at", metavar="PLACE",
            help="Where the recording was made, a city or LAT,LON: turns the round-trip check on.",
        ),
        click.option("--device", type=PATH, help="Device sheet; see 'phonehome device-sheet'."),
        click.option("--vendor", metavar="ID", help="The handset's vendor, as in rules/vendors."),
        click.option(
            "--claims", metavar="ID|FILE", multiple=True,
            help="Vendor claim to judge, repeatable; else those of the handset's vendor.",
        ),
        click.option("--policy", metavar="ID|FILE", help="Policy, or list of expected endpoints."),
        click.option("--rules", type=PATH, multiple=True, help="A folder of your own rules."),
        click.option(
            "--keylog", type=PATH,
            help="Key log (SSLKEYLOGFILE): read what is inside TLS and QUIC.",
        ),
        click.option("--on", metavar="DATE", help="Judge with the data of this day: YYYY-MM-DD."),
        click.option("--country-db", type=PATH, help="Your own country database (MMDB)."),
        click.option("--asn-db", type=PATH, help="Your own ASN database (MMDB)."),
        click.option("--city-db", type=PATH, help="Your own city database (MMDB)."),
        click.option("--no-progress", is_flag=True, help="No progress on stderr."),
        click.option("--debug", is_flag=True, help="Show a traceback if phonehome itself fails."),
    )  # fmt: skip


def reporting(command: Command) -> Command:
    """Options of every command that writes a report folder."""
    return _adding(
        command,
        click.option("-o", "--output", type=PATH, help="Report folder."),
        click.option(
            "--format", "formats", default="html,json,csv", show_default=True,
            help=f"Report formats, of {', '.join(FORMATS)}.",
        ),
        click.option(
            "--fail-on", type=click.Choice(SEVERITIES), help="Exit 10 on a finding this severe."
        ),
        click.option("--no-evidence", is_flag=True, help="Keep no packets of the findings."),
        click.option("--json", "as_json", is_flag=True, help="Summary to stdout as JSON."),
        click.option("-q", "--quiet", is_flag=True, help="No summary."),
        click.option("-v", "--verbose", is_flag=True, help="Also list oddities of the input."),
        click.option("--no-color", is_flag=True, help="No colours."),
    )  # fmt: skip


def _adding(command: Command, *options: Callable[[Command], Command]) -> Command:
    """The command with these options, in this order in its help."""
    for option in reversed(options):
        command = option(command)
    return command
