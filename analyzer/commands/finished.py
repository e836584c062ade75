"""Commands about reports that are written: do they stand, and what to send the vendor."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.commands import common
from analyzer.options import PATH


@click.command()
@click.argument("report", type=PATH)
@click.option("--input", "inputs", type=PATH, multiple=True, help="An input, or its folder.")
@click.option("--rules", "own", type=PATH, multiple=True, help="Your own rules of the run.")
def verify(report: Path, inputs: tuple[Path, ...], own: tuple[Path, ...]) -> int:
    """Do report, evidence, inputs, rules and data still match?"""
    from analyzer import shipped
    from analyzer import verify as check

    outcome = check.verify(report, inputs, own, shipped.user_data_folder())
    click.echo("\n".join(outcome.lines))
    return common.INCOMPLETE if outcome.differs or outcome.missing else 0


@click.command("reply-pack")
@click.argument("report", type=PATH)
@click.option("-o", "--output", type=PATH, help="The Markdown file; the table stands beside it.")
def reply_pack(report: Path, output: Path | None) -> None:
    """Write what to send the vendor before publication."""
    from analyzer import reply

    click.echo(reply.write(report, output))
