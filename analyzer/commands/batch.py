"""``phonehome batch``: many captures, one scoreboard."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from analyzer import asked as answered
from analyzer.commands import common
from analyzer.formats import FORMATS
from analyzer.options import SEVERITIES, asking


@click.command()
@click.argument("source", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="Folder of the batch, or its URL.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Worker processes; else one a core.")
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler: tcp://host:8786.")
@click.option(
    "--memory",
    metavar="MB",
    type=click.IntRange(0),
    default=2048,
    show_default=True,
    help="Megabytes of memory one recording may take; 0: any.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.IntRange(0),
    default=1800,
    show_default=True,
    help="Seconds one recording may take; 0: any.",
)
@click.option("--devices", help="Whose handset each capture is of: a devices.csv, or its URL.")
@click.option("--no-group", is_flag=True, help="Take every file as a recording of its own.")
@click.option("--watch", is_flag=True, help="Take captures as they are written, until Ctrl-C.")
@click.option(
    "--settle",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=30,
    show_default=True,
    help="With --watch: how long a capture must not change to be finished.",
)
@click.option("--prune", is_flag=True, help="Remove results of captures no longer named.")
@click.option(
    "--format",
    "formats",
    default="html,json,csv",
    show_default=True,
    help=f"Formats of each report, of {', '.join(FORMATS)}.",
)
@click.option("--no-evidence", is_flag=True, help="Keep no packets of the findings.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="Exit 10 on a finding this severe.")
@click.option("--json", "as_json", is_flag=True, help="Account to stdout as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No account.")
@click.option("-v", "--verbose", is_flag=True, help="Also why each is not complete, on stderr.")
@click.option("--no-color", is_flag=True, help="No colours; a batch shows none.")
@asking
def batch(source: tuple[str, ...], **given: Any) -> int:
    """Analyze many captures to one scoreboard; it resumes."""
    from analyzer.batch import door

    asked = _asked(door, source, given)
    said = common.say if not given["quiet"] else _nothing

    engine = _engine(given["cluster"])
    try:
        if given["watch"]:
            from analyzer.batch import watch

            ended = watch.run(asked, said, engine, given["settle"])
        else:
            ended = door.run(asked, said, engine)
    except KeyboardInterrupt:
        common.say("phonehome: interrupted; what is finished is kept: run the same command again.")
        return common.INTERRUPTED
    _print(ended, given)
    if given["verbose"]:
        _why_not(given["output"])
    return ended.code


def _engine(cluster: str | None) -> Any:
    """How the workers are begun: processes here, or those of a cluster."""
    from dataclasses import asdict

    def here(settings: Any, asked: Any) -> Any:
        from analyzer.batch import local

        return local.Local(asked.jobs, asdict(settings), asked.memory, asked.timeout)

    def there(settings: Any, asked: Any) -> Any:
        from analyzer.batch.cluster import Cluster

        return Cluster(str(cluster), asdict(settings), asked.timeout)

    return there if cluster else here


def _asked(door: Any, source: tuple[str, ...], given: dict[str, Any]) -> Any:
    """What was typed, checked; UsageError names what is wrong."""
    from analyzer.errors import UsageError

    if not given["output"]:
        raise UsageError("-o names no folder.")
    formats = tuple(answered.formats(given["formats"]))
    return door.Asked(
        sources=source,
        output=given["output"],
        options=plain_options(given),
        formats=formats,
        evidence=not given["no_evidence"],
        jobs=given["jobs"] or _cores(),
        memory=given["memory"] << 20,
        timeout=given["timeout"],
        devices=given["devices"],
        device=given["device"],
        group=not given["no_group"],
        prune=given["prune"],
        fail_on=given["fail_on"],
        shown=sys.stderr.isatty() and not given["no_progress"] and not given["quiet"],
    )


def _cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def plain_options(given: dict[str, Any]) -> dict[str, Any]:
    """The options of ``asking`` as plain data; relative paths made absolute."""
    paths = {name: given[name] and str(given[name].absolute()) for name in
             ("country_db", "asn_db", "city_db", "keylog")}  # fmt: skip
    return {
        "home": given["home"],
        "at": given["at"],
        "vendor": given["vendor"],
        "policy": _file_or_id(given["policy"]),
        "claims": [_file_or_id(claim) for claim in given["claims"]],
        "on": answered.day(given["on"]),
        "rules": [str(path.absolute()) for path in given["rules"]],
        **paths,
    }


def _file_or_id(said: str | None) -> str | None:
    return str(Path(said).absolute()) if said and os.path.isfile(said) else said


def _print(ended: Any, given: dict[str, Any]) -> None:
    from analyzer.batch import summary

    if given["as_json"]:
        import json

        click.echo(json.dumps(ended.account, indent=2))
    elif not given["quiet"]:
        for line in (*summary.lines(ended.account, given["output"]), *ended.lines):
            click.echo(line)
        click.echo(f"Scoreboard: {given['output']}/scoreboard.html")


def _why_not(output: str) -> None:
    """Lines of failed.csv on stderr."""
    path = Path(output, "failed.csv")
    for line in path.read_text("utf-8").splitlines()[1:] if path.is_file() else ():
        common.say(line)


def _nothing(_: str) -> None:
    return None
