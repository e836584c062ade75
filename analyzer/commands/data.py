"""Commands about the data sets that are judged with."""

from __future__ import annotations

import click

from analyzer import asked
from analyzer.commands import common


@click.group()
def data() -> None:
    """The data sets phonehome judges with."""


@data.command("status")
@click.option("--on", metavar="DATE", help="Ages as of this day.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def data_status(on: str | None, as_json: bool) -> None:
    """Which data sets there are, how old, whose licence."""
    from analyzer import shipped
    from analyzer.data import status

    render = status.as_json if as_json else status.as_text
    click.echo(render(shipped.user_data_folder(), asked.day(on) or asked.today()), nl=False)


@data.command("update")
@click.option("--only", metavar="NAME", help="Just this data set.")
def data_update(only: str | None) -> int:
    """Fetch fresh and historical data; the one command that opens a connection."""
    from analyzer import shipped
    from analyzer.data import update

    failed = update.run(only, shipped.user_data_folder(), lambda line: click.echo(line, err=True))
    return common.INCOMPLETE if failed else 0
