"""The command line: thin. Here stand the entry and what most runs ask for; the
other commands are in commands/, and each imports what it needs when it runs.

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
from analyzer.commands import Doors, common
from analyzer.errors import PhonehomeError
from analyzer.options import PATH, asking, reporting

if TYPE_CHECKING:
    from analyzer.model import Result


def main() -> None:
    """The ``phonehome`` command."""
    gc.disable()  # a run makes no cycles that matter
    debug = "--debug" in sys.argv
    try:
        code = phonehome.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        common.say(f"phonehome: {_one_sentence(error)}")
        code = 2
    except PhonehomeError as error:
        if debug:
            raise
        common.say_error(error)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        common.say("phonehome: interrupted; nothing of this run was kept.")
        code = common.INTERRUPTED
    except BrokenPipeError:
        common.print_no_more()
        code = 1
    except Exception as error:
        if debug:
            raise
        if common.is_unwritten(error):
            sys.exit(2)
        what = f"{type(error).__name__}: {error}"
        common.say(
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


@click.group(
    cls=Doors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
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
    """Analyze a recording: one capture, or its parts in order.

    The capture - is standard input.
    """
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
    show = common.progress(captures, given)
    result = pipeline.analyze(captures, options, show)
    if show:
        show(-1, 0)
    if not given["no_evidence"]:
        pipeline.keep_evidence(result, captures, folder)
    report.write(result, folder, formats)
    _summary(result, folder, given)
    return common.exit_code(result, given["fail_on"])


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
            times = "once" if odd.count == 1 else f"{odd.count:,} times"
            click.echo(f"{odd.kind}: {times}{where}: {odd.effect}", err=True)
    if result.status == "failed":
        from analyzer.report.limits_said import nothing_usable

        common.say(f"phonehome: {nothing_usable(result)}")


def _width() -> int:
    import shutil

    return max(60, min(160, shutil.get_terminal_size((100, 24)).columns))


def _coloured(given: dict[str, Any]) -> bool:
    return (
        common.is_terminal(sys.stdout) and not given["no_color"] and not os.environ.get("NO_COLOR")
    )
