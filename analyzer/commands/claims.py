"""Commands about what vendors said."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.commands import common
from analyzer.options import FOLDERS, PATH


@click.group()
def claims() -> None:
    """What vendors said, and how it is held against a capture."""


@claims.command("list")
@FOLDERS
def claims_list(own: tuple[Path, ...]) -> None:
    """What there is."""
    from analyzer import shipped
    from analyzer.judge import claim_pages

    click.echo(claim_pages.listing((shipped.rules_folder(), *own)), nl=False)


@claims.command("show")
@click.argument("claim")
@FOLDERS
def claims_show(claim: str, own: tuple[Path, ...]) -> None:
    """What one claim means, and what traffic cannot show of it."""
    from analyzer import shipped
    from analyzer.judge import claim_pages

    click.echo(claim_pages.show(claim, (shipped.rules_folder(), *own)), nl=False)


@claims.command("check")
@click.argument("path", nargs=-1, type=PATH)
def claims_check(path: tuple[Path, ...]) -> int:
    """Are my claim files valid? Lists every problem; without PATH, of the shipped ones."""
    from analyzer import shipped
    from analyzer.judge import claim_pages
    from analyzer.owners.registry import Registry

    folders = [shipped.rules_folder(), *path]
    vendors = Registry.open([folder / "vendors" for folder in folders]).vendors()
    return common.checked(claim_pages.check(path or folders, vendors))
