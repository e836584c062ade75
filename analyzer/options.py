"""Options that several commands share, each said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from analyzer import asked

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


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that analyzes a capture."""
    rows: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        (("--home",), {"metavar": "CC", "help": "Country the handset's user lives in: IN."}),
        (
            ("--at",),
            {
                "metavar": "PLACE",
                "help": "Where the recording was made, a city or LAT,LON:"
                " turns the round-trip check on.",
            },
        ),
        (("--device",), {"type": PATH, "help": "Device sheet; see 'phonehome device-sheet'."}),
        (("--vendor",), {"metavar": "ID", "help": "The handset's vendor, as in rules/vendors."}),
        (
            ("--claims",),
            {
                "metavar": "ID|FILE",
                "multiple": True,
                "help": "Vendor claim to judge, repeatable; else those of the handset's vendor.",
            },
        ),
        (("--policy",), {"metavar": "ID|FILE", "help": "Policy, or list of expected endpoints."}),
        (("--rules",), {"type": PATH, "multiple": True, "help": "A folder of your own rules."}),
        (
            ("--keylog",),
            {"type": PATH, "help": "Key log (SSLKEYLOGFILE): read what is inside TLS and QUIC."},
        ),
        (("--on",), {"metavar": "DATE", "help": "Judge with the data of this day: YYYY-MM-DD."}),
        (("--country-db",), {"type": PATH, "help": "Your own country database (MMDB)."}),
        (("--asn-db",), {"type": PATH, "help": "Your own ASN database (MMDB)."}),
        (("--city-db",), {"type": PATH, "help": "Your own city database (MMDB)."}),
        (("--no-progress",), {"is_flag": True, "help": "No progress on stderr."}),
        (("--debug",), {"is_flag": True, "help": "Show a traceback if phonehome itself fails."}),
    )
    for names, settings in reversed(rows):
        command = click.option(*names, **settings)(command)
    return command


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that writes a report folder."""
    rows: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        (("-o", "--output"), {"type": PATH, "help": "Report folder."}),
        (
            ("--format", "formats"),
            {
                "default": "html,json,csv",
                "show_default": True,
                "help": f"Report formats, of {', '.join(asked.FORMATS)}.",
            },
        ),
        (
            ("--fail-on",),
            {"type": click.Choice(SEVERITIES), "help": "Exit 10 on a finding this severe."},
        ),
        (("--no-evidence",), {"is_flag": True, "help": "Keep no packets of the findings."}),
        (("--json", "as_json"), {"is_flag": True, "help": "Summary to stdout as JSON."}),
        (("-q", "--quiet"), {"is_flag": True, "help": "No summary."}),
        (("-v", "--verbose"), {"is_flag": True, "help": "Also list oddities of the input."}),
        (("--no-color",), {"is_flag": True, "help": "No colours."}),
    )
    for names, settings in reversed(rows):
        command = click.option(*names, **settings)(command)
    return command
