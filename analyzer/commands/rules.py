"""Commands about rule files of every kind."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.commands import common
from analyzer.options import FOLDERS, PATH


@click.group()
def rules() -> None:
    """Detection rules and policies; checks all rule files."""


@rules.command("list")
@FOLDERS
def rules_list(own: tuple[Path, ...]) -> None:
    """What there is."""
    from analyzer import shipped
    from analyzer.judge import catalogue

    click.echo(catalogue.listing((shipped.rules_folder(), *own)), nl=False)


@rules.command("show")
@click.argument("rule")
@FOLDERS
def rules_show(rule: str, own: tuple[Path, ...]) -> None:
    """What one rule or policy means."""
    from analyzer import shipped
    from analyzer.judge import catalogue

    click.echo(catalogue.show(rule, (shipped.rules_folder(), *own)), nl=False)


@rules.command("check")
@click.argument("path", nargs=-1, type=PATH)
def rules_check(path: tuple[Path, ...]) -> int:
    """Are my rule files valid? Lists every problem; without PATH, of the shipped ones.

    PATH is a file of any kind (rule, policy, claim, vendor, score) or a folder of them.
    """
    from analyzer import shipped
    from analyzer.judge import catalogue
    from analyzer.owners import vendors

    paths = path or (shipped.rules_folder(),)
    makers = [found for each in paths if (found := vendors.among(each))]
    others = [each for each in paths if each not in makers]
    known = shipped.rules_folder() / "vendors"
    return common.checked(catalogue.check(others) + vendors.check(makers, known))
