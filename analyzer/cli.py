"""The command line: thin. Each command imports what it needs when it runs.

Rules of this file
- Exit codes: 0 complete, 2 wrong usage or bad data, 3 incomplete, 4 nothing
  usable, 10 --fail-on met, 130 interrupted. Findings alone change none.
- An error is one sentence on stderr; a traceback only with --debug.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer import __version__, asked
from analyzer.errors import PhonehomeError
from analyzer.options import FOLDERS, PATH, SEVERITIES, asking, reporting

if TYPE_CHECKING:
    from analyzer.model import Result
    from analyzer.pipeline import Progress

INCOMPLETE, NOTHING, FAIL_ON, INTERRUPTED = 3, 4, 10, 130


def main() -> None:
    """The ``phonehome`` command."""
    gc.disable()  # a run makes no cycles that matter, and imports alone trigger dozens of searches
    debug = "--debug" in sys.argv
    try:
        code = phonehome.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        _say(f"phonehome: {_one_sentence(error)}")
        code = 2
    except PhonehomeError as error:
        if debug:
            raise
        _say(f"phonehome: {error}")
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("phonehome: interrupted; nothing of this run was kept.")
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        if debug:
            raise
        what = f"{type(error).__name__}: {error}"
        _say(
            f"phonehome: an error of phonehome itself ({what}); run again with --debug, report it."
        )
        code = 1
    gc.freeze()  # nor does the interpreter have to look for garbage before it ends
    sys.exit(code or 0)


def _one_sentence(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "phonehome"
    return f"{error.format_message().rstrip('.')}; see '{command} --help'."


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from analyzer.capture.speed import hot_room

    speed = "compiled" if hot_room().COMPILED else "interpreted"
    click.echo(f"phonehome {__version__} ({speed} hot room)")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version and which hot room runs.",
)  # fmt: skip
def phonehome() -> None:
    """Who does this phone talk to, where is that, and does the vendor's word hold?"""


# ------------------------------------------------------------------- analyze


@phonehome.command()
@click.argument("capture", nargs=-1, required=True, type=PATH)
@reporting
@asking
def analyze(capture: tuple[Path, ...], **given: Any) -> int:
    """Analyze one recording: a capture file, or its parts in time order; - is stdin."""
    return _analyze(capture, given)


@phonehome.command()
@reporting
@asking
def demo(**given: Any) -> int:
    """Analyze the forged capture that ships with phonehome."""
    from analyzer import shipped

    folder = shipped.captures_folder()
    given["device"] = given["device"] or folder / "demo-device.yaml"
    given["output"] = given["output"] or Path("demo.phonehome")
    return _analyze((folder / "demo.pcapng",), given)


def _analyze(captures: tuple[Path, ...], given: dict[str, Any]) -> int:
    """Runs the pipeline, writes the folder, prints the summary; the exit code."""
    from analyzer import pipeline, report

    formats = asked.formats(given["formats"])
    options = asked.options(given)
    folder = given["output"] or asked.folder(captures[0])
    show = _progress(captures, given)
    result = pipeline.analyze(captures, options, show)
    if show:
        show(-1, 0)
    if not given["no_evidence"]:
        pipeline.keep_evidence(result, captures, folder)
    report.write(result, folder, formats)
    _summary(result, folder, given)
    return _exit_code(result, given["fail_on"])


def _summary(result: Result, folder: Path, given: dict[str, Any]) -> None:
    from analyzer import report

    if given["as_json"]:
        import json

        click.echo(json.dumps(report.summary_json(result), ensure_ascii=True, indent=2))
    elif not given["quiet"]:
        click.echo(report.terminal(result, folder, width=_width(), colour=_coloured(given)))
    if given["verbose"]:
        for odd in result.anomalies:
            where = f", first in frame {odd.first_frame}" if odd.first_frame else ""
            click.echo(f"{odd.kind}: {odd.count} times{where}: {odd.effect}", err=True)
    if result.status == "failed":
        reasons = "; ".join(odd.effect for odd in result.anomalies) or "no packet in it is IP"
        _say(f"phonehome: nothing usable was found: {reasons}.")


def _exit_code(result: Result, fail_on: str | None) -> int:
    if result.status == "failed":
        return NOTHING
    if fail_on:
        bar = SEVERITIES.index(fail_on)
        if any(SEVERITIES.index(finding.severity) >= bar for finding in result.findings):
            return FAIL_ON
    return INCOMPLETE if result.status == "incomplete" else 0


def _progress(captures: tuple[Path, ...], given: dict[str, Any]) -> Progress | None:
    """Shows how far the reading is, on a terminal that may show it."""
    if given["no_progress"] or given.get("quiet") or not sys.stderr.isatty():
        return None
    from analyzer import progress

    return progress.on_stderr(captures)


def _width() -> int:
    import shutil

    return max(60, min(160, shutil.get_terminal_size((100, 24)).columns))


def _coloured(given: dict[str, Any]) -> bool:
    return sys.stdout.isatty() and not given["no_color"] and not os.environ.get("NO_COLOR")


def _say(text: str) -> None:
    """One line to stderr, whatever captured text is in it."""
    from analyzer.report.safe import visible

    click.echo(visible(text), err=True)


# ---------------------------------------------------------- finished reports


@phonehome.command()
@click.argument("report", type=PATH)
@click.option("--input", "inputs", type=PATH, multiple=True, help="An input, or its folder.")
@click.option("--rules", "own", type=PATH, multiple=True, help="Your own rules of the run.")
def verify(report: Path, inputs: tuple[Path, ...], own: tuple[Path, ...]) -> int:
    """Do report, evidence, inputs, rules and data still match the manifest?"""
    from analyzer import shipped
    from analyzer import verify as check

    outcome = check.verify(report, inputs, own, shipped.user_data_folder())
    click.echo("\n".join(outcome.lines))
    return INCOMPLETE if outcome.differs or outcome.missing else 0


@phonehome.command("reply-pack")
@click.argument("report", type=PATH)
@click.option("-o", "--output", type=PATH, help="The Markdown file; the table stands beside it.")
def reply_pack(report: Path, output: Path | None) -> None:
    """Write what to send the vendor to check and answer before publication."""
    from analyzer import reply

    click.echo(reply.write(report, output))


# ------------------------------------------------------- places, data, devices


@phonehome.command()
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
) -> None:
    """Everything known about where an address is and who runs it, source by source."""
    from analyzer import shipped
    from analyzer import where as rooms

    atlas = rooms.Atlas.open(
        asked.day(on),
        country_db=country_db,
        asn_db=asn_db,
        city_db=city_db,
        user_data=shipped.user_data_folder(),
    )
    for argument in address:
        found = rooms.explain(argument, atlas, _owner_of)
        click.echo(rooms.as_json_line(found) if as_json else rooms.as_text(found))


def _owner_of(name: str) -> Any:
    from analyzer import shipped
    from analyzer.owners.registry import Registry

    return Registry.open([shipped.rules_folder() / "vendors"]).owner(name)


@phonehome.group()
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
    return INCOMPLETE if failed else 0


@phonehome.command("device-sheet")
def device_sheet() -> None:
    """Write a device sheet to fill in."""
    from analyzer import device

    click.echo(device.TEMPLATE, nl=False)


@phonehome.command()
@click.argument("capture", nargs=-1, required=True, type=PATH)
@asking
def baseline(capture: tuple[Path, ...], **given: Any) -> int:
    """Write a list of expected endpoints from a capture, to edit and use as --policy."""
    from analyzer import judge, pipeline

    result = pipeline.analyze(capture, asked.options(given), _progress(capture, given))
    click.echo(judge.baseline(result), nl=False)
    return _exit_code(result, None)


# --------------------------------------------------------------------- rules


@phonehome.group()
def rules() -> None:
    """Policies and detection rules."""


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
    """Are my rule files valid? Lists every problem; without PATH, of the shipped ones."""
    from analyzer import shipped
    from analyzer.judge import catalogue

    return _checked(catalogue.check(path or (shipped.rules_folder(),)))


# -------------------------------------------------------------------- claims


@phonehome.group()
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

    return _checked(claim_pages.check(path or (shipped.rules_folder(),)))


def _checked(problems: list[str]) -> int:
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo("no problems")
    return 2 if problems else 0
