"""Commands about addresses, handsets and what is expected of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import click

from analyzer import asked
from analyzer.commands import common
from analyzer.options import PATH, asking


@click.command()
@click.argument("address", nargs=-1, required=True)
@click.option("--on", metavar="DATE", help="As of this day: YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one object an argument.")
@click.option("--country-db", type=PATH, help="Your own country database (MMDB).")
@click.option("--asn-db", type=PATH, help="Your own ASN database (MMDB).")
@click.option("--city-db", type=PATH, help="Your own city database (MMDB).")
def where(
    address: tuple[str, ...],
    on: str | None,
    as_json: bool,
    country_db: Path | None,
    asn_db: Path | None,
    city_db: Path | None,
) -> int:
    """Where is an address, and who runs it, source by source?"""
    from analyzer import shipped
    from analyzer import where as rooms
    from analyzer.errors import UsageError

    atlas = rooms.Atlas.open(
        asked.day(on),
        country_db=country_db,
        asn_db=asn_db,
        city_db=city_db,
        user_data=shipped.user_data_folder(),
    )
    code = 0
    for argument in address:
        try:
            found = rooms.explain(argument, atlas, _owner_of)
        except UsageError as error:  # the others of a long list are told all the same
            common.say_error(error)
            code = error.exit_code
            continue
        click.echo(rooms.as_json_line(found) if as_json else rooms.as_text(found))
    return code


def _owner_of(name: str) -> Any:
    return _registry().owner(name)


@cache
def _registry() -> Any:
    from analyzer import shipped
    from analyzer.owners.registry import Registry

    return Registry.open([shipped.rules_folder() / "vendors"])


@click.command("device-sheet")
def device_sheet() -> None:
    """Write a device sheet to fill in."""
    from analyzer import device

    click.echo(device.TEMPLATE, nl=False)


@click.command()
@click.argument("capture", nargs=-1, required=True, type=PATH)
@asking
def baseline(capture: tuple[Path, ...], **given: Any) -> int:
    """List a capture's endpoints, to edit for --policy.

    It takes what analyze takes; what only judges changes nothing in the list.
    """
    from analyzer import judge, pipeline

    result = pipeline.analyze(capture, asked.options(given), common.progress(capture, given))
    click.echo(judge.baseline(result), nl=False)
    return common.exit_code(result, None)
